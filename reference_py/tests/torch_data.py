"""Inputs of the comparisons with torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

RANDOM = np.random.default_rng(7)
SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 30.0, -30.0, 0.5, 1e-300])
FINITE = SPECIAL[np.isfinite(SPECIAL)]


def real(*shape: int) -> Any:
    return RANDOM.standard_normal(shape)


X, Y, W, V4 = real(3, 4, 5), real(3, 4, 5), real(7, 5), real(4)
PLANES = real(2, 4, 8, 9)
UNIT = RANDOM.uniform(0.05, 0.95, (3, 4))
WHOLE = RANDOM.integers(-9, 9, (4, 5))
DIVISORS = RANDOM.integers(1, 5, (4, 5)) * RANDOM.choice([-1, 1], (4, 5))
PLACES = RANDOM.integers(0, 4, (3, 4, 5))
PAIRS = np.array(np.meshgrid(SPECIAL, SPECIAL)).reshape(2, -1)


class Cases:
    """Calls of ops with the torch function that each is compared with."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def add(self, op: str, inputs: list[Any], reference: Any, **attributes: Any) -> None:
        name = f"{op}-{len(self.params)}"
        self.params.append(pytest.param(op, inputs, attributes, reference, id=name))
