"""Numbers that remember where they came from: sizes and number inputs while a trace runs.

They subclass int and float, because C code reads a subclass and refuses a wrapper. What it reads is
the plain value, so every way out that Python shows is recorded as a fact or a decision.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, Final

from tracescript.producer.trace import places, statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire


class SymInt(int):
    """An int that is computed in the graph: a size, a number input, or arithmetic on them."""

    wire: Wire
    recorder: Recorder

    def __new__(cls, value: int, wire: Wire | None = None, recorder: Recorder | None = None) -> Any:
        """Make an int of its observed value; of a plain one where a program asks its class to."""
        if wire is None or recorder is None:
            return int(value)
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

    def __invert__(self) -> Any:
        return -self - 1

    def __abs__(self) -> Any:
        return -self if self < 0 else self

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            return pow(self.fixed("pow"), other, modulo)
        return _power(self, other)

    def __round__(self, digits: Any = None) -> Any:
        return self if digits is None else round(self.fixed("round"), digits)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __repr__(self) -> str:
        return int.__repr__(_written(self))

    def __format__(self, spec: str) -> str:
        return format(_written(self), spec)

    def fixed(self, call: str, kind: str = "size_read") -> int:
        """Return the plain value and record that the program depends on it."""
        self.recorder.arithmetic.fix(self, kind, call)
        return plain(self)


class SymFloat(float):
    """A float that is computed in the graph."""

    wire: Wire
    recorder: Recorder

    def __new__(
        cls, value: float, wire: Wire | None = None, recorder: Recorder | None = None
    ) -> Any:
        """Make a float of its observed value; of a plain one where a program asks its class to."""
        if wire is None or recorder is None:
            return float(value)
        self = float.__new__(cls, value)
        self.wire, self.recorder = wire, recorder
        return self

    def __hash__(self) -> int:
        return hash(self.fixed("hash"))

    def __float__(self) -> float:
        return self.fixed("float")

    def __int__(self) -> int:
        return int(self.fixed("int"))

    def __abs__(self) -> Any:
        return self.recorder.arithmetic.unary("fabs", self, abs(plain(self)))

    def __floor__(self) -> Any:
        return self.recorder.arithmetic.to_int("floor", self, math.floor(plain(self)))

    def __ceil__(self) -> Any:
        return self.recorder.arithmetic.to_int("ceil", self, math.ceil(plain(self)))

    def __trunc__(self) -> Any:
        return self.recorder.arithmetic.to_int("trunc", self, math.trunc(plain(self)))

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        return NotImplemented if modulo is not None else _power(self, other)

    def __round__(self, digits: Any = None) -> Any:
        return round(self.fixed("round"), digits)

    def __bool__(self) -> bool:
        return bool(self != 0.0)

    def __repr__(self) -> str:
        return float.__repr__(_written(self))

    def __format__(self, spec: str) -> str:
        return format(_written(self), spec)

    def fixed(self, call: str) -> float:
        """Return the plain value and record that the program depends on it."""
        self.recorder.arithmetic.fix(self, "float_read", call)
        return plain(self)


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
}
_BITS: Final[dict[str, Callable[..., Any]]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
}
_SAME: Final = {
    SymInt: ("__pos__", "__floor__", "__ceil__", "__trunc__", "conjugate"),
    SymFloat: ("__pos__", "conjugate"),
}
"""Methods that return the number itself."""
_READ: Final = {
    SymInt: ("bit_length", "bit_count", "to_bytes", "as_integer_ratio", "is_integer"),
    SymFloat: ("hex", "as_integer_ratio", "is_integer"),
}
"""Methods that compute with the plain value."""
_COMPARISONS: Final[dict[str, Callable[..., Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def _is_number(value: Any) -> bool:
    """Tell whether a value is one of Python's numbers; numpy's floats are of its class too."""
    return isinstance(value, (int, float)) and not hasattr(value, "dtype")


def _arithmetic(name: str, function: Callable[..., Any], *, swap: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if name == "mul" and isinstance(other, (list, tuple, str, bytes)):
            return other * self.fixed("repetition") if isinstance(self, SymInt) else NotImplemented
        if isinstance(other, complex):
            a, b = (other, self.fixed(name)) if swap else (self.fixed(name), other)
            return function(a, b)
        if not _is_number(other):
            return NotImplemented
        a, b = (other, self) if swap else (self, other)
        value = function(plain(a), plain(b))
        return self.recorder.arithmetic.op(name, a, b, value)

    return method


def _comparison(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if not _is_number(other):
            return NotImplemented
        return self.recorder.arithmetic.compare(
            name, self, other, function(plain(self), plain(other))
        )

    return method


_power = _arithmetic("pow", operator.pow, swap=False)


def _bits(name: str, function: Callable[..., Any], *, swap: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if not _is_number(other) or not isinstance(other, int):
            return NotImplemented
        a, b = (other, self) if swap else (self, other)
        return self.recorder.arithmetic.bits(name, a, b, function(plain(a), plain(b)))

    return method


def _negative(self: Any) -> Any:
    return self.recorder.arithmetic.op("neg", self, None, -plain(self))


def _divided(self: Any, other: Any) -> Any:
    return self // other, self % other


def _divides(self: Any, other: Any) -> Any:
    return other // self, other % self


def _itself(self: Any, *_: Any) -> Any:
    return self


def _reading(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.fixed(name), name)(*args, **kwargs)

    return method


def _reduced(self: Any, _protocol: int = 0) -> tuple[Any, ...]:
    value = self.fixed("pickle") if self.recorder.is_running else plain(self)
    return type(value), (value,)


def _complete(kind: Any) -> None:
    """Give a class of numbers each method by which a program gets at the plain value."""
    for name, function in _ARITHMETIC.items():
        setattr(kind, f"__{name}__", _arithmetic(name, function, swap=False))
        setattr(kind, f"__r{name}__", _arithmetic(name, function, swap=True))
    for name, function in _COMPARISONS.items():
        setattr(kind, f"__{name}__", _comparison(name, function))
    for name in (*_SAME[kind], "__copy__", "__deepcopy__"):
        setattr(kind, name, _itself)
    for name in _READ[kind]:
        if hasattr(kind, name):
            setattr(kind, name, _reading(name))
    kind.__rpow__ = _arithmetic("pow", operator.pow, swap=True)
    kind.__neg__, kind.__divmod__, kind.__rdivmod__ = _negative, _divided, _divides
    kind.__reduce__ = kind.__reduce_ex__ = _reduced
    kind.__getnewargs__ = lambda self: _reduced(self)[1]
    kind.real, kind.imag = property(_itself), property(lambda self: type(plain(self))(0))


_complete(SymInt)
_complete(SymFloat)
SymInt.numerator = property(_itself)  # type: ignore[assignment]  # a symbolic number
SymInt.denominator = property(lambda _: 1)  # type: ignore[assignment]  # as of any int
for _name, _function in _BITS.items():
    setattr(SymInt, f"__{_name}__", _bits(_name, _function, swap=False))
    setattr(SymInt, f"__r{_name}__", _bits(_name, _function, swap=True))
