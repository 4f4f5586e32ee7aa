"""Records what the program does with symbolic numbers: arithmetic, comparisons, plain uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import constants
from tracescript.producer.trace import conditions
from tracescript.producer.trace.counts import Counts
from tracescript.producer.trace.numbers import Symbolic, SymFloat, SymInt, plain
from tracescript.producer.trace.tape import SizeFact

if TYPE_CHECKING:
    from tracescript.ir import Type
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire

_HOLDS: Final = {
    "eq": ("==", "!="),
    "ne": ("!=", "=="),
    "lt": ("<", ">="),
    "le": ("<=", ">"),
    "gt": (">", "<="),
    "ge": (">=", "<"),
}


_BITS: Final = {"lshift": "shl", "rshift": "shr"}


class Arithmetic:
    """The part of a recorder that SymInt and SymFloat call."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._counts = Counts()

    def op(self, name: str, a: Any, b: Any, value: Any) -> Any:
        """Record arithmetic on symbolic numbers."""
        whole = isinstance(a, int) and isinstance(b, (int, type(None)))
        if whole and (isinstance(value, int) or name == "truediv"):
            operands = [self._recorder.number(a)] + (
                [] if b is None else [self._recorder.number(int(b) if b is True else b)]
            )
            kind = constants.INT if isinstance(value, int) else constants.FLOAT
            return self._made(f"int.{name}", operands, None, kind, value)
        if name == "neg":
            return self._made("float.neg", [self._recorder.number(a)], None, constants.FLOAT, value)
        operation = {"operation": "div" if name == "truediv" else name}
        operands = [self.as_float(a), self.as_float(b)]
        return self._made("float.arith", operands, operation, constants.FLOAT, value)

    def unary(self, function: str, a: SymFloat, value: float) -> Any:
        """Record a function of one float."""
        operands = [self.as_float(a)]
        return self._made("math.unary", operands, {"function": function}, constants.FLOAT, value)

    def to_int(self, function: str, a: SymFloat, value: int) -> Any:
        """Record a float rounded to an int."""
        operands = [self.as_float(a)]
        return self._made("math.to_int", operands, {"function": function}, constants.INT, value)

    def bits(self, name: str, a: Any, b: Any, value: int) -> Any:
        """Record an operation on the bits of two ints."""
        operands = [self._recorder.number(x if isinstance(x, SymInt) else int(x)) for x in (a, b)]
        operation = {"operation": _BITS.get(name, name)}
        return self._made("int.bits", operands, operation, constants.INT, value)

    def _made(self, op: str, operands: list[Wire], attributes: Any, kind: Type, value: Any) -> Any:
        wire = self._recorder.single(op, operands, attributes, kind)
        return self._recorder.symbolic(wire, value)

    def as_float(self, value: Any) -> Wire:
        """Return a float wire of any number."""
        if isinstance(value, SymInt):
            return self._recorder.single(
                "num.cast", (value.wire,), {"to": "float"}, constants.FLOAT
            )
        return self._recorder.number(value if isinstance(value, float) else float(value))

    def compare(self, name: str, a: Any, b: Any, observed: bool) -> bool:  # a result
        """Record a comparison of symbolic numbers in the form that held, and return its outcome."""
        if isinstance(a, float) or isinstance(b, float):
            wires = [self.as_float(a), self.as_float(b)]
            return self._recorder.decide(
                self._recorder.single("float.cmp", wires, {"relation": name}, constants.BOOL),
                observed,
            )
        if self._explores(a) or self._explores(b):
            wires = [self._recorder.number(a), self._recorder.number(b)]
            made = self._recorder.single("int.cmp", wires, {"relation": name}, constants.BOOL)
            return self._recorder.decide(made, observed)
        comparison = _HOLDS[name][0 if observed else 1]
        left, right = self._operand(a), self._operand(b)
        if comparison in {">", ">="}:
            left, right, comparison = right, left, {">": "<", ">=": "<="}[comparison]
        self._fact("comparison", left, comparison, right)
        return observed

    def _explores(self, number: Any) -> bool:
        """Tell whether both outcomes of a comparison with a number are to be explored."""
        is_exploring = self._recorder.outcomes is not None
        return is_exploring and isinstance(number, SymInt) and self._counts.is_counted(number.wire)

    def fix(self, number: Symbolic, kind: str, call: str) -> None:
        """Record that the program used a symbolic number as a plain one."""
        if isinstance(number, SymFloat):
            self._recorder.read("float_read", number.wire, plain(number), call)
        else:
            self._fact(kind, number.wire, "==", plain(number))

    def fixed(self, value: Any) -> Any:
        """Return a value without symbolic numbers, each recorded as read."""
        if isinstance(value, Symbolic):
            return value.fixed("attribute")
        if isinstance(value, (list, tuple)):
            inner = [self.fixed(part) for part in value]
            return inner if isinstance(value, list) else tuple(inner)
        return plain(value)

    def _operand(self, value: Any) -> Wire | int:
        return value.wire if isinstance(value, SymInt) else int(value)

    def _fact(self, kind: str, left: Wire | int, comparison: str, right: Wire | int) -> None:
        site = self._recorder.here()
        written = conditions.written(site) if site is not None else ""
        self._recorder.frame.events.append(SizeFact(kind, left, comparison, right, site, written))
