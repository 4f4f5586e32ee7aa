"""Asks two oracles for a program's results, and propagates rounding to a bound for each element.

Both compute in float64: numpy and torch share no code for it. A bound is found by 64 more runs in
which every operation is moved by what float32 may be off there, up or down as an own generator
says: four times the largest change seen, and no less than two units in the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from oracles import programs
from oracles.pcg import Pcg32

RUNS = 64
_TINY = 2.0**-149
_BITS = 23


class OraclesDisagreeError(Exception):
    """numpy and torch gave results that differ by more than a quarter of the bound."""


@dataclass(frozen=True, slots=True)
class Golden:
    """Results in float64, a bound for each element (0: exact), the oracles' difference in ULP."""

    results: tuple[Any, ...]
    bounds: tuple[Any, ...]
    ulps: float


def unit(y: Any) -> Any:
    """Return the unit in the last place of float32 at y."""
    finite = np.nan_to_num(np.asarray(y, np.float64), nan=1.0, posinf=1.0, neginf=1.0)
    _, exponent = np.frexp(finite)
    return np.maximum(np.exp2(np.maximum(exponent - 1.0, -126.0) - _BITS), _TINY)


class Signs:
    """Moves results up or down by what an operation may be off."""

    def __init__(self, seed: int) -> None:
        self._draw = Pcg32(seed)

    def move(self, y: Any, size: float) -> Any:
        """Move every element by `size` units in the last place, up or down."""
        signs = [1.0 if self._draw.next() & 1 else -1.0 for _ in range(int(np.size(y)))]
        return y + np.reshape(signs, np.shape(y)) * unit(y) * size


def golden(name: str, inputs: list[Any], options: dict[str, Any]) -> Golden:
    """Evaluate a program on arrays. Raises OraclesDisagreeError."""
    function = getattr(programs, name)
    wide = [np.asarray(x, np.float64) for x in inputs]
    first = _tuple(function(np, *wide, **options))
    second = _tuple(function(torch, *[torch.tensor(x) for x in wide], **options))
    moved = [_tuple(function(np, *wide, move=Signs(seed).move, **options)) for seed in range(RUNS)]
    bounds = []
    worst = 0.0
    for i, (y, told) in enumerate(zip(first, second, strict=True)):
        other = np.asarray(told)
        with np.errstate(invalid="ignore"):
            changes = [np.where(np.isfinite(y), np.abs(m[i] - y), 0.0) for m in moved]
            error = np.where(np.isfinite(y), np.abs(other - y), 0.0)
        spread = np.max(changes, axis=0)
        bound = np.where(spread > 0, np.maximum(4 * spread, 2 * unit(y)), 0.0)
        same = (other == y) | (np.isnan(y) & np.isnan(other))
        if not np.all(same | (np.isfinite(y) & (error <= bound / 4))):
            raise OraclesDisagreeError(f"{name}: numpy {y.tolist()}, torch {other.tolist()}")
        worst = max(worst, float(np.max(error / unit(y), initial=0.0)))
        bounds.append(bound)
    return Golden(first, tuple(bounds), worst)


def _tuple(made: Any) -> tuple[Any, ...]:
    return made if isinstance(made, tuple) else (made,)
