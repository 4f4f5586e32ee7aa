"""What the bytes of 8-bit float types stand for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def numbers(fraction_bits: int, *, has_infinity: bool = False) -> np.ndarray[Any, Any]:
    """Return the number of each byte of an 8-bit float type."""
    byte = np.arange(256)
    fraction = (byte & ((1 << fraction_bits) - 1)) / (1 << fraction_bits)
    exponent = (byte & 0x7F) >> fraction_bits
    largest = exponent.max()
    bias = largest // 2
    size = np.where(
        exponent == 0, fraction * 2.0 ** (1 - bias), (1 + fraction) * 2.0 ** (exponent - bias)
    )
    if has_infinity:
        size = np.where(exponent == largest, np.where(fraction == 0, np.inf, np.nan), size)
    else:
        size = np.where(byte & 0x7F == 0x7F, np.nan, size)  # noqa: PLR2004 - all bits but the sign
    return np.where(byte >> 7 == 1, -size, size)


def byte_of(numbers: np.ndarray[Any, Any], wanted: float) -> int | None:
    """Return the byte of a number, a NaN without a sign; None where the type does not hold it."""
    if math.isnan(wanted):
        same = np.isnan(numbers)
    else:
        same = (numbers == wanted) & (np.signbit(numbers) == np.signbit(wanted))
    return int(np.argmax(same)) if same.any() else None
