"""Tracing numpy functions and modules of `tracescript.nn`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tracescript import nn, ops
from tracescript.errors import ProducerError
from tracescript.ir import DataType, TensorType
from tracescript.model.model import Model, Settings
from tracescript.producer.trace.run import trace
from tracescript.validator import validate

X = np.array([[1.0, -2.0, 3.0, -4.0], [0.5, 0.25, -0.125, 2.0], [-1.0, 1.0, 4.0, 0.0]], np.float32)
LARGER = np.vstack([X, 2 * X])


def traced(f, *args, **options):
    """Trace, validate, and return the model on the plain interpreter."""
    made = trace(f, args, decisions="record", **options)
    validate(made.model)
    return Model(replace(made.model, examples=(made.example,)), Settings("ref"), report=made.report)


def ops_of(model):
    return [node.op for node in model.ir.functions[-1].body.nodes]


def test_a_function_keeps_its_batch_size_open():
    model = traced(lambda x: (x * 2 + 1).sum(axis=-1), X)

    assert model(LARGER) == pytest.approx((LARGER * 2 + 1).sum(axis=-1))
    assert model.dims == {"x_0": (1, None), "x_1": (1, None)}


def test_sizes_compute_in_the_graph():
    model = traced(lambda x: x.reshape(x.shape[0] * 2, -1), X)

    assert model(LARGER).shape == (12, 2)


def test_two_inputs_that_are_added_share_a_symbol():
    model = traced(lambda a, b: a + b, X, X)

    shapes = [i.type.shape for i in model.ir.functions[-1].inputs]
    assert shapes[0] == shapes[1]
    assert sorted(model.dims) == ["a_0", "a_1"]


def test_mixed_types_become_casts():
    def f(x, n):
        return x + n, n / 2

    model = traced(f, X, np.arange(4))

    assert ops_of(model).count("cast") == 3
    want, got = f(X, np.arange(4)), model(X, np.arange(4))
    assert [g.dtype for g in got] == [w.dtype for w in want] == [np.float64, np.float64]
    for w, g in zip(want, got, strict=True):
        np.testing.assert_array_equal(g, w)


def test_a_number_takes_the_type_of_the_array():
    model = traced(lambda x: x * 2.5, X)

    (node,) = model.ir.functions[-1].body.nodes
    assert node.inputs[1].type == TensorType(DataType.FLOAT32, ())


def test_a_number_given_as_input_stays_one():
    model = traced(lambda x, n: x * n + n // 2, X, 3)

    np.testing.assert_array_equal(model(X, 5), X * 5 + 2)


def test_writing_in_place_gives_new_values():
    def f(x):
        y = x + 0
        row = y[0]
        y[:, 1:3] += 10
        row[0] = 7
        return y, row

    model = traced(f, X)

    for want, got in zip(f(LARGER), model(LARGER), strict=True):
        np.testing.assert_array_equal(got, want)


def test_a_view_sees_what_is_written_into_its_base():
    def f(x):
        y = x + 0
        turned = y.T
        y[0] = 1
        return turned

    model = traced(f, X)

    np.testing.assert_array_equal(model(LARGER), f(LARGER))


def test_out_takes_the_result():
    def f(x):
        y = np.zeros_like(x)
        np.multiply(x, 3, out=y)
        return y

    np.testing.assert_array_equal(traced(f, X)(X), X * 3)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[x > 0],
        lambda x: x[[0, 2]],
        lambda x: x[..., None, 1:],
        lambda x: np.where(x > 0, x, 0),
        lambda x: np.concatenate([x, x], axis=1),
        lambda x: np.stack([x, -x]),
        lambda x: x.var(axis=1),
        lambda x: np.split(x, 2, axis=1),
        lambda x: x @ x.T,
        lambda x: np.pad(x, 1),
        lambda x: np.clip(x, -1, 1).astype(np.int32) // 2,
        lambda x: np.linalg.norm(x, axis=1),
    ],
)
def test_a_numpy_call_gives_what_numpy_gives(f):
    model = traced(f, X)

    want, got = f(X), model(X)
    if isinstance(want, list):
        want, got = np.stack(want), np.stack(got)
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=1e-6)


def test_containers_go_in_and_out():
    def f(x, state):
        h, c = state
        return {"h": h + x, "c": c * x}

    model = traced(f, X, (X, X))

    got = model(LARGER, (LARGER, LARGER))
    np.testing.assert_array_equal(got["c"], LARGER * LARGER)
    assert list(got) == ["h", "c"]


def test_layers_that_are_equal_share_one_function():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x):
            return self.b(ops.relu(self.a(x)))

    net = Net()
    model = traced(net, X)

    assert [f.name for f in model.ir.functions] == ["Linear.forward", "Net.forward"]
    bound = [i.name for i in model.ir.functions[-1].inputs if i.kind == "bound"]
    assert bound == ["a.weight", "a.bias", "b.weight", "b.bias"]
    np.testing.assert_allclose(model(LARGER), net(LARGER), rtol=1e-5, atol=1e-6)


def test_a_buffer_that_forward_assigns_is_state():
    class Counter(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("count", np.zeros((), np.float32))

        def forward(self, x):
            self.count = self.count + 1
            return x * self.count

    counter = Counter()
    model = traced(counter, X)

    assert isinstance(counter.count, np.ndarray)
    np.testing.assert_array_equal(model(X), X)
    np.testing.assert_array_equal(model(X), 2 * X)
    assert model.state() == {"count": np.float32(2)}


def test_an_unknown_function_names_the_nearest_ops():
    with pytest.raises(ProducerError) as caught:
        traced(np.isnat, X)

    assert caught.value.code == "UNKNOWN_CALL"
    assert caught.value.where.startswith("test_trace_numpy.py:")
    assert "isnan" in caught.value.hint


def test_writing_into_the_callers_array_is_refused():
    def f(x):
        x[0] = 1
        return x

    with pytest.raises(ProducerError) as caught:
        traced(f, X)

    assert caught.value.code == "ALIASING"
    assert "x[0]" in caught.value.excerpt


def test_the_callers_arrays_stay_as_they_are():
    before = X.copy()

    traced(lambda x: np.add(x, 1), X)

    np.testing.assert_array_equal(X, before)


def test_several_methods_share_weights():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 2)

        def encode(self, x):
            return self.layer(x)

        def score(self, x):
            return ops.sum(self.layer(x))

    made = trace(Pair(), methods={"encode": (X,), "score": (X,)})
    validate(made.model)

    encode, score = made.model.root.methods
    assert [encode.name, score.name] == ["encode", "score"]
    assert [c.value for c in encode.bound] == [c.value for c in score.bound]


def test_a_plain_attribute_that_changes_is_refused():
    class Counter(nn.Module):
        def __init__(self):
            super().__init__()
            self.calls = 0

        def forward(self, x):
            self.calls += 1
            return x * self.calls

    with pytest.raises(ProducerError) as caught:
        traced(Counter(), X)

    assert caught.value.rule == "TRACE-14"
    assert "calls" in caught.value.what
