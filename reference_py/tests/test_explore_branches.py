"""`ts.trace(..., explore=N)`: both arms of branches on data, merged into one model."""

from __future__ import annotations

import io

import numpy as np
import pytest

import tracescript as ts
from programs import Cell, Gate
from tracescript import nn


def floats(*shape, seed=0, scale=3):
    numbers = np.random.default_rng(seed).standard_normal(shape) * scale
    return numbers.astype(np.float32)


def explored(f, *args, runs=64, **options):
    return ts.trace(f, args, explore=runs, **options)


def gate(x):
    if x.sum() > 0:
        return x
    else:
        return -x


def equal_on_many(model, f, *shapes, count=60):
    for seed in range(count):
        given = [floats(*shape, seed=100 * seed + k) for k, shape in enumerate(shapes)]
        np.testing.assert_allclose(model(*given), f(*given), rtol=1e-6, atol=1e-6)


def saved(model):
    file = io.BytesIO()
    ts.save(model, file, examples=False)
    return file.getvalue()


@pytest.mark.parametrize("sign", [1, -1])
def test_the_gate_explored_keeps_both_arms(sign):
    model = explored(gate, sign * np.ones((3, 4), np.float32), runs=2)

    assert model.report.decisions == ()
    assert (model.report.runs, model.report.paths) == (2, 2)
    assert "# explored" in model.graph.splitlines()[0]
    equal_on_many(model, gate, (3, 4))
    np.testing.assert_array_equal(model(np.zeros((2, 2), np.float32)), np.zeros((2, 2)))


def test_the_arm_that_the_example_takes_does_not_change_the_bytes():
    ones = np.ones((3, 4), np.float32)

    assert saved(explored(gate, ones)) == saved(explored(gate, -ones))


def test_the_explored_gate_computes_what_the_scripted_one_does():
    traced = explored(Gate(), floats(3))
    scripted = ts.script(Gate(), types={"x": "float32[N]"})

    for seed in range(40):
        x = floats(3, seed=seed)
        np.testing.assert_array_equal(traced(x), scripted(x))


def test_a_gate_inside_a_module_lands_in_its_function_and_the_tail_is_shared():
    cell = Cell(Gate())
    model = explored(cell, floats(3, 4), floats(3, 4, seed=1), runs=2)

    assert "if bool(" in model.dg.code
    assert "if bool(" not in model.code
    assert model.code.count("ops.tanh") == 1
    for seed in range(40):
        x, h = floats(5, 4, seed=seed), floats(5, 4, seed=seed + 50)
        np.testing.assert_allclose(model(x, h)[0], cell(x, h)[0], rtol=1e-6)


def test_a_function_that_calls_an_explored_one_is_explored():
    model = explored(Cell(Gate()), floats(3, 4), floats(3, 4), runs=2)

    origins = {f.name: f.origin for f in model.ir.functions}
    assert origins["Gate.forward"] == origins["Cell.forward"] == "explored"
    assert origins["Linear.forward"] == "traced"


def nested(x):
    y = 1 - x
    if y.mean() > 0:
        y = y * 2
        if y.max() > 3:
            y = y - 3
        elif y.min() < -3:
            y = y + x
    return y + 1 if y.sum() > 0 else y - x


def test_nested_branches_become_nested_ifs():
    model = explored(nested, floats(3, 4))

    assert model.report.decisions == ()
    equal_on_many(model, nested, (3, 4), count=150)


def early(x):
    if x[0] > 1:
        return x * 2
    if x[1] > 1:
        return x * 3
    y = np.tanh(x)
    if x[2] > 1:
        return y
    return -y


def test_early_returns_are_arms():
    model = explored(early, floats(4))

    assert model.report.decisions == ()
    equal_on_many(model, early, (4,), count=150)


class Scale(nn.Module):
    def __init__(self, number):
        super().__init__()
        self.weight = nn.Parameter(np.full(4, number, np.float32))

    def forward(self, x):
        if (x * self.weight).sum() > 0:
            return x * 2 - self.weight
        return x / 2 + 1


class Ten(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(10):
            setattr(self, f"scale_{i}", Scale(i - 4.5))

    def forward(self, x):
        for i in range(10):
            x = getattr(self, f"scale_{i}")(x)
        return x


def ten_aliases(x):
    y = x
    for i in range(10):
        y = y if (y * (i - 4.5)).sum() > 0 else -y
    return y + x


@pytest.mark.parametrize("program", [Ten(), ten_aliases])
@pytest.mark.parametrize("seed", [0, 1])
def test_ten_branches_in_sequence_need_ten_flips_and_their_pairs(program, seed):
    model = explored(program, floats(3, 4, seed=seed), runs=56)

    assert model.report.decisions == ()
    assert model.report.runs <= 56
    equal_on_many(model, program, (3, 4), count=100)


def test_one_module_called_often_stays_one_function():
    class Often(nn.Module):
        def __init__(self):
            super().__init__()
            self.gate = Gate()

        def forward(self, x):
            for i in range(4):
                x = self.gate(x - i)
            return x

    program = Often()
    model = explored(program, floats(3))

    assert [f.name for f in model.ir.functions].count("Gate.forward") == 1
    assert len(model.ir.functions) == 2
    equal_on_many(model, program, (3,))


class Choice(nn.Module):
    """Decides in a submodule; Python around it goes on differently."""

    def __init__(self):
        super().__init__()
        self.router = Router()

    def forward(self, x):
        return np.tanh(x) if self.router(x) else x * 2


class Router(nn.Module):
    def forward(self, x):
        return bool(x.sum() > 0)


def test_a_branch_that_reaches_out_of_its_module_is_written_around_the_call():
    program = Choice()
    model = explored(program, floats(3))

    assert "if bool(" in model.code
    equal_on_many(model, program, (3,))


def test_arms_may_give_sizes_that_differ():
    def cut(x):
        y = x[:1] if x.sum() > 0 else x
        return y * 2

    model = explored(cut, floats(3, 4))

    equal_on_many(model, cut, (3, 4))


def test_a_value_asked_twice_is_one_branch():
    def twice(x):
        positive = x.sum() > 0
        y = x if positive else -x
        return y + 1 if positive else y - 1

    model = explored(twice, floats(3))

    assert model.report.runs == 2
    equal_on_many(model, twice, (3,))


def test_any_and_or_and_not_are_branches():
    def logic(x):
        if (x[0] > 0 and x[1] > 0) or not x[2] > 0:
            return x * 2
        return x - 1 if any(v > 2 for v in (x[0], x[1], x[2])) else x

    model = explored(logic, floats(3))

    assert model.report.decisions == ()
    equal_on_many(model, logic, (3,), count=200)


def test_both_doors_of_an_arm_may_call_modules():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x):
            return self.left(x) if x.sum() > 0 else self.right(self.left(x))

    program = Two()
    model = explored(program, floats(3, 4))

    equal_on_many(model, program, (3, 4))
    assert {path for path, _ in model.named_weights()} >= {"left.weight", "right.weight"}


def test_a_saved_explored_model_loads_and_computes_the_same(tmp_path):
    model = explored(nested, floats(3, 4))
    path = tmp_path / "nested.tsproto"

    ts.save(model, path)

    for engine in ("py", "ref"):
        loaded = ts.load(path, engine=engine)
        equal_on_many(loaded, nested, (3, 4))
