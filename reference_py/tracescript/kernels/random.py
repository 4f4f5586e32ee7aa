"""The counter-based generator that all random ops are made of. Spec: RANDOM-2."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import BadInputError, trap
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

KERNELS: Final = Table()

_MULTIPLIERS: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS: Final = (0x9E3779B9, 0xBB67AE85)
_ROUNDS: Final = 10
_LOW: Final = np.uint64(0xFFFFFFFF)
_WORD: Final = np.uint64(32)


def philox(counters: Array, key: tuple[int, int]) -> Array:
    """Encrypt counters, uint64 of shape (4, n) holding 32-bit words; return words alike."""
    c0, c1, c2, c3 = counters
    for i in range(_ROUNDS):
        k0, k1 = (np.uint64((k + i * s) & 0xFFFFFFFF) for k, s in zip(key, _KEY_STEPS, strict=True))
        first, second = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1 = (second >> _WORD) ^ c1 ^ k0, second & _LOW
        c2, c3 = (first >> _WORD) ^ c3 ^ k1, first & _LOW
    return np.stack([c0, c1, c2, c3])


def random_state(seed: int) -> Array:
    """Return the state of a seed from 0 to 2^64 - 1: what random ops draw from. Spec: RANDOM-5.

    Raises BadInputError for any other seed.
    """
    if type(seed) is not int or not 0 <= seed < 1 << 64:
        raise BadInputError(
            f"found seed {seed!r}, expected an int from 0 to 2**64 - 1",
            code="BAD_INPUT",
            rule="RANDOM-5",
        )
    return np.array([seed & 0xFFFFFFFF, seed >> 32, 0, 0, 0, 0], np.uint32)


def _counters(start: int, blocks: int) -> Array:
    """Return start, start + 1, ... modulo 2**128 as four rows of words."""
    low = np.arange(blocks, dtype=np.uint64) + np.uint64(start & (2**64 - 1))
    carried = low < np.uint64(start & (2**64 - 1))
    high = np.uint64(start >> 64) + carried.astype(np.uint64)
    return np.stack([low & _LOW, low >> _WORD, high & _LOW, high >> _WORD])


@KERNELS.of("random_bits")
def random_bits(state: Array, shape: list[int]) -> tuple[Array, Array]:
    if min(shape, default=0) < 0:
        raise trap("SHAPE_ERROR", f"expected sizes of at least 0, found {list(shape)}")
    if state.shape != (6,):
        raise trap("SHAPE_ERROR", f"expected a state of 6 words, found {list(state.shape)}")
    count = math.prod(shape)
    words = [int(word) for word in state]
    start = sum(word << (32 * i) for i, word in enumerate(words[2:]))
    blocks = -(-count // 4)
    drawn = philox(_counters(start, blocks), (words[0], words[1]))
    bits = drawn.T.reshape(-1)[:count].astype(np.int64).reshape(shape)
    after = start + blocks
    counter = [(after >> (32 * i)) & 0xFFFFFFFF for i in range(4)]
    return bits, np.array([*words[:2], *counter], np.uint32)
