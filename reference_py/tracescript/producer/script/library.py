"""Torch and numpy functions whose arguments need more than another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.ir.types import DataType, TensorType
from tracescript.ir.values import Value
from tracescript.opset import dtypes
from tracescript.producer.script.core import is_none, is_tensor
from tracescript.producer.script.entries import Items, constant_of
from tracescript.producer.script.promote import as_tensor, data_type, emit_op, int_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry

    Arguments = dict[str, Entry]
    Special = Callable[[Emitter, list[Entry], Arguments], Entry]

SPECIAL: dict[str, Special] = {}


def special(*names: str) -> Callable[[Special], Special]:
    """Register a function for dotted Python names."""

    def register(function: Special) -> Special:
        SPECIAL.update(dict.fromkeys(names, function))
        return function

    return register


def take(args: list[Entry], kwargs: Arguments, *names: str) -> list[Entry | None]:
    """Return arguments by position or name in order, None for what is missing."""
    found: list[Entry | None] = [*args[: len(names)]]
    return found + [kwargs.get(n) for n in names[len(found) :]]


def known(e: Emitter, entry: Entry | None, default: Any, what: str) -> Any:
    """Return a plain value known at compile time."""
    if entry is None:
        return default
    is_known, value = constant_of(entry)
    if not is_known:
        e.session.loops.needs_constant(entry)
        raise e.error(
            None,
            f"{what} must be known at compile time",
            rule="SCRIPT-10",
            hint="make it a constant or an attribute set in __init__",
        )
    return value


def several(value: Any, count: int) -> list[int]:
    """Write one number or a sequence as `count` numbers."""
    return [int(value)] * count if isinstance(value, int) else [int(v) for v in value]


# ---------------------------------------------------------------------- convolution and pooling
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
            total = [d * (int(k) - 1) for d, k in zip(spread, (kind.shape or ())[2:], strict=True)]  # type: ignore[arg-type]  # weights have known sizes
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


def _adaptive(kind: str, axes: int) -> Special:
    def pool(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, size = take(args, kwargs, "input", "output_size")
        is_known, wanted = constant_of(size) if size is not None else (False, None)
        if is_known and isinstance(wanted, int):
            size = Items((e.constant(wanted),) * axes)
        made = emit_op(e, f"adaptive_{kind}_pool{axes}d", [x, size])
        return made.parts[0] if isinstance(made, Items) else made

    return pool


for _kind in ("max", "avg"):
    for _axes in (1, 2, 3):
        SPECIAL[f"torch.nn.functional.adaptive_{_kind}_pool{_axes}d"] = _adaptive(_kind, _axes)


# ---------------------------------------------------------------------- normalisation, dropout, embedding
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


@special("torch.nn.functional.batch_norm", "torch.batch_norm")
def batch_norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """With the running statistics only."""
    x, mean, var, weight, bias, training, _, eps = take(
        args,
        kwargs,
        "input",
        "running_mean",
        "running_var",
        "weight",
        "bias",
        "training",
        "momentum",
        "eps",
    )
    if known(e, training, False, "training"):
        raise e.error(
            None,
            "batch norm in training mode",
            rule="SCRIPT-11",
            hint="call model.eval() before ts.script",
        )
    return emit_op(
        e, "batch_norm", [x, mean, var, weight, bias], {"eps": known(e, eps, 1e-5, "eps")}
    )


@special(
    "torch.nn.functional.dropout",
    "torch.dropout",
    "torch.nn.functional.alpha_dropout",
    "torch.nn.functional.dropout1d",
    "torch.nn.functional.dropout2d",
    "torch.nn.functional.dropout3d",
)
def dropout(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The identity in evaluation mode."""
    x, p, training = take(args, kwargs, "input", "p", "training")
    if known(e, training, True, "training"):
        raise e.error(
            None,
            "dropout in training mode",
            rule="SCRIPT-11",
            hint="call model.eval() before ts.script",
        )
    return emit_op(e, "dropout", [x], {"p": float(known(e, p, 0.5, "p"))})


@special("torch.nn.functional.embedding", "torch.embedding")
def embedding(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """`padding_idx` matters to training only."""
    index, weight = take(args, kwargs, "input", "weight")[:2]
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


# ---------------------------------------------------------------------- creation and conversion
@special(
    "torch.tensor",
    "torch.as_tensor",
    "torch.scalar_tensor",
    "numpy.array",
    "numpy.asarray",
    "numpy.ascontiguousarray",
)
def tensor(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A tensor of numbers, or the tensor itself."""
    from tracescript.producer.script.lower import _kind

    data = args[0]
    dtype = kwargs.get("dtype") or (
        args[1] if len(args) > 1 and e.frame.flavour == "numpy" else None
    )
    wanted = None if dtype is None or is_none(dtype) else e.session.data_type_of(e, dtype)
    if is_tensor(data) or e.session.holds_array(data):
        return as_tensor(e, data, wanted or data_type(e.value(data)))
    if isinstance(data, Items) and any(is_tensor(p) for p in data.parts):
        parts = [as_tensor(e, p, wanted or DataType.FLOAT32) for p in data.parts]
        return e.op("stack", [e.make_list(parts)], {"dim": 0})
    if wanted is None:
        float_type = DataType.FLOAT32 if e.frame.flavour == "torch" else DataType.FLOAT64
        wanted = {"bool": DataType.BOOL, "int": DataType.INT64}.get(_kind(e, data), float_type)
    is_known, value = constant_of(data)
    if is_known and isinstance(value, list | tuple | int | float):
        return e.builder.constant(np.asarray(value).astype(dtypes.numpy_of(wanted)))
    return e.op("to_tensor", [e.value(_lists(data))], {"dtype": wanted})


def _lists(entry: Entry) -> Entry:
    if isinstance(entry, Items):
        return Items(tuple(_lists(p) for p in entry.parts), is_list=True)
    return entry


@special("torch.arange", "numpy.arange")
def arange(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """One argument is the end."""
    from tracescript.producer.script.lower import _kind

    given = [kwargs.get(n) for n in ("start", "end", "step")]
    for k, x in enumerate(args[:3]):
        given[k] = x
    if len(args) == 1 and given[1] is None:
        given = [None, args[0], given[2]]
    numbers = [given[0] or e.constant(0), given[1], given[2] or e.constant(1)]
    dtype = kwargs.get("dtype")
    is_float = "float" in {_kind(e, n) for n in numbers if n is not None}
    default = (
        (DataType.FLOAT32 if e.frame.flavour == "torch" else DataType.FLOAT64)
        if is_float
        else DataType.INT64
    )
    wanted = default if dtype is None or is_none(dtype) else e.session.data_type_of(e, dtype)
    return e.op("arange", [e.value(n) for n in numbers if n is not None], {"dtype": wanted})


@special("torch.Tensor.to", "torch.Tensor.type", "numpy.ndarray.astype", "torch.Tensor.astype")
def to(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A cast where a data type is among the arguments; devices say nothing."""
    x, *rest = args
    for candidate in [*rest, *kwargs.values()]:
        if is_tensor(candidate):
            return as_tensor(e, x, data_type(e.value(candidate)))
        wanted = e.session.data_type_if(candidate)
        if wanted is not None:
            return as_tensor(e, x, wanted)
    return x


for _name, _type in {
    "float": DataType.FLOAT32,
    "double": DataType.FLOAT64,
    "half": DataType.FLOAT16,
    "bfloat16": DataType.BFLOAT16,
    "long": DataType.INT64,
    "int": DataType.INT32,
    "short": DataType.INT16,
    "char": DataType.INT8,
    "byte": DataType.UINT8,
    "bool": DataType.BOOL,
}.items():
    SPECIAL[f"torch.Tensor.{_name}"] = lambda e, args, _kwargs, _type=_type: as_tensor(
        e, args[0], _type
    )


def _new(op: str) -> Special:
    def new(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, *rest = args
        dtype = kwargs.get("dtype")
        wanted = (
            data_type(e.value(x))
            if dtype is None or is_none(dtype)
            else e.session.data_type_of(e, dtype)
        )
        if op == "full":
            shape, value = take(rest, kwargs, "size", "fill_value")
            assert shape is not None
            assert value is not None
            return e.op("full", [int_list(e, shape, "shape"), e.value(value)], {"dtype": wanted})
        shape = kwargs.get("size") or (
            rest[0] if len(rest) == 1 else Items(tuple(rest), is_list=True)
        )
        return e.op(op, [int_list(e, shape, "shape")], {"dtype": wanted})

    return new


SPECIAL |= {
    "torch.Tensor.new_zeros": _new("zeros"),
    "torch.Tensor.new_ones": _new("ones"),
    "torch.Tensor.new_full": _new("full"),
    "torch.Tensor.new_empty": _new("zeros"),
}


def _like(op: str) -> Special:
    def like(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x = e.value(args[0] if args else kwargs.get("input") or kwargs["a"])
        dtype = kwargs.get("dtype")
        value = take(args, kwargs, "input", "fill_value")[1] if op == "full_like" else None
        made = e.op(op, [x, e.value(value)] if value is not None else [x])
        return (
            made
            if dtype is None or is_none(dtype)
            else as_tensor(e, made, e.session.data_type_of(e, dtype))
        )

    return like


for _library in ("torch", "numpy"):
    SPECIAL |= {
        f"{_library}.zeros_like": _like("zeros_like"),
        f"{_library}.ones_like": _like("ones_like"),
        f"{_library}.full_like": _like("full_like"),
        f"{_library}.empty_like": _like("zeros_like"),
    }


# ---------------------------------------------------------------------- sizes and reads
@special("torch.Tensor.item", "numpy.ndarray.item")
def item(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """A Python number of the tensor's kind."""
    x = e.value(args[0])
    category = dtypes.category(data_type(x))
    return e.op(("item_bool", "item_int", "item_float")[min(category, 2)], [x])


@special("torch.Tensor.size", "numpy.shape")
def size(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """`x.size()` and `x.size(dim)`."""
    x = e.value(args[0])
    dim = take(args, kwargs, "self", "dim")[1]
    if dim is None:
        return sizes(e, x)
    return extent(e, x, known(e, dim, 0, "dim"))


def sizes(e: Emitter, x: Value) -> Entry:
    """The sizes one by one where the rank is known, else as a list."""
    assert isinstance(x.type, TensorType)
    if x.type.shape is None:
        return e.op("shape", [x])
    return Items(tuple(extent(e, x, k) for k in range(len(x.type.shape))))


def extent(e: Emitter, x: Value, dim: int) -> Value:
    """One size; a constant where the type says it."""
    assert isinstance(x.type, TensorType)
    shape = x.type.shape
    if shape is not None and -len(shape) <= dim < len(shape) and isinstance(shape[dim], int):
        return e.constant(shape[dim])
    return e.op("size", [x], {"dim": dim})


@special("torch.Tensor.tolist", "numpy.ndarray.tolist")
def tolist(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Lists of numbers."""
    return e.op("to_list", [e.value(args[0])])


# ---------------------------------------------------------------------- shapes
@special("torch.Tensor.view_as", "torch.Tensor.reshape_as")
def view_as(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The shape of another tensor."""
    return e.op("reshape", [e.value(args[0]), int_list(e, sizes(e, e.value(args[1])), "shape")])


@special("torch.Tensor.expand_as")
def expand_as(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The shape of another tensor."""
    return e.op("expand", [e.value(args[0]), int_list(e, sizes(e, e.value(args[1])), "shape")])


@special("torch.Tensor.type_as")
def type_as(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The data type of another tensor."""
    return as_tensor(e, args[0], data_type(e.value(args[1])))


@special("torch.Tensor.t", "torch.t")
def t(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The two axes of a matrix exchanged."""
    x = e.value(args[0])
    assert isinstance(x.type, TensorType)
    if x.type.shape is not None and len(x.type.shape) < 2:
        return x
    return e.op("transpose", [x], {"dim0": 0, "dim1": 1})


@special("numpy.transpose", "numpy.ndarray.transpose")
def transposed(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """All axes reversed, or as given."""
    x = e.value(args[0])
    rest = args[1:] or [v for k, v in kwargs.items() if k == "axes"]
    assert isinstance(x.type, TensorType)
    if rest and not is_none(rest[0]):
        dims = known(e, rest[0] if len(rest) == 1 else Items(tuple(rest)), (), "axes")
        return e.op("permute", [x], {"dims": list(dims)})
    if x.type.shape is None:
        is_matrix = e.op("int.cmp", [e.op("dim", [x]), e.constant(2)], {"relation": "eq"})
        text = "the rank is not known when compiling, so it must be 2"
        e.ops("assert", [is_matrix, e.constant(text)], {"code": "SHAPE_ERROR"})
        return e.op("transpose", [x], {"dim0": 0, "dim1": 1})
    return e.op("permute", [x], {"dims": list(range(len(x.type.shape)))[::-1]})


@special("torch.Tensor.squeeze", "torch.squeeze", "numpy.squeeze", "numpy.ndarray.squeeze")
def squeeze(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Without axes: those whose extent is known to be 1."""
    x = e.value(args[0] if args else kwargs["input"])
    dim = args[1] if len(args) > 1 else kwargs.get("dim", kwargs.get("axis"))
    assert isinstance(x.type, TensorType)
    axes = known(e, dim, None, "dim")
    shape = x.type.shape
    if axes is None:
        if shape is None or any(not isinstance(n, int) for n in shape):
            raise e.error(
                None,
                "squeeze() without `dim` needs a tensor of known sizes",
                rule="SCRIPT-10",
                hint="say which axis: squeeze(dim)",
            )
        axes = [k for k, n in enumerate(shape) if n == 1]
    axes = [axes] if isinstance(axes, int) else list(axes)
    if e.frame.flavour == "torch" and shape is not None:
        axes = [k for k in axes if not (isinstance(shape[k], int) and shape[k] != 1)]
    return e.op("squeeze", [x], {"dim": axes}) if axes else x


@special("torch.Tensor.split", "torch.split")
def split(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Sizes, or one size for all parts of a known extent."""
    x, amount, dim = take(args, kwargs, "tensor", "split_size_or_sections", "dim")
    assert x is not None
    value = e.value(x)
    axis = known(e, dim, 0, "dim")
    is_known, n = constant_of(amount) if amount is not None else (False, None)
    if is_known and isinstance(n, int):
        length = constant_of(extent(e, value, axis))
        if not length[0]:
            raise e.error(
                None,
                "split() by one size needs a known extent",
                rule="SCRIPT-10",
                hint="use chunk(n), or sizes in a list",
            )
        total = length[1]
        parts = [n] * (total // n) + ([total % n] if total % n else [])
        amount = Items(tuple(e.constant(p) for p in parts), is_list=True)
    assert amount is not None
    return e.op("split", [value, int_list(e, amount, "sizes")], {"dim": axis})


@special("torch.Tensor.masked_fill", "torch.masked_fill")
def masked_fill(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The value takes the tensor's data type."""
    x, mask, value = take(args, kwargs, "input", "mask", "value")
    return emit_op(e, "masked_fill", [x, mask, value])


@special("torch.Tensor.dim", "torch.Tensor.ndimension", "numpy.ndim")
def dim_(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The rank; a constant where it is known."""
    x = e.value(args[0])
    assert isinstance(x.type, TensorType)
    return e.op("dim", [x]) if x.type.shape is None else e.constant(len(x.type.shape))


@special("torch.is_tensor")
def is_tensor_(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Known at compile time."""
    return e.constant(is_tensor(args[0]))


@special("torch.Tensor.is_floating_point", "torch.is_floating_point")
def is_floating_point(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Known at compile time."""
    return e.constant(
        dtypes.category(data_type(e.value(args[0]))) == dtypes.category(DataType.FLOAT32)
    )


def _same(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    del e
    return args[0]


SPECIAL |= dict.fromkeys(
    [
        f"torch.Tensor.{n}"
        for n in ("contiguous", "detach", "cpu", "cuda", "requires_grad_", "numpy")
    ]
    + ["torch.detach"],
    _same,
)


# ---------------------------------------------------------------------- spread and norms
def _spread(op: str) -> Special:
    def spread(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        is_torch = e.frame.flavour == "torch"
        names = (
            ("input", "dim", "unbiased", "keepdim")
            if is_torch
            else ("a", "axis", "dtype", "out", "ddof", "keepdims")
        )
        found = dict(zip(names, take(args, kwargs, *names), strict=True))
        dim, unbiased = found.get("dim", found.get("axis")), found.get("unbiased")
        is_flag, flag = constant_of(dim) if dim is not None else (False, None)
        if is_flag and isinstance(flag, bool):
            dim, unbiased = None, dim
        correction = known(
            e, kwargs.get("correction", found.get("ddof")), 1 if is_torch else 0, "correction"
        )
        if unbiased is not None:
            correction = int(bool(known(e, unbiased, True, "unbiased")))
        axes = known(e, dim, None, "dim")
        keep = known(e, found.get("keepdim", found.get("keepdims")), False, "keepdim")
        attributes = {
            "dim": (axes,) if isinstance(axes, int) else axes,
            "correction": float(correction),
            "keepdim": keep,
        }
        return emit_op(e, op, [args[0] if args else kwargs["input"]], attributes)

    return spread


for _name in ("var", "std"):
    SPECIAL |= dict.fromkeys(
        [f"torch.{_name}", f"torch.Tensor.{_name}", f"numpy.{_name}"], _spread(_name)
    )


@special("torch.norm", "torch.Tensor.norm", "torch.functional.norm")
def norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The p-norm of all elements or along axes."""
    x, p, dim, keepdim = take(args, kwargs, "input", "p", "dim", "keepdim")
    order = known(e, p, 2, "p")
    if order in {"fro", None}:
        order = 2
    axes = known(e, dim, None, "dim")
    attributes = {
        "ord": float(order),
        "dim": (axes,) if isinstance(axes, int) else axes,
        "keepdim": known(e, keepdim, False, "keepdim"),
    }
    return emit_op(e, "vector_norm", [x], attributes)


# ---------------------------------------------------------------------- recurrent layers
def _recurrent(op: str, more: dict[str, Any]) -> Special:
    def recurrent(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
        x, state, weights, has_bias, layers, dropout, training, bidirectional, batch_first = args
        if known(e, training, False, "train") and known(e, dropout, 0.0, "dropout"):
            raise e.error(
                None,
                f"{op} with dropout in training mode",
                rule="SCRIPT-11",
                hint="call model.eval() before ts.script",
            )
        is_batch_first = known(e, batch_first, False, "batch_first")
        value = e.value(x)
        if is_batch_first:
            value = e.op("transpose", [value], {"dim0": 0, "dim1": 1})
        states = list(state.parts) if isinstance(state, Items) else [state]
        attributes = {
            "layers": known(e, layers, 1, "num_layers"),
            "bidirectional": bool(known(e, bidirectional, False, "bidirectional")),
            "has_bias": bool(known(e, has_bias, True, "has_biases")),
        }
        made = emit_op(e, op, [value, *states, weights], attributes | more)
        assert isinstance(made, Items)
        y = e.value(made.parts[0])
        if is_batch_first:
            y = e.op("transpose", [y], {"dim0": 0, "dim1": 1})
        return Items((y, *made.parts[1:]))

    return recurrent


SPECIAL |= {
    "torch.lstm": _recurrent("lstm", {}),
    "torch.gru": _recurrent("gru", {}),
    "torch.rnn_tanh": _recurrent("rnn", {"nonlinearity": "tanh"}),
    "torch.rnn_relu": _recurrent("rnn", {"nonlinearity": "relu"}),
}
