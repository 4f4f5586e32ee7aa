"""Random programs give the same on both engines: results, codes, places, steps."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.author import BOOL, INT, Author, call, f32
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.errors import ExecutionError

MATRIX, ROW = f32(2, 3), f32(3)
NUMBERS = ir.ListType(INT)
KINDS = {"int": INT, "bool": BOOL, "matrix": MATRIX, "row": ROW, "list": NUMBERS}


class Program:
    """Draws statements; `pool` has the values in sight by kind."""

    def __init__(self, draw):
        self.draw = draw
        self.line = 0

    def place(self):
        self.line += 1
        return ir.Place("random.py", self.line)

    def pick(self, pool, kind):
        return self.draw(st.sampled_from(pool[kind]))

    def one(self, w, pool, depth):
        choices = [
            "arithmetic",
            "divide",
            "compare",
            "tensor",
            "rows",
            "item",
            "list",
            "get",
            "call",
        ]
        choices += ["if", "loop", "while"] if depth < 2 else []
        getattr(self, self.draw(st.sampled_from(choices)))(w, pool, depth)

    def many(self, w, pool, depth, most=5):
        for _ in range(self.draw(st.integers(1, most))):
            self.one(w, pool, depth)

    def arithmetic(self, w, pool, _):
        op = self.draw(st.sampled_from(["int.add", "int.sub", "int.mul"]))
        pool["int"].append(
            w(op, self.pick(pool, "int"), self.pick(pool, "int"), place=self.place())
        )

    def divide(self, w, pool, _):
        op = self.draw(st.sampled_from(["int.floordiv", "int.mod"]))
        by = self.draw(st.sampled_from([2, 7, -3, self.pick(pool, "int")]))
        pool["int"].append(w(op, self.pick(pool, "int"), by, place=self.place()))

    def compare(self, w, pool, _):
        relation = self.draw(st.sampled_from(["lt", "eq", "ge"]))
        pool["bool"].append(
            w("int.cmp", self.pick(pool, "int"), self.pick(pool, "int"), relation=relation)
        )

    def tensor(self, w, pool, _):
        op = self.draw(st.sampled_from(["add", "sub", "maximum", "neg", "relu", "abs"]))
        kind = self.draw(st.sampled_from(["matrix", "row"]))
        operands = [
            self.pick(pool, kind) for _ in range(2 if op in {"add", "sub", "maximum"} else 1)
        ]
        result = w(op, *operands, place=self.place())
        pool[kind].append(w("minimum", result, np.float32(9)))

    def rows(self, w, pool, _):
        matrix = self.pick(pool, "matrix")
        index = self.draw(st.sampled_from([0, -1, self.pick(pool, "int")]))
        pool["row"].append(w("select", matrix, index, dim=0, place=self.place()))
        pool["matrix"].append(w("add", self.pick(pool, "matrix"), self.pick(pool, "row")))

    def item(self, w, pool, _):
        total = w("sum", self.pick(pool, "matrix"))
        pool["bool"].append(
            w("item_bool", w("gt", total, np.float32(self.draw(st.integers(-5, 5)))))
        )

    def list(self, w, pool, _):
        pool["list"].append(w("list.append", self.pick(pool, "list"), self.pick(pool, "int")))
        pool["int"].append(w("list.len", self.pick(pool, "list")))

    def get(self, w, pool, _):
        pool["int"].append(
            w("list.get", self.pick(pool, "list"), self.pick(pool, "int"), place=self.place())
        )

    def call(self, w, pool, _):
        matrix, number = call(w, "Inner.forward", self.pick(pool, "matrix"), self.pick(pool, "int"))
        pool["matrix"].append(matrix)
        pool["int"].append(number)

    def results(self, pool, kinds):
        return [self.pick(pool, kind) for kind in kinds]

    def arm(self, pool, kinds, depth):
        def body(w):
            inner = {k: list(v) for k, v in pool.items()}
            self.many(w, inner, depth + 1, 3)
            return self.results(inner, kinds)

        return body

    def if_(self, w, pool, depth):
        kinds = self.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3))
        made = w.if_(
            self.pick(pool, "bool"), self.arm(pool, kinds, depth), self.arm(pool, kinds, depth)
        )
        self.keep(pool, kinds, made)

    def keep(self, pool, kinds, made):
        for kind, value in zip(kinds, made if len(kinds) > 1 else [made], strict=True):
            pool[kind].append(value)

    def repeat(self, w, pool, depth, trip, condition, *, ends):
        kinds = self.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3))

        def body(b, index, *carried):
            inner = {k: list(v) for k, v in pool.items()}
            inner["int"].append(index)
            self.keep(inner, kinds, carried if len(kinds) > 1 else carried[0])
            self.many(b, inner, depth + 1, 3)
            again = self.pick(inner, "bool") if ends else True
            return [again, *self.results(inner, kinds)]

        start = self.results(pool, kinds)
        types = [KINDS[k] for k in kinds]
        made = w.loop(trip, condition, start, body, types=types)
        self.keep(pool, kinds, made if len(kinds) > 1 else made[0])

    def loop(self, w, pool, depth):
        trip = self.draw(st.sampled_from([0, 1, 3, 20, self.pick(pool, "int")]))
        self.repeat(w, pool, depth, trip, True, ends=False)

    def while_(self, w, pool, depth):
        trip = self.draw(st.sampled_from([None, 5]))
        self.repeat(w, pool, depth, trip, self.pick(pool, "bool"), ends=True)


setattr(Program, "if", Program.if_)
setattr(Program, "while", Program.while_)


@st.composite
def models(draw):
    author, program = Author(), Program(draw)

    def inner(w, x, n):
        pool = {
            "int": [n, w.value(0), w.value(2)],
            "matrix": [x],
            "row": [w("select", x, 0, dim=0)],
        }
        for _ in range(draw(st.integers(0, 2))):
            getattr(program, draw(st.sampled_from(["arithmetic", "tensor", "rows"])))(w, pool, 2)
        return [program.pick(pool, "matrix"), program.pick(pool, "int")]

    author.function("Inner.forward", [("x", MATRIX), ("n", INT)], inner)

    def body(w, x, row, n, go):
        numbers = [n, *(w.value(i) for i in (0, 1, -2, 2**62))]
        pool = {"int": numbers, "bool": [go, w.value(True)], "matrix": [x], "row": [row],
                "list": [w("list.make", n, 4)]}  # fmt: skip
        program.many(w, pool, 0, 8)
        return [pool[k][-1] for k in KINDS] + [program.pick(pool, k) for k in KINDS]

    inputs = [("x", MATRIX), ("row", ROW), ("n", INT), ("go", BOOL)]
    method = author.method(author.function("F.forward", inputs, body))
    return author.model(), method


def outcome(engine, model, method, inputs):
    """Run twice, writing into the first results: the second must not see that."""
    prepared = choose(engine).load(model, Options()).method(method)
    limits, kept = Limits(steps=500, seconds=60), [np.array(i) for i in inputs]
    try:
        scribble(prepared(inputs, (), Budget(limits)).outputs)
        budget = Budget(limits)
        outputs = prepared(inputs, (), budget).outputs
    except ExecutionError as error:
        return error.code, error.where
    for before, after in zip(kept, inputs, strict=True):
        np.testing.assert_array_equal(before, after)
    return outputs, budget.steps


def scribble(outputs):
    for output in outputs:
        if isinstance(output, np.ndarray):
            output[...] = 77
        elif isinstance(output, list):
            output.append(77)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    models(),
    st.lists(st.integers(-3, 3), min_size=9, max_size=9),
    st.integers(-4, 9),
    st.booleans(),
)
def test_random_programs_give_the_same_on_both_engines(program, numbers, n, go):
    model, method = program
    x = np.array(numbers[:6], np.float32).reshape(2, 3)
    inputs = [x, np.array(numbers[6:], np.float32), n, go]

    want, got = (outcome(e, model, method, inputs) for e in ("ref", "py"))

    if isinstance(want[0], str) or isinstance(got[0], str):
        assert got[0] == want[0], choose("py").load(model, Options()).method(method).source
        if want[0] != "STEP_LIMIT":
            assert got[1] == want[1]
        return
    assert got[1] == want[1]
    for a, b in zip(got[0], want[0], strict=True):
        assert type(a) is type(b)
        np.testing.assert_array_equal(a, b)
