"""Rules of constants: their values are of their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.ir.text import type_text
from tracescript.opset.relations import compatible
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.sites import Spot
from tracescript.validator.type_rules import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.validator.scope import Scope

PYTHON = {
    ir.ScalarKind.NONE: type(None),
    ir.ScalarKind.BOOL: bool,
    ir.ScalarKind.INT: int,
    ir.ScalarKind.FLOAT: float,
    ir.ScalarKind.STR: str,
    ir.ScalarKind.DATA_TYPE: ir.DataType,
    ir.ScalarKind.COMPLEX: complex,
}
"""The Python type of a scalar, by its kind."""


def _is_of(kind: ir.Type, value: Any) -> bool:
    """Whether a constant's value, or a plain element of it, is of a type."""
    if isinstance(value, ir.Constant):
        return compatible(kind, value.type)
    match kind:
        case ir.ScalarType(scalar):
            return type(value) is PYTHON.get(scalar)
        case ir.TensorType():
            return isinstance(value, ir.Weight)
        case ir.ListType(element):
            return isinstance(value, tuple) and all(_is_of(element, v) for v in value)
        case ir.TupleType(elements):
            return are_of(elements, value, _is_of)
        case ir.StructType(_, fields):
            return are_of(tuple(field for _, field in fields), value, _is_of)
        case ir.DictType(key, content):
            return isinstance(value, tuple) and all(
                isinstance(pair, tuple)
                and len(pair) == len(("key", "value"))
                and _is_of(key, pair[0])
                and _is_of(content, pair[1])
                for pair in value
            )
        case ir.OptionalType(element):
            return value is None or _is_of(element, value)
        case ir.UnionType(members):
            return any(_is_of(member, value) for member in members)
    return False


def are_of(kinds: tuple[ir.Type, ...], value: Any, is_of: Callable[[ir.Type, Any], bool]) -> bool:
    """Whether a tuple has one element of each type."""
    return (
        isinstance(value, tuple)
        and len(value) == len(kinds)
        and all(is_of(kind, one) for kind, one in zip(kinds, value, strict=True))
    )


def _plain(constant: ir.Constant) -> Iterator[Any]:
    """Yield the plain values in a constant; constants inside are listed on their own."""
    todo = [constant.value]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            todo += reversed(one)
        elif not isinstance(one, ir.Constant):
            yield one


def _shown(value: Any) -> str:
    """Write a value short enough for one line."""
    text = repr(value)
    longest = 60
    return text if len(text) <= longest else f"{text[:longest]}..."


def type_10_value_of_its_type(scope: Scope) -> Iterator[Fault]:
    """TYPE-10: The value of a constant MUST be of the constant's type."""
    for constant, spot in scope.constants.items():
        if not _is_of(constant.type, constant.value):
            what = (
                f"a value of {type_text(constant.type)} is needed, found {_shown(constant.value)}"
            )
            yield Fault("BAD_CONSTANT", spot.where, what)


def type_11_int_fits(scope: Scope) -> Iterator[Fault]:
    """TYPE-11: An int in a constant MUST fit 64 bits, two's complement."""
    for constant, spot in scope.constants.items():
        for value in _plain(constant):
            if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST:
                yield Fault("BAD_CONSTANT", spot.where, f"{_shown(value)} takes more than 64 bits")


def type_12_key_once(scope: Scope) -> Iterator[Fault]:
    """TYPE-12: A dict constant MUST NOT have a key twice."""
    for constant, spot in scope.constants.items():
        if isinstance(constant.type, ir.DictType) and _is_of(constant.type, constant.value):
            keys = [key.value if isinstance(key, ir.Constant) else key for key, _ in constant.value]
            for key in sorted({k for k in keys if keys.count(k) > 1}):
                yield Fault("BAD_CONSTANT", spot.where, f"key {key!r} is there twice")


def type_13_tensor_is_its_weight(scope: Scope) -> Iterator[Fault]:
    """TYPE-13: A tensor constant MUST have the data type and the shape of its weight."""
    for constant, spot in scope.constants.items():
        kind, weight = constant.type, constant.value
        if isinstance(kind, ir.TensorType) and isinstance(weight, ir.Weight):
            actual = ir.TensorType(weight.data_type, weight.shape)
            if kind != actual:
                what = f"the type is {type_text(kind)}, the weight {type_text(actual)}"
                yield Fault("BAD_CONSTANT", spot.where, what)


def type_14_constant_value(scope: Scope) -> Iterator[Fault]:
    """TYPE-14: A value that is a constant MUST have the constant's type, or one that admits it."""
    for sites in scope.functions:
        for owner, part, number, value in sites.values:
            if value.constant is not None and not compatible(value.type, value.constant.type):
                found = type_text(value.constant.type)
                what = f"the value is {type_text(value.type)}, its constant {found}"
                yield Fault("BAD_TYPE", Spot(owner, part, number).where, what)


def type_15_text_is_unicode(scope: Scope) -> Iterator[Fault]:
    """TYPE-15: A str constant MUST be Unicode text without surrogates."""
    for constant, spot in scope.constants.items():
        for value in _plain(constant):
            if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
                yield Fault("BAD_CONSTANT", spot.where, f"{_shown(value)} has a surrogate")


RULES: tuple[Rule, ...] = (
    type_10_value_of_its_type,
    type_11_int_fits,
    type_12_key_once,
    type_13_tensor_is_its_weight,
    type_14_constant_value,
    type_15_text_is_unicode,
)
