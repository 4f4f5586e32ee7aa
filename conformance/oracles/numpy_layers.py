"""Losses, norms, recurrent layers and factors of matrices, over numpy in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _reduced(y: Any, reduction: str) -> Any:
    return y if reduction == "none" else np.sum(y) if reduction == "sum" else np.mean(y)


def _entropy(x: Any, target: Any, weight: Any = 1.0, reduction: str = "mean") -> Any:
    y = -(target * np.log(x) + (1 - target) * np.log1p(-x)) * weight
    return _reduced(y, reduction)


def _entropy_of_logits(x: Any, target: Any, reduction: str = "mean") -> Any:
    return _reduced((1 - target) * x + np.log1p(np.exp(-x)), reduction)


def _huber(x: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    d = np.abs(x - target)
    return _reduced(np.where(d <= delta, d**2 / 2, delta * (d - delta / 2)), reduction)


def _smooth(x: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    d = np.abs(x - target)
    return _reduced(np.where(d < beta, d**2 / (2 * beta), d - beta / 2), reduction)


def _divergence(x: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Any:
    y = np.exp(target) * (target - x) if log_target else target * (np.log(target) - x)
    return _reduced(y, reduction)


def _likelihood(
    x: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
) -> Any:
    weight = np.ones(x.shape[1]) if weight is None else weight
    kept = target != ignore_index
    chosen = np.where(kept, target, 0)
    w = np.where(kept, weight[chosen], 0.0)
    y = -w * x[np.arange(len(target)), chosen]
    return np.sum(y) / np.sum(w) if reduction == "mean" else _reduced(y, reduction)


def _cross(
    x: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    logs = x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))
    weight = np.ones(x.shape[1]) if weight is None else weight
    kept = target != ignore_index
    chosen = np.where(kept, target, 0)
    w = np.where(kept, weight[chosen], 0.0)
    hard = -w * logs[np.arange(len(target)), chosen]
    soft = np.where(kept, np.sum(-weight * logs, axis=1), 0.0) / x.shape[1]
    y = (1 - label_smoothing) * hard + label_smoothing * soft
    return np.sum(y) / np.sum(w) if reduction == "mean" else _reduced(y, reduction)


def _cosine(x: Any, y: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    norms = [np.maximum(np.sqrt(np.sum(a * a, axis=dim)), eps) for a in (x, y)]
    return np.sum(x * y, axis=dim) / (norms[0] * norms[1])


def _normalized(x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    norm = np.sum(np.abs(x) ** p, axis=dim, keepdims=True) ** (1 / p)
    return x / np.maximum(norm, eps)


def _layer(
    x: Any, weight: Any = 1.0, bias: Any = 0.0, normalized_rank: int = 1, eps: float = 1e-5
) -> Any:
    axes = tuple(range(-normalized_rank, 0))
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=axes, keepdims=True) + eps) * weight + bias


def _root(x: Any, weight: Any = 1.0, normalized_rank: int = 1, eps: float = 2.0**-23) -> Any:
    axes = tuple(range(-normalized_rank, 0))
    return x / np.sqrt(np.mean(x**2, axis=axes, keepdims=True) + eps) * weight


def _batch(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    axes = (0, *range(2, x.ndim))
    shape = (1, -1, *[1] * (x.ndim - 2))
    mean, var = np.mean(x, axis=axes), np.var(x, axis=axes)
    n = x.size // x.shape[1]
    y = (x - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + eps)
    y = y if weight is None else y * weight.reshape(shape) + bias.reshape(shape)
    kept = 1 - momentum
    return (
        y,
        kept * running_mean + momentum * mean,
        kept * running_var + momentum * var * n / (n - 1),
    )


def _gated(x: Any, dim: int = -1) -> Any:
    a, b = np.split(x, 2, dim)
    return a * _sigmoid(b)


def _plain_step(z: Any, g: Any, h: Any, _: Any) -> Any:
    del h
    return np.tanh(z + g), None


def _gru_step(z: Any, g: Any, h: Any, _: Any) -> Any:
    r, u, n = np.split(z, 3, -1)
    r2, u2, n2 = np.split(g, 3, -1)
    u = _sigmoid(u + u2)
    n = np.tanh(n + _sigmoid(r + r2) * n2)
    return n + u * (h - n), None


def _lstm_step(z: Any, g: Any, h: Any, c: Any) -> Any:
    del h
    i, f, n, o = np.split(z + g, 4, -1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(n)
    return _sigmoid(o) * np.tanh(c), c


def _recurrent(
    step: Callable[..., Any],
    x: Any,
    h: Any,
    c: Any,
    weights: Any,
    layers: int = 1,
    bidirectional: bool = False,
    has_bias: bool = True,
) -> Any:
    """Run layers over x (T, N, I); every direction has its weights in the order of the op."""
    lasts, cells, each = [], [], 4 if has_bias else 2
    for _ in range(layers):
        sides = []
        for side in range(1 + bidirectional):
            at = len(lasts)
            w, u, *biases = weights[each * at : each * at + each]
            b, d = biases or (0.0, 0.0)
            state, cell = h[at], None if c is None else c[at]
            rows = []
            for row in x[::-1] if side else x:
                state, cell = step(row @ w.T + b, state @ u.T + d, state, cell)
                rows.append(state)
            sides.append(np.stack(rows[::-1] if side else rows))
            lasts.append(state)
            cells.append(cell)
        x = np.concatenate(sides, -1)
    return x, np.stack(lasts), cells


def _rectified_step(z: Any, g: Any, h: Any, _: Any) -> Any:
    del h
    return np.where(z + g > 0, z + g, 0), None


def _rnn(x: Any, h: Any, weights: Any, nonlinearity: str = "tanh", **to: Any) -> Any:
    step = _plain_step if nonlinearity == "tanh" else _rectified_step
    return _recurrent(step, x, h, None, weights, **to)[:2]


def _gru(x: Any, h: Any, weights: Any, **to: Any) -> Any:
    return _recurrent(_gru_step, x, h, None, weights, **to)[:2]


def _lstm(x: Any, h: Any, c: Any, weights: Any, **to: Any) -> Any:
    y, last, cells = _recurrent(_lstm_step, x, h, c, weights, **to)
    return y, last, np.stack(cells)


def _pinv(x: Any, rtol: float) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    inverse = np.where(s > rtol * s.max(), 1 / s, 0.0)
    return vh.T @ np.diag(inverse) @ u.T


def _turned(x: Any) -> Any:
    """Return what numbers are divided by to be positive: a sign, or a complex number of size 1."""
    return np.where(x == 0, 1.0, x / np.where(x == 0, 1.0, np.abs(x)))


def _qr(x: Any, complete: bool = False) -> Any:
    q, r = np.linalg.qr(x, "complete" if complete else "reduced")
    turns = np.ones((*x.shape[:-2], q.shape[-1]), x.dtype)
    diagonal = np.diagonal(r, axis1=-2, axis2=-1)
    turns[..., : diagonal.shape[-1]] = _turned(diagonal)
    return q * turns[..., None, :], r / turns[..., : r.shape[-2], None]


def _starts(u: Any) -> Any:
    """Return what each column is divided by so that its first nonzero entry is positive."""
    place = np.argmax(np.abs(u) > 1e-9, axis=-2)  # noqa: PLR2004  # of unit vectors
    return _turned(np.take_along_axis(u, place[..., None, :], -2))


def _svd(x: Any, full: bool = True) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=full)
    turns = _starts(u) if u.size else np.ones((1, 0))
    vh[..., : s.shape[-1], :] *= np.swapaxes(turns[..., : s.shape[-1]], -1, -2)
    return u / turns, s, vh


def _eigh(x: Any, upper: bool = False) -> Any:
    w, v = np.linalg.eigh(x, "U" if upper else "L")
    return w, v / _starts(v)


def _cholesky(x: Any, upper: bool = False) -> Any:
    return np.linalg.cholesky(x.T).T if upper else np.linalg.cholesky(x)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "batch_norm_train": _batch,
    "binary_cross_entropy": _entropy,
    "binary_cross_entropy_with_logits": _entropy_of_logits,
    "cosine_similarity": _cosine,
    "cross_entropy": _cross,
    "glu": _gated,
    "gru": _gru,
    "huber_loss": _huber,
    "kl_div": _divergence,
    "layer_norm": _layer,
    "linalg_cholesky": _cholesky,
    "linalg_eigh": _eigh,
    "linalg_pinv": _pinv,
    "linalg_qr": _qr,
    "linalg_svd": _svd,
    "lstm": _lstm,
    "nll_loss": _likelihood,
    "normalize": _normalized,
    "rms_norm": _root,
    "rnn": _rnn,
    "smooth_l1_loss": _smooth,
}
"""Functions by op."""
