"""Philox4x32-10 in Python's integers, from its paper."""

from __future__ import annotations

from typing import Any

import numpy as np

_MASK = 0xFFFFFFFF
_ROUNDS = 10


def block(key: tuple[int, int], counter: list[int]) -> list[int]:
    """Return the four words of a counter of four words."""
    k0, k1 = key
    a, b, c, d = counter
    for _ in range(_ROUNDS):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = second >> 32 ^ b ^ k0, second & _MASK, first >> 32 ^ d ^ k1, first & _MASK
        k0, k1 = k0 + 0x9E3779B9 & _MASK, k1 + 0xBB67AE85 & _MASK
    return [a, b, c, d]


def feature_dropout(state: Any, x: Any, p: float) -> tuple[Any, Any]:
    """Drop channels whose number of 24 bits is below p; at most four of them."""
    words = [int(w) for w in state]
    drawn = block((words[0], words[1]), words[2:])[: x.shape[0] * x.shape[1]]
    kept = np.array([(w >> 8) / 2**24 >= p for w in drawn]).reshape(*x.shape[:2])
    y = x * kept.reshape(*x.shape[:2], *[1] * (x.ndim - 2)) / (1 - p)
    return y, np.array([*words[:2], words[2] + 1, *words[3:]], np.uint32)
