"""numpy calls that are no single op: written with other calls, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir import constants
from tracescript.opset.einsum_rule import written_out
from tracescript.producer.numpy import (
    compositions,
    elements,
    estimates,
    histograms,
    layouts,
    moments,
    orders,
    padding,
    places,
    polynomials,
    products,
    quantiles,
    reductions,
    sets,
    signals,
    solutions,
    statistics,
    transforms,
    typed,
    writes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _transpose(door: NumpyDoor, a: Any, axes: Any = None) -> Any:
    order = tuple(range(door.real(a).ndim))[::-1] if axes is None else tuple(axes)
    return door.run(np.transpose, (a, order), {})


def _squeeze(door: NumpyDoor, a: Any, axis: Any = None) -> Any:
    found = tuple(i for i, n in enumerate(a.shape) if n == 1) if axis is None else axis
    return door.run(np.squeeze, (a, found), {}) if found != () else a[...]


def _shape(_: NumpyDoor, a: Any) -> Any:
    return a.shape


def _ndim(_: NumpyDoor, a: Any) -> int:
    return int(a.ndim)


def _size(_: NumpyDoor, a: Any, axis: int | None = None) -> Any:
    return a.size if axis is None else a.shape[axis]


def _compared(door: NumpyDoor, call: str, equal: Any, *, observed: bool) -> Any:
    every = door.run(np.all, (equal,), {})
    wire = door.recorder.single("item_bool", (door.wire(every),), None, constants.BOOL)
    return door.truth(wire, observed, call)


def _array_equal(door: NumpyDoor, a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    observed = bool(np.array_equal(door.real(a1), door.real(a2), equal_nan))
    a1, a2 = door.traced(a1), door.traced(a2)
    if a1.ndim != a2.ndim or a1.shape != a2.shape:
        return False
    same = np.equal(a1, a2)
    if equal_nan:
        same = np.logical_or(same, np.logical_and(np.isnan(a1), np.isnan(a2)))
    return _compared(door, "array_equal", same, observed=observed)


def _array_equiv(door: NumpyDoor, a1: Any, a2: Any) -> Any:
    observed = bool(np.array_equiv(door.real(a1), door.real(a2)))
    return _compared(door, "array_equiv", np.equal(a1, a2), observed=observed)


def _allclose(
    door: NumpyDoor,
    a: Any,
    b: Any,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Any:
    observed = bool(np.allclose(door.real(a), door.real(b), rtol, atol, equal_nan))
    near = np.isclose(a, b, rtol, atol, equal_nan)
    return _compared(door, "allclose", near, observed=observed)


def _split(_: NumpyDoor, ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    extent = ary.shape[axis]
    if isinstance(indices_or_sections, int):
        if extent % indices_or_sections != 0:
            message = "array split does not result in an equal division"
            raise ValueError(message)
        step = extent // indices_or_sections
        cuts = [step * i for i in range(1, indices_or_sections)]
    else:
        cuts = list(indices_or_sections)
    before = (slice(None),) * (axis % ary.ndim)
    parts = [slice(a, b) for a, b in zip([None, *cuts], [*cuts, None], strict=True)]
    keys = [(*before, part) for part in parts]
    return [ary[key] for key in keys]


def _cast(arrays: Any, dtype: Any) -> list[Any]:
    return [x if dtype is None else x.astype(dtype) for x in arrays]


def _vstack(_: NumpyDoor, tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    del casting  # it only decides which casts numpy refuses
    return np.concatenate(_cast([x if x.ndim > 1 else x[None] for x in tup], dtype), 0)


def _hstack(_: NumpyDoor, tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    del casting  # as above
    return np.concatenate(_cast(tup, dtype), 0 if tup[0].ndim == 1 else 1)


def _expand_dims(_: NumpyDoor, a: Any, axis: Any) -> Any:
    axes = sorted(
        x % (a.ndim + (len(axis) if isinstance(axis, tuple) else 1)) for x in np.atleast_1d(axis)
    )
    key: list[Any] = [slice(None)] * a.ndim
    for at in axes:
        key.insert(int(at), None)
    return a[tuple(key)]


def _dot(_: NumpyDoor, a: Any, b: Any) -> Any:
    a, b = (x if hasattr(x, "dtype") else np.asarray(x) for x in (a, b))
    return np.multiply(a, b) if 0 in {np.ndim(a), np.ndim(b)} else np.matmul(a, b)


def _sign(door: NumpyDoor, x: Any) -> Any:
    signs = door.call_op("sign", [x], {})
    return np.where(np.isnan(x), x, signs) if door.real(x).dtype.kind == "f" else signs


def _lettered(given: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the equation of operands that lists of axes follow, and the operands."""
    is_paired = len(given) % 2 == 0
    terms = list(given[1::2]) if is_paired else [*given[1:-1:2], given[-1]]
    spelled = ["".join("..." if k is ... else chr(97 + k) for k in term) for term in terms]
    if is_paired:
        return ",".join(spelled), given[::2]
    return ",".join(spelled[:-1]) + "->" + spelled[-1], given[:-1:2]


def _check_diagonals(term: str, x: Any) -> None:
    """Raise numpy's ValueError where axes that one letter names have other sizes."""
    first: dict[str, Any] = {}
    for letter, size in zip(term, x.shape, strict=False):
        if first.setdefault(letter, size) != size:
            message = f"dimensions in operand for collapsing index {letter!r} don't match"
            raise ValueError(message)


def _einsum(door: NumpyDoor, equation: Any, *operands: Any, **kwargs: Any) -> Any:
    if not isinstance(equation, str):
        equation, operands = _lettered((equation, *operands))
    kwargs.pop("optimize", None)
    written = written_out(equation, [np.ndim(x) for x in operands])
    numbers = typed.alike(operands)
    for term, x in zip(written.partition("->")[0].split(","), numbers, strict=True):
        _check_diagonals(term, x)
    if numbers[0].dtype != np.bool_:
        return door.run(np.einsum, (written, *operands), kwargs)
    counts = [x.astype(np.int64) for x in numbers]
    return door.run(np.einsum, (written, *counts), kwargs).astype(np.bool_)


def _trace(
    _: NumpyDoor, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None
) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def _meshgrid(_: NumpyDoor, *xi: Any, indexing: str = "xy") -> Any:
    shapes = [tuple(-1 if k == i else 1 for k in range(len(xi))) for i in range(len(xi))]
    grids = np.broadcast_arrays(*(np.reshape(x, s) for x, s in zip(xi, shapes, strict=True)))
    first_two = indexing == "xy" and len(xi) > 1
    kind: Any = type(np.meshgrid(()))  # a tuple since numpy 2
    return kind(np.swapaxes(g, 0, 1) if first_two else g for g in grids)


UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.sign: _sign,
    **compositions.UFUNCS,
    **typed.UFUNCS,
    **elements.UFUNCS,
    **products.UFUNCS,
    **reductions.UFUNCS,
}
"""By ufunc, where numpy's differs from the op."""
HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.transpose: _transpose,
    np.squeeze: _squeeze,
    np.shape: _shape,
    np.ndim: _ndim,
    np.size: _size,
    np.array_equal: _array_equal,
    np.allclose: _allclose,
    np.array_equiv: _array_equiv,
    np.split: _split,
    np.vstack: _vstack,
    np.hstack: _hstack,
    np.expand_dims: _expand_dims,
    np.dot: _dot,
    **moments.HANDLERS,
    np.trace: _trace,
    np.meshgrid: _meshgrid,
    np.einsum: _einsum,
    **compositions.HANDLERS,
    **typed.HANDLERS,
    **elements.HANDLERS,
    **layouts.HANDLERS,
    **statistics.HANDLERS,
    **sets.HANDLERS,
    **signals.HANDLERS,
    **estimates.HANDLERS,
    **polynomials.HANDLERS,
    **products.HANDLERS,
    **transforms.HANDLERS,
    **histograms.HANDLERS,
    **orders.HANDLERS,
    **padding.HANDLERS,
    **places.HANDLERS,
    **quantiles.HANDLERS,
    **solutions.HANDLERS,
    **writes.HANDLERS,
}
"""By numpy function."""


def handler(function: Any, kwargs: Mapping[str, Any]) -> Callable[..., Any] | None:
    """Return the handler of a call of a function, None where it is one op."""
    if function in reductions.PARTIAL and reductions.is_partial(kwargs):
        return reductions.PARTIAL[function]
    return HANDLERS.get(function)
