"""Both engines run scalars, loops, containers and recursion as Python does."""

from __future__ import annotations

import numpy as np
import pytest
from engine_runs import ENGINES, run, scalar_function

from benchmarks.author import BOOL, FLOAT, INT, Author, f32
from benchmarks.programs import PROGRAMS
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.errors import TrapError
from tracescript.ir import constants

BOTH = pytest.mark.parametrize("engine", ENGINES)


def doubled(n, rounds):
    for _ in range(rounds):
        n = n + n
    return n


@BOTH
def test_fibonacci_modulo_a_prime(engine):
    model, method, _ = PROGRAMS["fib"]()
    a, b = 0, 1
    for _ in range(1000):
        a, b = b, (a + b) % 1_000_003

    result = choose(engine).load(model, Options()).method(method)([1000], (), Budget())

    assert result.outputs == (a,)


@BOTH
def test_collatz_with_nested_while_loops(engine):
    model, method, _ = PROGRAMS["collatz"]()
    steps, best, n0 = 0, 0, 1
    while steps < 2000:
        n, k = n0, 0
        while n != 1:
            n, k = (n // 2 if n % 2 == 0 else 3 * n + 1), k + 1
        steps, best, n0 = steps + k + 1, max(best, k), n0 + 1

    result = choose(engine).load(model, Options()).method(method)([2000], (), Budget())

    assert result.outputs == (best,)


@BOTH
def test_bisection_finds_a_root(engine):
    model, method, _ = PROGRAMS["bisection"]()

    low, high = choose(engine).load(model, Options()).method(method)([35], (), Budget()).outputs

    assert low**3 - low - 2 <= 0 <= high**3 - high - 2
    assert high - low < 1e-9


@BOTH
def test_an_int_that_leaves_64_bits_traps_and_says_where(engine):
    place = ir.Place("double.py", 4)

    def body(w, n, rounds):
        def step(b, _, x):
            return [True, b("int.add", x, x, place=place)]

        return list(w.loop(rounds, True, [n], step))

    author, method = scalar_function(body, INT, INT)

    assert run(engine, author, method, [1, 62]).outputs == (doubled(1, 62),)
    with pytest.raises(TrapError) as caught:
        run(engine, author, method, [1, 63])
    assert (caught.value.code, caught.value.where) == ("INT_OVERFLOW", "double.py:4")


@BOTH
@pytest.mark.parametrize(
    ("op", "a", "b", "expected"),
    [
        ("int.floordiv", -7, 2, -4),
        ("int.mod", -7, 3, 2),
        ("int.mod", 7, -3, -2),
        ("int.mul", -(2**62), 2, -(2**63)),
        ("int.sub", -(2**63), 1, "INT_OVERFLOW"),
        ("int.floordiv", -(2**63), -1, "INT_OVERFLOW"),
        ("int.floordiv", 1, 0, "ZERO_DIVISION"),
        ("int.mod", 1, 0, "ZERO_DIVISION"),
        ("int.truediv", 1, 0, "ZERO_DIVISION"),
        ("int.truediv", 2**53 + 1, 3, (2**53 + 1) / 3),
    ],
)
def test_integer_arithmetic_is_python_s_and_traps(engine, op, a, b, expected):
    author, method = scalar_function(lambda w, x, y: [w(op, x, y)], INT, INT)

    if isinstance(expected, str):
        with pytest.raises(TrapError) as caught:
            run(engine, author, method, [a, b])
        assert caught.value.code == expected
    else:
        (result,) = run(engine, author, method, [a, b]).outputs
        assert (result, type(result)) == (expected, type(expected))


@BOTH
def test_an_unused_division_by_zero_still_traps(engine):
    def body(w, x):
        w("int.floordiv", 1, x)
        return [x]

    author, method = scalar_function(body, INT)

    with pytest.raises(TrapError) as caught:
        run(engine, author, method, [0])
    assert caught.value.code == "ZERO_DIVISION"
    assert caught.value.where == "F.forward, node 0 (int.floordiv)"


@BOTH
def test_the_first_failing_node_is_the_one_reported(engine):
    def body(w, x):
        quotient = w("int.floordiv", 1, x, place=ir.Place("f.py", 1))
        other = w("int.mul", w("int.add", x, 2**62), 4, place=ir.Place("f.py", 2))
        return [w("int.add", other, quotient)]

    author, method = scalar_function(body, INT)

    with pytest.raises(TrapError) as caught:
        run(engine, author, method, [0])
    assert (caught.value.code, caught.value.where) == ("ZERO_DIVISION", "f.py:1")


@BOTH
@pytest.mark.parametrize(("trip", "expected"), [(-3, 5), (0, 5), (1, 6), (4, 9)])
def test_a_loop_with_no_trips_gives_its_start_values(engine, trip, expected):
    def body(w, n):
        return list(w.loop(n, True, [5], lambda b, _, x: [True, b("int.add", x, 1)]))

    author, method = scalar_function(body, INT)

    assert run(engine, author, method, [trip]).outputs == (expected,)


@BOTH
def test_a_loop_ends_by_its_condition_before_its_trip_count(engine):
    def body(w, n):
        def step(b, i, x):
            return [b("int.cmp", i, 2, relation="lt"), b("int.add", x, i)]

        return list(w.loop(n, True, [0], step))

    author, method = scalar_function(body, INT)

    expected, i, go = 0, 0, True
    while go and i < 10:
        go, expected, i = i < 2, expected + i, i + 1
    assert run(engine, author, method, [10]).outputs == (expected,)
    assert run(engine, author, method, [2]).outputs == (1,)


@BOTH
def test_a_list_that_is_appended_to_twice_is_two_lists(engine):
    def body(w, n):
        xs = w("list.make", n)
        ys = w("list.append", xs, 2)
        zs = w("list.append", xs, 3)
        return [xs, ys, zs]

    author, method = scalar_function(body, INT)

    assert run(engine, author, method, [1]).outputs == ([1], [1, 2], [1, 3])


@BOTH
def test_a_list_grows_in_a_loop_and_its_start_stays_empty(engine):
    def body(w, n):
        empty = w.builder.constant([], ir.ListType(INT))
        step = lambda b, i, xs: [True, b("list.append", xs, i)]
        return list(w.loop(n, True, [empty], step))

    author, method = scalar_function(body, INT)
    prepared = choose(engine).load(author.model(), Options()).method(method)

    assert prepared([3], (), Budget()).outputs == ([0, 1, 2],)
    assert prepared([2], (), Budget()).outputs == ([0, 1],)


@BOTH
def test_an_index_outside_a_list_or_a_tensor_traps(engine):
    author, method = scalar_function(lambda w, xs, i: [w("list.get", xs, i)], ir.ListType(INT), INT)
    assert run(engine, author, method, [[1, 2], -1]).outputs == (2,)
    with pytest.raises(TrapError) as caught:
        run(engine, author, method, [[1, 2], 2])
    assert caught.value.code == "INDEX_ERROR"

    author, method = scalar_function(lambda w, x, i: [w("select", x, i, dim=0)], f32(2, 3), INT)
    with pytest.raises(TrapError) as caught:
        run(engine, author, method, [np.ones((2, 3), np.float32), 2])
    assert caught.value.code == "INDEX_ERROR"


@BOTH
@pytest.mark.parametrize("depth", [1, 30, 1000])
def test_blocks_nest_as_deep_as_a_model_likes(engine, depth):
    value = ir.Value(INT, "x")
    result = ir.Value(INT)
    block = ir.Block(
        (),
        (ir.Node("int.add", (value, ir.Value(INT, "", constants.scalar(1))), (result,)),),
        (result,),
    )
    condition = ir.Value(BOOL, "go")
    for _ in range(depth):
        out = ir.Value(INT)
        other = ir.Block((), (), (value,))
        block = ir.Block((), (ir.Node("if", (condition,), (out,), blocks=(block, other)),), (out,))
    body = ir.Block((value, condition), block.nodes, block.results)
    function = ir.Function(
        "F.forward",
        "authored",
        (ir.Input("x", INT), ir.Input("go", BOOL)),
        (ir.Output("", INT),),
        body,
    )
    author = Author()
    author.functions["F.forward"] = function
    method = author.method(function)

    assert run(engine, author, method, [1, True]).outputs == (2,)
    assert run(engine, author, method, [1, False]).outputs == (1,)


@BOTH
def test_loops_nest_deeper_than_cpython_allows(engine):
    def nest(level):
        def step(b, _, x):
            if level == 0:
                return [True, b("int.add", x, 1)]
            return [True, *b.loop(1, True, [x], nest(level - 1))]

        return step

    author, method = scalar_function(lambda w, x: list(w.loop(2, True, [x], nest(30))), INT)

    assert run(engine, author, method, [0]).outputs == (2,)


@BOTH
def test_recursion_is_bounded_and_right(engine):
    author = Author()
    n, m = ir.Value(INT, "n"), ir.Value(BOOL)
    one, zero = (ir.Value(INT, "", constants.scalar(i)) for i in (1, 0))
    relation = (("relation", constants.scalar("le")),)
    less, inner, total = ir.Value(INT), ir.Value(INT), ir.Value(INT)
    out = ir.Value(INT)
    recurse = ir.Block(
        (),
        (
            ir.Node("int.sub", (n, one), (less,)),
            ir.Node("call", (less,), (inner,), (("function", ir.FunctionRef("Sum.forward")),)),
            ir.Node("int.add", (n, inner), (total,)),
        ),
        (total,),
    )
    nodes = (
        ir.Node("int.cmp", (n, zero), (m,), relation),
        ir.Node("if", (m,), (out,), blocks=(ir.Block((), (), (zero,)), recurse)),
    )
    function = ir.Function(
        "Sum.forward", "authored", (ir.Input("n", INT),), (ir.Output("", INT),),
        ir.Block((n,), nodes, (out,)),
    )  # fmt: skip
    author.functions["Sum.forward"] = function
    method = author.method(function)

    assert run(engine, author, method, [20]).outputs == (210,)
    assert run(engine, author, method, [20], limits=Limits(depth=20)).outputs == (210,)
    with pytest.raises(Exception, match="RECURSION_LIMIT"):
        run(engine, author, method, [20], limits=Limits(depth=19))
    with pytest.raises(Exception, match="RECURSION_LIMIT"):
        run(engine, author, method, [10**6])


@BOTH
def test_a_struct_gives_its_fields_by_name(engine):
    pair = ir.StructType("Pair", (("a", INT), ("b", FLOAT)))

    def body(w, x, y):
        made = w("struct.make", x, y, type=pair)
        return [w("struct.get", made, field="b"), made]

    author, method = scalar_function(body, INT, FLOAT)

    assert run(engine, author, method, [1, 2.5]).outputs == (2.5, (1, 2.5))
