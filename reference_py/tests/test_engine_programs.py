"""Both engines run hand-written graphs and give what Python gives."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from benchmarks.author import BOOL, FLOAT, INT, Author, call, f32
from benchmarks.programs import PROGRAMS
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.errors import TrapError, UnsupportedError
from tracescript.ir import constants

ENGINES = ["ref", "py"]
USUAL = Limits()
BOTH = pytest.mark.parametrize("engine", ENGINES)


def run(engine, author, method, inputs, *, state=(), limits=USUAL, guards="error"):
    prepared = choose(engine).load(author.model(), Options(guards=guards)).method(method)
    return prepared(inputs, state, Budget(limits))


def scalar_function(body, *types):
    author = Author()
    names = [(f"x{i}", t) for i, t in enumerate(types)]
    return author, author.method(author.function("F.forward", names, body))


def doubled(n, rounds):
    for _ in range(rounds):
        n = n + n
    return n


@BOTH
@pytest.mark.parametrize("sign", [1, -1, 0])
def test_a_gate_takes_the_branch_that_its_input_needs(engine, sign):
    author = Author()

    def body(w, x):
        positive = w("item_bool", w("gt", w("sum", x), np.float32(0)))
        return [w.if_(positive, lambda _: [x], lambda e: [e("neg", x)])]

    method = author.method(author.function("Gate.forward", [("x", f32(3, 4))], body))
    x = np.full((3, 4), sign, np.float32)

    (result,) = run(engine, author, method, [x]).outputs

    np.testing.assert_array_equal(result, np.abs(x))


@BOTH
def test_a_loop_calls_the_cell_in_each_iteration(engine):
    model, method, inputs = PROGRAMS["gate"]()
    weight, bias = (c.value.array for c in method.bound)
    h = np.zeros((3, 4), np.float32)
    for x in inputs[0]:
        y = x @ weight.T + bias
        h = np.tanh((y if y.sum() > 0 else -y) + h)

    budget = Budget()
    result = choose(engine).load(model, Options()).method(method)(inputs, (), budget)

    for output in result.outputs:
        np.testing.assert_allclose(output, h, rtol=1e-4, atol=1e-5)
    assert budget.steps == 300


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
def test_a_state_is_given_back_and_not_written(engine):
    author = Author()
    state = ir.State("count", INT, constants.scalar(0))

    def body(w, x, count):
        return [w("mul", x, np.float32(2)), w("int.add", count, 1)]

    function = author.function("F.forward", [("x", f32(2))], body, states=[("count", INT)])
    method = author.method(function, states=[state])

    result = run(engine, author, method, [np.ones(2, np.float32)], state=[41])

    assert result.state == (42,)
    np.testing.assert_array_equal(result.outputs[0], [2, 2])


@BOTH
def test_writing_into_an_output_changes_no_later_call(engine):
    author = Author()

    def body(w, x, weight):
        pair = [w("reshape", x, [4]), w("identity", weight), w("add", x, weight), x, weight]
        return [*pair, pair[2]]

    function = author.function("F.forward", [("x", f32(2, 2))], body, bound=[("weight", f32(2, 2))])
    method = author.method(function, [np.arange(4, dtype=np.float32).reshape(2, 2)])
    prepared = choose(engine).load(author.model(), Options()).method(method)
    x = np.ones((2, 2), np.float32)
    first = prepared([x], (), Budget()).outputs
    expected = [np.array(r) for r in first]

    for result in first:
        result[...] = 99
        for other in first:
            if other is not result:
                assert not np.may_share_memory(other, result)

    np.testing.assert_array_equal(x, np.ones((2, 2)))
    for again, want in zip(prepared([x], (), Budget()).outputs, expected, strict=True):
        np.testing.assert_array_equal(again, want)


@BOTH
def test_buffers_are_not_reused_while_somebody_reads_them(engine):
    def body(w, x):
        y = w("add", x, np.float32(1))
        flat = w("reshape", y, [4])
        z = w("neg", y)
        return [w("add", w("reshape", flat, [2, 2]), z), w("mul", z, np.float32(3)), y]

    author = Author()
    method = author.method(author.function("F.forward", [("x", f32(2, 2))], body))

    total, product, y = run(engine, author, method, [np.ones((2, 2), np.float32)]).outputs

    np.testing.assert_array_equal(total, np.zeros((2, 2)))
    np.testing.assert_array_equal(product, np.full((2, 2), -6))
    np.testing.assert_array_equal(y, np.full((2, 2), 2))


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
def test_an_unknown_op_is_refused_at_load(engine):
    value = ir.Value(INT)
    out = ir.Value(INT)
    for opset, code in (("", "UNSUPPORTED_OP"), ("com.example", "UNSUPPORTED_OPSET")):
        node = ir.Node("no_such_op", (value,), (out,), opset=opset)
        function = ir.Function(
            "F",
            "authored",
            (ir.Input("x", INT),),
            (ir.Output("", INT),),
            ir.Block((value,), (node,), (out,)),
        )
        model = ir.Model("m", (function,), ir.Module("F"))
        with pytest.raises(UnsupportedError) as caught:
            choose(engine).load(model, Options())
        assert caught.value.code == code


@BOTH
def test_several_threads_can_run_one_method(engine):
    model, method, inputs = PROGRAMS["gate"]()
    prepared = choose(engine).load(model, Options()).method(method)
    want = prepared(inputs, (), Budget()).outputs[0]
    results = []

    def work():
        results.extend(prepared(inputs, (), Budget()).outputs[0] for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    assert len(results) == 40
    assert all(np.array_equal(result, want) for result in results)


@BOTH
def test_float_overflow_and_nan_pass_without_a_warning(engine):
    def body(w, x):
        return [w("div", x, np.float32(0)), w("mul", x, np.float32(3e38)), w("log", x)]

    author, method = scalar_function(body, f32(2))

    quotient, product, log = run(engine, author, method, [np.float32([-2, 0])]).outputs

    np.testing.assert_array_equal(quotient, [-np.inf, np.nan])
    np.testing.assert_array_equal(product, [-np.inf, 0])
    np.testing.assert_array_equal(log, [np.nan, -np.inf])


@BOTH
def test_a_rank_0_result_is_an_array(engine):
    author, method = scalar_function(
        lambda w, x: [w("sum", x), w("item_float", w("sum", x))], f32(2)
    )

    total, number = run(engine, author, method, [np.ones(2, np.float32)]).outputs

    assert isinstance(total, np.ndarray)
    assert (total.shape, total.dtype) == ((), np.float32)
    assert type(number) is float


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
def test_a_composite_without_kernel_runs_by_its_decomposition(engine):
    pytest.importorskip("tracescript.passes.expand")
    author, method = scalar_function(lambda w, x: [w("softmax", x, dim=-1)], f32(2, 3))
    x = np.float32([[0, 1, 2], [3, 3, 3]])
    expected = np.exp(x) / np.exp(x).sum(-1, keepdims=True)

    for expand in (False, True):
        options = Options(expand=expand)
        prepared = choose(engine).load(author.model(), options).method(method)
        np.testing.assert_allclose(prepared([x], (), Budget()).outputs[0], expected, rtol=1e-6)


@BOTH
def test_a_struct_gives_its_fields_by_name(engine):
    pair = ir.StructType("Pair", (("a", INT), ("b", FLOAT)))

    def body(w, x, y):
        made = w("struct.make", x, y, type=pair)
        return [w("struct.get", made, field="b"), made]

    author, method = scalar_function(body, INT, FLOAT)

    assert run(engine, author, method, [1, 2.5]).outputs == (2.5, (1, 2.5))


@BOTH
def test_a_call_of_a_function_with_a_symbolic_dimension(engine):
    author = Author()
    batch = ir.Symbol("B", 1)
    author.function("Inner.forward", [("x", f32(batch, 2))], lambda w, x: [w("add", x, x)])
    function = author.function(
        "F.forward", [("x", f32(5, 2))], lambda w, x: [call(w, "Inner.forward", x)]
    )
    method = author.method(function)

    (result,) = run(engine, author, method, [np.ones((5, 2), np.float32)]).outputs

    np.testing.assert_array_equal(result, np.full((5, 2), 2))
