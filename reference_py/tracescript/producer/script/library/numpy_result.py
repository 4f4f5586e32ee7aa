"""Compares what a recorded call of numpy gives with what numpy gives for the same examples."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.trace.door import Door


class LibraryRefusalError(Exception):
    """Numpy itself refuses arguments of such types, or gives what no definition here gives."""


def checked(
    door: Door,
    function: Callable[..., Any],
    given: tuple[Any, Any],
    record: Callable[[], Any],
) -> Any:
    """Return what a recorded call gives.

    Raises TypeError where numpy gives results of other sizes, and LibraryRefusalError where it
    gives other types, ranks or kinds of results, or raises a TypeError.
    """
    try:
        found = record()
    except TypeError:
        _numpys(function, given)
        raise
    _compare(door, function, given, found)
    return found


def _numpys(function: Callable[..., Any], given: tuple[Any, Any]) -> Any:
    args, kwargs = given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            raise LibraryRefusalError(f"TypeError: {error}") from None


def _compare(door: Door, function: Callable[..., Any], given: tuple[Any, Any], found: Any) -> None:
    try:
        wanted = _numpys(function, given)
    except np.linalg.LinAlgError:
        return
    if not _is_same(door, wanted, found):
        name = getattr(function, "__name__", "the call")
        message = f"numpy gives {_text(wanted)} for {name} with such arguments"
        is_sized = _is_same(door, wanted, found, sizes=False)
        raise TypeError(message) if is_sized else LibraryRefusalError(message)


def _is_same(door: Door, wanted: Any, found: Any, *, sizes: bool = True) -> bool:
    """Tell whether results have the same kinds and data types, ranks, and perhaps sizes."""
    if isinstance(wanted, (tuple, list)):
        is_same = isinstance(found, (tuple, list)) and len(found) == len(wanted)
        return is_same and all(
            _is_same(door, a, b, sizes=sizes) for a, b in zip(wanted, found, strict=True)
        )
    if isinstance(wanted, (np.ndarray, np.generic)):
        if not door.is_array(found):
            return False
        array = door.real(found)
        is_shaped = array.shape == wanted.shape if sizes else array.ndim == wanted.ndim
        return bool(array.dtype == wanted.dtype and is_shaped)
    return not (isinstance(wanted, (int, float)) and door.is_array(found))


def _text(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_text, value))})"
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype}{list(value.shape)}"
    return type(value).__name__
