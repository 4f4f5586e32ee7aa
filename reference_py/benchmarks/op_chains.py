"""The measured ops, continued: elementwise calls and chains, recurrent layers, whole blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.op_cases import Case, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.author import Writer
    from tracescript import ir

    Shape = tuple[int, ...]


def elementwise() -> Iterator[Case]:
    """Activations, single and in chains."""
    large = (128, 3072)
    yield plain("gelu", large, lambda t, x: t.nn.functional.gelu(x))
    yield plain("gelu", large, lambda t, x: t.nn.functional.gelu(x, approximate="tanh"),
                 approximate="tanh")  # fmt: skip
    for op in ("erf", "relu", "sigmoid", "tanh", "exp"):
        yield plain(op, large, lambda t, x, op=op: getattr(t, op)(x))
    yield plain("silu", large, lambda t, x: t.nn.functional.silu(x))
    for shape in ((32, 64), large, (1024, 1024)):
        yield _chain("x*sigmoid(x)+x", shape, _swish, lambda t, x: x * t.sigmoid(x) + x)
        yield _chain("tanh(2x-1)^2/3", shape, _bend, lambda t, x: t.square(t.tanh(x * 2 - 1)) / 3)


def _chain(text: str, shape: Shape, ours: Any, theirs: Any) -> Case:
    return Case(f"chain {text}", "", (shape,), (), ours, theirs)


def _swish(w: Writer, x: ir.Value) -> Any:
    return w("add", w("mul", x, w("sigmoid", x)), x)


def _bend(w: Writer, x: ir.Value) -> Any:
    inner = w("sub", w("mul", x, np.float32(2)), np.float32(1))
    return w("div", w("square", w("tanh", inner)), np.float32(3))


def moves() -> Iterator[Case]:
    """Ops that only cut and join."""
    yield Case("chunk+cat", "", ((64, 1024),), (), _rejoin,
               lambda t, x: t.cat(t.chunk(x, 4, -1)[::-1], -1))  # fmt: skip
    yield Case("split+add", "", ((8, 96),), (), _halves,
               lambda t, x: t.add(*t.split(x, [48, 48], -1)))  # fmt: skip


def _rejoin(w: Writer, x: ir.Value) -> Any:
    parts = w("list.unpack", w("chunk", x, chunks=4, dim=-1), length=4)
    return w("cat", w("list.make", *parts[::-1]), dim=-1)


def _halves(w: Writer, x: ir.Value) -> Any:
    return w("add", *w("list.unpack", w("split", x, [48, 48], dim=-1), length=2))


def _recurrent(op: str, gates: int, time: int, batch: int, inner: int) -> Case:
    """One layer of an LSTM, GRU or RNN."""
    state = (1, batch, inner)
    states = (state,) * (2 if op == "lstm" else 1)
    wide = gates * inner

    def ours(w: Writer, x: ir.Value, *rest: ir.Value) -> Any:
        weights = w("list.make", *rest[len(states) :])
        return w(op, x, *rest[: len(states)], weights)

    def theirs(t: Any, x: Any, *rest: Any) -> Any:
        hidden, weights = rest[: len(states)], list(rest[len(states) :])
        function = getattr(t, {"rnn": "rnn_tanh"}.get(op, op))
        return function(x, hidden if op == "lstm" else hidden[0], weights,
                        True, 1, 0.0, False, False, False)  # fmt: skip

    weights = ((wide, inner), (wide, inner), (wide,), (wide,))
    return Case(op, "", ((time, batch, inner), *states), weights, ours, theirs)


def recurrent() -> Iterator[Case]:
    """Recurrent layers over short and long sequences."""
    yield _recurrent("lstm", 4, 128, 1, 256)
    yield _recurrent("lstm", 4, 32, 16, 128)
    yield _recurrent("lstm", 4, 20, 4, 16)
    yield _recurrent("gru", 3, 128, 1, 256)
    yield _recurrent("rnn", 1, 128, 1, 256)


def _cnn(w: Writer, x: ir.Value, *weights: ir.Value) -> Any:
    edge = [1, 1, 1, 1]
    for k in (0, 6):
        x = w("conv2d", x, *weights[k : k + 2], padding=edge)
        x = w("batch_norm", x, *weights[k + 2 : k + 6])
        x, _ = w("max_pool2d", w("relu", x), kernel=[2, 2], stride=[2, 2])
    pooled = w("flatten", w("adaptive_avg_pool2d", x, [1, 1]), start_dim=1)
    return w("linear", pooled, *weights[12:])


def _torch_cnn(t: Any, x: Any, *weights: Any) -> Any:
    f = t.nn.functional
    for k in (0, 6):
        x = f.batch_norm(t.conv2d(x, *weights[k : k + 2], padding=1), *weights[k + 2 : k + 6])
        x = f.max_pool2d(t.relu(x), 2)
    return f.linear(t.flatten(f.adaptive_avg_pool2d(x, 1), 1), *weights[12:])


def _block(heads: int) -> tuple[Any, Any]:
    """Return a pre-norm transformer block over (batch, time, width), ours and theirs."""

    def ours(w: Writer, x: ir.Value, *p: ir.Value) -> Any:
        n, time, width = (d for d in x.type.shape)
        shape = [n, time, heads, width // heads]
        y = w("layer_norm", x, *p[0:2])
        parts = w("list.unpack", w("chunk", w("linear", y, *p[2:4]), chunks=3, dim=-1), length=3)
        q, k, v = (w("transpose", w("reshape", a, shape), dim0=1, dim1=2) for a in parts)
        y = w("transpose", w("scaled_dot_product_attention", q, k, v), dim0=1, dim1=2)
        x = w("add", x, w("linear", w("reshape", y, [n, time, width]), *p[4:6]))
        y = w("gelu", w("linear", w("layer_norm", x, *p[6:8]), *p[8:10]))
        return w("add", x, w("linear", y, *p[10:12]))

    def theirs(t: Any, x: Any, *p: Any) -> Any:
        f, (n, time, width) = t.nn.functional, x.shape
        parts = f.linear(f.layer_norm(x, (width,), *p[0:2]), *p[2:4]).chunk(3, -1)
        q, k, v = (a.view(n, time, heads, width // heads).transpose(1, 2) for a in parts)
        y = f.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, time, width)
        x = x + f.linear(y, *p[4:6])
        y = f.gelu(f.linear(f.layer_norm(x, (width,), *p[6:8]), *p[8:10]))
        return x + f.linear(y, *p[10:12])

    return ours, theirs


def blocks() -> Iterator[Case]:
    """A small CNN, and transformer blocks."""
    normed = [((32,),) * 4, ((64,),) * 4]
    weights = ((32, 3, 3, 3), (32,), *normed[0], (64, 32, 3, 3), (64,), *normed[1],
               (10, 64), (10,))  # fmt: skip
    for batch in (1, 8):
        yield Case("cnn", "", ((batch, 3, 32, 32),), weights, _cnn, _torch_cnn, squared=(3, 9))
    for time, width, heads in ((32, 64, 4), (128, 256, 8), (128, 768, 12)):
        inner = ((width,), (width,), (3 * width, width), (3 * width,), (width, width), (width,),
                 (width,), (width,), (4 * width, width), (4 * width,), (width, 4 * width),
                 (width,))  # fmt: skip
        yield Case("transformer", "", ((1, time, width),), inner, *_block(heads))
