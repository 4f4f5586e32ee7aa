"""Data types: their sets, their numpy types, and the common type of several operands."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir.types import DataType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_INT: Final = ("uint8", "int8", "int16", "int32", "int64")
_FLOAT: Final = ("float16", "bfloat16", "float32", "float64")
_COMPLEX: Final = ("complex64", "complex128")

_NAMES: Final = {
    "int": _INT,
    "float": _FLOAT,
    "complex": _COMPLEX,
    "real": _INT + _FLOAT,
    "inexact": _FLOAT + _COMPLEX,
    "numeric": _INT + _FLOAT + _COMPLEX,
    "any": ("bool", *_INT, *_FLOAT, *_COMPLEX),
    "storage": tuple(d.value for d in DataType),
}

SETS: Final = {name: frozenset(map(DataType, members)) for name, members in _NAMES.items()}
"""The sets of data types that signatures name."""

DEFAULT_FLOAT: Final = DataType.FLOAT32
"""What integers become in a float op of a torch program; numpy programs use float64."""

_OF_ML_DTYPES: Final = frozenset(
    {
        "bfloat16",
        "float8_e4m3fn",
        "float8_e5m2",
        "float8_e4m3fnuz",
        "float8_e5m2fnuz",
        "float8_e8m0fnu",
        "float6_e2m3fn",
        "float6_e3m2fn",
        "float4_e2m1fn",
        "uint4",
        "int4",
        "uint2",
        "int2",
    }
)


@functools.cache
def members(text: str) -> frozenset[DataType]:
    """Return the data types of a set name, a data type, or several joined by `|`; empty is all.

    Raises KeyError for a name that is neither.
    """
    if not text:
        return SETS["storage"]
    found: frozenset[DataType] = frozenset()
    for name in text.split("|"):
        found |= SETS[name] if name in SETS else {_BY_NAME[name]}
    return found


_BY_NAME: Final = {d.value: d for d in DataType}


def in_set(data_type: DataType, name: str) -> bool:
    """Return whether a data type belongs to a set: `int float complex real inexact numeric any`."""
    return data_type in members(name)


@functools.cache
def numpy_of(data_type: DataType) -> np.dtype[Any]:
    """Return the numpy type that holds a data type's elements.

    Raises KeyError for complex32, which numpy cannot hold.
    """
    if data_type.value in _OF_ML_DTYPES:
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, data_type.value))
    if data_type is DataType.COMPLEX32:
        raise KeyError(data_type.value)
    return np.dtype(data_type.value)


def limits(data_type: DataType) -> Any:
    """Return what numpy calls finfo or iinfo: `min`, `max`, and for floats `eps`."""
    import ml_dtypes

    find = ml_dtypes.finfo if in_set(data_type, "float") else ml_dtypes.iinfo
    return find(numpy_of(data_type))


def of_numpy(dtype: Any) -> DataType | None:
    """Return the data type of a numpy type, or None if there is none."""
    return _of_dtype(np.dtype(dtype))


@functools.lru_cache(maxsize=64)
def _of_dtype(dtype: np.dtype[Any]) -> DataType | None:
    return _BY_NAME.get(dtype.name)  # numpy puts a name together each time


def as_data_type(given: Any) -> DataType:
    """Return the data type that a name, a DataType, a numpy type or a torch dtype means.

    Raises ValueError for anything else.
    """
    if isinstance(given, DataType):
        return given
    name = given if isinstance(given, str) else str(given).removeprefix("torch.")
    found = _BY_NAME.get(name.removesuffix("_"))
    if found is None:
        try:
            found = of_numpy(np.dtype(given))
        except TypeError:
            found = None
    if found is None:
        message = f"{given!r} is no data type"
        raise ValueError(message)
    return found


def is_data_type(given: Any) -> bool:
    """Return whether `as_data_type` takes a value; text does not count."""
    if isinstance(given, str):
        return False
    try:
        as_data_type(given)
    except ValueError:
        return False
    return True


def real_of(data_type: DataType) -> DataType:
    """Return the type of the absolute value: complex64 gives float32, a real type itself."""
    return _REAL.get(data_type, data_type)


def complex_of(data_type: DataType) -> DataType:
    """Return the complex type whose parts are of a float type; half types give complex64."""
    is_double = data_type in {DataType.FLOAT64, DataType.COMPLEX128}
    return DataType.COMPLEX128 if is_double else DataType.COMPLEX64


_REAL: Final = {
    DataType.COMPLEX64: DataType.FLOAT32,
    DataType.COMPLEX128: DataType.FLOAT64,
}

_SIGNED: Final = (DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64)
_SCALAR_TYPES: Final = {
    "bool": DataType.BOOL,
    "int": DataType.INT64,
    "float": DEFAULT_FLOAT,
    "complex": DataType.COMPLEX64,
}


def category(data_type: DataType) -> int:
    """Return 0 for bool, 1 for integers, 2 for floats, 3 for complex types."""
    if data_type is DataType.BOOL:
        return 0
    if data_type.value.startswith(("int", "uint")):
        return 1
    return 3 if data_type.value.startswith("complex") else 2


def wider(a: DataType, b: DataType) -> DataType:
    """Return the smallest type that both operands of one rank convert to."""
    if a is b:
        return a
    if category(a) != category(b):
        low, high = sorted((a, b), key=category)
        if category(high) == 3 and category(low) == 2:  # noqa: PLR2004 - categories, see above
            return wider(complex_of(low), high)
        return high
    if category(a) == 1:
        return _wider_int(a, b)
    if {a, b} == {DataType.FLOAT16, DataType.BFLOAT16}:
        return DataType.FLOAT32
    return a if a.bits > b.bits else b


def _wider_int(a: DataType, b: DataType) -> DataType:
    if a in _SIGNED and b in _SIGNED:
        return a if a.bits > b.bits else b
    unsigned, signed = (b, a) if a in _SIGNED else (a, b)
    if signed not in _SIGNED:
        return a if a.bits > b.bits else b
    fitting = [s for s in _SIGNED if s.bits > unsigned.bits and s.bits >= signed.bits]
    return fitting[0] if fitting else DataType.INT64


def holding(data_type: DataType, ints: Iterable[int]) -> DataType:
    """Return the type in which ints compare by value with a tensor of this one. Spec: OPSET-14.

    It is int64 where the tensor's own does not hold them.
    """
    if category(data_type) != 1:
        return data_type
    signed = data_type in _SIGNED
    low = -(1 << (data_type.bits - 1)) if signed else 0
    fits = all(low <= n < low + (1 << data_type.bits) for n in ints)
    return data_type if fits else DataType.INT64


def common(tensors: Iterable[tuple[DataType, int]], scalars: Sequence[str] = ()) -> DataType:
    """Return the type that mixed operands of a torch program are cast to.

    Args:
        tensors: data type and rank of each tensor operand.
        scalars: `bool`, `int`, `float` or `complex` for each Python operand.

    A tensor of rank 1 or more outranks a 0-d one, which outranks a number: the lower counts only
    where its category (bool, int, float, complex) is higher. Raises ValueError without operands.
    """
    given = list(tensors)
    ranked = (
        [d for d, rank in given if rank > 0],
        [d for d, rank in given if rank == 0],
        [_SCALAR_TYPES[kind] for kind in scalars],
    )
    result: DataType | None = None
    for group in ranked:
        if not group:
            continue
        joined = functools.reduce(wider, group)
        if result is None:
            result = joined
        elif category(joined) > category(result):
            result = _raised(result, joined)
    if result is None:
        message = "no operands"
        raise ValueError(message)
    return result


def _raised(result: DataType, joined: DataType) -> DataType:
    """Return what a lower-ranked operand of a higher category makes of a result."""
    if joined in SETS["complex"] and result in SETS["float"]:
        return complex_of(result)
    return joined
