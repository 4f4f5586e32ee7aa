"""Writes one op of the opset: operands become values, data types equal, attributes plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import (
    DataType,
    ListType,
    ScalarKind,
    ScalarType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.opset import dtypes
from tracescript.opset.table import REQUIRED, InputDef, OpDef, opset
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Empty, Items, constant_of
from tracescript.producer.script.library.batches import is_single, of_single
from tracescript.producer.script.library.coerce import (
    as_tensor,
    common,
    data_type,
    number_kind,
    rank,
)
from tracescript.producer.script.library.meanings import meant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Given = Entry | None

_UNSIGNED: Final = frozenset({DataType.UINT8, DataType.UINT16, DataType.UINT32, DataType.UINT64})


@dataclass(slots=True)
class _Operand:
    """A tensor operand: which input it is, which item of a list, and what was given."""

    input: int
    item: int
    entry: Entry
    variable: str


def emit_op(
    e: Emitter, name: str, inputs: Sequence[Given], attributes: Mapping[str, Any] | None = None
) -> Entry:
    """Write a node for an op as a torch or numpy program means it.

    `inputs` are in declared order; Python numbers, arrays and lists are turned into what the op
    takes. `attributes` are plain values. Returns one value, or `Items` of several.
    """
    op = opset().get(name)
    if op is None:
        raise e.error(None, f"there is no op {name}", code="UNKNOWN_CALL", rule="SCRIPT-12")
    if is_single(e, name, inputs[0] if inputs else None):
        return of_single(e, name, inputs, attributes)
    given = [None if x is None or is_none(x) else x for x in inputs]
    if name == "pow" and _is_complex(e, given[0]):
        return _complex_power(e, given[0], given[1])
    attributes = meant(e, name, given, attributes or {})
    values: list[Value | None] = [None] * len(given)
    operands: list[_Operand] = []
    lists: dict[int, int] = {}
    for k, x in enumerate(given):
        declared = op.inputs[min(k, len(op.inputs) - 1)]
        if x is None:
            continue
        if declared.kind == "tensor":
            operands.append(_Operand(k, -1, x, declared.type))
        elif declared.kind == "list" and declared.type in dict(op.variables) and _has_tensors(e, x):
            parts = _tensor_list(e, x)
            lists[k] = len(parts)
            operands += [_Operand(k, n, p, declared.type) for n, p in enumerate(parts)]
        else:
            values[k] = plain_input(e, declared, x)
    if op.promotion == "sum" and not (attributes or {}).get("dtype"):
        _no_unsigned_sum(e, op, operands)
    tensors = _promoted(e, op, operands)
    for k in lists:
        items = [t for o, t in zip(operands, tensors, strict=True) if o.input == k]
        values[k] = e.op("list.make", items)
    for o, t in zip(operands, tensors, strict=True):
        if o.item < 0:
            values[o.input] = t
    outputs = e.ops(name, values, attributes or {})
    if len(op.outputs) == 1 and not op.outputs[0].variadic:
        return outputs[0]
    return Items(outputs, names=tuple(o.name.lower() for o in op.outputs))


def _is_complex(e: Emitter, x: Given) -> bool:
    return x is not None and is_tensor(x) and dtypes.in_set(data_type(e.value(x)), "complex")


def _complex_power(e: Emitter, x: Given, exponent: Given) -> Entry:
    """A complex number to a real power: its absolute value to it, and its angle times it."""
    if _is_complex(e, exponent):
        what = "a power with a complex exponent"
        raise e.error(None, what, code="UNKNOWN_CALL", rule="SCRIPT-12")
    if exponent is not None and constant_of(exponent) == (True, 2):
        return emit_op(e, "mul", [x, x])
    size = emit_op(e, "pow", [emit_op(e, "abs", [x]), exponent])
    angle = emit_op(e, "mul", [emit_op(e, "angle", [x]), exponent])
    return emit_op(e, "polar", [size, angle])


def _no_unsigned_sum(e: Emitter, op: OpDef, operands: list[_Operand]) -> None:
    """Refuse sums that numpy makes uint64, which has no arithmetic in the format."""
    kinds = {data_type(e.value(o.entry)) for o in operands if is_tensor(o.entry)}
    if e.frame.flavour == "numpy" and kinds & _UNSIGNED:
        raise e.error(
            None,
            f"numpy's {op.name} of unsigned integers is uint64, which has no arithmetic here",
            code="UNSUPPORTED_PYTHON",
            rule="SCRIPT-9",
            hint="pass dtype=numpy.int64, or cast with astype",
        )


def _has_tensors(e: Emitter, x: Entry) -> bool:
    if isinstance(x, Items):
        return any(is_tensor(p) or e.session.holds_array(p) for p in x.parts)
    return False


def _tensor_list(e: Emitter, x: Entry) -> tuple[Entry, ...]:
    assert isinstance(x, Items)
    del e
    return x.parts


def plain_input(e: Emitter, declared: InputDef, x: Entry) -> Value:
    """Turn an entry into the value an input of a scalar or container kind takes."""
    if declared.kind == "int":
        return e.as_int(x, f"an int for {declared.name}")
    if declared.kind == "float":
        return e.as_float(x, f"a float for {declared.name}")
    if declared.kind == "list":
        if isinstance(x, Empty):
            return e.empty(ListType(ScalarType(ScalarKind.INT)))
        if declared.type == "int":
            return int_list(e, x, declared.name)
        if isinstance(x, Items):
            return e.value(Items(x.parts, is_list=True))
    return e.value(x)


def int_list(e: Emitter, x: Entry, what: str) -> Value:
    """A list of ints from a tuple, a list or one int."""
    known, value = constant_of(x)
    if known and isinstance(value, list | tuple):
        x = Items(tuple(e.constant(int(v)) for v in value), is_list=True)
    if isinstance(x, Items):
        return (
            e.make_list([e.as_int(p, f"an int in {what}") for p in x.parts])
            if x.parts
            else e.empty(ListType(ScalarType(ScalarKind.INT)))
        )
    if isinstance(x, Value) and isinstance(x.type, ListType):
        return x
    if isinstance(x, Value) and isinstance(x.type, TupleType):
        return int_list(e, e.parts(x), what)
    return e.make_list([e.as_int(x, f"ints for {what}")])


def _promoted(e: Emitter, op: OpDef, operands: list[_Operand]) -> list[Value]:
    """Return the operands with data types as the op wants them. Spec: SCRIPT-9."""
    out: list[Value] = []
    by_variable: dict[str, DataType] = {}
    variables = dict(op.variables)
    for name in dict.fromkeys(o.variable for o in operands):
        if name in variables:
            group = [o for o in operands if o.variable == name]
            by_variable[name] = _wanted(e, op, variables[name], [o.entry for o in group])
    for o in operands:
        wanted = by_variable.get(o.variable) or _fixed(e, _bound(o.variable, by_variable), o.entry)
        out.append(as_tensor(e, o.entry, wanted))
    return out


def _bound(name: str, by_variable: Mapping[str, DataType]) -> str:
    """Write data types like `bool|T` with what the variables in it stand for."""
    parts = name.split("|")
    return "|".join(by_variable[p].value if p in by_variable else p for p in parts)


def _fixed(e: Emitter, name: str, entry: Entry) -> DataType:
    """The data type of an input that names one or several."""
    allowed = dtypes.members(name)
    found = e.value(entry).type if is_tensor(entry) or e.session.holds_array(entry) else None
    if isinstance(found, TensorType) and found.data_type in allowed:
        return found.data_type
    if DataType.INT64 in allowed:
        wanted = DataType.INT64
    elif allowed == {DataType.BOOL}:
        wanted = DataType.BOOL
    else:
        wanted = found.data_type if isinstance(found, TensorType) else DataType.FLOAT32
    if isinstance(found, TensorType) and isinstance(entry, Value):
        if e.session.roots.of(entry):
            e.session.roots.need(entry, wanted)
        if (
            wanted is DataType.INT64
            and dtypes.category(found.data_type) <= 1
            and found.data_type is not DataType.BOOL
        ):
            return wanted
        return found.data_type
    return wanted


def _wanted(e: Emitter, op: OpDef, allowed: str, entries: list[Entry]) -> DataType:
    """The data type that all operands of one type variable get."""
    tensors = [e.value(x) for x in entries if is_tensor(x) or e.session.holds_array(x)]
    numbers = [number_kind(e, x) for x in entries if not (is_tensor(x) or e.session.holds_array(x))]
    _unify(e, op, tensors)
    members = dtypes.members(allowed)
    for t in tensors:
        if e.session.roots.of(t) and data_type(t) not in members:
            e.session.roots.need(t, DataType.BOOL if op.name == "bitwise_not" else DataType.INT64)
    pairs = [(data_type(t), rank(t)) for t in tensors]
    result = common(e, pairs, numbers)
    is_low = dtypes.category(result) < dtypes.category(DataType.FLOAT32)
    if op.promotion == "compare" and e.frame.flavour == "numpy":
        known = [constant_of(x)[1] for x in entries]
        return dtypes.holding(result, [n for n in known if type(n) is int])
    if op.promotion == "sum" and is_low:
        return DataType.INT64
    if op.promotion == "float" and is_low:
        return DataType.FLOAT32 if e.frame.flavour == "torch" else _float_of(op, result)
    if (
        op.promotion == "same"
        and is_low
        and e.frame.flavour == "numpy"
        and members <= dtypes.members("inexact")
    ):
        return DataType.FLOAT64
    return result


def _float_of(op: OpDef, found: DataType) -> DataType:
    """What numpy makes of integers in a float function."""
    if op.name == "div" or "fft" in op.name or op.name.startswith("linalg_"):
        return DataType.FLOAT64
    if found in {DataType.BOOL, DataType.INT8, DataType.UINT8}:
        return DataType.FLOAT16
    if found in {DataType.INT16, DataType.UINT16}:
        return DataType.FLOAT32
    return DataType.FLOAT64


def _unify(e: Emitter, op: OpDef, tensors: list[Value]) -> None:
    """Let an open data type be what the tensors beside it are."""
    fixed = [t for t in tensors if not e.session.roots.of(t)]
    for t in tensors:
        if not e.session.roots.of(t):
            continue
        for other in fixed:
            if data_type(other) is data_type(t):
                continue
            is_float = dtypes.category(data_type(other)) >= dtypes.category(DataType.FLOAT32)
            if op.promotion == "same" or (is_float and rank(other) > 0):
                e.session.roots.need(t, data_type(other))


def plain_attribute(e: Emitter, op: OpDef, name: str, entry: Entry) -> Any:
    """Return an attribute's plain value; it must be known at compile time."""
    declared = op.attribute(name)
    assert declared is not None
    if declared.kind == "data_type":
        return e.session.data_type_of(e, entry)
    known, value = constant_of(entry)
    if not known:
        e.session.loops.needs_constant(entry)
        raise e.error(
            None,
            f"{op.name}: {name} must be known at compile time, found {e.describe(entry)}",
            rule="SCRIPT-10",
            hint="make it a constant or an attribute set in __init__",
        )
    if declared.kind == "ints" and isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if declared.kind in {"ints", "floats"} and isinstance(value, list | tuple):
        return tuple(value)
    if declared.kind == "float" and isinstance(value, int):
        return float(value)
    if value is None and declared.default is not None and declared.default is not REQUIRED:
        return declared.default
    return value
