"""Writes Python scalars and single tensor elements as the code language does."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DataType

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def float_text(value: float) -> str:
    """Write the shortest decimal that reads back to the same binary64: `0.1`, `-0.0`, `inf`."""
    return "nan" if math.isnan(value) else repr(value)


def string_text(value: str) -> str:
    """Write a string in single quotes, pure ASCII."""
    if value.isascii() and value.isprintable() and "'" not in value and "\\" not in value:
        return f"'{value}'"
    return "'" + "".join(_character(c) for c in value) + "'"


def _character(c: str) -> str:
    code = ord(c)
    if c in _ESCAPES:
        return _ESCAPES[c]
    if 0x20 <= code < 0x7F:  # noqa: PLR2004  # the printable ASCII range
        return c
    if code <= 0xFF:  # noqa: PLR2004  # what \x can write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # what \u can


def data_type_text(data_type: DataType) -> str:
    """Write a data type; bool is `bool_`, because `bool` is the type of Python's values."""
    return "bool_" if data_type is DataType.BOOL else data_type.value


def scalar_text(value: Any) -> str:
    """Write None, a bool, int, float, str, complex or DataType. Raises TypeError for others."""
    if value is None or isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, str):
        return string_text(value)
    if isinstance(value, complex):
        return f"complex({float_text(value.real)}, {float_text(value.imag)})"
    if isinstance(value, DataType):
        return data_type_text(value)
    raise TypeError(f"{type(value).__name__} is no scalar")


def element_text(element: np.ndarray[Any, Any], data_type: DataType) -> str:
    """Write a 0-d tensor as `float32(0.1)`: the shortest decimal that gives its bits.

    A NaN other than the one a conversion from binary64 makes is `float32.bits(0x7fc00001)`.
    Spec: CODE-9.
    """
    name = data_type_text(data_type)
    if data_type is DataType.BOOL:
        return f"{name}({bool(element)})"
    if element.dtype.kind in "iu" or "int" in data_type.value:
        return f"{name}({int(element)})"
    if element.dtype.kind == "c":
        parts = (_shortest(element.real), _shortest(element.imag))
        return f"{name}(complex({parts[0]}, {parts[1]}))"
    return (
        f"{name}({_shortest(element)})" if _is_plain(element) else f"{name}.{_bits_text(element)}"
    )


def _is_plain(element: np.ndarray[Any, Any]) -> bool:
    value = float(element)
    return not math.isnan(value) or _bits(element.dtype.type(math.nan)) == _bits(element)


def _bits(element: Any) -> bytes:
    return bytes(element.tobytes())


def _bits_text(element: np.ndarray[Any, Any]) -> str:
    number = int.from_bytes(_bits(element), sys.byteorder)
    return f"bits(0x{number:0{2 * element.dtype.itemsize}x})"


def _shortest(element: np.ndarray[Any, Any]) -> str:
    value = float(element)
    if element.dtype.itemsize == 8 or not math.isfinite(value):  # noqa: PLR2004  # binary64
        return float_text(value)
    return float_text(next(c for c in _candidates(value) if _rounds_to(c, element)))


def _candidates(value: float) -> Iterator[float]:
    """Yield decimals near `value`, shortest first; the last one is `value` itself."""
    for digits in range(17):
        candidate = float(f"{value:.{digits}e}")
        if math.isfinite(candidate):
            yield candidate


def _rounds_to(candidate: float, element: np.ndarray[Any, Any]) -> bool:
    import numpy as np

    with np.errstate(all="ignore"):
        return _bits(element.dtype.type(candidate)) == _bits(element)
