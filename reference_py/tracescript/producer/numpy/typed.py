"""The data types that numpy computes in, where an op takes others than numpy's function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor

BOOL: Final = np.dtype(np.bool_)
HALF: Final = np.dtype(np.float16)


def is_float(x: Any) -> bool:
    """Tell whether an array's elements are real or complex floats."""
    return np.dtype(x.dtype).kind in "fc"


def cast(x: Any, dtype: Any) -> Any:
    """Return an array of this data type; the same one where it has it."""
    array = x if hasattr(x, "dtype") else np.asarray(x)
    return array if array.dtype == dtype else array.astype(dtype)


def alike(arrays: Sequence[Any]) -> list[Any]:
    """Return arrays of the data type that numpy gives them together."""
    common = np.result_type(*(x.dtype if hasattr(x, "dtype") else plain(x) for x in arrays))
    return [cast(x, common) for x in arrays]


def inexact(x: Any) -> Any:
    """Return bools and whole numbers as float64, as `numpy.linalg` takes them."""
    return x if is_float(x) else cast(x, np.float64)


def check(door: NumpyDoor, results: Sequence[Any]) -> None:
    """Refuse results of numpy in unsigned types that compute nothing in the format."""
    for result in results:
        if isinstance(result, (np.ndarray, np.generic)):
            kind = door.type_of(result).data_type
            if kind.value in {"uint16", "uint32", "uint64"}:
                what = f"numpy's result is {kind.value}, which has no arithmetic in the format"
                raise door.recorder.error("UNSUPPORTED_PYTHON", what, "pass dtype=np.int64")


def loop(door: NumpyDoor, ufunc: np.ufunc, inputs: Sequence[Any]) -> tuple[Any, ...]:
    """Return the data types that a ufunc computes in and those of its results.

    Raises numpy's TypeError where it computes in none.
    """
    return ufunc.resolve_dtypes((*operands(door, inputs), *[None] * ufunc.nout))


def operands(door: NumpyDoor, inputs: Sequence[Any]) -> list[Any]:
    """Return the types of operands as a ufunc resolves its own by them."""
    return [door.real(x).dtype if door.is_array(x) else _weak(plain(x)) for x in inputs]


def _weak(number: Any) -> Any:
    """Return what numpy takes for a Python number; it has only one type of bools."""
    return BOOL if isinstance(number, bool) else type(number)


def in_loop(ufunc: np.ufunc, handler: Callable[..., Any]) -> Callable[..., Any]:
    """Make a handler that gets arrays of the data type numpy computes in; half floats as single.

    Its results become of numpy's data type.
    """

    def typed(door: NumpyDoor, *inputs: Any) -> Any:
        kinds = loop(door, ufunc, inputs)
        wide = [np.float32 if kind == HALF else kind for kind in kinds]
        found = handler(door, *(cast(x, k) for x, k in zip(inputs, wide, strict=False)))
        results = found if isinstance(found, tuple) else (found,)
        made = tuple(cast(r, k) for r, k in zip(results, kinds[ufunc.nin :], strict=True))
        return made if isinstance(found, tuple) else made[0]

    return typed


def _whole_numbers(ufunc: np.ufunc, handler: Callable[..., Any]) -> Callable[..., Any]:
    """Make a handler for where numpy computes in bools or whole numbers; else it is one op."""

    def typed(door: NumpyDoor, *inputs: Any) -> Any:
        kinds = loop(door, ufunc, inputs)
        if kinds[0].kind in "fc":
            return door.run(ufunc, inputs, {})
        return cast(handler(door, *(cast(x, kinds[0]) for x in inputs)), kinds[-1])

    return typed


def _bools(ufunc: np.ufunc, handler: Callable[..., Any]) -> Callable[..., Any]:
    """Make a handler for where numpy computes in bools; else it is one op."""

    def typed(door: NumpyDoor, *inputs: Any) -> Any:
        if loop(door, ufunc, inputs)[0] != BOOL:
            return door.run(ufunc, inputs, {})
        return handler(door, *(cast(x, BOOL) for x in inputs))

    return typed


def _copied(_: NumpyDoor, x: Any) -> Any:
    return np.copy(x)


def _nowhere(_: NumpyDoor, x: Any) -> Any:
    return np.zeros_like(x, dtype=np.bool_)


def _everywhere(_: NumpyDoor, x: Any) -> Any:
    return np.ones_like(x, dtype=np.bool_)


def _reciprocal(door: NumpyDoor, x: Any) -> Any:
    """The whole part; one over 0, which numpy leaves to the processor, stops the call."""
    return door.call_op("trunc_divide", [np.ones_like(x), x], {})


def _compared(ufunc: np.ufunc) -> Callable[..., Any]:
    return lambda door, *inputs: door.run(ufunc, [x.astype(np.int8) for x in inputs], {})


def _like(function: Any) -> Callable[..., Any]:
    return lambda _, *inputs: function(*inputs)


def _product(door: NumpyDoor, x: Any, y: Any) -> Any:
    """Whether any pair is true: a product of counts that is not 0."""
    counts = door.run(np.matmul, (x.astype(np.int64), y.astype(np.int64)), {})
    return counts.astype(np.bool_)


_WHOLE: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.floor: _copied,
    np.ceil: _copied,
    np.trunc: _copied,
    np.isnan: _nowhere,
    np.isinf: _nowhere,
    np.isfinite: _everywhere,
    np.reciprocal: _reciprocal,
    np.fmax: _like(np.maximum),
    np.fmin: _like(np.minimum),
}
_OF_BOOLS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.absolute: _copied,
    np.maximum: _like(np.logical_or),
    np.minimum: _like(np.logical_and),
    np.matmul: _product,
    **{ufunc: _compared(ufunc) for ufunc in (np.less, np.less_equal, np.greater, np.greater_equal)},
}
UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    **{ufunc: _whole_numbers(ufunc, handler) for ufunc, handler in _WHOLE.items()},
    **{ufunc: _bools(ufunc, handler) for ufunc, handler in _OF_BOOLS.items()},
}
"""By ufunc whose op takes floats, or numbers, alone."""


# ---- functions


def _result_type(door: NumpyDoor, *arrays_and_dtypes: Any) -> Any:
    given = [x.dtype if door.is_array(x) else plain(x) for x in arrays_and_dtypes]
    return np.result_type(*given)


def _common_type(door: NumpyDoor, *arrays: Any) -> Any:
    return np.common_type(*(np.zeros(0, door.real(x).dtype) for x in arrays))


def _counted(door: NumpyDoor, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if not keepdims:
        return door.run(np.count_nonzero, (a, axis), {})
    return np.sum(a != 0, axis=axis, keepdims=True)


def _fix(_: NumpyDoor, x: Any) -> Any:
    return np.trunc(x)


def _round(door: NumpyDoor, a: Any, decimals: int = 0) -> Any:
    if is_float(a):
        return door.run(np.round, (a, decimals), {})
    if a.dtype == BOOL:
        return np.rint(a) if decimals == 0 else door.run(np.round, (a, decimals), {})
    if decimals >= 0:
        return np.copy(a)
    step = 10**-decimals
    return (np.rint(a / step) * step).astype(a.dtype)


def _nan_to_num(
    door: NumpyDoor,
    x: Any,
    copy: bool = True,
    nan: Any = 0.0,
    posinf: Any = None,
    neginf: Any = None,
) -> Any:
    if not is_float(x):
        return np.copy(x) if copy else x
    given = {"nan": nan, "posinf": posinf, "neginf": neginf}
    found = door.run(np.nan_to_num, (x,), given)
    if copy:
        return found
    door.setitem(x, Ellipsis, found)
    return x


def _extreme(function: Any, of_bools: Any) -> Callable[..., Any]:
    def handler(door: NumpyDoor, a: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(a, "dtype", None) == BOOL and "initial" not in kwargs:
            return of_bools(a, *args, **kwargs)
        return door.run(function, (a, *args), kwargs)

    return handler


def _place(function: Any) -> Callable[..., Any]:
    def handler(door: NumpyDoor, a: Any, *args: Any, **kwargs: Any) -> Any:
        numbers = a.astype(np.int8) if a.dtype == BOOL else a
        return door.run(function, (numbers, *args), kwargs)

    return handler


def _near(door: NumpyDoor, a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
    wide = [x if not door.is_array(x) else inexact(x) for x in (a, b)]
    return door.run(np.isclose, (*wide, *args), kwargs)


def _clip(door: NumpyDoor, a: Any, *args: Any, **kwargs: Any) -> Any:
    bounds = (*args, *kwargs.values())
    if a.dtype == BOOL and all(door.is_array(x) and x.dtype == BOOL for x in bounds):
        return np.minimum(np.maximum(a, bounds[0]), bounds[1])
    return door.run(np.clip, (a, *args), kwargs)


def _joined(function: Any) -> Callable[..., Any]:
    """A function of arrays that become of one data type."""

    def handler(door: NumpyDoor, arrays: Any, *args: Any, **kwargs: Any) -> Any:
        dtype, casting = kwargs.pop("dtype", None), kwargs.pop("casting", "same_kind")
        given = [x if hasattr(x, "dtype") else np.asarray(x) for x in arrays]
        if dtype is None:
            return door.run(function, (alike(given), *args), kwargs)
        for x in given:
            if not np.can_cast(x.dtype, dtype, casting):
                message = f"Cannot cast array data from {x.dtype} to {np.dtype(dtype)}"
                raise TypeError(f"{message} according to the rule {casting!r}")
        return door.run(function, ([cast(x, np.dtype(dtype)) for x in given], *args), kwargs)

    return handler


def _concatenated(door: NumpyDoor, arrays: Any, axis: Any = 0, **kwargs: Any) -> Any:
    if axis is None:
        arrays, axis = [np.reshape(x, (-1,)) for x in arrays], 0
    return _joined(np.concatenate)(door, arrays, axis, **kwargs)


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.fix: _fix,
    np.result_type: _result_type,
    np.common_type: _common_type,
    np.count_nonzero: _counted,
    np.round: _round,
    np.around: _round,
    np.nan_to_num: _nan_to_num,
    **dict.fromkeys((np.max, np.amax), _extreme(np.max, np.any)),
    **dict.fromkeys((np.min, np.amin), _extreme(np.min, np.all)),
    np.argmax: _place(np.argmax),
    np.argmin: _place(np.argmin),
    np.isclose: _near,
    np.clip: _clip,
    np.concatenate: _concatenated,
    np.stack: _joined(np.stack),
}
"""By function whose op takes floats, or numbers, or arrays of one data type alone."""
