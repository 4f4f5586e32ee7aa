"""Linear algebra, distances, and random numbers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array, generator
from tracescript.opset.dtypes import numpy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.ir import DataType

PLANS = Plans()
_SIDES = ((3, 3), (1, 1), (0, 0), (2, 3, 3), (0, 2, 2), (2, 1, 4, 4))


def _near_one(data_type: DataType, shape: tuple[int, ...], seed: Any = 0) -> Any:
    """Return matrices of small condition with separated spectra."""
    x = array(data_type, shape, seed, 0.25)
    rows, columns = shape[-2:]
    return (x + np.eye(rows, columns) * np.arange(1, columns + 1)).astype(x.dtype)


def _definite(data_type: DataType, shape: tuple[int, ...]) -> Any:
    x = _near_one(data_type, shape).astype(
        np.complex128 if data_type.value.startswith("c") else np.float64
    )
    return (x @ np.conj(x.swapaxes(-1, -2)) + np.eye(shape[-1])).astype(numpy_of(data_type))


def _squares(
    op: str, make: Callable[..., Any] = _near_one, *options: dict[str, Any]
) -> Iterator[Call]:
    for data_type in types_of(op):
        for shape in _SIDES:
            for how in options or ({},):
                yield call(make(data_type, shape), **how)


def solve_bound() -> Callable[..., Any]:
    """Return the bound of class `solve`."""

    def bound(u: float, y: Any, x: Any, *rest: Any, **how: Any) -> Any:
        del rest, how
        if not x.numel() or not np.size(y):
            return np.full(np.shape(y), 1e-300)
        condition = float(torch.linalg.cond(x).max())
        return 16 * max(x.shape[-2:]) * u * condition * np.abs(y).max() + 0 * np.abs(y)

    return bound


def _singular(oracle: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*inputs: Any, **how: Any) -> Any:
        try:
            return oracle(*inputs, **how)
        except torch.linalg.LinAlgError as error:
            raise Stop("SINGULAR_MATRIX") from error

    return guarded


def _with_singular(op: str, *more: Any, **how: Any) -> Iterator[Call]:
    yield from _squares(op, *more)
    for data_type in types_of(op):
        yield call(np.zeros((2, 2), numpy_of(data_type)), **how)
        yield call(np.array([[1, 2], [2, 4]], numpy_of(data_type)), **how)


PLANS.add(
    "linalg_inv",
    functools.partial(_with_singular, "linalg_inv"),
    _singular(torch.linalg.inv),
    absolute=solve_bound(),
)
PLANS.add(
    "linalg_det",
    functools.partial(_squares, "linalg_det"),
    torch.linalg.det,
    absolute=solve_bound(),
)
PLANS.add(
    "linalg_slogdet",
    functools.partial(_squares, "linalg_slogdet"),
    torch.linalg.slogdet,
    absolute=lambda u, y, x: solve_bound()(u, np.maximum(np.abs(y), 1), x),
)


def _choleskys() -> Iterator[Call]:
    yield from _squares("linalg_cholesky", _definite, {}, {"upper": True})
    for data_type in types_of("linalg_cholesky"):
        yield call(-np.eye(2).astype(numpy_of(data_type)))


PLANS.add(
    "linalg_cholesky",
    _choleskys,
    _singular(lambda x, upper: torch.linalg.cholesky(x, upper=upper)),
    absolute=solve_bound(),
)


def _powers() -> Iterator[Call]:
    for n in (-2, -1, 0, 1, 3, 5):
        yield from _squares("linalg_matrix_power", _near_one, {"n": n})


PLANS.add(
    "linalg_matrix_power",
    _powers,
    lambda x, n: torch.linalg.matrix_power(x, n),
    absolute=solve_bound(),
)


def _solves() -> Iterator[Call]:
    for data_type in types_of("linalg_solve"):
        for a, b in (
            ((3, 3), (3, 2)),
            ((2, 3, 3), (3, 1)),
            ((3, 3), (2, 3, 4)),
            ((0, 0), (0, 2)),
            ((2, 2), (2, 0)),
        ):
            yield call(_near_one(data_type, a), array(data_type, b))
        yield call(np.zeros((2, 2), numpy_of(data_type)), array(data_type, (2, 1)))


PLANS.add("linalg_solve", _solves, _singular(torch.linalg.solve), absolute=solve_bound())


def _oblong(op: str, *options: dict[str, Any]) -> Iterator[Call]:
    for data_type in types_of(op):
        for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 2), (1, 1), (0, 2), (2, 0)):
            for how in options:
                yield call(_near_one(data_type, shape), **how)


def _pinv(x: Any, rtol: Any = None) -> Any:
    return torch.linalg.pinv(x) if rtol is None else torch.linalg.pinv(x, rtol=rtol)


PLANS.add(
    "linalg_pinv",
    functools.partial(_oblong, "linalg_pinv", {}, {"rtol": 1e-3}),
    _pinv,
    absolute=solve_bound(),
)


def _turned(vectors: Any) -> Any:
    """Return factors that make the first nonzero entry of each column positive. Spec: NUM-70."""
    first = (
        vectors.abs() > vectors.abs().amax((-2, -1), keepdim=True) * 1e-9
        if vectors.numel()
        else vectors.abs() > 0
    )
    place = first.to(torch.int8).argmax(-2, keepdim=True)
    lead = vectors.gather(-2, place)
    return lead.conj() / lead.abs()


def _qr(x: Any, complete: bool) -> Any:
    q, r = torch.linalg.qr(x, mode="complete" if complete else "reduced")
    if not x.numel():
        return q, r
    diagonal = r.diagonal(dim1=-2, dim2=-1)
    turn = torch.where(diagonal == 0, torch.ones_like(diagonal), diagonal / diagonal.abs())
    full = torch.ones(*turn.shape[:-1], q.shape[-1], dtype=q.dtype)
    full[..., : turn.shape[-1]] = turn
    rows = torch.ones(*turn.shape[:-1], r.shape[-2], dtype=q.dtype)
    rows[..., : turn.shape[-1]] = turn.conj()
    return q * full.unsqueeze(-2), r * rows.unsqueeze(-1)


def _eigh(x: Any, upper: bool) -> Any:
    w, v = torch.linalg.eigh(x, UPLO="U" if upper else "L")
    return w, v * _turned(v) if v.numel() else v


def _svd(x: Any, full: bool) -> Any:
    u, s, vh = torch.linalg.svd(x, full_matrices=full)
    if not x.numel():
        return u, s, vh
    turn = _turned(u)
    k = s.shape[-1]
    right = torch.ones(*vh.shape[:-1], 1, dtype=vh.dtype)
    right[..., :k, :] = turn[..., :k].transpose(-1, -2).conj()
    return u * turn, s, vh * right


def _tall(op: str, name: str) -> Iterator[Call]:
    for found in _oblong(op, {name: False}):
        yield found
        if found.inputs[0].shape[-1] == found.inputs[0].shape[-2]:
            yield Call(found.inputs, {name: True})


PLANS.add(
    "linalg_qr",
    functools.partial(_tall, "linalg_qr", "complete"),
    _qr,
    rule="NUM-70",
    absolute=solve_bound(),
)
PLANS.add(
    "linalg_eigh",
    lambda: _squares("linalg_eigh", _definite, {}, {"upper": True}),
    _eigh,
    rule="NUM-70",
    absolute=solve_bound(),
)
PLANS.add(
    "linalg_svd",
    functools.partial(_tall, "linalg_svd", "full"),
    _svd,
    rule="NUM-70",
    absolute=solve_bound(),
)


def _crosses() -> Iterator[Call]:
    for data_type in types_of("cross"):
        yield call(array(data_type, (3,), 1), array(data_type, (3,), 2))
        yield call(array(data_type, (2, 3, 4), 1), array(data_type, (3, 1), 2), dim=-2)
        yield call(array(data_type, (0, 3), 1), array(data_type, (1, 3), 2))


def _cross(x: Any, y: Any, dim: int) -> Any:
    x, y = torch.broadcast_tensors(x, y)
    a, b = (v.movedim(dim, 0) for v in (x, y))
    parts = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    return torch.stack(parts).movedim(0, dim)


PLANS.add(
    "cross",
    _crosses,
    _cross,
    absolute=lambda u, z, x, y, dim: (
        12 * u * float(abs(x).max() * abs(y).max() if x.numel() else 0) + 0 * abs(z)
    ),
)


def _apart(x: Any, y: Any, p: float) -> Any:
    d = x.unsqueeze(-2) - y.unsqueeze(-3)
    return torch.linalg.vector_norm(d, p, -1) if d.shape[-1] else d.new_zeros(d.shape[:-1])


def _distances() -> Iterator[Call]:
    for data_type in types_of("cdist"):
        for p in (2.0, 1.0, 0.0, 3.0, float("inf")):
            yield call(array(data_type, (4, 3), 1), array(data_type, (2, 3), 2), p=p)
        yield call(array(data_type, (2, 4, 3), 1), array(data_type, (1, 5, 3), 2))
        yield call(array(data_type, (0, 3), 1), array(data_type, (2, 3), 2))
        yield call(array(data_type, (2, 0), 1), array(data_type, (2, 0), 2))


PLANS.add(
    "cdist",
    _distances,
    lambda x, y, p: _apart(x, y, p),
    absolute=lambda u, z, x, y, p: (
        (np.sqrt(x.shape[-1]) + 20)
        * u
        * (
            torch.as_tensor(abs(z))
            + (abs(x).max() + abs(y).max() if x.numel() and y.numel() else 0)
        )
    ),
)
del generator
