"""Ops that multiply and sum."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.layout import over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import LONG, array

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def contraction(x: Any, y: Any, dims_x: Any, dims_y: Any) -> Any:
    """Sum products over pairs of axes by numpy; integers wrap."""
    if any(x.shape[a] != y.shape[b] for a, b in zip(dims_x, dims_y, strict=True)):
        raise Stop("SHAPE_ERROR")
    return np.tensordot(x.numpy(), y.numpy(), (list(dims_x), list(dims_y)))


_PRODUCTS = (
    ((3,), (3,)),
    ((0,), (0,)),
    ((2, 3), (3,)),
    ((3,), (2, 3, 4)),
    ((2, 3), (3, 4)),
    ((2, 0), (0, 3)),
    ((0, 3), (3, 2)),
    ((5, 2, 3), (3, 2)),
    ((2, 1, 2, 3), (3, 3, 1)),
    ((LONG, LONG), (LONG, 3)),
    ((1, 1), (1, 1)),
    ((2, 3), (4, 2)),
)


def _shaped(op: str, shapes: Any, *more: Any) -> Iterator[Call]:
    for data_type in types_of(op):
        for pair in shapes:
            yield Call((*(array(data_type, s, i) for i, s in enumerate(pair)), *more))


def product(x: Any, y: Any) -> Any:
    """Multiply matrices; integers wrap."""
    try:
        if x.dtype.is_floating_point or x.dtype.is_complex:
            return torch.matmul(x, y)
        return np.matmul(x.numpy(), y.numpy())
    except (RuntimeError, ValueError) as error:
        raise Stop("SHAPE_ERROR") from error


def product_bound(u: float, z: Any, x: Any, y: Any) -> Any:
    """Bound sums of K products."""
    del z
    return (2 * np.sqrt(x.shape[-1]) + 2) * u * np.asarray(product(abs(x), abs(y)))


for name, shapes in {
    "matmul": _PRODUCTS,
    "bmm": (
        ((2, 3, 4), (2, 4, 5)),
        ((0, 3, 4), (0, 4, 5)),
        ((1, 1, 0), (1, 0, 2)),
        ((2, 1, 2), (3, 2, 1)),
    ),
    "dot": (((4,), (4,)), ((0,), (0,)), ((LONG,), (LONG,)), ((2,), (3,))),
}.items():
    PLANS.add(name, functools.partial(_shaped, name, shapes), product, absolute=product_bound)
PLANS.add(
    "outer",
    functools.partial(_shaped, "outer", (((3,), (4,)), ((0,), (2,)), ((1,), (1,)))),
    torch.outer,
    absolute=lambda u, z, x, y: 4 * u * torch.outer(abs(x), abs(y)),
)
PLANS.add(
    "tensordot",
    functools.partial(
        over_types,
        "tensordot",
        lambda a: [
            call(a(2, 3), a(3, 4), dims_x=(1,), dims_y=(0,)),
            call(a(2, 3, 4), a(4, 3), dims_x=(1, 2), dims_y=(1, 0)),
            call(a(2), a(3), dims_x=(), dims_y=()),
            call(a(2, 0), a(0), dims_x=(-1,), dims_y=(0,)),
            call(a(2, 3), a(2, 4), dims_x=(1,), dims_y=(0,)),
        ],
    ),
    lambda x, y, dims_x, dims_y: contraction(x, y, dims_x, dims_y),
    absolute=lambda u, z, x, y, dims_x, dims_y: (
        (2 * np.sqrt(x.numel()) + 2) * u * contraction(abs(x), abs(y), dims_x, dims_y)
    ),
)
EQUATIONS = (
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("bij,bjk->bki", (2, 3, 4), (2, 4, 5)),
    ("ii->i", (3, 3)),
    ("ij->", (2, 3)),
    ("ij->j", (0, 3)),
    ("i,j->ij", (2,), (3,)),
    ("ii,ij->j", (3, 3), (3, 2)),
    ("ij,kj,lk->il", (2, 3), (4, 3), (2, 4)),
    (",i->i", (), (3,)),
    ("Ab->bA", (2, 3)),
    ("ij,jk->ik", (2, 3), (4, 2)),
)


def _einsums() -> Iterator[Call]:
    for data_type in types_of("einsum"):
        for equation, *shapes in EQUATIONS:
            yield call([array(data_type, s, i) for i, s in enumerate(shapes)], equation=equation)


def einsum(tensors: Any, equation: str) -> Any:
    """Sum products by numpy."""
    try:
        arrays = [t.numpy() for t in tensors]
        found = np.einsum(equation, *arrays, dtype=arrays[0].dtype)
        return np.asarray(found).astype(arrays[0].dtype)
    except ValueError as error:
        raise Stop("SHAPE_ERROR") from error


PLANS.add(
    "einsum",
    _einsums,
    einsum,
    absolute=lambda u, z, tensors, equation: (
        (2 * np.sqrt(24) + len(tensors) + 2) * u * einsum([abs(t) for t in tensors], equation)
    ),
)
