"""Records a matched library call: casts in, constants for numbers, results wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.dtypes import category, members
from tracescript.producer.trace.numbers import SymFloat, SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.opset.table import InputDef, OutputDef
    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.matching import Match
    from tracescript.producer.trace.tape import Wire


def record(door: Door, match: Match, results: Sequence[Any]) -> tuple[Wire, ...]:
    """Record a call whose real results are these arrays or numbers; return their wires.

    Results the library does not hand out are typed and left unused; a list of arrays is taken
    apart. Spec: TRACE-2.
    """
    op = match.op
    first = door.type_of(results[0]) if results and door.is_array(results[0]) else None
    target = _target(door, match, first)
    kinds = list(op.inputs)
    if kinds and kinds[-1].variadic:
        kinds += [kinds[-1]] * (len(match.inputs) - len(kinds))
    inputs = [_input(door, v, k, target) for v, k in zip(match.inputs, kinds, strict=False)]
    attributes = {n: _attribute(door, match, n, v, results) for n, v in match.attributes.items()}
    for declared in op.attributes:
        if declared.kind == "data_type" and first is not None:
            attributes[declared.name] = first.data_type
    if op.outputs and op.outputs[0].kind == "list":
        return _listed(door, op.name, inputs, attributes, results)
    types: list[ir.Type] = [first] if first is not None and op.outputs else []
    types += [_type(door, r) for r in results[len(types) : len(op.outputs)]]
    types += [_unseen(o, types) for o in op.outputs[len(types) :]]
    samples = [
        r if getattr(t, "shape", None) == () else None for r, t in zip(results, types, strict=False)
    ]
    wires = door.recorder.op(op.name, inputs, attributes, types, samples)
    return wires[: len(results)]


def _listed(
    door: Door, op: str, inputs: Sequence[Wire | None], attributes: Any, results: Sequence[Any]
) -> tuple[Wire, ...]:
    types = [_type(door, r) for r in results]
    first = types[0]
    assert isinstance(first, ir.TensorType), "lists of ops hold tensors"
    whole = door.recorder.single(
        op, inputs, attributes, ir.ListType(ir.TensorType(first.data_type, None))
    )
    return door.recorder.unpacked(whole, types)


def _type(door: Door, value: Any) -> ir.Type:
    if door.is_array(value):
        return door.type_of(value)
    from tracescript.producer.trace.structure import type_of

    return type_of(value, door, "a result")


def _unseen(output: OutputDef, types: Sequence[ir.Type]) -> ir.Type:
    first = types[0]
    fixed = members(output.type) if output.type in {"int64", "bool"} else frozenset()
    assert isinstance(first, ir.TensorType), "ops with several results give tensors"
    return ir.TensorType(next(iter(fixed), first.data_type), None)


def _target(door: Door, match: Match, first: ir.TensorType | None) -> ir.DataType | None:
    """Return the data type that operands of the op's type variable are cast to.

    `first` is the type of the first result, None where it is no array.
    """
    op = match.op
    operands = [v for v, i in zip(match.inputs, op.inputs, strict=False) if i.type == "T"]
    flat = [
        v for o in operands for v in (o if isinstance(o, (list, tuple)) else (o,)) if v is not None
    ]
    same = op.outputs and op.outputs[0].type == "T"
    if op.name == "cast" or not flat:
        return None
    if same and first is not None:
        return first.data_type
    if op.promotion in {"common", "compare"}:
        return door.common_type(flat)
    arrays = [v for v in flat if door.is_array(v)]
    return door.type_of(arrays[0]).data_type if arrays else None


def _input(door: Door, value: Any, declared: InputDef, target: ir.DataType | None) -> Wire | None:
    if value is None:
        return None
    if declared.kind == "tensor":
        return operand(door, value, _wanted(declared, target, door, value))
    if declared.kind == "list" and isinstance(value, int):
        value = (value,)
    if declared.kind == "list" and isinstance(value, (list, tuple)):
        if all(isinstance(v, int) for v in value):
            return door.recorder.ints(value)
        if all(type(v) is float for v in value):
            numbers = constants.numbers(tuple(value), constants.FLOAT)
            return door.recorder.constant(numbers)
        if declared.type == "int":
            return door.recorder.list([_whole(door, v) for v in value], constants.INT)
        wanted = target if declared.type == "T" else None
        return door.recorder.list([operand(door, v, wanted) for v in value])
    if door.is_array(value):
        return door.item(value, declared.kind)
    is_truth = declared.type == "number" and isinstance(value, bool)
    return door.recorder.number(int(value) if is_truth else value)


def _whole(door: Door, value: Any) -> Wire:
    """Return the wire of an int, or of the one element of an array."""
    return door.item(value, "int") if door.is_array(value) else door.recorder.number(value)


def _wanted(
    declared: InputDef, target: ir.DataType | None, door: Door, value: Any
) -> ir.DataType | None:
    if declared.type == "T":
        return target
    if declared.type in {"int64", "bool", "uint32"}:
        return next(iter(members(declared.type)))
    return None if door.is_array(value) else target


def operand(door: Door, value: Any, wanted: ir.DataType | None) -> Wire:
    """Return the wire of an array or number as a tensor of a data type."""
    recorder = door.recorder
    if not door.is_array(value):
        kind = wanted or door.scalar_type(value)
        if isinstance(value, (SymInt, SymFloat)):
            made = ir.TensorType(kind, ())
            return recorder.single("to_tensor", (value.wire,), {"dtype": kind}, made)
        return recorder.scalar(_fitting(value, kind), kind)
    wire = door.wire(value)
    return wire if wanted is None else recorder.cast(wire, wanted)


def _fitting(value: Any, kind: ir.DataType) -> Any:
    """Wrap a Python int into an integer type, as tensor arithmetic does."""
    if category(kind) != 1 or not isinstance(value, int):
        return value
    signed = not kind.value.startswith("uint")
    wrapped = int(value) % (1 << kind.bits)
    return wrapped - (1 << kind.bits) if signed and wrapped >= 1 << (kind.bits - 1) else wrapped


def _attribute(door: Door, match: Match, name: str, value: Any, results: Sequence[Any]) -> Any:
    declared = match.op.attribute(name)
    assert declared is not None, "attributes are sorted by the op"
    fixed = door.fixed(value)
    if declared.kind == "ints" and isinstance(fixed, int):
        return (fixed,)
    if declared.kind in {"ints", "floats"}:
        return tuple(fixed)
    if declared.kind == "float":
        return float(fixed)
    if declared.kind == "data_type":
        return door.type_of(results[0]).data_type
    return bool(fixed) if declared.kind == "bool" else plain(fixed)
