"""Scripts of numpy functions and of modules of our own library."""

from __future__ import annotations

import runpy
from typing import NamedTuple

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn, ops
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget
from tracescript.engine.protocol import Options
from tracescript.ir import DataType, ScalarKind, ScalarType, StructType, Symbol, TensorType
from tracescript.producer.marks import export, unused
from tracescript.producer.script.run import script, specialise
from tracescript.validator import validate

WEIGHT = np.arange(12, dtype=np.float64).reshape(4, 3) / 10


def gate(x):
    if np.sum(x) > 0:
        return x
    return -x


def halve(x):
    n = 0
    while np.abs(x).max() > 1:
        x = x / 2
        n += 1
    return x, n


def rows(x):
    y = np.zeros_like(x)
    for i in range(x.shape[0]):
        y[i] = x[i] * i
    return y.sum(axis=0), np.stack([r * 2 for r in x])


def affine(x):
    return np.tanh(x @ WEIGHT + 1.0)


def standardise(x, eps=1e-5):
    return (x - x.mean(axis=-1, keepdims=True)) / (x.std(axis=-1, keepdims=True) + eps)


def positive_rows(x):
    kept = []
    for row in x:
        if row.sum() > 0:
            kept.append(row)  # noqa: PERF401  # the loop is the point
    return np.stack(kept) if kept else x


def run(scripted, *args):
    model = specialise(scripted, dict(zip(names(scripted), args, strict=False))).model
    validate(model)
    method = model.root.methods[0]
    prepared = choose("ref").load(model, Options()).method(method)
    state = [getattr(s.initial.value, "array", s.initial.value) for s in method.states]
    inputs = [i for i in model.function(method.function).inputs if i.kind == "positional"]
    left = [None if i.default is None else i.default.value for i in inputs[len(args) :]]
    outputs = prepared((*args, *left), state, Budget()).outputs
    return outputs[0] if len(outputs) == 1 else outputs


def names(scripted):
    method = scripted.model.root.methods[0]
    return [i.name for i in scripted.model.function(method.function).inputs]


def array(*shape, dtype=np.float32):
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("sign", [1, -1, 0])
def test_the_gate_keeps_both_branches(sign):
    x = np.full((3, 4), sign, np.float32)

    assert np.array_equal(run(script(gate), x), gate(x))


@pytest.mark.parametrize("f", [halve, rows, standardise, positive_rows])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_numpy_function_gives_what_numpy_gives(f, dtype):
    x = array(4, 3, dtype=dtype) * 3
    args = (x, 1e-5) if f is standardise else (x,)

    found, expected = run(script(f), *args), f(*args)

    for got, want in zip(_several(found), _several(expected), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5 if dtype == np.float32 else 1e-12)
        assert np.asarray(got).dtype == np.asarray(want).dtype


def _several(value):
    return value if isinstance(value, tuple) else (value,)


def test_an_open_data_type_is_that_of_the_weights_beside_it():
    scripted = script(affine)

    (x,) = (i for i in scripted.model.functions[0].inputs if i.kind == "positional")
    assert x.type == TensorType(DataType.FLOAT64, None)
    assert scripted.notes == ()


def test_what_nothing_determines_is_float32_and_said_so():
    scripted = script(gate)

    assert scripted.model.functions[0].inputs[0].type == TensorType(DataType.FLOAT32, None)
    assert "types=" in scripted.notes[0]


def test_types_by_name_give_symbols_and_scalars():
    def f(x, n):
        return x * n

    scripted = script(f, types={"x": "float64[B, 4]", "n": int})

    x, n = scripted.model.functions[0].inputs
    assert x.type == TensorType(DataType.FLOAT64, (Symbol("B"), 4))
    assert n.type == ScalarType(ScalarKind.INT)
    assert scripted.model.functions[0].outputs[0].type == TensorType(
        DataType.FLOAT64, (Symbol("B"), 4)
    )


def test_a_default_becomes_the_default_of_the_input():
    scripted = script(standardise)

    assert scripted.model.functions[0].inputs[1].default.value == 1e-5


def test_specialising_for_the_same_types_gives_the_same_model():
    scripted = script(gate, types={"x": "float32[...]"})

    assert specialise(scripted, {"x": np.zeros(3, np.float32)}) is scripted


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 3)
        self.rest = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        h = ops.tanh(self.first(x))
        return ops.relu(self.rest(h)) * self.calls


def test_a_module_of_ours_keeps_its_tree_its_weights_and_its_state():
    net = Net()
    scripted = script(net)
    x = array(2, 4)

    assert [s.name for s in scripted.model.root.submodules] == ["first", "rest"]
    assert [f.name for f in scripted.model.functions] == [
        "Linear.forward",
        "Linear_2.forward",
        "Linear_3.forward",
        "Sequential.forward",
        "Net.forward",
    ]
    assert [s.name for s in scripted.model.root.methods[0].states] == ["calls"]
    np.testing.assert_allclose(run(scripted, x), net.forward(x), rtol=1e-6)


def test_equal_layers_share_one_function():
    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(3)])

        def forward(self, x):
            for i in range(len(self.layers)):
                x = self.layers[i](x)
            return x

    stack = Stack()
    scripted = script(stack)

    assert [f.name for f in scripted.model.functions] == ["Linear.forward", "Stack.forward"]
    x = array(2, 3)
    np.testing.assert_allclose(run(scripted, x), stack.forward(x), rtol=1e-6)


class Point(NamedTuple):
    x: np.ndarray
    scale: float


def test_a_record_is_a_parameter_and_a_result():
    def f(p: Point):
        return Point(p.x * p.scale, p.scale + 1)

    scripted = script(f)

    (given,) = scripted.model.functions[0].inputs
    assert isinstance(given.type, StructType)
    assert [n for n, _ in given.type.fields] == ["x", "scale"]
    x, scale = run(scripted, (np.ones(2, np.float32), 3.0))
    assert np.array_equal(x, np.full(2, 3, np.float32))
    assert scale == 4.0


class Codec(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        return self.decode(self.encode(x))

    @export
    def encode(self, x):
        return self.layer(x)

    @export
    def decode(self, x):
        return x - 1

    @unused
    def never(self, x):
        return eval("x")


def test_exported_methods_stand_beside_forward():
    root = script(Codec()).model.root

    assert [m.name for m in root.methods if m.exported] == ["forward", "decode", "encode"]


def test_an_unused_function_becomes_a_raise():
    codec = Codec()

    def f(x, n: int):
        if n > 0:
            return codec.never(x)
        return x

    model = script(f).model
    assert "raise" in [n.op for b in model.functions[0].body.nodes[-1].blocks for n in b.nodes]


def test_a_tied_weight_is_one_object():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3)
            self.b = nn.Linear(3, 3)
            self.b.weight = self.a.weight

        def forward(self, x):
            return self.b(self.a(x))

    root = script(Tied()).model.root

    a, b = ({p.name: p.weight for p in s.module.parameters} for s in root.submodules)
    assert a["weight"] is b["weight"]
    assert a["bias"] is not b["bias"]


@pytest.mark.parametrize("text", ["np.float32", "'float32'", "float", "bool", "np.bool_", "int"])
@pytest.mark.parametrize("relation", ["==", "!=", "in"])
def test_data_types_compare_as_numpys(tmp_path, text, relation):
    right = f"({text}, np.int32)" if relation == "in" else text
    file = tmp_path / "program.py"
    body = f"    return x + x if x.dtype {relation} {right} else x"
    file.write_text(f"import numpy as np\n\n\ndef f(x):\n{body}\n", "utf-8")
    module = runpy.run_path(str(file))
    f = module["f"]
    made = ts.script(f)

    for data_type in (np.float32, np.float64, np.bool_, np.int64, np.int32):
        x = np.ones(2, data_type)
        assert made(x).tolist() == f(x).tolist()
