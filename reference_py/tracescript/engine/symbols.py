"""Binds symbolic dimensions to the sizes that a call brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.ir import dims

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

    A symbol that stands alone in some shape is read there; else one that is the only unknown of a
    sum or a product with numbers is solved for.
    """
    pairs = [pair for t, v in zip(types, values, strict=True) for pair in extents(t, v)]
    bound: dict[str, int] = {}
    for dim, extent in pairs:
        if isinstance(dim, ir.Symbol):
            bound.setdefault(dim.name, extent)
    for dim, extent in pairs:
        if isinstance(dim, ir.DimExpr):
            _solve(dim, extent, bound)
    return bound


def _solve(dim: ir.DimExpr, extent: int, bound: dict[str, int]) -> None:
    unknown = {s.name for s in dims.symbols(dim)} - bound.keys()
    if len(unknown) != 1:
        return
    (name,) = unknown
    zero, one = (dims.evaluate(dim, {**bound, name: n}) for n in (0, 1))
    slope = one - zero
    if slope and (extent - zero) % slope == 0:
        candidate = (extent - zero) // slope
        if dims.evaluate(dim, {**bound, name: candidate}) == extent:
            bound[name] = candidate
