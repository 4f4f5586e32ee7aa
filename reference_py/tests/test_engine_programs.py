"""Both engines run hand-written graphs over tensors; results are the caller's own."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from engine_runs import ENGINES, run, scalar_function

from benchmarks.author import INT, Author, call, f32
from benchmarks.programs import PROGRAMS
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget
from tracescript.engine.protocol import Options
from tracescript.errors import UnsupportedError
from tracescript.ir import constants

BOTH = pytest.mark.parametrize("engine", ENGINES)


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
def test_a_composite_without_kernel_runs_by_its_decomposition(engine):
    author, method = scalar_function(lambda w, x: [w("softmax", x, dim=-1)], f32(2, 3))
    x = np.float32([[0, 1, 2], [3, 3, 3]])
    expected = np.exp(x) / np.exp(x).sum(-1, keepdims=True)

    for expand in (False, True):
        options = Options(expand=expand)
        prepared = choose(engine).load(author.model(), options).method(method)
        np.testing.assert_allclose(prepared([x], (), Budget()).outputs[0], expected, rtol=1e-6)


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
