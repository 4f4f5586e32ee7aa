"""Axes that are dropped or joined, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import TensorType
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import constant_of
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.shapes import extent
from tracescript.producer.script.library.table import known, special, take

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments


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
    for k in axes if e.frame.flavour == "torch" else ():
        _has_one(e, x, k)
    return e.op("squeeze", [x], {"dim": axes}) if axes else x


def _has_one(e: Emitter, x: Value, axis: int) -> None:
    """Stop where an axis to drop has not one element: torch would leave it, and the rank."""
    size = extent(e, x, axis)
    if constant_of(size)[0]:
        return
    text = f"squeeze({axis}): the size must be 1 here; torch leaves an axis of another size"
    is_one = e.op("int.cmp", [size, e.constant(1)], {"relation": "eq"})
    e.ops("assert", [is_one, e.constant(text)], {"code": "SHAPE_ERROR"})


@special("numpy.ndarray.flatten")
def flattened(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A copy, unlike `ravel`; in C's order."""
    x, order = take(args, kwargs, "self", "order")
    if known(e, order, "C", "order") != "C":
        raise e.error(
            None, "flatten() knows order='C' only", rule="SCRIPT-10", hint="x.T.flatten()"
        )
    attributes = {"start_dim": 0, "end_dim": -1}
    return emit_op(e, "identity", [emit_op(e, "flatten", [x], attributes)])


@special("torch.bincount", "torch.Tensor.bincount", "numpy.bincount")
def bincount(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Counts; sums of weights are another op."""
    names = ("x", "weights", "minlength")
    x, weights, least = take(
        args, {"x": kwargs["input"], **kwargs} if "input" in kwargs else kwargs, *names
    )
    if weights is not None and not is_none(weights):
        raise e.error(
            None,
            "bincount() knows no weights",
            rule="SCRIPT-10",
            hint="zeros(n).index_add(0, x, weights) adds them up",
        )
    least = e.constant(0) if least is None or is_none(least) else least
    return emit_op(e, "bincount", [x, least])
