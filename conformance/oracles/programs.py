"""What the authored programs return, written out by hand over numpy or torch in float64.

Each function takes its inputs as float64 arrays of the library `xp` (numpy or torch) and computes
with its operators. `arm` pins a decision as tracing recorded it; without it the program decides
for itself. `move(y, size)` gives `y` back: where bounds are propagated, it moves `y` by up to
`size` units in the last place of float32, which is what an operation there may be off.
"""

from __future__ import annotations

from typing import Any

WEIGHT = ((2.0, 0.0), (1.0, -1.0))
BIAS = (1.0, -2.0)
"""Of the linear layer in the cells: small integers, so that every sum is exact."""


def _same(y: Any, size: float = 0.0) -> Any:
    del size
    return y


def gate(xp: Any, x: Any, *, arm: str = "", move: Any = _same) -> Any:
    """Give x where its sum is positive, else -x."""
    del xp, move
    positive = float(x.sum()) > 0
    return x if (arm or ("then" if positive else "else")) == "then" else -x


def linear(xp: Any, x: Any) -> Any:
    """Give x W^T + b with the cells' weights."""
    return x @ xp.asarray(WEIGHT, dtype=xp.float64).T + xp.asarray(BIAS, dtype=xp.float64)


def cell(xp: Any, x: Any, h: Any, *, arm: str = "", move: Any = _same) -> Any:
    """tanh(gate(linear(x)) + h), twice: as the output and as the next state."""
    inner = move(gate(xp, linear(xp, x), arm=arm) + h, 0.5)
    y = move(xp.tanh(inner), 5.0)
    return y, y


def loop(xp: Any, xs: Any, *, arms: Any = None, steps: int = -1, move: Any = _same) -> Any:
    """Run the cell over the rows from a state of zeros; `steps` pins how many, `arms` each gate."""
    h = xp.zeros((1, 2), dtype=xp.float64)
    y = h
    for i in range(xs.shape[0] if steps < 0 else steps):
        y, h = cell(xp, xs[i], h, arm=arms[i] if arms else "", move=move)
    return y, h


def cells(xp: Any, xs: Any, w: Any, b: Any, *, arm: str = "", move: Any = _same) -> Any:
    """Run a cell with weights of its own over the matrices in xs, from a state of zeros."""
    h = xs[0] * 0.0
    for x in xs:
        inner = move(gate(xp, move(x @ w.T + b, 8.0), arm=arm) + h, 0.5)
        h = move(xp.tanh(inner), 5.0)
    return h, h


def wrap(xp: Any, xs: Any, *, move: Any = _same) -> Any:
    """Relu of the loop's output."""
    y, _ = loop(xp, xs, move=move)
    return y * (y > 0)


def nested(xp: Any, x: Any, *, arms: Any = None, move: Any = _same) -> Any:
    """Three gates one after the other: negate, double, add one."""
    del xp, move
    chosen = iter(arms or ())
    taken = lambda fact: next(chosen) == "then" if arms else bool(fact)  # noqa: E731
    y = x if taken(float(x.sum()) > 0) else -x
    y = y + y if taken(float(y[0]) > 1) else y
    return y + 1.0 if taken(float(y[1]) < 4) else y  # noqa: PLR2004  # the program's


def halve(xp: Any, x: Any, *, trips: int = -1, move: Any = _same) -> Any:
    """Halve while the largest element is above 1; `trips` pins how often."""
    del xp, move
    done = 0
    while (float(x.max()) > 1) if trips < 0 else done < trips:
        x = x / 2
        done += 1
    return x


def early(xp: Any, xs: Any, *, leaves: int = -1, move: Any = _same) -> Any:
    """Add rows up until the sum's first element exceeds 3; `leaves` pins the row it stops at."""
    del xp, move
    y = xs[0] * 0.0
    for i in range(xs.shape[0]):
        y = y + xs[i]
        if (float(y[0]) > 3) if leaves < 0 else i == leaves:  # noqa: PLR2004  # the program's
            return y * 10.0
    return y


def scaled(xp: Any, x: Any, *, n: int | None = None, move: Any = _same) -> Any:
    """X times its first element as an int; `n` pins it."""
    del xp, move
    return x * float(int(x[0]) if n is None else n)


def shifted(xp: Any, x: Any, *, mean: float | None = None, move: Any = _same) -> Any:
    """X minus its mean; `mean` pins it."""
    del xp, move
    return x - (float(x.sum()) / x.shape[0] if mean is None else mean)


def mlp(xp: Any, x: Any, w1: Any, b1: Any, w2: Any, b2: Any, *, move: Any = _same) -> Any:
    """Softmax over a layer over relu over a layer."""
    hidden = move(x @ w1.T + b1, 8.0)
    hidden = hidden * (hidden > 0)
    logits = move(hidden @ w2.T + b2, 16.0)
    shifted_logits = logits - xp.amax(logits, 1)[:, None]
    powers = move(xp.exp(shifted_logits), 4.0)
    return move(powers / powers.sum(1)[:, None], 4.0)


def convolution(xp: Any, x: Any, weight: Any, bias: Any) -> Any:
    """Cross-correlation without padding; x (N, C, H, W), weight (O, C, K, L)."""
    rows, columns = weight.shape[2:]
    height, width = x.shape[2] - rows + 1, x.shape[3] - columns + 1
    total = bias[None, :, None, None] + xp.zeros(
        (x.shape[0], weight.shape[0], height, width), dtype=xp.float64
    )
    for r in range(rows):
        for c in range(columns):
            window = x[:, :, r : r + height, c : c + width]
            total = total + xp.einsum("nchw,oc->nohw", window, weight[:, :, r, c])
    return total


def cnn(xp: Any, x: Any, w: Any, b: Any, v: Any, c: Any, *, move: Any = _same) -> Any:
    """Convolution, relu, the largest of each 2 by 2 window, linear."""
    y = move(convolution(xp, x, w, b), 12.0)
    y = y * (y > 0)
    n, channels, height, width = y.shape
    pooled = y.reshape(n, channels, height // 2, 2, width // 2, 2)
    pooled = xp.amax(xp.amax(pooled, 5), 3).reshape(n, -1)
    return move(pooled @ v.T + c, 16.0)


def _summed(y: Any, spread: Any, move: Any, size: float) -> Any:
    """Move sums of products y by what `size` units are of the sums of their magnitudes."""
    return y + (move(spread, size) - spread)


def _padded(xp: Any, x: Any) -> Any:
    """Put zeros around the planes of x (N, C, H, W)."""
    n, planes, height, width = x.shape
    wide = xp.zeros((n, planes, height + 2, width + 2), dtype=xp.float64)
    wide[:, :, 1:-1, 1:-1] = x
    return wide


def _digits_layer(xp: Any, x: Any, layer: Any, move: Any) -> Any:
    """Convolution of padded planes, norm by statistics, relu, the largest of 2 by 2 windows."""
    w, b, mean, var, scale, shift = layer
    wide = _padded(xp, x)
    spread = convolution(xp, abs(wide), abs(w), abs(b))
    y = _summed(convolution(xp, wide, w, b), spread, move, 2.0 * w[0].reshape(-1).shape[0] ** 0.5)
    along = (None, slice(None), None, None)
    factor = (scale / xp.sqrt(var + 1e-5))[along]
    spread = abs(factor) * (abs(y) + abs(mean)[along]) + abs(shift)[along]
    y = _summed((y - mean[along]) * factor + shift[along], spread, move, 4.0)
    y = y * (y > 0)
    n, planes, height, width = y.shape
    y = y.reshape(n, planes, height // 2, 2, width // 2, 2)
    return xp.amax(xp.amax(y, 5), 3)


def digits(xp: Any, x: Any, *weights: Any, move: Any = _same) -> Any:
    """Two such layers over images (N, 1, 8, 8), then a linear one."""
    y = _digits_layer(xp, x, weights[:6], move)
    y = _digits_layer(xp, y, weights[6:12], move).reshape(x.shape[0], -1)
    v, c = weights[12:]
    spread = abs(y) @ abs(v).T + abs(c)
    return _summed(y @ v.T + c, spread, move, 2.0 * y.shape[1] ** 0.5)


def lstm(xp: Any, xs: Any, w: Any, u: Any, b: Any, *, move: Any = _same) -> Any:
    """An LSTM over the rows of xs (T, N, I); gates in the order input, forget, cell, output."""
    size = u.shape[1]
    h = xp.zeros((xs.shape[1], size), dtype=xp.float64)
    c = h
    for t in range(xs.shape[0]):
        z = move(xs[t] @ w.T + h @ u.T + b, 12.0)
        i, f, g, o = (z[:, k * size : (k + 1) * size] for k in range(4))
        i, f, o = (move(1 / (1 + xp.exp(-a)), 5.0) for a in (i, f, o))
        c = move(f * c + i * move(xp.tanh(g), 5.0), 2.0)
        h = move(o * move(xp.tanh(c), 5.0), 1.0)
    return h, c


def attention(xp: Any, x: Any, wq: Any, wk: Any, wv: Any, *, move: Any = _same) -> Any:
    """One head of attention over (T, D), scale 1/2, plus its input."""
    q, k, v = (move(x @ w.T, 8.0) for w in (wq, wk, wv))
    scores = move(q @ k.T * 0.5, 8.0)
    powers = move(xp.exp(scores - xp.amax(scores, 1)[:, None]), 4.0)
    weights = move(powers / powers.sum(1)[:, None], 4.0)
    return move(x + weights @ v, 10.0)
