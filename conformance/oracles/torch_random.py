"""Random ops over numpy's 64-bit words and torch's functions; Philox written from its paper."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10


def _blocks(key: tuple[int, int], counters: Any) -> Any:
    """Encrypt counters, an array (n, 4) of words; all blocks at once."""
    x = [counters[:, i].astype(np.uint64) for i in range(4)]
    for turn in range(_ROUNDS):
        k0, k1 = (np.uint64((k + turn * w) % (1 << 32)) for k, w in zip(key, _WEYL, strict=True))
        first, second = x[0] * _MULTIPLIERS[0], x[2] * _MULTIPLIERS[1]
        x = [
            (second >> _SHIFT) ^ x[1] ^ k0,
            second & _LOW,
            (first >> _SHIFT) ^ x[3] ^ k1,
            first & _LOW,
        ]
    return np.stack(x, axis=1)


def bits(state: Any, shape: list[int]) -> tuple[Any, Any]:
    """Draw words; return them as int64, and the state behind them."""
    words = [int(w) for w in state.numpy()]
    count = math.prod(shape)
    needed = -(-count // 4)
    start = sum(w << (32 * i) for i, w in enumerate(words[2:]))
    places = [(start + b) % (1 << 128) for b in range(needed + 1)]
    split = np.array([[p >> (32 * i) & 0xFFFFFFFF for i in range(4)] for p in places], np.uint64)
    drawn = _blocks((words[0], words[1]), split[:needed]).reshape(-1)[:count]
    after = np.array([*words[:2], *split[needed]], np.uint32)
    return torch.tensor(drawn.astype(np.int64).reshape(shape)), torch.tensor(after)


def rand(state: Any, shape: list[int], dtype: Any = torch.float32) -> tuple[Any, Any]:
    """Uniform numbers, in float64 whatever the type: they are exact in theirs."""
    if dtype is torch.float64:
        pair, after = bits(state, [*shape, 2])
        high, low = pair[..., 0] // 2**5, pair[..., 1] // 2**6
        return (high.double() * 2.0**26 + low.double()) / 2.0**53, after
    drawn, after = bits(state, shape)
    kept = {torch.float32: 24, torch.float16: 11, torch.bfloat16: 8}[dtype]
    return (drawn // 2 ** (32 - kept)).double() / 2.0**kept, after


def randn(state: Any, shape: list[int], dtype: Any = torch.float32) -> tuple[Any, Any]:
    """Box and Muller's cosine, one number of two uniform ones."""
    del dtype
    pair, after = rand(state, [*shape, 2], torch.float64)
    return torch.sqrt(-2 * torch.log1p(-pair[..., 0])) * torch.cos(
        2 * math.pi * pair[..., 1]
    ), after


def randint(state: Any, low: int, high: int, shape: list[int]) -> tuple[Any, Any]:
    """Whole numbers by the remainder of 63 bits."""
    pair, after = bits(state, [*shape, 2])
    drawn = (pair[..., 0] // 2) * 2**32 + pair[..., 1]
    return low + drawn % (high - low), after


def _permutation(state: Any, n: int) -> tuple[Any, Any]:
    draws, after = randint(state, 0, 2**63 - 1, [n])
    return torch.argsort(draws, stable=True), after


def _bernoulli(state: Any, p: Any) -> tuple[Any, Any]:
    u, after = rand(state, list(p.shape))
    return (u < p).double(), after


def _normal(state: Any, mean: Any, std: Any) -> tuple[Any, Any]:
    shape = list(torch.broadcast_shapes(mean.shape, std.shape))
    e, after = randn(state, shape)
    return mean + std * e, after


def _dropped(u: Any, x: Any, p: float) -> Any:
    return torch.where(u < p, 0.0, x * (0.0 if p == 1 else 1 / (1 - p)))


def _dropout(state: Any, x: Any, p: float = 0.5) -> tuple[Any, Any]:
    u, after = rand(state, list(x.shape))
    return _dropped(u, x, p), after


def _feature_dropout(state: Any, x: Any, p: float = 0.5) -> tuple[Any, Any]:
    u, after = rand(state, [*x.shape[:2], *[1] * (x.dim() - 2)])
    return _dropped(u, x, p), after


def _multinomial(state: Any, p: Any, n: int, replacement: bool = False) -> tuple[Any, Any]:
    if replacement:
        u, after = rand(state, [*p.shape[:-1], n], torch.float64)
        sums = torch.cumsum(p, -1)
        return torch.searchsorted(sums, u * sums[..., -1:], right=True), after
    u, after = rand(state, list(p.shape), torch.float64)
    rank = torch.where(p == 0, -torch.inf, torch.log1p(-u) / p)
    return torch.argsort(rank, dim=-1, descending=True, stable=True)[..., :n], after


RANDOM: dict[str, Any] = {
    "bernoulli": _bernoulli,
    "multinomial": _multinomial,
    "normal": _normal,
    "rand": rand,
    "randint": randint,
    "randn": randn,
    "random_bits": bits,
    "random_dropout": _dropout,
    "random_feature_dropout": _feature_dropout,
    "randperm": _permutation,
}
"""Functions by op, called with the op's own names."""
