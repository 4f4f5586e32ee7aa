"""Functions of Python that C code answers: replaced while a trace runs, to see numbers."""

from __future__ import annotations

import builtins
import cmath
import contextlib
import json
import math
import struct
from typing import TYPE_CHECKING, Any, Final

from tracescript.producer import patches
from tracescript.producer.trace import places
from tracescript.producer.trace.numbers import SymFloat, SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_UNARY: Final = (
    *("sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "asin", "acos"),
    *("atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "fabs"),
)
"""Functions of `math` that are an op of one float."""
_DUNDERS: Final = ("floor", "ceil", "trunc")
"""Functions of `math` that ask the number itself."""
_READING: Final = {
    math: frozenset(n for n in dir(math) if callable(getattr(math, n)) and n[0] != "_")
    - {*_UNARY, *_DUNDERS, "prod"},
    cmath: frozenset(n for n in dir(cmath) if callable(getattr(cmath, n)) and n[0] != "_"),
    json: frozenset({"dumps", "dump"}),
    struct: frozenset({"pack", "pack_into"}),
    builtins: frozenset({"hex", "oct", "bin", "chr"}),
}
"""Functions by module that compute with plain values."""


def _range_type(real: type[range]) -> type:
    class Ranges(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, real)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, real)

    class SymbolicRange(metaclass=Ranges):
        """`range` while a trace runs: a loop over a symbolic number is recorded as unrolled."""

        def __new__(cls, *args: Any) -> Any:
            return real(
                *(a.fixed("range", "unrolled_loop") if isinstance(a, SymInt) else a for a in args)
            )

    return SymbolicRange


def _length_of(real: Callable[[Any], int], arrays: tuple[type, ...]) -> Callable[[Any], int]:
    def length(value: Any, /) -> int:
        array: Any = value if isinstance(value, arrays) else None
        if array is not None and array.ndim and places.is_called_by_user():
            size: int = array.shape[0]
            return size
        return real(value)

    return length


def _unary(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    reading = _reading(name, real)

    def function(x: Any, /, *more: Any) -> Any:
        if isinstance(x, SymFloat) and not more:
            return x.recorder.arithmetic.unary(name, x, real(plain(x)))
        return reading(x, *more)

    return function


def _reading(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return real(*(_read(name, x) for x in args), **kwargs)

    return function


def _read(name: str, value: Any) -> Any:
    """Return a value with plain numbers, through lists and dicts, each recorded as read."""
    if isinstance(value, (SymInt, SymFloat)):
        return value.fixed(name)
    if type(value) in {list, tuple}:
        return type(value)(_read(name, x) for x in value)
    return {k: _read(name, x) for k, x in value.items()} if type(value) is dict else value


@contextlib.contextmanager
def recording_builtins(arrays: tuple[type, ...]) -> Iterator[None]:
    """Let `range`, `math` and the like record symbolic numbers, `len` of these arrays give one.

    C reads a number unseen otherwise.
    """
    made: dict[tuple[Any, str], Any] = {
        (builtins, "range"): _range_type(range),
        (builtins, "len"): _length_of(len, arrays),
    }
    made |= {(m, n): _reading(n, getattr(m, n)) for m, names in _READING.items() for n in names}
    made |= {(math, n): _unary(n, getattr(math, n)) for n in _UNARY}
    with patches.replaced(made):
        yield
