"""Relations between types: what fits where, and what two arms have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.ir import dims
from tracescript.ir.constants import NONE
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    Symbol,
    TensorType,
    TupleType,
    UnionType,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tracescript.ir.types import Dim, Type

    Shape = tuple[Dim, ...] | None

NEVER: Final = UnionType(())
"""The element type of an empty list: it fits every type."""


def differ(a: Dim, b: Dim) -> bool:
    """Return whether two extents are unequal for every binding of their symbols."""
    if a is None or b is None or a == b:
        return False
    if isinstance(a, int) and isinstance(b, int):
        return True
    low, high = dims.bounds(dims.sub(a, b))
    return low > 0 or high < 0


def compatible(declared: Type, inferred: Type) -> bool:
    """Return whether a value of the inferred type may stand where a type is declared.

    Extents need only be possibly equal: what is known at run time alone is checked there.
    """
    if inferred in (declared, NEVER):
        return True
    if isinstance(inferred, OptionalType):
        return isinstance(declared, OptionalType) and compatible(declared.element, inferred.element)
    if isinstance(declared, OptionalType):
        return inferred == NONE or compatible(declared.element, inferred)
    if isinstance(inferred, UnionType):
        return all(compatible(declared, member) for member in inferred.members)
    if isinstance(declared, UnionType):
        return any(compatible(member, inferred) for member in declared.members)
    if isinstance(declared, TensorType) and isinstance(inferred, TensorType):
        return declared.data_type is inferred.data_type and _shapes_meet(
            declared.shape, inferred.shape
        )
    if isinstance(declared, ScalarType) or type(declared) is not type(inferred):
        return False
    return _same_skeleton(declared, inferred) and all(
        compatible(a, b) for a, b in zip(_parts(declared), _parts(inferred), strict=True)
    )


def _shapes_meet(a: Shape, b: Shape) -> bool:
    if a is None or b is None:
        return True
    return len(a) == len(b) and not any(differ(m, n) for m, n in zip(a, b, strict=True))


def _parts(container: Type) -> tuple[Type, ...]:
    """Return the types inside a container type."""
    if isinstance(container, ListType | OptionalType):
        return (container.element,)
    if isinstance(container, TupleType):
        return container.elements
    if isinstance(container, DictType):
        return (container.key, container.value)
    if isinstance(container, StructType):
        return tuple(field for _, field in container.fields)
    return container.members if isinstance(container, UnionType) else ()


def _rebuilt(container: Type, parts: tuple[Type, ...]) -> Type:
    """Return a container type with other types inside."""
    if isinstance(container, ListType):
        return ListType(parts[0])
    if isinstance(container, OptionalType):
        return OptionalType(parts[0])
    if isinstance(container, TupleType):
        return TupleType(parts)
    if isinstance(container, DictType):
        return DictType(parts[0], parts[1])
    if isinstance(container, StructType):
        names = (name for name, _ in container.fields)
        return StructType(container.name, tuple(zip(names, parts, strict=True)), container.is_tuple)
    return UnionType(parts) if isinstance(container, UnionType) else container


def _same_skeleton(a: Type, b: Type) -> bool:
    if isinstance(a, StructType) and isinstance(b, StructType):
        names_a, names_b = [n for n, _ in a.fields], [n for n, _ in b.fields]
        return a.name == b.name and names_a == names_b
    return len(_parts(a)) == len(_parts(b))


def join(a: Type, b: Type) -> Type | None:
    """Return the type of a value that is of one type or the other, or None if there is none.

    Extents that differ become unknown; a value or None becomes an optional.
    """
    if b in (a, NEVER):
        return a
    if a == NEVER:
        return b
    if NONE in (a, b) or isinstance(a, OptionalType) or isinstance(b, OptionalType):
        return _join_optional(a, b)
    if isinstance(a, UnionType) or isinstance(b, UnionType):
        wide, narrow = (a, b) if compatible(a, b) else (b, a)
        return wide if compatible(wide, narrow) else None
    if isinstance(a, TensorType) and isinstance(b, TensorType):
        if a.data_type is not b.data_type:
            return None
        return TensorType(a.data_type, join_shapes(a.shape, b.shape))
    if isinstance(a, ScalarType) or type(a) is not type(b) or not _same_skeleton(a, b):
        return None
    parts = [join(x, y) for x, y in zip(_parts(a), _parts(b), strict=True)]
    known = tuple(p for p in parts if p is not None)
    return _rebuilt(a, known) if len(known) == len(parts) else None


def join_all(types: Iterable[Type]) -> Type | None:
    """Return the type of a value that is of one of several types; NEVER for none at all."""
    result: Type = NEVER
    for found in types:
        joined = join(result, found)
        if joined is None:
            return None
        result = joined
    return result


def _join_optional(a: Type, b: Type) -> Type | None:
    elements = [t.element if isinstance(t, OptionalType) else t for t in (a, b) if t != NONE]
    joined = elements[0] if len(elements) == 1 else join(*elements)
    return None if joined is None else OptionalType(joined)


def join_shapes(a: Shape, b: Shape) -> Shape:
    """Return the extents that two shapes share; unknown where they differ."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(m if m == n else None for m, n in zip(a, b, strict=True))


def bind(pattern: Type, found: Type, binding: dict[Symbol, Dim]) -> None:
    """Enter the extents of a type for the symbols that stand there in a pattern."""
    if isinstance(pattern, TensorType) and isinstance(found, TensorType):
        if pattern.shape is None or found.shape is None or len(pattern.shape) != len(found.shape):
            return
        for symbol, extent in zip(pattern.shape, found.shape, strict=True):
            if isinstance(symbol, Symbol):
                binding.setdefault(symbol, extent)
        return
    if isinstance(pattern, OptionalType) and not isinstance(found, OptionalType):
        pattern = pattern.element
    if type(pattern) is type(found) and len(_parts(pattern)) == len(_parts(found)):
        for p, f in zip(_parts(pattern), _parts(found), strict=True):
            bind(p, f, binding)


def substitute(pattern: Type, binding: Mapping[Symbol, Dim]) -> Type:
    """Replace the symbols of a type; a symbol without a binding becomes unknown."""
    if isinstance(pattern, TensorType):
        if pattern.shape is None:
            return pattern
        shape = tuple([d if type(d) is int else _substituted(d, binding) for d in pattern.shape])
        return pattern if shape == pattern.shape else TensorType(pattern.data_type, shape)
    parts = _parts(pattern)
    return _rebuilt(pattern, tuple(substitute(p, binding) for p in parts)) if parts else pattern


def _substituted(extent: Dim, binding: Mapping[Symbol, Dim]) -> Dim:
    if isinstance(extent, Symbol):
        return binding.get(extent)
    if all(s in binding for s in dims.symbols(extent)):
        return dims.substitute(extent, binding)
    return None


def tensors_in(a: Type) -> Iterator[TensorType]:
    """Yield every tensor type inside a type, itself included."""
    if isinstance(a, TensorType):
        yield a
    for part in _parts(a):
        yield from tensors_in(part)
