"""Numbers that remember where they came from: sizes and number inputs while a trace runs.

C code reads a subclass of int or float unseen, so they are none: they pass for one wherever a
program asks, and every way to their plain value is a method that records a fact or a decision.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracescript.producer.trace import places, statements
from tracescript.producer.trace.number_methods import complete, power
from tracescript.producer.trace.numpy_protocol import NumpyProtocol

if TYPE_CHECKING:
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire


class Symbolic(NumpyProtocol):
    """A number of the program with its observed value; asked for its class it says int or float.

    It is no int or float: C code cannot read what it holds, and asks one of the methods below.
    """

    stands_for: type = int
    value: Any
    wire: Wire
    recorder: Recorder
    if TYPE_CHECKING:  # `complete` gives them

        def __neg__(self) -> Any: ...

        def __eq__(self, other: object) -> Any: ...

        def __ne__(self, other: object) -> Any: ...

        def __lt__(self, other: Any) -> Any: ...

    def __new__(cls, value: Any, wire: Wire | None = None, recorder: Recorder | None = None) -> Any:
        """Make a number of its observed value; a plain one where a program asks its class to."""
        if wire is None or recorder is None:
            return cls.stands_for(value)
        return object.__new__(cls)

    def __init__(self, value: Any, wire: Wire, recorder: Recorder) -> None:
        self.value, self.wire, self.recorder = value, wire, recorder

    @property  # type: ignore[misc]  # nobody gives numbers another class
    def __class__(self) -> type:
        """Pass for a number of Python where a program asks."""
        return self.stands_for

    def fixed(self, call: str, kind: str = "size_read") -> Any:
        """Return the plain value and record that the program depends on it."""
        self.recorder.arithmetic.fix(self, kind, call)
        return self.value

    def __hash__(self) -> int:
        return hash(self.fixed("hash"))

    def __int__(self) -> int:
        return int(self.fixed("int"))

    def __float__(self) -> float:
        return float(self.fixed("float"))

    def __complex__(self) -> complex:
        return complex(self.fixed("complex"))

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __repr__(self) -> str:
        return repr(_written(self))

    def __format__(self, spec: str) -> str:
        return format(_written(self), spec)


class SymInt(Symbolic):
    """An int that is computed in the graph: a size, a number input, or arithmetic on them."""

    from_bytes = int.from_bytes

    def __index__(self) -> int:
        return self.fixed("index")

    def __invert__(self) -> Any:
        return -self - 1

    def __abs__(self) -> Any:
        return -self if self < 0 else self

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            return pow(self.fixed("pow"), other, modulo)
        return power(self, other)

    def __round__(self, digits: Any = None) -> Any:
        return self if digits is None else round(self.fixed("round"), digits)


class SymFloat(Symbolic):
    """A float that is computed in the graph."""

    stands_for = float
    fromhex = float.fromhex

    def __abs__(self) -> Any:
        return self.recorder.arithmetic.unary("fabs", self, abs(self.value))

    def __floor__(self) -> Any:
        return self.recorder.arithmetic.to_int("floor", self, math.floor(self.value))

    def __ceil__(self) -> Any:
        return self.recorder.arithmetic.to_int("ceil", self, math.ceil(self.value))

    def __trunc__(self) -> Any:
        return self.recorder.arithmetic.to_int("trunc", self, math.trunc(self.value))

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        return NotImplemented if modulo is not None else power(self, other)

    def __round__(self, digits: Any = None) -> Any:
        return round(self.fixed("round"), digits)


def _written(number: Symbolic) -> Any:
    """Return the plain value of a number that becomes text; recorded unless it is only shown."""
    is_shown = not number.recorder.is_running or statements.only_shows(places.here())
    return number.value if is_shown else number.fixed("str")


def plain(x: Any) -> Any:
    """Return the plain value of a symbolic number, through lists, tuples, dicts and slices."""
    if isinstance(x, Symbolic):
        return x.value
    if isinstance(x, slice):
        return slice(plain(x.start), plain(x.stop), plain(x.step))
    if isinstance(x, tuple):
        inner = [plain(y) for y in x]
        return type(x)(*inner) if hasattr(x, "_fields") else tuple(inner)
    if type(x) is list:
        return [plain(y) for y in x]
    return {k: plain(v) for k, v in x.items()} if type(x) is dict else x


complete(SymInt)
complete(SymFloat)
