"""What sizes and shape guards are known while a unit is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.ir import dims

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracescript.engine.py.program import Val

Symbols = dict[ir.Symbol, ir.Dim]


def known_size(
    node: ir.Node, inputs: Sequence[Val | None], attributes: Mapping[str, Any]
) -> int | None:
    """Return what `size`, `dim` or `numel` gives where types say it."""
    tensor = inputs[0] if inputs else None
    if tensor is None or not isinstance(tensor.type, ir.TensorType) or tensor.type.shape is None:
        return None
    shape = tensor.type.shape
    if node.op == "dim":
        return len(shape)
    if node.op == "size" and -len(shape) <= attributes["dim"] < len(shape):
        extent = shape[attributes["dim"]]
        return extent if isinstance(extent, int) else None
    if node.op == "numel" and tensor.shape is not None:
        return int(np.prod(tensor.shape, dtype=object)) if tensor.shape else 1
    return None


def surely_holds(guard: ir.ShapeGuard, symbols: Symbols) -> bool:
    """Whether a shape guard holds for all calls, its symbols being what they are in the caller."""
    left, right = (dims.substitute(d, symbols) for d in (guard.left, guard.right))
    if left is None or right is None:
        return False
    (low, high), (least, most) = dims.bounds(left), dims.bounds(right)
    match guard.comparison:
        case "==":
            return left == right
        case "!=":
            return high < least or most < low
        case "<":
            return high < least
        case _:
            return high <= least


def substituted(type_: ir.Type, symbols: Symbols) -> ir.Type:
    """Write a callee's type in the dimensions of its caller; unknown where these do not say."""
    if not symbols:
        return type_
    if isinstance(type_, ir.TensorType) and type_.shape is not None:
        return ir.TensorType(
            type_.data_type, tuple(dims.substitute(d, symbols) for d in type_.shape)
        )
    if isinstance(type_, ir.ListType):
        return ir.ListType(substituted(type_.element, symbols))
    if isinstance(type_, ir.TupleType):
        return ir.TupleType(tuple(substituted(t, symbols) for t in type_.elements))
    return type_


def _dims(type_: ir.Type, *, certain: bool = False) -> Iterator[ir.Dim]:
    """Yield the extents within a type; `certain`: only of tensors that each value of it has."""
    if isinstance(type_, ir.TensorType):
        yield from type_.shape or ()
    for inner in _parts(type_, certain=certain):
        yield from _dims(inner, certain=certain)


def _parts(type_: ir.Type, *, certain: bool) -> tuple[ir.Type, ...]:
    match type_:
        case ir.TupleType(elements):
            return elements
        case ir.StructType(_, fields):
            return tuple(field for _, field in fields)
        case ir.ListType(element) | ir.DictType(_, element) | ir.OptionalType(element):
            return () if certain else (element,)
        case ir.UnionType(members):
            return () if certain else members
    return ()


def unsure(types: Sequence[ir.Type]) -> Symbols:
    """Return, as unknown, the symbols of expressions that a call may leave unbound.

    They stand alone only in a list, which may be empty, or in another type without a tensor.
    """
    sure = {dim for type_ in types for dim in _dims(type_, certain=True)}
    within = {
        s for t in types for d in _dims(t) if isinstance(d, ir.DimExpr) for s in dims.symbols(d)
    }
    return dict.fromkeys(s for s in within if s not in sure)


def resolved(symbols: Symbols, unknown: Symbols) -> Symbols:
    """Return what symbols are where some of those that they are written in are unknown."""
    if not symbols:
        return unknown
    return {s: dims.substitute(dim, unknown) for s, dim in symbols.items()}


def unified(formal: Sequence[ir.Type], actual: Sequence[ir.Type]) -> Symbols:
    """Return what the symbols of a callee's inputs are in its caller."""
    bound: Symbols = {
        symbol: None for type_ in formal for dim in _dims(type_) for symbol in dims.symbols(dim)
    }
    for want, have in zip(formal, actual, strict=True):
        if not isinstance(want, ir.TensorType) or not isinstance(have, ir.TensorType):
            continue
        if want.shape is None or have.shape is None:
            continue
        for dim, extent in zip(want.shape, have.shape, strict=False):
            if isinstance(dim, ir.Symbol) and bound[dim] is None:
                bound[dim] = extent
    return bound
