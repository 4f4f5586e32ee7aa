"""Numbers that remember where they came from: sizes and number inputs while a trace runs.

They subclass int and float, because C code reads a subclass and refuses a wrapper. What it reads is
the plain value, so every way out that Python shows is recorded as a fact or a decision.
"""

from __future__ import annotations

import builtins
import contextlib
import operator
from typing import TYPE_CHECKING, Any, Final

from tracescript.producer.trace import places, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire


class SymInt(int):
    """An int that is computed in the graph: a size, a number input, or arithmetic on them."""

    wire: Wire
    recorder: Recorder

    def __new__(cls, value: int, wire: Wire, recorder: Recorder) -> SymInt:
        """Make an int of its observed value."""
        self = int.__new__(cls, value)
        self.wire, self.recorder = wire, recorder
        return self

    def __hash__(self) -> int:
        return hash(self.fixed("hash"))

    def __int__(self) -> int:
        return self.fixed("int")

    def __float__(self) -> float:
        return float(self.fixed("float"))

    def __index__(self) -> int:
        return plain(self)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __repr__(self) -> str:
        return int.__repr__(_written(self))

    def __pos__(self) -> SymInt:
        return self

    def __format__(self, spec: str) -> str:
        return format(_written(self), spec)

    def __copy__(self) -> SymInt:
        return self

    def __deepcopy__(self, _memo: object) -> SymInt:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return int, (self.fixed("pickle") if self.recorder.is_running else plain(self),)

    def fixed(self, call: str, kind: str = "size_read") -> int:
        """Return the plain value and record that the program depends on it."""
        self.recorder.arithmetic.fix(self, kind, call)
        return plain(self)


class SymFloat(float):
    """A float that is computed in the graph."""

    wire: Wire
    recorder: Recorder

    def __new__(cls, value: float, wire: Wire, recorder: Recorder) -> SymFloat:
        """Make a float of its observed value."""
        self = float.__new__(cls, value)
        self.wire, self.recorder = wire, recorder
        return self

    def __hash__(self) -> int:
        return hash(self.__float__())

    def __float__(self) -> float:
        self.recorder.arithmetic.fix(self, "float_read", "float")
        return plain(self)

    def __int__(self) -> int:
        return int(self.__float__())

    def __bool__(self) -> bool:
        return bool(self != 0.0)

    def __repr__(self) -> str:
        return float.__repr__(_written(self))

    def __format__(self, spec: str) -> str:
        return format(_written(self), spec)

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (plain(self),)


def _written(number: SymInt | SymFloat) -> Any:
    """Return the plain value of a number that becomes text; recorded unless it is only shown."""
    recorder = number.recorder
    if recorder.is_running and not statements.only_shows(places.here()):
        recorder.arithmetic.fix(number, "size_read", "str")
    return plain(number)


def plain(x: Any) -> Any:
    """Return the plain value of a symbolic number, through lists, tuples, dicts and slices."""
    if isinstance(x, SymInt):
        return int.__pos__(x)
    if isinstance(x, SymFloat):
        return float.__pos__(x)
    if isinstance(x, slice):
        return slice(plain(x.start), plain(x.stop), plain(x.step))
    if type(x) is tuple:
        return tuple(plain(y) for y in x)
    if type(x) is list:
        return [plain(y) for y in x]
    return {k: plain(v) for k, v in x.items()} if type(x) is dict else x


_ARITHMETIC: Final[dict[str, Callable[..., Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
}
_COMPARISONS: Final[dict[str, Callable[..., Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def _arithmetic(name: str, function: Callable[..., Any], *, swap: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if name == "mul" and isinstance(other, (list, tuple, str, bytes)):
            return other * self.fixed("repetition") if isinstance(self, SymInt) else NotImplemented
        if not isinstance(other, (int, float)):
            return NotImplemented
        a, b = (other, self) if swap else (self, other)
        value = function(plain(a), plain(b))
        return self.recorder.arithmetic.op(name, a, b, value)

    return method


def _comparison(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        return self.recorder.arithmetic.compare(
            name, self, other, function(plain(self), plain(other))
        )

    return method


def _negative(self: Any) -> Any:
    return self.recorder.arithmetic.op("neg", self, None, -plain(self))


for _name, _function in _ARITHMETIC.items():
    for _kind in (SymInt, SymFloat):
        setattr(_kind, f"__{_name}__", _arithmetic(_name, _function, swap=False))
        setattr(_kind, f"__r{_name}__", _arithmetic(_name, _function, swap=True))
for _name, _function in _COMPARISONS.items():
    for _kind in (SymInt, SymFloat):
        setattr(_kind, f"__{_name}__", _comparison(_name, _function))
for _kind in (SymInt, SymFloat):
    _kind.__neg__ = _negative  # type: ignore[method-assign]  # one body for both classes


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


@contextlib.contextmanager
def recording_builtins(arrays: tuple[type, ...]) -> Iterator[None]:
    """Let `range` record loops over symbolic numbers, and `len` of these arrays give one.

    C reads a size unseen otherwise.
    """
    real_range, real_len = builtins.range, builtins.len
    builtins.range = _range_type(real_range)  # type: ignore[misc,assignment]  # put back below
    builtins.len = _length_of(real_len, arrays)
    try:
        yield
    finally:
        builtins.range, builtins.len = real_range, real_len  # type: ignore[misc]  # as they were
