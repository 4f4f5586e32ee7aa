"""Calls of torch, numpy and `ts.ops` functions: from their names in the opset to ops."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DataType, ScalarType
from tracescript.ir.values import Value
from tracescript.opset import dtypes
from tracescript.opset.names import numpy_names, torch_names
from tracescript.opset.table import REQUIRED, opset
from tracescript.producer.script.aliasing.writes import write
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Items, Known, constant_of
from tracescript.producer.script.library.coerce import (
    as_tensor,
    data_type,
    filling,
    number_in,
)
from tracescript.producer.script.library.conditions import Condition, kind_of
from tracescript.producer.script.library.given import answered
from tracescript.producer.script.library.lower_names import (
    IGNORED,
    ONLY_DEFAULTS,
    SYNONYMS,
    WITHOUT_MEANING,
)
from tracescript.producer.script.library.promote import emit_op, plain_attribute
from tracescript.producer.script.library.signatures import by_flag, no_parameter, signature
from tracescript.producer.trace.matching import is_meant

if TYPE_CHECKING:
    from tracescript.opset.table import OpDef, PythonName
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arguments = dict[str, Entry]


def call_named(e: Emitter, name: str, args: list[Entry], kwargs: Arguments) -> Entry | None:
    """Call a function by its dotted name; None where the name means no op."""
    from tracescript.producer.script.library.numpy import FUNCTIONS
    from tracescript.producer.script.library.table import SPECIAL

    special = SPECIAL.get(name)
    if special is not None:
        return answered(e, name, special, args, kwargs)
    written = FUNCTIONS.get(name)
    if written is not None:
        return e.session.call_python(e, written, args, kwargs)
    if name.startswith("ops."):
        return _own(e, name.partition(".")[2], args, kwargs)
    return as_op(e, name, args, kwargs)


def as_op(e: Emitter, name: str, args: list[Entry], kwargs: Arguments) -> Entry | None:
    """Call a function of torch's or numpy's as the opset says; None where it says nothing."""
    library = name.partition(".")[0]
    table = numpy_names() if library == "numpy" else torch_names()
    rows = table.get(name, ())
    for op, row in rows:
        bound = bind(e, op, row, args, kwargs, strict=len(rows) == 1)
        if bound is None or not Condition(e, op, bound, len(args) + len(kwargs)).holds(row.when):
            continue
        in_place = constant_of(bound.pop("inplace", kwargs.get("inplace", e.constant(False))))
        is_in_place = in_place[1] is True or (name.endswith("_") and not name.endswith("__"))
        if is_in_place and op.inputs:
            return changed(e, bound[op.inputs[0].name], emit_bound(e, op, bound))
        made = emit_bound(e, op, bound)
        is_first = (
            library == "numpy"
            and not name.startswith("numpy.linalg.")
            and isinstance(made, Items)
            and len(op.outputs) > 1
        )
        return made.parts[0] if is_first and isinstance(made, Items) else made
    if rows:
        raise e.error(
            None,
            f"{name}: these arguments fit no form of it that scripts know",
            code="UNKNOWN_CALL",
            rule="SCRIPT-10",
            hint="; ".join(signature(op) for op, _ in rows[:3]),
        )
    return None


def changed(e: Emitter, operand: Entry, made: Entry) -> Entry:
    """`F.relu_(y)`, `F.relu(y, inplace=True)`: y stands for the result from then on."""
    receiver = e.at.args[0] if isinstance(e.at, ast.Call) and e.at.args else None
    if receiver is None or (e.unit.is_inner and e.session.aliases.is_passed(operand)):
        e.session.aliases.changed_by_call(e, operand)
        return made
    operand = e.value(operand)
    made = e.session.tensors.keep_type(e, operand, made)
    write(e, receiver, operand, made)
    return made


def _own(e: Emitter, name: str, args: list[Entry], kwargs: Arguments) -> Entry:
    op = opset()[name]
    bound = dict(kwargs)
    names = [i.name for i in op.inputs] + [a.name for a in op.attributes]
    if op.inputs and op.inputs[-1].variadic:
        outputs = e.ops(
            name,
            [e.value(a) for a in args],
            {k: plain_attribute(e, op, k, v) for k, v in kwargs.items()},
        )
        return outputs[0] if len(outputs) == 1 else Items(outputs)
    if len(args) > len(names):
        raise e.error(
            None,
            f"ops.{name} takes {len(names)} arguments, found {len(args)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint=f"signature: {signature(op)}",
        )
    bound.update(zip(names, args, strict=False))
    unknown = [k for k in bound if k not in names]
    if unknown:
        raise no_parameter(e, op, unknown[0])
    return emit_bound(e, op, bound)


def bind(
    e: Emitter, op: OpDef, row: PythonName, args: list[Entry], kwargs: Arguments, *, strict: bool
) -> Arguments | None:
    """Sort Python's arguments under our names; None where they do not fit this row."""
    names = row.arguments or tuple([i.name for i in op.inputs] + [a.name for a in op.attributes])
    bound: Arguments = {}
    rest = list(args)
    plain = [n for n in names if "=" not in n]
    for name in names:
        key, equals, text = name.partition("=")
        if equals:
            bound[key] = _literal(e, text)
    for name in plain:
        if name.startswith("*"):
            if rest:
                is_one = len(rest) == 1 and not _is_number(rest[0])
                bound[name[1:]] = rest[0] if is_one else Items(tuple(rest), is_list=True)
                rest = []
        elif rest:
            first = rest.pop(0)
            if name != "_":
                bound[name] = first
            elif not _says_nothing(op, row, first):
                return None
    if rest:
        return None
    known = (
        {n.lstrip("*") for n in plain}
        | {a.name for a in op.attributes}
        | {i.name for i in op.inputs}
        | {"dtype"}
    )
    for key, entry in kwargs.items():
        name = (
            key
            if key in known and key not in bound
            else next((s for s in SYNONYMS.get(key, ()) if s in known), key)
        )
        if name in known:
            bound[name] = entry
        elif key in ONLY_DEFAULTS:
            _check_default(e, op, key, entry)
        elif key not in IGNORED:
            if strict:
                raise no_parameter(e, op, key)
            return None
    return bound


def _says_nothing(op: OpDef, row: PythonName, entry: Entry) -> bool:
    """Whether a positional argument that the op has no name for is one without meaning."""
    if op.name in WITHOUT_MEANING and not row.name.startswith("numpy."):
        return True
    known, value = constant_of(entry)
    return known and (value is None or value is False) and not is_meant(op, value)


def _check_default(e: Emitter, op: OpDef, key: str, entry: Entry) -> None:
    """An argument that changes the result, or something else: only its default is known here."""
    known, value = constant_of(entry)
    if not known or not any(value is d or value == d for d in ONLY_DEFAULTS[key]):
        raise e.error(
            None,
            f"{op.name}(): scripts do not know `{key}`",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint=f"signature: {signature(op)}",
        )


def _literal(e: Emitter, text: str) -> Entry:
    try:
        return e.constant(ast.literal_eval(text))
    except ValueError:
        return Known(dtypes.as_data_type(text))


def _is_number(entry: Entry) -> bool:
    return isinstance(entry, Value) and isinstance(entry.type, ScalarType)


def emit_bound(e: Emitter, op: OpDef, bound: Arguments) -> Entry:
    """Write an op of arguments under our names; a `dtype` the op does not know casts first."""
    bound = dict(bound)
    has_dtype = op.attribute("dtype") is not None
    dtype = None if has_dtype else bound.pop("dtype", None)
    if dtype is not None and not is_none(dtype) and op.inputs:
        first = op.inputs[0].name
        wanted = e.session.data_type_of(e, dtype)
        bound[first] = as_tensor(e, bound[first], wanted)
        made = emit_bound(e, op, bound)
        is_wider = op.promotion == "sum" and is_tensor(made)
        if e.frame.flavour == "numpy" and not is_wider and data_type(e.value(made)) is not wanted:
            what = f"{op.name}(): scripts take no dtype={wanted.value} here"
            raise e.error(None, what, code="TYPE_INFERENCE", rule="SCRIPT-10")
        return as_tensor(e, made, wanted) if is_wider else made
    if has_dtype and ("dtype" not in bound or is_none(bound["dtype"])):
        bound["dtype"] = Known(_default_type(e, op, bound))
    chosen = by_flag(e, op, bound, lambda more: emit_bound(e, op, more))
    if chosen is not None:
        return chosen
    inputs = _operands(e, op, bound)
    attributes: dict[str, Any] = {}
    for attribute in op.attributes:
        if attribute.name in bound:
            attributes[attribute.name] = plain_attribute(
                e, op, attribute.name, bound.pop(attribute.name)
            )
        elif attribute.default is REQUIRED:
            raise e.error(
                None,
                f"{op.name}() needs `{attribute.name}`",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint=f"signature: {signature(op)}",
            )
    return emit_op(e, op.name, inputs, attributes)


def _operands(e: Emitter, op: OpDef, bound: Arguments) -> list[Entry | None]:
    """Take the operands of an op out of the arguments, in order."""
    for declared in op.inputs:
        given = bound.get(declared.name)
        if declared.kind == "number" and given is not None and is_tensor(given):
            bound[declared.name] = number_in(e, e.value(given))
        elif op.name == "full" and given is not None and declared.name == "value":
            bound[declared.name] = filling(e, given)
    inputs: list[Entry | None] = []
    for declared in op.inputs:
        given = bound.pop(declared.name, None)
        if given is None and not declared.optional and not declared.variadic:
            raise e.error(
                None,
                f"{op.name}() needs `{declared.name}`",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint=f"signature: {signature(op)}",
            )
        if given is not None and is_none(given) and not declared.optional:
            raise e.error(
                None,
                f"{op.name}(): `{declared.name}` is None",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
            )
        inputs.append(given)
    return inputs


def _default_type(e: Emitter, op: OpDef, bound: Arguments) -> DataType:
    """The data type a creating function takes where the program gives none."""
    default = DataType.FLOAT32 if e.frame.flavour == "torch" else DataType.FLOAT64
    if op.name in {"full", "arange", "to_tensor", "eye"} and op.name != "eye":
        kinds = {kind_of(e, x) for x in bound.values()}
        if "float" not in kinds:
            return (
                DataType.BOOL
                if kinds == {"bool"} or (op.name == "full" and kind_of(e, bound["value"]) == "bool")
                else DataType.INT64
            )
    return default
