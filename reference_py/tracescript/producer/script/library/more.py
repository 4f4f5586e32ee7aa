"""Functions that are a few ops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import DataType
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.library.coerce import as_tensor, common, data_type, number_kind
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.shapes import extent
from tracescript.producer.script.library.table import known, special, take

if TYPE_CHECKING:
    from tracescript.ir.values import Value
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


@special("torch.nn.functional.rrelu", "torch.rrelu")
def rrelu(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """In evaluation mode the slope is the middle of its range."""
    x, lower, upper, training = take(args, kwargs, "input", "lower", "upper", "training")
    if known(e, training, False, "training"):
        raise e.error(
            None,
            "rrelu in training mode",
            rule="SCRIPT-11",
            hint="call model.eval() before ts.script",
        )
    low, high = known(e, lower, 1 / 8, "lower"), known(e, upper, 1 / 3, "upper")
    return emit_op(e, "leaky_relu", [x], {"slope": (float(low) + float(high)) / 2})


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
        return Items(tuple(e.op("list.get", [found, e.constant(k)]) for k in range(len(arrays))))
    if not arrays:
        return Items(())
    bools = [e.op("zeros", [e.op("shape", [x])], {"dtype": DataType.BOOL}) for x in arrays]
    found = e.op("broadcast_tensors", [e.make_list(bools)])
    shape = e.op("shape", [e.op("list.get", [found, e.constant(0)])])
    return Items(tuple(e.op("expand", [x, shape]) for x in arrays))


@special("torch.Tensor.contiguous")
def contiguous(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The tensor itself where it is laid out in order, else a copy."""
    x = e.value(args[0])
    if x in e.session.origins.packed:
        return x
    made = e.op("identity", [x])
    e.session.aliases.same(made, x)
    e.session.origins.copy_perhaps(made, x)
    e.unit.plain[made] = x
    return made


def _array(e: Emitter, x: Entry) -> Value:
    if is_tensor(x) or e.session.holds_array(x):
        return e.value(x)
    return as_tensor(e, x, common(e, [], [number_kind(e, x)]))
