"""Methods of a trace's numbers: arithmetic in the graph, comparisons as facts, reads."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

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
    int: ("__pos__", "__floor__", "__ceil__", "__trunc__", "conjugate"),
    float: ("__pos__", "conjugate"),
}
"""Methods that return the number itself."""
_READ: Final = {
    int: ("bit_length", "bit_count", "to_bytes", "as_integer_ratio", "is_integer"),
    float: ("hex", "as_integer_ratio", "is_integer"),
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


_STRICT: Final = frozenset({"decimal", "_decimal", "datetime"})
"""Modules of C whose numbers compute with plain ones alone."""


def _value(number: Any) -> Any:
    return number.value if hasattr(number, "stands_for") else number


def _is_number(value: Any) -> bool:
    """Tell whether a value is one of Python's numbers; numpy's floats are of its class too."""
    return isinstance(value, (int, float)) and not hasattr(value, "dtype")


def _arithmetic(name: str, function: Callable[..., Any], *, swap: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if name == "mul" and isinstance(other, (list, tuple, str, bytes)):
            return other * self.fixed("repetition") if self.stands_for is int else NotImplemented
        if isinstance(other, complex) or type(other).__module__ in _STRICT:
            a, b = (other, self.fixed(name)) if swap else (self.fixed(name), other)
            return function(a, b)
        if not _is_number(other):
            return NotImplemented
        a, b = (other, self) if swap else (self, other)
        value = function(_value(a), _value(b))
        return self.recorder.arithmetic.op(name, a, b, value)

    return method


def _comparison(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if type(other).__module__ in _STRICT:
            return bool(function(self.fixed(name), other))
        if not _is_number(other):
            return NotImplemented
        return self.recorder.arithmetic.compare(
            name, self, other, function(_value(self), _value(other))
        )

    return method


power = _arithmetic("pow", operator.pow, swap=False)


def _bits(name: str, function: Callable[..., Any], *, swap: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if not _is_number(other) or not isinstance(other, int):
            return NotImplemented
        a, b = (other, self) if swap else (self, other)
        return self.recorder.arithmetic.bits(name, a, b, function(_value(a), _value(b)))

    return method


def _negative(self: Any) -> Any:
    return self.recorder.arithmetic.op("neg", self, None, -self.value)


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
    value = self.fixed("pickle") if self.recorder.is_running else self.value
    return type(value), (value,)


def complete(kind: Any) -> None:
    """Give a class of numbers each method by which a program gets at the plain value."""
    for name, function in _ARITHMETIC.items():
        setattr(kind, f"__{name}__", _arithmetic(name, function, swap=False))
        setattr(kind, f"__r{name}__", _arithmetic(name, function, swap=True))
    for name, function in _COMPARISONS.items():
        setattr(kind, f"__{name}__", _comparison(name, function))
    for name in (*_SAME[kind.stands_for], "__copy__", "__deepcopy__"):
        setattr(kind, name, _itself)
    for name in _READ[kind.stands_for]:
        if hasattr(kind.stands_for, name):
            setattr(kind, name, _reading(name))
    kind.__rpow__ = _arithmetic("pow", operator.pow, swap=True)
    kind.__neg__, kind.__divmod__, kind.__rdivmod__ = _negative, _divided, _divides
    kind.__reduce__ = kind.__reduce_ex__ = _reduced
    kind.__getnewargs__ = lambda self: _reduced(self)[1]
    kind.real, kind.imag = property(_itself), property(lambda self: self.stands_for(0))
    if kind.stands_for is int:
        kind.numerator, kind.denominator = property(_itself), property(lambda _: 1)
        for name, function in _BITS.items():
            setattr(kind, f"__{name}__", _bits(name, function, swap=False))
            setattr(kind, f"__r{name}__", _bits(name, function, swap=True))
