"""Attention and recurrent layers: bounds from moving every primitive by its own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.moved import largest_change
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array

if TYPE_CHECKING:
    from collections.abc import Iterator

F = torch.nn.functional
PLANS = Plans()


def _attentions() -> Iterator[Call]:
    for data_type in types_of("scaled_dot_product_attention"):
        q, k, v = (
            array(data_type, s, i) for i, s in enumerate(((2, 4, 5, 6), (2, 4, 7, 6), (2, 4, 7, 3)))
        )
        mask = array(data_type, (5, 7), 9) > 0
        mask[1] = False
        added = np.where(mask, 0, -np.inf).astype(q.dtype)
        for more in ({}, {"is_causal": True}, {"scale": 0.25}):
            yield call(q, k, v, None, **more)
        for m in (mask, added, added[0], mask[0]):
            yield call(q, k, v, m)
        yield call(q, k[:, :2], v[:, :2], None, enable_gqa=True)
        yield call(q[0, 0], k[0, 0], v[0, 0], None)
        yield call(q[:0], k[:0], v[:0], None)
        yield call(q, k[:, :, :0], v[:, :, :0], None)
        bad = q.copy()
        bad[0, 0, 0, 0] = np.nan
        yield call(bad, k, v, None)


def _attention(
    q: Any, k: Any, v: Any, mask: Any = None, *, is_causal: bool, scale: Any, enable_gqa: bool
) -> Any:
    if enable_gqa:
        k, v = (t.repeat_interleave(q.shape[-3] // t.shape[-3], -3) for t in (k, v))
    s = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if mask is not None:
        s = s.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else s + mask
    if is_causal:
        keep = torch.ones(s.shape[-2:], dtype=torch.bool).tril()
        s = s.masked_fill(~keep, -torch.inf)
    share = torch.softmax(s, -1)
    dead = (s == -torch.inf).all(-1, keepdim=True)
    return torch.where(dead, 0.0, share) @ v


def moved(op: str, order: tuple[str, ...]) -> Any:
    """Return the bound of an op: four times the largest change of its results."""
    cache: dict[int, Any] = {}

    def bound(u: float, y: Any, *inputs: Any, **attributes: Any) -> Any:
        key = id(inputs[0])
        if key not in cache:
            cache.clear()
            given = tuple(_plain(v) for v in inputs)
            cache[key] = (inputs, largest_change(op, Call(given, attributes), u))
        changes = cache[key][1]
        fits = [c for c in changes if c.shape == np.shape(y)]
        worst = functools.reduce(np.maximum, fits)
        return np.maximum(4 * worst, 4 * u * abs(y))

    del order
    return bound


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.numpy() if isinstance(value, torch.Tensor) else value


PLANS.add(
    "scaled_dot_product_attention",
    _attentions,
    _attention,
    rule="OP.scaled_dot_product_attention: nothing to attend to gives 0",
    absolute=moved("scaled_dot_product_attention", ()),
)
_GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def _layers(kind: str) -> Iterator[Call]:
    for data_type in types_of(kind):
        for layers, both, bias, steps, rows in (
            (1, False, True, 3, 2),
            (2, True, True, 2, 1),
            (1, True, False, 1, 0),
            (1, False, False, 4, 2),
        ):
            lanes = layers * (2 if both else 1)
            weights = []
            for layer in range(layers):
                width = 3 if layer == 0 else 4 * (2 if both else 1)
                for _ in range(2 if both else 1):
                    shapes = [(_GATES[kind] * 4, width), (_GATES[kind] * 4, 4)]
                    shapes += [(_GATES[kind] * 4,)] * (2 if bias else 0)
                    weights += [array(data_type, s, len(weights), 0.5) for s in shapes]
            starts = [
                array(data_type, (lanes, rows, 4), i) for i in range(2 if kind == "lstm" else 1)
            ]
            how: dict[str, Any] = {"layers": layers, "bidirectional": both, "has_bias": bias}
            x = array(data_type, (steps, rows, 3), kind)
            for more in ({}, {"nonlinearity": "relu"}) if kind == "rnn" else ({},):
                yield Call((x, *starts, weights), how | more)


def _cell(kind: str, now: Any, past: Any, h: Any, c: Any, nonlinearity: str) -> tuple[Any, Any]:
    if kind == "lstm":
        i, f, g, o = (now + past).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
    if kind == "gru":
        (r, z, n), (rh, zh, nh) = now.chunk(3, -1), past.chunk(3, -1)
        update = (z + zh).sigmoid()
        fresh = (n + (r + rh).sigmoid() * nh).tanh()
        return (1 - update) * fresh + update * h, c
    return ((now + past).tanh() if nonlinearity == "tanh" else (now + past).relu()), c


def _recurrent(
    kind: str,
    x: Any,
    *rest: Any,
    layers: int,
    bidirectional: bool,
    has_bias: bool,
    nonlinearity: str = "tanh",
) -> Any:
    starts, weights = rest[:-1], list(rest[-1])
    lanes = 2 if bidirectional else 1
    last: list[tuple[Any, Any]] = []
    for layer in range(layers):
        sides = []
        for side in range(lanes):
            w = [weights.pop(0) for _ in range(4 if has_bias else 2)]
            h, c = (s[layer * lanes + side] for s in (starts[0], starts[-1]))
            made = []
            for step in x.flip(0) if side else x:
                now, past = step @ w[0].T, h @ w[1].T
                now, past = (now + w[2], past + w[3]) if has_bias else (now, past)
                h, c = _cell(kind, now, past, h, c, nonlinearity)
                made.append(h)
            sides.append(torch.stack(made[::-1] if side else made))
            last.append((h, c))
        x = torch.cat(sides, -1)
    states = [torch.stack(s) for s in zip(*last, strict=True)]
    if x.shape[0] == 0:
        raise Stop("SHAPE_ERROR")
    return (x, *states) if kind == "lstm" else (x, states[0])


for name in _GATES:
    PLANS.add(
        name,
        functools.partial(_layers, name),
        functools.partial(_recurrent, name),
        absolute=moved(name, ()),
    )
