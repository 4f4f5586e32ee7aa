"""Arrays that numpy makes of sizes, of numbers and of lists of traced arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir import constants
from tracescript.producer.numpy.array import TracedArray
from tracescript.producer.trace import cells, layout, watching
from tracescript.producer.trace.numbers import SymFloat, SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor
    from tracescript.producer.trace.tape import Wire

KINDS: Final = (*watching.SYMBOLS, TracedArray)


def _made(door: NumpyDoor, op: str, inputs: Sequence[Wire | None], real: Any) -> TracedArray:
    kind = door.type_of(real)
    wire = door.recorder.single(op, inputs, {"dtype": kind.data_type}, kind)
    return TracedArray(real, cells.Cell(wire), door)


def _filled(op: str) -> Callable[..., Any]:
    def handler(door: NumpyDoor, _: Any, shape: Any, dtype: Any = float, **__: Any) -> TracedArray:
        sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
        real = np.full(plain(shape), 1 if op == "ones" else 0, dtype)
        return _made(door, op, [door.recorder.ints(sizes)], real)

    return handler


def _full(
    door: NumpyDoor, function: Any, shape: Any, fill_value: Any, dtype: Any = None, **_: Any
) -> Any:
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if isinstance(fill_value, (TracedArray, list, tuple)):
        value = as_array(door, fill_value)
        value = value if dtype is None else door.astype(value, dtype)
        return np.copy(np.broadcast_to(value, sizes))
    real = function(plain(shape), plain(fill_value), dtype)
    value = int(fill_value) if isinstance(fill_value, (bool, np.bool_)) else fill_value
    inputs = [door.recorder.ints(sizes), door.recorder.number(value)]
    return _made(door, "full", inputs, real)


def _eye(door: NumpyDoor, function: Any, *args: Any, **kwargs: Any) -> Any:
    names = ("N", "M", "k", "dtype")
    given = {"M": None, "k": 0, "dtype": float, **dict(zip(names, args, strict=False)), **kwargs}
    if given.keys() - set(names) or given["k"] != 0:
        return watching.fixed(door, function, *args, **kwargs)
    rows, columns = given["N"], given["N"] if given["M"] is None else given["M"]
    sizes = [door.recorder.number(n) for n in (rows, columns)]
    return _made(door, "eye", sizes, function(plain(rows), plain(columns), 0, given["dtype"]))


def _identity(_: NumpyDoor, __: Any, n: Any, dtype: Any = float, **___: Any) -> Any:
    return np.eye(n, n, 0, dtype)


def _arange(door: NumpyDoor, function: Any, *args: Any, **kwargs: Any) -> TracedArray:
    names = ("stop",) if len(args) == 1 and "stop" not in kwargs else ("start", "stop", "step")
    given = {"start": 0, "step": 1, **dict(zip(names, args, strict=False)), **kwargs}
    real = function(*plain(args), **plain(kwargs))
    numbers = [given["start"], given["stop"], given["step"]]
    numbers = [n.item() if isinstance(n, np.generic) else n for n in numbers]
    return _made(door, "arange", _alike(door, numbers), real)


def _alike(door: NumpyDoor, numbers: Sequence[Any]) -> list[Wire]:
    """Return the wires of numbers, all floats where one is."""
    if any(isinstance(n, float) for n in numbers):
        return [door.recorder.arithmetic.as_float(n) for n in numbers]
    return [door.recorder.number(n) for n in numbers]


def _linspace(
    door: NumpyDoor, function: Any, start: Any, stop: Any, num: Any = 50, **kwargs: Any
) -> Any:
    dtype = kwargs.pop("dtype", None)
    if kwargs or isinstance(start, TracedArray) or isinstance(stop, TracedArray):
        return watching.fixed(door, function, start, stop, num, dtype=dtype, **kwargs)
    real = function(plain(start), plain(stop), plain(num), dtype=dtype)
    ends = [door.recorder.arithmetic.as_float(n) for n in (start, stop)]
    return _made(door, "linspace", [*ends, door.recorder.number(num)], real)


def _passed(door: NumpyDoor, function: Any, *args: Any, **kwargs: Any) -> Any:
    """Record a function of an array that may be plain; a list of arrays becomes one."""
    first, *rest = args
    first = as_array(door, first) if isinstance(first, (tuple, list)) else first
    return door.of_function(function, (first, *rest), kwargs)


# ---- arrays of arrays


def _array(door: NumpyDoor, function: Any, value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    made = as_array(door, value)
    is_copy = function.__name__ == "array" and kwargs.get("copy", True)
    cast = made if dtype is None or made.dtype == dtype else door.astype(made, dtype)
    for _ in range(int(kwargs.get("ndmin", 0)) - cast.ndim):
        cast = cast[None]
    if function.__name__ == "ascontiguousarray" and isinstance(value, TracedArray) and cast is made:
        lies_so = door.real(made).flags.c_contiguous
        result = door.traced(made if lies_so else np.copy(made))
        layout.doubt(door, value.cell, result.cell, reshapes=False)
        return result
    return np.copy(cast) if is_copy and cast is value else cast


def as_array(door: NumpyDoor, value: Any) -> Any:
    """Return one traced array for a nested list of arrays and numbers."""
    if isinstance(value, (SymInt, SymFloat)):
        return _made(door, "to_tensor", [value.wire], np.asarray(plain(value)))
    if not isinstance(value, (list, tuple)) or not watching.holds(value, KINDS):
        return value if isinstance(value, TracedArray) else np.asarray(value)
    if all(isinstance(v, int) for v in value):
        wires = [door.recorder.number(v) for v in value]
        made = door.recorder.list(wires, constants.INT)
        return _made(door, "to_tensor", [made], np.asarray(plain(value)))
    parts = [as_array(door, part) for part in value]
    common = np.result_type(*(part.dtype for part in parts))
    return np.stack([p if p.dtype == common else door.astype(p, common) for p in parts])


def _called(door: NumpyDoor, function: Any, *args: Any, **kwargs: Any) -> Any:
    return door.of_function(function, args, kwargs)


HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    **dict.fromkeys(("zeros_like", "ones_like", "empty_like", "full_like", "copy"), _called),
    **dict.fromkeys((*watching.NAMES, "broadcast_shapes"), watching.fixed),
    "zeros": _filled("zeros"),
    "empty": _filled("zeros"),
    "ones": _filled("ones"),
    "full": _full,
    "eye": _eye,
    "identity": _identity,
    "arange": _arange,
    "linspace": _linspace,
    **dict.fromkeys(("array", "asarray", "asanyarray", "ascontiguousarray"), _array),
    **dict.fromkeys(("broadcast_to", "tile", "repeat", "reshape"), _passed),
    **dict.fromkeys(("sum", "mean", "prod", "max", "min", "amax", "amin", "std", "var"), _passed),
}
"""By name of the function of numpy; see `watching`."""
