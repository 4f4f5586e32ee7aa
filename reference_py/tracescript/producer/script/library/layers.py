"""Convolution, pooling, normalisation, recurrent layers and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import TensorType
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.library.coerce import as_tensor
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.table import SPECIAL, known, several, special, take

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


def _convolution(axes: int) -> Special:
    def convolution(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, w, bias, stride, padding, dilation, groups = take(
            args, kwargs, "input", "weight", "bias", "stride", "padding", "dilation", "groups"
        )
        assert x is not None
        assert w is not None
        spread = several(known(e, dilation, 1, "dilation"), axes)
        pads = known(e, padding, 0, "padding")
        if pads == "valid":
            pads = 0
        if pads == "same":
            kind = e.value(w).type
            assert isinstance(kind, TensorType)
            kernel = [k for k in (kind.shape or ())[2:] if isinstance(k, int)]
            total = [d * (k - 1) for d, k in zip(spread, kernel, strict=True)]
            amounts = [t // 2 for t in total] + [t - t // 2 for t in total]
            sides = [v for pair in zip(amounts[:axes], amounts[axes:], strict=True) for v in pair]
        else:
            sides = [v for p in several(pads, axes) for v in (p, p)]
        attributes = {
            "stride": several(known(e, stride, 1, "stride"), axes),
            "padding": sides,
            "dilation": spread,
            "groups": known(e, groups, 1, "groups"),
        }
        return emit_op(e, f"conv{axes}d", [x, w, bias], attributes)

    return convolution


for _axes in (1, 2, 3):
    SPECIAL[f"torch.nn.functional.conv{_axes}d"] = _convolution(_axes)
    SPECIAL[f"torch.conv{_axes}d"] = SPECIAL[f"torch.nn.functional.conv{_axes}d"]


def _pool(kind: str, axes: int) -> Special:
    names = {
        "max": (
            "input",
            "kernel_size",
            "stride",
            "padding",
            "dilation",
            "ceil_mode",
            "return_indices",
        ),
        "avg": (
            "input",
            "kernel_size",
            "stride",
            "padding",
            "ceil_mode",
            "count_include_pad",
            "divisor_override",
        ),
    }[kind]

    def pool(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        given = dict(zip(names, take(args, kwargs, *names), strict=True))
        x = given.pop("input")
        plain = {k: known(e, v, None, k) for k, v in given.items() if v is not None}
        kernel = several(plain["kernel_size"], axes)
        attributes: dict[str, Any] = {
            "kernel": kernel,
            "stride": several(plain.get("stride") or kernel, axes),
        }
        attributes["padding"] = several(plain.get("padding", 0), axes)
        if kind == "max":
            attributes["dilation"] = several(plain.get("dilation", 1), axes)
        for name in ("ceil_mode", "count_include_pad", "divisor_override"):
            if name in plain and plain[name] is not None:
                attributes[name] = plain[name]
        made = emit_op(e, f"{kind}_pool{axes}d", [x], attributes)
        return (
            made.parts[0] if isinstance(made, Items) and not plain.get("return_indices") else made
        )

    return pool


for _kind in ("max", "avg"):
    for _axes in (1, 2, 3):
        SPECIAL[f"torch.nn.functional.{_kind}_pool{_axes}d"] = _pool(_kind, _axes)
        SPECIAL[f"torch.{_kind}_pool{_axes}d"] = SPECIAL[
            f"torch.nn.functional.{_kind}_pool{_axes}d"
        ]


@special("torch.nn.functional.layer_norm", "torch.layer_norm")
def layer_norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The shape to normalise over becomes a number of axes."""
    x, shape, weight, bias, eps = take(
        args, kwargs, "input", "normalized_shape", "weight", "bias", "eps"
    )
    count = len(list(known(e, shape, (), "normalized_shape")))
    return emit_op(
        e,
        "layer_norm",
        [x, weight, bias],
        {"normalized_rank": count, "eps": known(e, eps, 1e-5, "eps")},
    )


@special("torch.nn.functional.rms_norm", "torch.rms_norm")
def rms_norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """As `layer_norm`."""
    x, shape, weight, eps = take(args, kwargs, "input", "normalized_shape", "weight", "eps")
    count = len(list(known(e, shape, (), "normalized_shape")))
    return emit_op(
        e, "rms_norm", [x, weight], {"normalized_rank": count, "eps": known(e, eps, None, "eps")}
    )


@special("torch.nn.functional.group_norm", "torch.group_norm")
def group_norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Its number of groups comes second in torch."""
    x, groups, weight, bias, eps = take(
        args, kwargs, "input", "num_groups", "weight", "bias", "eps"
    )
    return emit_op(
        e,
        "group_norm",
        [x, weight, bias],
        {"groups": known(e, groups, 1, "num_groups"), "eps": known(e, eps, 1e-5, "eps")},
    )


_STATISTICS: Final = ("input", "running_mean", "running_var", "weight", "bias")


@special("torch.nn.functional.instance_norm")
def instance_norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """With the statistics of each instance, or with the running ones alone."""
    names = (*_STATISTICS, "use_input_stats", "momentum", "eps")
    x, mean, var, weight, bias, from_input, _, eps = take(args, kwargs, *names)
    attributes = {"eps": known(e, eps, 1e-5, "eps")}
    if not known(e, from_input, True, "use_input_stats"):
        return emit_op(e, "batch_norm", [x, mean, var, weight, bias], attributes)
    if any(s is not None and not is_none(s) for s in (mean, var)):
        raise _in_training(e, "instance norm with running statistics")
    return emit_op(e, "instance_norm", [x, weight, bias], attributes)


def _in_training(e: Emitter, what: str) -> ProducerError:
    hint = "call model.eval() before ts.script"
    return e.error(None, f"{what} in training mode", rule="SCRIPT-11", hint=hint)


_OF_TRAINING = ("norm_type", "scale_grad_by_freq", "sparse")


@special("torch.nn.functional.embedding")
def embedding(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """`padding_idx` matters to training only, and so do the flags that come after `max_norm`."""
    names = ("input", "weight", "padding_idx", "max_norm")
    index, weight, _, norm = take(args, kwargs, *names, *_OF_TRAINING)[: len(names)]
    if known(e, norm, None, "max_norm") is not None:
        hint = "scale the weight before"
        raise e.error(None, "embedding with max_norm", rule="SCRIPT-10", hint=hint)
    return emit_op(e, "embedding", [index, weight])


@special("torch.nn.functional.softmax", "torch.softmax", "torch.Tensor.softmax")
def softmax(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """With an optional `dtype`, cast to first."""
    return _softmax(e, "softmax", args, kwargs)


@special("torch.nn.functional.log_softmax", "torch.log_softmax", "torch.Tensor.log_softmax")
def log_softmax(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """As `softmax`."""
    return _softmax(e, "log_softmax", args, kwargs)


def _softmax(e: Emitter, op: str, args: list[Entry], kwargs: Arguments) -> Entry:
    x, dim = take(args, kwargs, "input", "dim")
    x = args[0] if args else kwargs["input"]
    axis = known(e, dim, None, "dim")
    if axis is None:
        raise e.error(None, f"{op}() needs `dim`", code="TYPE_INFERENCE", rule="SCRIPT-10")
    dtype = kwargs.get("dtype")
    if dtype is not None and not is_none(dtype):
        x = as_tensor(e, x, e.session.data_type_of(e, dtype))
    return emit_op(e, op, [x], {"dim": axis})
