"""The measured models, written as graphs by hand with seeded weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.author import INT, Author, Writer, call, f32
from tracescript import ir

if TYPE_CHECKING:
    Program = tuple[ir.Model, ir.Method, list[Any]]


def arrays(*shapes: tuple[int, ...], scale: float = 1.0) -> list[Any]:
    """Return seeded float32 arrays."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal(s, np.float32) * np.float32(scale) for s in shapes]


def _gate(author: Author) -> None:
    def body(w: Writer, x: ir.Value) -> list[Any]:
        positive = w("item_bool", w("gt", w("sum", x), np.float32(0)))
        return [w.if_(positive, lambda _: [x], lambda e: [e("neg", x)])]

    author.function("Gate.forward", [("x", f32(3, 4))], body)


def _cell(author: Author) -> ir.Function:
    _gate(author)

    def body(w: Writer, x: ir.Value, h: ir.Value, weight: ir.Value, bias: ir.Value) -> list[Any]:
        gated = call(w, "Gate.forward", w("linear", x, weight, bias))
        new = w("tanh", w("add", gated, h))
        return [new, new]

    return author.function(
        "Cell.forward", [("x", f32(3, 4)), ("h", f32(3, 4))], body,
        bound=[("weight", f32(4, 4)), ("bias", f32(4))],
    )  # fmt: skip


def cell() -> Program:
    """One step of a gated cell on (3, 4): linear, gate with a branch, add, tanh."""
    author = Author()
    weight, bias, x, h = arrays((4, 4), (4,), (3, 4), (3, 4))
    method = author.method(_cell(author), [weight, bias])
    return author.model(), method, [x, h]


def gate() -> Program:
    """A hundred steps of the gated cell, a branch in each."""
    author = Author()
    _cell(author)

    def body(w: Writer, xs: ir.Value, weight: ir.Value, bias: ir.Value) -> list[Any]:
        def step(b: Writer, i: ir.Value, _: ir.Value, h: ir.Value) -> list[Any]:
            x = b("select", xs, i, dim=0)
            return [True, *call(b, "Cell.forward", x, h, weight, bias)]

        zero = w("zeros", [3, 4], dtype=ir.DataType.FLOAT32)
        return list(w.loop(w("size", xs, dim=0), True, [zero, zero], step))

    function = author.function(
        "Loop.forward", [("xs", f32(100, 3, 4))], body,
        bound=[("weight", f32(4, 4)), ("bias", f32(4))],
    )  # fmt: skip
    weight, bias, xs = arrays((4, 4), (4,), (100, 3, 4))
    method = author.method(function, [weight, bias])
    return author.model(), method, [xs]


def mlp(batch: int) -> Program:
    """Three linear layers 784-512-512-10 with relu between."""
    author = Author()
    sizes = [(512, 784), (512,), (512, 512), (512,), (10, 512), (10,)]

    def body(w: Writer, x: ir.Value, *weights: ir.Value) -> list[Any]:
        for i in range(0, 6, 2):
            x = w("linear", x, weights[i], weights[i + 1])
            x = w("relu", x) if i < 4 else x
        return [x]

    function = author.function(
        "MLP.forward", [("x", f32(batch, 784))], body,
        bound=[(f"w{i}", f32(*s)) for i, s in enumerate(sizes)],
    )  # fmt: skip
    *weights, x = arrays(*sizes, (batch, 784), scale=0.05)
    method = author.method(function, weights)
    return author.model(), method, [x]


def fib() -> Program:
    """Fibonacci numbers modulo a prime, 100,000 rounds."""
    author = Author()

    def body(w: Writer, n: ir.Value) -> list[Any]:
        def step(b: Writer, _: ir.Value, x: ir.Value, y: ir.Value) -> list[Any]:
            return [True, y, b("int.mod", b("int.add", x, y), 1_000_003)]

        return [w.loop(n, True, [0, 1], step)[0]]

    return _scalar(author, "Fib.forward", body)


def collatz() -> Program:
    """The longest Collatz chain seen within 100,000 steps: nested while loops."""
    author = Author()

    def chain(b: Writer, _: ir.Value, n: ir.Value, k: ir.Value) -> list[Any]:
        even = b("int.cmp", b("int.mod", n, 2), 0, relation="eq")
        following = b.if_(
            even,
            lambda w: [w("int.floordiv", n, 2)],
            lambda w: [w("int.add", w("int.mul", 3, n), 1)],
        )
        return [b("int.cmp", following, 1, relation="ne"), following, b("int.add", k, 1)]

    def body(w: Writer, limit: ir.Value) -> list[Any]:
        def outer(
            b: Writer, _: ir.Value, steps: ir.Value, best: ir.Value, n: ir.Value
        ) -> list[Any]:
            start = b("int.cmp", n, 1, relation="ne")
            _, length = b.loop(None, start, [n, 0], chain)
            total = b("int.add", b("int.add", steps, length), 1)
            longer = b("int.cmp", length, best, relation="gt")
            best = b.if_(longer, lambda _: [length], lambda _: [best])
            more = b("int.cmp", total, limit, relation="lt")
            return [more, total, best, b("int.add", n, 1)]

        go = w("int.cmp", 0, limit, relation="lt")
        return [w.loop(None, go, [0, 0, 1], outer)[1]]

    return _scalar(author, "Collatz.forward", body)


def bisection() -> Program:
    """The root of x^3 - x - 2 by bisection, 100,000 halvings of an interval that is restarted."""
    author = Author()

    def body(w: Writer, n: ir.Value) -> list[Any]:
        def step(b: Writer, _: ir.Value, low: ir.Value, high: ir.Value) -> list[Any]:
            def arith(operation: str, x: Any, y: Any) -> Any:
                return b("float.arith", x, y, operation=operation)

            middle = arith("mul", arith("add", low, high), 0.5)
            cube = arith("mul", arith("mul", middle, middle), middle)
            f = arith("sub", arith("sub", cube, middle), 2.0)
            below = b("float.cmp", f, 0.0, relation="lt")
            low, high = b.if_(below, lambda _: [middle, high], lambda _: [low, middle])
            done = b("float.cmp", arith("sub", high, low), 1e-12, relation="lt")
            restart = b.if_(done, lambda _: [1.0, 2.0], lambda _: [low, high])
            return [True, *restart]

        return list(w.loop(n, True, [1.0, 2.0], step))

    return _scalar(author, "Bisection.forward", body)


def _scalar(author: Author, name: str, body: Any) -> Program:
    function = author.function(name, [("n", INT)], body)
    method = author.method(function)
    return author.model(), method, [100_000]


def expected_cell(x: Any, h: Any, weight: Any, bias: Any) -> Any:
    """One step of the cell in float64."""
    y = x @ weight.T + bias
    return np.tanh((y if y.sum() > 0 else -y) + h)


def expected(name: str) -> list[Any]:
    """Return the right results of a program, computed in float64 or with Python's ints."""
    _, method, inputs = PROGRAMS[name]()
    weights = [np.asarray(c.value.array, np.float64) for c in method.bound]
    wide = [np.asarray(x, np.float64) for x in inputs]
    if name == "cell":
        return [expected_cell(*wide, *weights)] * 2
    if name == "gate":
        h = np.zeros((3, 4))
        for x in wide[0]:
            h = expected_cell(x, h, *weights)
        return [h, h]
    if name.startswith("mlp"):
        h = wide[0]
        for i in range(0, 6, 2):
            h = h @ weights[i].T + weights[i + 1]
            h = np.maximum(h, 0) if i < 4 else h
        return [h]
    return list(_PLAIN[name](inputs[0]))


def plain_fib(n: int) -> tuple[int]:
    """Fibonacci in Python."""
    a, b = 0, 1
    for _ in range(n):
        a, b = b, (a + b) % 1_000_003
    return (a,)


def plain_collatz(limit: int) -> tuple[int]:
    """Collatz in Python."""
    steps, best, first = 0, 0, 1
    while steps < limit:
        n, k = first, 0
        while n != 1:
            n, k = (n // 2 if n % 2 == 0 else 3 * n + 1), k + 1
        steps, best, first = steps + k + 1, max(best, k), first + 1
    return (best,)


def plain_bisection(n: int) -> tuple[float, float]:
    """Bisection in Python."""
    low, high = 1.0, 2.0
    for _ in range(n):
        middle = (low + high) * 0.5
        if middle * middle * middle - middle - 2.0 < 0.0:
            low = middle
        else:
            high = middle
        if high - low < 1e-12:
            low, high = 1.0, 2.0
    return low, high


_PLAIN = {"fib": plain_fib, "collatz": plain_collatz, "bisection": plain_bisection}
PROGRAMS = {
    "cell": cell,
    "gate": gate,
    "mlp1": lambda: mlp(1),
    "mlp64": lambda: mlp(64),
    "fib": fib,
    "collatz": collatz,
    "bisection": bisection,
}
"""Each program by name: (model, method, inputs)."""
