"""Compares extents with the expressions of input types, once the symbols are bound (EXEC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import dims
from tracescript.ir.types import (
    DictType,
    DimExpr,
    ListType,
    OptionalType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
    parts_by_path,
)
from tracescript.model.input_checks import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir


def _parts(declared: ir.Type) -> tuple[ir.Type, ...]:
    """Return the types directly inside one whose values are looked into; a union has none."""
    match declared:
        case ListType() | OptionalType():
            return (declared.element,)
        case TupleType():
            return declared.elements
        case StructType():
            return tuple(t for _, t in declared.fields)
        case DictType():
            return (declared.value,)
        case UnionType():
            return declared.members
        case _:
            return ()


def has_expression(declared: ir.Type) -> bool:
    """Whether an extent somewhere in a type is an expression."""
    if isinstance(declared, TensorType):
        return any(isinstance(d, DimExpr) for d in declared.shape or ())
    return any(map(has_expression, _parts(declared)))


def has_struct(declared: ir.Type) -> bool:
    """Whether a struct is somewhere in a type."""
    return isinstance(declared, StructType) or any(map(has_struct, _parts(declared)))


def _items(declared: ir.Type, value: Any) -> Iterator[tuple[ir.Type, Any, str]]:
    """Yield the values directly inside one with their types and what to append to the path."""
    match declared:
        case OptionalType() if value is not None:
            yield declared.element, value, ""
        case ListType():
            yield from ((declared.element, item, f"[{i}]") for i, item in enumerate(value))
        case DictType():
            yield from ((declared.value, item, f"[{k!r}]") for k, item in value.items())
        case TupleType() | StructType():
            pairs = zip(parts_by_path(declared), value, strict=True)
            yield from ((part, item, label) for (label, part), item in pairs)
        case _:
            return


def check_expressions(declared: ir.Type, value: Any, binding: dict[str, int], path: str) -> None:
    """Refuse a value with an extent that its type's expression does not give.

    What mentions a symbol without a binding stays unchecked, and so does what is in a union.

    Raises:
        BadInputError: EXEC-4.
    """
    if isinstance(declared, TensorType):
        for axis, dim in enumerate(declared.shape or ()):
            if isinstance(dim, DimExpr):
                _check(dim, value.shape[axis], binding, f"{path}, axis {axis}")
        return
    if has_expression(declared):
        for part, item, at in _items(declared, value):
            check_expressions(part, item, binding, path + at)


def _check(expression: DimExpr, size: int, binding: dict[str, int], path: str) -> None:
    try:
        expected = dims.evaluate(expression, binding)
    except KeyError:
        return
    except (ZeroDivisionError, OverflowError) as error:
        raise refusal(path, dims.text(expression), str(error), "EXEC-4") from error
    if size != expected:
        raise refusal(path, f"{dims.text(expression)} = {expected}", str(size), "EXEC-4")
