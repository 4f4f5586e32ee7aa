"""The functions that expressions of op definitions may call. Spec: calls.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.ir.types import (
    DataType,
    DimExpr,
    ListType,
    OptionalType,
    Symbol,
    TensorType,
    TupleType,
)
from tracescript.opset import dtypes
from tracescript.opset.knowledge import (
    UNKNOWN,
    Operand,
    conjunction,
    equal,
    extent,
    less,
    negation,
    plain,
)
from tracescript.opset.type_functions import (
    has_equality,
    has_field,
    has_order,
    is_numbers,
    kind,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _tensor(x: Any) -> TensorType | None:
    """Return the tensor type of an operand, or that of the elements of a list."""
    found = x.type if isinstance(x, Operand) else None
    while isinstance(found, ListType | OptionalType):
        found = found.element
    return found if isinstance(found, TensorType) else None


def shape(x: Any) -> Any:
    """The extents of a tensor as a list."""
    tensor = _tensor(x)
    if tensor is None or tensor.shape is None:
        return UNKNOWN
    return [extent(d) for d in tensor.shape]


def shapes(xs: Any) -> Any:
    """The shapes of the tensors in a list whose length is known."""
    if not isinstance(xs, Operand) or xs.items is None:
        return UNKNOWN
    return [shape(x) for x in xs.items]


def rank(x: Any) -> Any:
    """The number of axes of a tensor."""
    found = shape(x)
    return UNKNOWN if found is UNKNOWN else len(found)


def size(x: Any, axis: Any) -> Any:
    """One extent of a tensor."""
    found = shape(x)
    if UNKNOWN in (found, plain(axis)) or not _in_range(plain(axis), len(found)):
        return UNKNOWN
    return found[plain(axis)]


def _in_range(axis: int, n: int) -> bool:
    return -n <= axis < n


def dtype(x: Any) -> Any:
    """The name of a tensor's data type."""
    tensor = _tensor(x)
    return UNKNOWN if tensor is None else tensor.data_type.value


def _is_kind(*kinds: str) -> Callable[[Any], Any]:
    return lambda x: kind(x) in kinds


def product(values: Any) -> Any:
    """The product of a list of numbers."""
    result: Any = 1
    for value in plain(values) if plain(values) is not UNKNOWN else [UNKNOWN]:
        result = UNKNOWN if UNKNOWN in (result, value) else extent(dims.mul(result, value))
    return result


def total(values: Any) -> Any:
    """The sum of a list of numbers."""
    result: Any = 0
    for value in plain(values) if plain(values) is not UNKNOWN else [UNKNOWN]:
        result = UNKNOWN if UNKNOWN in (result, value) else extent(dims.add(result, value))
    return result


def numel(x: Any) -> Any:
    """The number of elements of a tensor."""
    return product(shape(x))


def length(x: Any) -> Any:
    """The length of a list or tuple."""
    if isinstance(x, Operand) and isinstance(x.type, TupleType):
        return len(x.type.elements)
    if isinstance(x, Operand) and x.items is not None:
        return len(x.items)
    return UNKNOWN if plain(x) is UNKNOWN else len(plain(x))


def _extreme(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def compute(*values: Any) -> Any:
        given = plain(values[0]) if len(values) == 1 else [plain(v) for v in values]
        if given is UNKNOWN or UNKNOWN in given or not given:
            return UNKNOWN
        result = given[0]
        for value in given[1:]:
            symbolic = any(isinstance(v, Symbol | DimExpr) for v in (result, value))
            by_dims = dims.minimum if combine is min else dims.maximum
            result = by_dims(result, value) if symbolic else combine(result, value)
        return result

    return compute


def is_axis(axis: Any, n: Any) -> Any:
    """Whether a number is an axis of a rank; rank 0 has none."""
    axis, n = plain(axis), plain(n)
    return UNKNOWN if UNKNOWN in (axis, n) else axis is not None and _in_range(axis, n)


def are_axes(axes: Any, n: Any) -> Any:
    """Whether a number, a list without repeats, or None names axes; rank 0 takes 0 and -1."""
    axes, n = plain(axes), plain(n)
    if UNKNOWN in (axes, n):
        return UNKNOWN
    if axes is None:
        return True
    listed = [axes] if isinstance(axes, int) else list(axes)
    valid = all(_in_range(a, max(n, 1)) for a in listed)
    return valid and len({a % max(n, 1) for a in listed}) == len(listed) > 0


def is_permutation(axes: Any, n: Any) -> Any:
    """Whether a list names every axis of a rank once."""
    axes, n = plain(axes), plain(n)
    if UNKNOWN in (axes, n):
        return UNKNOWN
    return len(axes) == n and all(_in_range(a, n) for a in axes) and len({a % n for a in axes}) == n


def can_broadcast(*given: Any) -> Any:
    """Whether shapes broadcast: aligned at the right, extents equal or 1."""
    known = [plain(s) for s in given if plain(s) is not UNKNOWN and s is not None]
    for axis in range(1, max((len(s) for s in known), default=0) + 1):
        extents = [s[-axis] for s in known if len(s) >= axis]
        wide = [d for d in extents if less(1, d) is True or d == 0]
        if any(equal(wide[0], d) is False for d in wide[1:]):
            return False
    return True


def can_matmul(x: Any, y: Any) -> Any:
    """Whether two shapes multiply: inner extents equal, batch axes broadcast."""
    x, y = plain(x), plain(y)
    if UNKNOWN in (x, y) or not x or not y:
        return UNKNOWN
    inner = equal(x[-1], y[-2] if len(y) > 1 else y[0])
    return conjunction(iter((inner, can_broadcast(x[:-2], y[:-2]))))


def same_size(x: Any, i: Any, y: Any, j: Any) -> Any:
    """Whether axis i of x is as long as axis j of y."""
    return equal(size(x, i), size(y, j))


def all_size_one(x: Any, axes: Any) -> Any:
    """Whether the named axes have extent 1."""
    axes = plain(axes)
    listed = [axes] if isinstance(axes, int) else axes
    return conjunction(equal(size(x, a), 1) for a in listed)


def all_at_least(values: Any, bound: Any) -> Any:
    """Whether no number of a list is below a bound."""
    values = plain(values)
    if values is UNKNOWN:
        return UNKNOWN
    return conjunction(negation(less(v, plain(bound))) for v in values)


def in_set(data_type: Any, name: Any) -> Any:
    """Whether a data type's name belongs to a set."""
    value = plain(data_type)
    if value is UNKNOWN:
        return UNKNOWN
    named = next(d for d in DataType if value in (d, d.value))
    return dtypes.in_set(named, name)


def _sequence(build: Callable[..., Any]) -> Callable[..., Any]:
    def compute(*given: Any) -> Any:
        values = [plain(g) for g in given]
        if UNKNOWN in values or any(isinstance(v, Symbol | DimExpr) for v in values):
            return UNKNOWN
        return list(build(*values))

    return compute


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda a: UNKNOWN if plain(a) is UNKNOWN else abs(plain(a)),
    "all": lambda v: UNKNOWN if plain(v) is UNKNOWN else conjunction(iter(plain(v))),
    "all_at_least": all_at_least,
    "all_size_one": all_size_one,
    "any": lambda v: (
        UNKNOWN if plain(v) is UNKNOWN else negation(conjunction(negation(x) for x in plain(v)))
    ),
    "are_axes": are_axes,
    "can_broadcast": can_broadcast,
    "can_matmul": can_matmul,
    "ceil_div": lambda a, b: (
        UNKNOWN if UNKNOWN in (plain(a), plain(b)) else extent(dims.ceil_div(plain(a), plain(b)))
    ),
    "dtype": dtype,
    "enumerate": _sequence(enumerate),
    "has_equality": has_equality,
    "has_field": has_field,
    "has_order": has_order,
    "in_set": in_set,
    "is_axis": is_axis,
    "is_device": _is_kind("device", "str"),
    "is_dtype": _is_kind("dtype", "datatype"),
    "is_float": _is_kind("float"),
    "is_int": _is_kind("int"),
    "is_number": _is_kind("int", "float"),
    "is_numbers": is_numbers,
    "is_permutation": is_permutation,
    "is_str": _is_kind("str"),
    "is_tensor": _is_kind("tensor"),
    "kind": kind,
    "len": length,
    "max": _extreme(max),
    "min": _extreme(min),
    "numel": numel,
    "prod": product,
    "range": _sequence(range),
    "rank": rank,
    "same_size": same_size,
    "shape": shape,
    "shapes": shapes,
    "size": size,
    "sum": total,
    "zip": _sequence(lambda *v: zip(*v, strict=False)),
}
"""Every function by its name."""
