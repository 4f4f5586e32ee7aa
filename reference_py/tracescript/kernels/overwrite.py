"""Kernels that replace a range of an axis, and the same in the memory of the first operand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.errors import trap
from tracescript.kernels.axes import axis_of
from tracescript.kernels.shape import check_place, checked_range
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.kernels.rounding import Array

KERNELS: Final = Table()


def _put(x: Array, key: int | slice, src: Array, dim: int) -> Array:
    at = (slice(None),) * axis_of(x, dim) + (key,)
    shape = x[at].shape
    if shape != src.shape:
        text = f"expected the shape of the place, {list(shape)}, found {list(src.shape)}"
        raise trap("SHAPE_ERROR", text)
    x[at] = src
    return x


def _put_slice(
    x: Array, src: Array, start: int | None, end: int | None, step: int | None, dim: int
) -> Array:
    return _put(x, checked_range(start, end, step), src, dim)


def _put_select(x: Array, src: Array, index: int, dim: int) -> Array:
    check_place(index, x.shape[axis_of(x, dim)])
    return _put(x, index, src, dim)


IN_PLACE: Final[dict[str, Callable[..., Array]]] = {
    "slice_scatter": _put_slice,
    "select_scatter": _put_select,
}
"""Kernels that write into their first operand and return it, by op."""


@KERNELS.of("slice_scatter")
def slice_scatter(
    x: Array, src: Array, start: int | None, end: int | None, step: int | None, dim: int
) -> Array:
    return _put_slice(x.copy(), src, start, end, step, dim)


@KERNELS.of("select_scatter")
def select_scatter(x: Array, src: Array, index: int, dim: int) -> Array:
    return _put_select(x.copy(), src, index, dim)
