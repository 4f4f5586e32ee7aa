"""Functions that are a few ops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.ir.types import DataType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.library.coerce import as_tensor, common, data_type, number_kind
from tracescript.producer.script.library.promote import emit_op, int_list
from tracescript.producer.script.library.shapes import extent, sizes
from tracescript.producer.script.library.table import known, special, take

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments


@special("torch.nn.functional.bilinear", "torch.bilinear")
def bilinear(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Y = x1 A x2 + b, over all leading axes."""
    x1, x2, weight, bias = take(args, kwargs, "input1", "input2", "weight", "bias")
    assert x1 is not None
    assert x2 is not None
    assert weight is not None
    a = e.value(weight)
    out, n1, n2 = (constant_of(extent(e, a, k))[1] for k in range(3))
    rows = e.op("permute", [a], {"dims": [1, 0, 2]})
    rows = e.op("reshape", [rows, e.make_list([e.constant(n1), e.constant(out * n2)])])
    left = e.value(emit_op(e, "matmul", [x1, rows]))
    left = e.op("unflatten", [left, e.make_list([e.constant(out), e.constant(n2)])], {"dim": -1})
    right = e.op("unsqueeze", [e.value(x2)], {"dim": -2})
    y = emit_op(e, "sum", [emit_op(e, "mul", [left, right])], {"dim": (-1,)})
    return y if bias is None or is_none(bias) else emit_op(e, "add", [y, bias])


@special("numpy.broadcast_arrays", "torch.broadcast_tensors", "torch.functional.broadcast_tensors")
def broadcast(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Each keeps its data type; where they differ, arrays of bools have the common shape."""
    if kwargs:
        raise e.error(
            None,
            f"broadcasting with {', '.join(kwargs)}",
            code="UNKNOWN_CALL",
            rule="SCRIPT-10",
            hint="pass arrays only",
        )
    arrays = [_array(e, x) for x in args]
    if len({data_type(x) for x in arrays}) == 1 and not any(map(e.session.roots.of, arrays)):
        found = e.op("broadcast_tensors", [e.make_list(arrays)])
        made = [e.op("list.get", [found, e.constant(k)]) for k in range(len(arrays))]
        return Items(tuple(_shown(e, part, x) for part, x in zip(made, arrays, strict=True)))
    if not arrays:
        return Items(())
    bools = [e.op("zeros", [e.op("shape", [x])], {"dtype": DataType.BOOL}) for x in arrays]
    found = e.op("broadcast_tensors", [e.make_list(bools)])
    shape = e.op("shape", [e.op("list.get", [found, e.constant(0)])])
    return Items(tuple(e.op("expand", [x, shape]) for x in arrays))


@special("torch.meshgrid", "torch.functional.meshgrid")
def meshgrid(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The grids show the elements of the vectors, as what `expand` gives does."""
    items = series_of(e, args[0]).parts if len(args) == 1 and not is_tensor(args[0]) else None
    if len(args) == 1 and isinstance(args[0], Value):
        items = items or e.session.made_lists.get(args[0])
    vectors = [e.value(x) for x in (items or args)]
    if any(not is_tensor(x) for x in vectors) or kwargs.keys() - {"indexing"}:
        raise e.error(
            None,
            "meshgrid() takes vectors, one by one or in a list that is written out, and indexing",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    indexing = known(e, kwargs.get("indexing"), "ij", "indexing")
    found = e.op("meshgrid", [e.make_list(vectors)], {"indexing": indexing})
    made = [e.op("list.get", [found, e.constant(k)]) for k in range(len(vectors))]
    return Items(tuple(_shown(e, part, x) for part, x in zip(made, vectors, strict=True)))


def _shown(e: Emitter, made: Value, x: Value) -> Value:
    """Note that a tensor may show the elements of another."""
    e.session.aliases.same(made, x)
    e.session.origins.copy_perhaps(made, x)
    return made


@special("torch.Tensor.contiguous")
def contiguous(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The tensor itself where it is laid out in order, else a copy."""
    x = e.value(args[0])
    if x in e.session.origins.packed:
        return x
    made = _shown(e, e.op("identity", [x]), x)
    e.unit.plain[made] = x
    return made


@special("torch.msort", "torch.Tensor.msort")
def msort(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Sorted along the first axis, without the places."""
    (x,) = take(args, kwargs, "input")
    assert x is not None
    made = emit_op(e, "sort", [x], {"dim": 0})
    assert isinstance(made, Items)
    return made.parts[0]


@special("torch.scatter", "torch.Tensor.scatter")
def scatter(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """One number stands for as many as there are places."""
    x, dim, index, src, reduce = take(args, kwargs, "input", "dim", "index", "src", "reduce")
    src = kwargs.get("value", src)
    how = known(e, reduce, None, "reduce") or "replace"
    assert x is not None
    assert index is not None
    assert src is not None
    if not is_tensor(src) and not e.session.holds_array(src):
        shape = int_list(e, sizes(e, e.value(index)), "shape")
        src = e.op("full", [shape, e.value(src)], {"dtype": data_type(e.value(x))})
    attributes = {"dim": known(e, dim, None, "dim"), "reduce": _REDUCTIONS.get(how, how)}
    return emit_op(e, "scatter", [x, index, src], attributes)


_REDUCTIONS: Final = {"add": "sum", "multiply": "prod"}
"""Torch's words for ours."""


def _array(e: Emitter, x: Entry) -> Value:
    if is_tensor(x) or e.session.holds_array(x):
        return e.value(x)
    return as_tensor(e, x, common(e, [], [number_kind(e, x)]))
