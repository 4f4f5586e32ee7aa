"""Binds symbolic dimensions to the sizes that a call brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def extents(type_: ir.Type, value: Any) -> Iterator[tuple[ir.Dim, int]]:
    """Yield (dimension, extent) of every tensor within a value."""
    if isinstance(type_, ir.TensorType):
        if type_.shape is not None:
            yield from zip(type_.shape, value.shape, strict=False)
    elif isinstance(type_, ir.ListType):
        for item in value:
            yield from extents(type_.element, item)
    elif isinstance(type_, ir.TupleType):
        for element, item in zip(type_.elements, value, strict=True):
            yield from extents(element, item)
    elif isinstance(type_, ir.StructType):
        for (_, element), item in zip(type_.fields, value, strict=True):
            yield from extents(element, item)
    elif isinstance(type_, ir.DictType):
        for item in value.values():
            yield from extents(type_.value, item)
    elif isinstance(type_, ir.OptionalType) and value is not None:
        yield from extents(type_.element, value)


def bind(types: Sequence[ir.Type], values: Sequence[Any]) -> dict[str, int]:
    """Return the extent of each symbol that the values' sizes determine.

    It is read where it stands alone, first in the order of the inputs. Spec: EXEC-4.
    """
    pairs = [pair for t, v in zip(types, values, strict=True) for pair in extents(t, v)]
    bound: dict[str, int] = {}
    for dim, extent in pairs:
        if isinstance(dim, ir.Symbol):
            bound.setdefault(dim.name, extent)
    return bound
