"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import Table

ROUNDED: Final = RoundedTable()


@ROUNDED.of("matmul")
@ROUNDED.of("bmm")
@ROUNDED.of("dot")
def matmul(x: Array, y: Array) -> Array:
    try:
        return np.matmul(x, y)
    except ValueError:
        text = f"matmul: {list(x.shape)} and {list(y.shape)} do not fit"
        raise trap("SHAPE_ERROR", text) from None


@ROUNDED.of("linear")
def linear(x: Array, weight: Array, bias: Array | None) -> Array:
    y = matmul(x, weight.T)
    return y if bias is None else np.add(y, one_each(bias, weight.shape[0]))


def one_each(bias: Array, rows: int) -> Array:
    """Return a bias. Raises TrapError if it has not one element for each row of a weight."""
    if bias.shape != (rows,):
        raise trap("SHAPE_ERROR", f"expected a bias of {rows} elements, found {list(bias.shape)}")
    return bias


@ROUNDED.of("outer")
def outer(x: Array, y: Array) -> Array:
    return np.multiply.outer(x, y)


KERNELS: Final = Table.join(ROUNDED)
