"""Fits the operands of a call to the inputs of an op, and makes the types of its results."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import constants
from tracescript.ir.text import type_text
from tracescript.ir.types import (
    DataType,
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
)
from tracescript.opset import dtypes, faults
from tracescript.opset.relations import NEVER, compatible, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Dim, Type
    from tracescript.ir.values import Value
    from tracescript.opset.table import InputDef, OpDef, OutputDef

_SCALARS: Final = {kind.value.lower(): ScalarType(kind) for kind in ScalarKind}
_GROUPS: Final = {
    "number": ("int", "float"),
    "scalar": ("none", "bool", "int", "float", "str"),
    "key": ("bool", "int", "str"),
}
_CONTAINERS: Final = {"tuple": TupleType, "struct": StructType}
_FUNCTION: Final = re.compile(r"(real|complex|list)[(\[](.+)[)\]]")


class MisfitError(Exception):
    """An operand does not fit; `code` and `rule` say in which way."""

    def __init__(self, expected: str, code: str = "BAD_TYPE", rule: str = faults.KIND) -> None:
        super().__init__(expected)
        self.expected = expected
        self.code = code
        self.rule = rule


@functools.cache
def is_over_values(group: str) -> bool:
    """Return whether a type variable of this set stands for types of values, not data types."""
    return group in _GROUPS or group == "value"


@dataclass(slots=True)
class Scope:
    """What the type variables of one call stand for."""

    variables: dict[str, str]
    data_types: dict[str, DataType] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)


def arrange(op: OpDef, inputs: Sequence[Value | None]) -> dict[str, Any]:
    """Return the operands by input name: a value, None where omitted, a tuple where variadic.

    Raises:
        InvalidModelError: BAD_CALL for a wrong number of inputs (GRAPH-40) or a missing one
            (GRAPH-41).
    """
    declared = op.inputs
    fixed = len(declared) - bool(declared and declared[-1].variadic)
    if len(inputs) < fixed:
        inputs = [*inputs, *[None] * (fixed - len(inputs))]
    elif len(inputs) > fixed == len(declared):
        what = f"takes {fixed} inputs, found {len(inputs)}"
        raise faults.fault(op.name, what, code="BAD_CALL", rule=faults.ARITY)
    named: dict[str, Any] = {d.name: v for d, v in zip(declared[:fixed], inputs, strict=False)}
    for d in declared[:fixed]:
        if named[d.name] is None and not d.optional:
            what = f"input {d.name} is missing"
            raise faults.fault(op.name, what, code="BAD_CALL", rule=faults.OPTIONAL)
    if fixed < len(declared):
        rest = tuple(inputs[fixed:])
        if None in rest:
            what = f"an element of {declared[-1].name} is missing"
            raise faults.fault(op.name, what, code="BAD_CALL", rule=faults.OPTIONAL)
        named[declared[-1].name] = rest
    return named


def fit(op: OpDef, named: dict[str, Any]) -> Scope:
    """Check the kinds and types of all operands; return what the type variables stand for.

    Raises:
        InvalidModelError: BAD_TYPE for a wrong kind (GRAPH-42), BAD_CALL for a data type outside
            the set or one variable with two data types (GRAPH-43).
    """
    scope = Scope(dict(op.variables))
    for declared in op.inputs:
        if declared.kind == "any" and not declared.type:
            continue
        operand = named[declared.name]
        for value in operand if declared.variadic else (operand,):
            if value is None:
                continue
            try:
                _match(declared, value.type, scope)
            except MisfitError as misfit:
                what = f"{declared.name} is {type_text(value.type)}, expected {misfit}"
                raise faults.fault(op.name, what, code=misfit.code, rule=misfit.rule) from None
    return scope


def _match(declared: InputDef, found: Type, scope: Scope) -> None:
    kind, text = declared.kind, declared.type
    if kind == "tensor":
        _match_tensor(text, found, scope)
    elif kind == "list":
        if not isinstance(found, ListType):
            raise MisfitError("a list")
        _match_value(_element(text), found.element, scope)
    elif kind == "dict":
        _match_dict(text, found, scope)
    elif kind in _SCALARS:
        if found != _SCALARS[kind]:
            raise MisfitError(kind)
    elif kind in _CONTAINERS:
        if not isinstance(found, _CONTAINERS[kind]):
            raise MisfitError(f"a {kind}")
    else:
        _match_value(text, found, scope)


def _element(text: str) -> str:
    """Return the element's description of a list; `list[E]` and `E` mean the same."""
    match = _FUNCTION.fullmatch(text)
    return match[2] if match and match[1] == "list" else text


def _match_dict(text: str, found: Type, scope: Scope) -> None:
    if not isinstance(found, DictType):
        raise MisfitError("a dict")
    if text:
        key, value = (part.strip() for part in text.split(","))
        _match_value(key, found.key, scope)
        _match_value(value, found.value, scope)


def _match_tensor(text: str, found: Type, scope: Scope) -> None:
    if not isinstance(found, TensorType):
        raise MisfitError("a tensor")
    if not text:
        return
    *names, last = text.split("|")
    for name in names:
        if name not in scope.variables and found.data_type in dtypes.members(name):
            return
    if last not in scope.variables:
        if found.data_type not in dtypes.members(last):
            raise MisfitError(f"a tensor of {text}", "BAD_CALL", faults.VARIABLE)
        return
    bound = scope.data_types.setdefault(last, found.data_type)
    if bound is not found.data_type:
        raise MisfitError(f"{bound.value} as before", "BAD_CALL", faults.VARIABLE)
    if bound not in dtypes.members(scope.variables[last]):
        raise MisfitError(f"a tensor of {scope.variables[last]}", "BAD_CALL", faults.VARIABLE)


def _match_value(text: str, found: Type, scope: Scope) -> None:
    """Fit a type to the description of an element or of an input of kind `any`."""
    if not text or found == NEVER:
        return
    if text.endswith("?"):
        if found != constants.NONE:
            inner = found.element if isinstance(found, OptionalType) else found
            _match_value(text[:-1], inner, scope)
        return
    if text in scope.variables:
        _match_variable(text, found, scope)
        return
    for name in text.split("|"):
        allowed = _GROUPS.get(name.lower(), (name.lower(),))
        if any(found == _SCALARS.get(a) for a in allowed):
            return
        if isinstance(found, TensorType) and _is_tensor_text(name):
            _match_tensor("" if name == "tensor" else name, found, scope)
            return
    raise MisfitError(text)


def _is_tensor_text(name: str) -> bool:
    return name == "tensor" or (name not in _SCALARS and name not in _GROUPS)


def _match_variable(name: str, found: Type, scope: Scope) -> None:
    group = scope.variables[name]
    if not is_over_values(group):
        _match_tensor(name, found, scope)
        return
    allowed = _GROUPS.get(group, ())
    if allowed and found not in [_SCALARS[a] for a in allowed]:
        raise MisfitError(f"one of {', '.join(allowed)}")
    before = scope.types.get(name, found)
    joined = before if compatible(before, found) and before != NEVER else join(before, found)
    if joined is None or (allowed and joined != before):
        raise MisfitError("one type with the others", "BAD_TYPE", faults.VARIABLE)
    scope.types[name] = join(joined, found) or joined


def result(
    declared: OutputDef, scope: Scope, attributes: dict[str, Any], shape: tuple[Dim, ...] | None
) -> Type:
    """Return the type of one result; `shape` serves the tensors in it."""
    kind, text = declared.kind, declared.type
    if kind == "tensor":
        return TensorType(_data_type(text, scope, attributes), shape)
    if kind == "list":
        return ListType(_value(_element(text), scope, attributes, shape))
    if kind == "dict":
        key, value = (part.strip() for part in text.split(","))
        key_type = _value(key, scope, attributes, shape)
        return DictType(key_type, _value(value, scope, attributes, shape))
    if kind in _SCALARS:
        return _SCALARS[kind]
    return _value(text, scope, attributes, shape)


def _data_type(text: str, scope: Scope, attributes: dict[str, Any]) -> DataType:
    if match := _FUNCTION.fullmatch(text):
        inner = _data_type(match[2], scope, attributes)
        return dtypes.real_of(inner) if match[1] == "real" else dtypes.complex_of(inner)
    if text in scope.data_types:
        return scope.data_types[text]
    if isinstance(attributes.get(text), DataType):
        return attributes[text]
    return DataType(text)


def _value(
    text: str, scope: Scope, attributes: dict[str, Any], shape: tuple[Dim, ...] | None
) -> Type:
    if text.endswith("?"):
        return OptionalType(_value(text[:-1], scope, attributes, shape))
    if text in scope.types:
        return scope.types[text]
    if text in scope.variables and is_over_values(scope.variables[text]):
        return NEVER
    held = attributes.get(text)
    if isinstance(held, str):
        return _SCALARS[held]
    if held is not None and not isinstance(held, DataType):
        return held
    if held is None and text in _SCALARS:
        return _SCALARS[text]
    return TensorType(_data_type(text, scope, attributes), shape)
