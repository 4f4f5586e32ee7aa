"""numpy functions that are a line of other calls, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import alike

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def _flat(a: Any) -> Any:
    return np.reshape(a, (-1,))


def along(axis: int, rank: int, part: Any) -> tuple[Any, ...]:
    """Return the subscript of a part along an axis."""
    return (*(slice(None),) * (axis % rank), part)


def _cumulative(function: Any) -> Callable[..., Any]:
    """Make a handler of a function along one axis; without one it flattens."""

    def handler(door: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        given = (_flat(a), 0) if axis is None else (a, axis)
        return door.run(function, (given[0],), {"axis": given[1], **kwargs})

    return handler


def _roll(door: NumpyDoor, a: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        shift = sum(shift) if isinstance(shift, (tuple, list)) else shift
        return np.reshape(np.roll(_flat(a), shift, 0), a.shape)
    if isinstance(axis, (tuple, list)) or isinstance(shift, (tuple, list)):
        axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
        shifts = tuple(shift) if isinstance(shift, (tuple, list)) else (shift,)
        count = max(len(axes), len(shifts))
        axes, shifts = (v * count if len(v) == 1 else v for v in (axes, shifts))
        for by, at in zip(shifts, axes, strict=True):
            a = np.roll(a, by, at)
        return a
    return door.run(np.roll, (a, shift, axis), {})


def _flip(door: NumpyDoor, m: Any, axis: Any = None) -> Any:
    return door.run(np.flip, (m, tuple(range(m.ndim)) if axis is None else axis), {})


def _rot90(_: NumpyDoor, m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    for _i in range(k % 4):
        m = np.swapaxes(np.flip(m, axes[1]), *axes)
    return m


# ---- products


def _diag(door: NumpyDoor, v: Any, k: int = 0) -> Any:
    if v.ndim not in {1, 2}:
        message = "Input must be 1- or 2-d."
        raise ValueError(message)
    if v.ndim != 1:
        return np.diagonal(v, k)
    return door.call_op("diag_embed", [v], {"offset": k})


def _tensordot(door: NumpyDoor, a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, int):
        axes = (range(a.ndim - axes, a.ndim), range(axes))
    over_a, over_b = ((x,) if isinstance(x, int) else tuple(x) for x in axes)
    dims = {
        "dims_x": tuple(i % np.ndim(a) for i in over_a),
        "dims_y": tuple(i % np.ndim(b) for i in over_b),
    }
    np.tensordot(door.real(a), door.real(b), (over_a, over_b))  # numpy's own checks and errors
    common = np.result_type(a.dtype, b.dtype)
    wide = np.dtype(np.int64) if common == np.bool_ else common
    operands = [x if x.dtype == wide else door.astype(x, wide) for x in (a, b)]
    found = door.call_op("tensordot", operands, dims)
    return found if common == wide else found.astype(common)


def _inner(_: NumpyDoor, a: Any, b: Any) -> Any:
    return np.multiply(a, b) if 0 in {a.ndim, b.ndim} else np.tensordot(a, b, (-1, -1))


def _vdot(_: NumpyDoor, a: Any, b: Any) -> Any:
    left = np.conjugate(_flat(a)) if a.dtype.kind == "c" else _flat(a)
    return np.dot(left, _flat(b))


def _outer(_: NumpyDoor, a: Any, b: Any) -> Any:
    return np.multiply(np.reshape(a, (-1, 1)), np.reshape(b, (1, -1)))


def _solve(door: NumpyDoor, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return np.linalg.solve(a, b[:, None])[..., 0]
    return door.run(np.linalg.solve, (a, b), {})


# ---- parts


def _nonzero(door: NumpyDoor, a: Any) -> tuple[Any, ...]:
    found = door.run(np.argwhere, (a,), {})
    return tuple(found[:, i] for i in range(a.ndim))


def _where(door: NumpyDoor, condition: Any, *arms: Any) -> Any:
    return door.run(np.where, (condition, *arms), {}) if arms else np.nonzero(condition)


def _flatnonzero(_: NumpyDoor, a: Any) -> Any:
    return np.nonzero(_flat(a))[0]


def _array_split(_: NumpyDoor, ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    if not isinstance(indices_or_sections, int):
        return list(np.split(ary, indices_or_sections, axis))
    count, extent = indices_or_sections, ary.shape[axis]
    longer = int(extent % count)
    cuts = [extent // count * i + min(i, longer) for i in range(1, count)]
    return list(np.split(ary, cuts, axis))


def _append(_: NumpyDoor, arr: Any, values: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.concatenate([_flat(arr), _flat(values)], 0)
    return np.concatenate([arr, values], axis)


def _full_like(
    door: NumpyDoor,
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
) -> Any:
    del order, subok  # elements stay where their index says
    sizes = a.shape if shape is None else shape
    return door.traced(np.full(sizes, fill_value, a.dtype if dtype is None else dtype))


def _delete(door: NumpyDoor, arr: Any, obj: Any, axis: Any = None) -> Any:
    axis, arr = (0, _flat(arr)) if axis is None else (axis, arr)
    if isinstance(obj, (list, tuple, slice, np.ndarray)):
        places = np.arange(door.fixed(arr.shape[axis]))
        return np.take(arr, np.delete(places, obj), axis)
    if not isinstance(obj, int):
        raise names.unknown(door, "numpy.delete")
    at = obj + arr.shape[axis] if obj < 0 else obj
    parts = [arr[along(axis, arr.ndim, s)] for s in (slice(None, at), slice(at + 1, None))]
    return np.concatenate(parts, axis)


def _repeat(door: NumpyDoor, a: Any, repeats: Any, axis: Any = None) -> Any:
    if not isinstance(repeats, int):
        repeats = np.asarray(repeats) if isinstance(repeats, (list, tuple)) else repeats
        return door.run(np.repeat, (a, repeats), {"axis": axis})
    axis, a = (0, _flat(a)) if axis is None else (axis % np.ndim(a), a)
    sizes = list(a.shape)
    wide = np.broadcast_to(
        np.expand_dims(a, axis + 1), [*sizes[: axis + 1], repeats, *sizes[axis + 1 :]]
    )
    return np.reshape(wide, [*sizes[:axis], sizes[axis] * repeats, *sizes[axis + 1 :]])


def _select(_: NumpyDoor, condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    (*choicelist, result) = alike([*choicelist, default])
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        result = np.where(condition, choice, result)
    return result


def _choose(door: NumpyDoor, a: Any, choices: Any, *, mode: str = "raise") -> Any:
    if mode != "raise" or not isinstance(choices, (list, tuple)):
        raise names.unknown(door, "numpy.choose with mode=, or of one array")
    result = choices[-1]
    for place, choice in reversed(list(enumerate(choices[:-1]))):
        result = np.where(a == place, choice, result)
    return np.copy(result)


def _piecewise(_: NumpyDoor, x: Any, condlist: Any, funclist: Any) -> Any:
    result = np.zeros_like(x)
    if len(funclist) == len(condlist) + 1:
        (*funclist, last) = funclist
        result = (last(x) if callable(last) else np.full_like(x, last)).astype(x.dtype)
    for condition, part in zip(condlist, funclist, strict=True):
        value = part(x) if callable(part) else np.full_like(x, part)
        result = np.where(condition, value.astype(x.dtype), result)
    return result


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.roll: _roll,
    np.flip: _flip,
    np.rot90: _rot90,
    np.cumsum: _cumulative(np.cumsum),
    np.cumprod: _cumulative(np.cumprod),
    np.diag: _diag,
    np.tensordot: _tensordot,
    np.inner: _inner,
    np.vdot: _vdot,
    np.outer: _outer,
    np.linalg.solve: _solve,
    np.nonzero: _nonzero,
    np.where: _where,
    np.flatnonzero: _flatnonzero,
    np.array_split: _array_split,
    np.append: _append,
    np.full_like: _full_like,
    np.delete: _delete,
    np.repeat: _repeat,
    np.select: _select,
    np.choose: _choose,
    np.piecewise: _piecewise,
}
"""By numpy function."""


def _divided(_: NumpyDoor, a: Any, b: Any) -> tuple[Any, Any]:
    return np.floor_divide(a, b), np.remainder(a, b)


UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {np.divmod: _divided}
"""By ufunc with several results."""
