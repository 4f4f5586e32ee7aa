"""Arrays that a program makes of numbers: constants until it writes something traced into them.

What numpy computes of constants alone stays one: no op is recorded of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir import constants
from tracescript.producer.numpy.array import TracedArray
from tracescript.producer.trace import cells, places, watching
from tracescript.producer.trace.numbers import plain
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor

UNKNOWN: Final = object()
"""The result of a call that is recorded."""
MAKERS: Final = frozenset(
    (
        *("zeros", "ones", "full", "empty", "eye", "identity", "arange", "linspace", "logspace"),
        *("geomspace", "tri", "indices", "array", "zeros_like", "ones_like", "empty_like"),
        *("full_like", "copy"),
    )
)
"""Functions that give an array of its own."""
_WRITERS: Final = frozenset(
    (np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal)
)


def constant(door: NumpyDoor, value: np.ndarray[Any, Any]) -> Wire:
    """Return the wire of a copy of an array."""
    made = constants.tensor(value.copy(), door.type_of(value).data_type)
    return Wire(made.type, varies=False, constant=made)


def array(door: NumpyDoor, value: Any) -> Any:
    """Return what numpy made of constants for the program: arrays that it can write into."""
    if isinstance(value, np.ndarray) and type(value) is np.ndarray and value.dtype.kind in "bifc":
        return TracedArray(value, cells.Cell(constant(door, value)), door)
    if isinstance(value, (tuple, list)) and type(value) in {tuple, list}:
        return type(value)(array(door, part) for part in value)
    return value


def made(door: NumpyDoor, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call a function that makes arrays; those of the program itself can be written into."""
    found = function(*args, **kwargs)
    name = function.__name__
    is_own = name in MAKERS and places.is_written_out(name, 3)
    return array(door, found) if is_own else found


def is_known(door: NumpyDoor, value: Any) -> bool:
    """Tell whether a value of the program is a constant, arrays in it included."""
    if isinstance(value, TracedArray):
        return cells.read(door.recorder, value.cell).constant is not None
    if type(value) in {tuple, list}:
        return all(is_known(door, part) for part in value)
    if isinstance(value, slice):
        return is_known(door, (value.start, value.stop, value.step))
    return not (isinstance(value, watching.SYMBOLS) or hasattr(type(value), _PARAMETER))


_PARAMETER: Final = "__tracescript_parameter__"


def opened(door: NumpyDoor, value: Any) -> Any:
    """Return numpy's own arrays for those that are constants."""
    if isinstance(value, TracedArray):
        return value.data.copy() if is_known(door, value) else value
    if type(value) in {tuple, list}:
        return type(value)(opened(door, part) for part in value)
    return value


def call(
    door: NumpyDoor, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Return what numpy computes of constants, UNKNOWN where it is none or a view of one."""
    is_write = kwargs.get("out") is not None or function in _WRITERS
    is_write = is_write or getattr(function, "__name__", "") == "at"
    if is_write or not is_known(door, (*args, *kwargs.values())):
        return UNKNOWN
    found = function(*_data(tuple(args)), **{k: _data(v) for k, v in kwargs.items()})
    held = [v.data for v in _arrays((*args, *kwargs.values()))]
    shares = any(np.may_share_memory(a, b) for a in _plain_arrays(found) for b in held)
    return UNKNOWN if shares else array(door, found)


def rest(
    door: NumpyDoor, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call that is recorded: constants beside traced arrays as numpy's.

    What the call writes into stays what it is.
    """
    if is_known(door, (*args, *kwargs.values())):
        return tuple(args), dict(kwargs)
    is_written = function in _WRITERS or getattr(function, "__name__", "") == "at"
    kept = args[:1] if is_written else ()
    given = (*kept, *(opened(door, x) for x in args[len(kept) :]))
    return given, {k: v if k == "out" else opened(door, v) for k, v in kwargs.items()}


def get(door: NumpyDoor, source: TracedArray, key: Any) -> Any:
    """Return `source[key]` of constants; a view of one is recorded, and a constant too."""
    if not (is_known(door, source) and is_known(door, key)):
        return door.getitem(source, opened(door, key))
    found = source.data[_data(key)]
    if not isinstance(found, np.ndarray):
        return found
    if not np.may_share_memory(found, source.data):
        return array(door, found)
    return viewed(door, door.getitem(source, opened(door, key)), source)


def viewed(door: NumpyDoor, found: Any, of: Any) -> Any:
    """Return a view of constants as one; what is written into it goes the recorded way."""
    if isinstance(found, TracedArray) and is_known(door, of):
        found.cell.wire = constant(door, found.data)
    elif type(found) in {tuple, list}:
        for part in found:
            viewed(door, part, of)
    return found


def put(door: NumpyDoor, target: TracedArray, key: Any, value: Any) -> None:
    """Do `target[key] = value`; a constant stays one where all is known."""
    is_own = target.cell.parent is None and target.cell.slot is None
    if is_own and is_known(door, (target, key, value)):
        target.data[_data(key)] = _data(value)
        cells.write(door.recorder, target.cell, constant(door, target.data))
    else:
        door.setitem(target, opened(door, key), opened(door, value))


def _data(value: Any) -> Any:
    if isinstance(value, TracedArray):
        return value.data
    if type(value) in {tuple, list}:
        return type(value)(_data(part) for part in value)
    return plain(value)


def copies(value: Any) -> Any:
    """Return arguments of numpy with copies of the arrays in them, numbers plain."""
    if isinstance(value, TracedArray):
        return value.data.copy()
    if type(value) in {tuple, list}:
        return type(value)(copies(part) for part in value)
    return plain(value)


def _arrays(value: Any) -> list[TracedArray]:
    if isinstance(value, TracedArray):
        return [value]
    return [a for part in value for a in _arrays(part)] if type(value) in {tuple, list} else []


def _plain_arrays(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return [value]
    return (
        [a for part in value for a in _plain_arrays(part)]
        if isinstance(value, (tuple, list))
        else []
    )
