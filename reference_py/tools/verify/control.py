"""Control ops and ops with an effect, each with an oracle in plain Python. Spec: FLOW."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tools.verify.plan import Call, Plans, Stop, call
from tracescript import ir
from tracescript.ir.constants import BOOL, INT
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing

if TYPE_CHECKING:
    from collections.abc import Callable

PLANS = Plans()
_CODES = (
    "ASSERTION_ERROR",
    "VALUE_ERROR",
    "SHAPE_ERROR",
    "INDEX_ERROR",
    "NONE_ERROR",
    "CONVERSION_ERROR",
)


def _asserted(condition: bool, message: Any = None, *, code: str) -> tuple[()]:
    del message
    if not condition:
        raise Stop(code)
    return ()


PLANS.add(
    "assert",
    lambda: [call(c, m, code=k) for k in _CODES for c in (True, False) for m in ("no", None)],
    _asserted,
)


def _raised(message: str, kind: str) -> Any:
    del message, kind
    raise Stop("RAISED")


PLANS.add("raise", lambda: [call("x"), call("", kind="ValueError")], _raised)
PLANS.add("print", lambda: [call("")], lambda text: ())
PLANS.add("warn", lambda: [call("w"), call("", kind="UserWarning")], lambda message, kind: ())


class Program:
    """A model of one control node between inputs and results; see `execute.Graph`."""

    def __init__(self, given: list[Any], types: list[ir.Type], body: Callable[..., Any]) -> None:
        self.given = given
        self.callees: list[ir.Function] = []
        builder = Builder(
            Typing(lambda name: next((f for f in self.callees if f.name == name), None))
        )
        params = [ir.Value(t, f"p{i}") for i, t in enumerate(types)]
        self.results = tuple(body(self, builder, *params))
        main = _function("f", params, builder.block(params, self.results))
        method = ir.Method("forward", "f", exported=True)
        functions = (*self.callees, main)
        self.model = ir.Model("m", functions, ir.Module("M", methods=(method,)))


def _function(name: str, params: list[ir.Value], block: ir.Block) -> ir.Function:
    inputs = tuple(ir.Input(p.name, p.type) for p in params)
    outputs = tuple(ir.Output("", r.type) for r in block.results)
    return ir.Function(name, "authored", inputs, outputs, block)


def _program(values: list[Any], types: list[ir.Type], body: Callable[..., Any]) -> Call:
    return Call(tuple(values), graph=lambda: Program(values, types, body))


def _branch(_: Program, b: Builder, c: ir.Value, x: ir.Value, y: ir.Value) -> Any:
    arms = []
    for op in ("int.floordiv", "int.sub"):
        arm = b.child()
        arms.append(arm.block([], arm.call(op, [x, y])))
    return b.call("if", [c], blocks=arms)


PLANS.add(
    "if",
    lambda: [
        _program([c, x, y], [BOOL, INT, INT], _branch)
        for c in (True, False)
        for x, y in ((7, 2), (-7, 2), (5, 0))
    ],
    lambda c, x, y: (x // y if y else _zero()) if c else x - y,
    outputs=1,
)


def _zero() -> Any:
    raise Stop("ZERO_DIVISION")


def _loop(trip: Any) -> Callable[..., Any]:
    """Return a body: carry (a, b) to (b, a + b * i) while b is below 50."""

    def body(_: Program, b: Builder, condition: ir.Value, x: ir.Value, y: ir.Value) -> Any:
        inner = b.child()
        i, p, q = (ir.Value(INT, n) for n in ("i", "p", "q"))
        (step,) = inner.call("int.mul", [q, i])
        (new,) = inner.call("int.add", [p, step])
        (go,) = inner.call("int.cmp", [new, inner.constant(50)], {"relation": "lt"})
        block = inner.block([i, p, q], [go, q, new])
        count = None if trip is None else b.constant(trip)
        return b.call("loop", [count, condition, x, y], blocks=[block])

    return body


def _looped(trip: Any) -> Callable[..., Any]:
    def run(condition: bool, x: int, y: int) -> tuple[int, int]:
        i = 0
        while condition and (trip is None or i < trip):
            x, y = y, x + y * i
            condition = y < 50
            i += 1
        return x, y

    return run


_TRIPS = (None, 0, -3, 1, 4, 1000)


def _loops() -> list[Call]:
    starts = ((1, 1), (0, 2), (60, 1), (1, 100))
    cases = itertools.product(_TRIPS, (True, False), starts)
    return [
        Call((trip, c, *s), graph=lambda t=trip, v=[c, *s]: Program(v, [BOOL, INT, INT], _loop(t)))
        for trip, c, s in cases
    ]


PLANS.add("loop", _loops, lambda trip, c, x, y: _looped(trip)(c, x, y), outputs=2)


def _calling(program: Program, b: Builder, x: ir.Value, y: ir.Value) -> Any:
    params = [ir.Value(INT, "a"), ir.Value(INT, "b")]
    inner = Builder(Typing())
    (quotient,) = inner.call("int.floordiv", params)
    (rest,) = inner.call("int.mod", params)
    program.callees.append(_function("g", params, inner.block(params, [quotient, rest])))
    first = b.call("call", [x, y], {"function": ir.FunctionRef("g")})
    return b.call("call", [first[1], first[0]], {"function": ir.FunctionRef("g")})


def _called(x: int, y: int) -> tuple[int, int]:
    for _ in range(2):
        if y == 0:
            raise Stop("ZERO_DIVISION")
        x, y = x % y, x // y
    return y, x


PLANS.add(
    "call",
    lambda: [
        _program([x, y], [INT, INT], _calling) for x, y in ((17, 5), (-17, 5), (3, 0), (1, 5))
    ],
    _called,
    outputs=2,
)
