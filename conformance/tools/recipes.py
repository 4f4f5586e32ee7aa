"""Files that repeat themselves, written down in short: the recipe of an artifact (case.proto)."""

from __future__ import annotations

import numpy as np

_LONGEST = 512
"""Bytes of a piece that may be repeated."""
_LEAST = 64
"""How often a piece is there at least before it is written once."""


def recipe(data: bytes) -> str:
    """Return the pieces of a file, each with how often it stands."""
    return " ".join(_pieces(data, 1))


def _pieces(data: bytes, period: int) -> list[str]:
    """Write down what repeats after so many bytes, and what is between it by longer periods."""
    if len(data) < _LEAST or period > _LONGEST:
        return [data.hex()] if data else []
    found, done = [], 0
    for begin, times in _runs(data, period):
        found += _pieces(data[done:begin], period + 1)
        found.append(f"{data[begin : begin + period].hex()}*{times}")
        done = begin + times * period
    return found + _pieces(data[done:], period + 1)


def _runs(data: bytes, period: int) -> list[tuple[int, int]]:
    """Return where a piece of so many bytes is there often, and how often."""
    content = np.frombuffer(data, np.uint8)
    same = np.concatenate(([False], content[period:] == content[:-period], [False]))
    begins, ends = np.flatnonzero(np.diff(same.astype(np.int8))).reshape(-1, 2).T
    times = (ends - begins) // period + 1
    often = times >= _LEAST
    return list(zip(begins[often].tolist(), times[often].tolist(), strict=True))
