"""The public verbs end to end: trace, script, save, load, run."""

from __future__ import annotations

import io
import threading
import warnings

import numpy as np
import pytest

import tracescript as ts
from programs import NEGATIVE, POSITIVE, Cell, Gate, Tied, floats
from tracescript import nn


def saved(model, **options) -> ts.Model:
    file = io.BytesIO()
    ts.save(model, file)
    return ts.load(file.getvalue(), **options)


@pytest.fixture
def traced():
    return ts.trace(Gate(), (POSITIVE,), decisions="record")


@pytest.fixture
def scripted():
    return ts.script(Gate(), types={"x": "float32[N]"})


def test_tracing_a_branch_warns_once_with_line_predicate_and_lost_branch() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ts.trace(Gate(), (POSITIVE,))

    (warning,) = caught
    text = str(warning.message)
    assert issubclass(warning.category, ts.TraceWarning)
    assert "programs.py:12" in text
    assert "x.sum() > 0 was True" in text
    assert "line 15 is lost" in text


def test_a_loaded_trace_stops_on_the_other_branch_and_says_where(traced) -> None:
    loaded = saved(traced)

    with pytest.raises(ts.errors.GuardError) as caught:
        loaded(NEGATIVE)

    assert caught.value.code == "GUARD_FAILED"
    assert caught.value.guard.predicate == "x.sum() > 0"
    assert caught.value.where.startswith("programs.py:12")


def test_guards_ignored_give_the_traced_answer(traced) -> None:
    assert saved(traced, guards="ignore")(NEGATIVE).tolist() == [-1, -2, -3]


def test_guards_in_mode_warn_give_the_traced_answer_with_a_warning(traced) -> None:
    loaded = saved(traced, guards="warn")

    with pytest.warns(ts.TraceWarning, match=r"x.sum\(\) > 0"):
        assert loaded(NEGATIVE).tolist() == [-1, -2, -3]


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_script_keeps_both_branches(scripted, engine) -> None:
    loaded = saved(scripted, engine=engine)

    assert loaded(NEGATIVE).tolist() == [1, 2, 3]
    assert loaded(POSITIVE).tolist() == [1, 2, 3]
    assert "if bool(" in loaded.code


def test_a_scripted_gate_inside_a_traced_cell_keeps_its_branches() -> None:
    cell = Cell(ts.script(Gate()))
    x, h = np.ones((3, 4), np.float32), np.zeros((3, 4), np.float32)
    model = saved(ts.trace(cell, (x, h)))

    for sign in (1, -1):
        y = cell.linear(x * sign)
        gated = y if y.sum() > 0 else -y
        np.testing.assert_allclose(model(x * sign, h)[0], np.tanh(gated + h), rtol=1e-6)


def test_saving_twice_gives_the_same_bytes(traced) -> None:
    first, second = io.BytesIO(), io.BytesIO()

    digests = {ts.save(traced, first), ts.save(traced, second)}

    assert first.getvalue() == second.getvalue()
    assert len(digests) == 1


def test_stripping_code_debug_and_examples_changes_no_answer(traced) -> None:
    file = io.BytesIO()
    ts.save(traced, file, code=False, debug=False, examples=False)
    loaded = ts.load(file.getvalue())

    assert loaded(POSITIVE).tolist() == [1, 2, 3]
    with pytest.raises(ts.errors.GuardError) as caught:
        loaded(NEGATIVE)
    assert caught.value.guard.index == 0


def test_a_file_checks_itself_with_the_examples_it_carries(traced) -> None:
    (result,) = saved(traced).verify()

    assert result.passed


def test_tied_weights_stay_one_weight_in_the_file() -> None:
    model = saved(ts.trace(Tied(), (np.array([1, 4]),)))
    weights = dict(model.named_weights())

    assert weights["embedding.weight"] is weights["linear.weight"]


def test_the_module_tree_can_be_walked_and_called() -> None:
    cell = Cell(Gate())
    x = np.ones((3, 4), np.float32)
    model = saved(ts.trace(cell, (x, x), decisions="record"))

    np.testing.assert_allclose(model.linear(x), cell.linear(x), rtol=1e-6)
    assert sorted(path for path, _ in model.modules()) == ["", "dg", "linear"]
    assert model.linear.weight.shape == (4, 4)


@pytest.mark.parametrize(
    ("args", "kwargs", "rule"),
    [
        ((), {}, "EXEC-2"),
        ((POSITIVE, POSITIVE), {}, "EXEC-2"),
        ((), {"y": POSITIVE}, "EXEC-2"),
        ((POSITIVE,), {"x": POSITIVE}, "EXEC-2"),
        ((POSITIVE.astype(np.float64),), {}, "EXEC-3"),
        (([1.0, 2.0],), {}, "EXEC-3"),
        ((POSITIVE.reshape(3, 1),), {}, "EXEC-3"),
        (("text",), {}, "EXEC-3"),
        ((None,), {}, "EXEC-3"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_with_found_and_expected(
    traced, args, kwargs, rule
) -> None:
    with pytest.raises(ts.errors.BadInputError) as caught:
        traced(*args, **kwargs)

    assert (caught.value.code, caught.value.rule) == ("BAD_INPUT", rule)
    assert caught.value.hint or "expected" in caught.value.what


def test_an_unknown_method_lists_the_exported_ones(traced) -> None:
    with pytest.raises(ts.errors.BadInputError) as caught:
        traced.run("backward", POSITIVE)

    assert caught.value.code == "NO_SUCH_METHOD"
    assert "forward" in caught.value.hint


def test_a_size_that_is_fixed_is_refused_with_the_way_to_keep_it_open() -> None:
    model = ts.trace(lambda x: x * 2, (POSITIVE,), dynamic={})

    with pytest.raises(ts.errors.BadInputError, match="axis 0: 3 expected, found 2") as caught:
        model(floats(1, 2))

    assert 'dynamic={"x": {0: ts.Dim("N")}}' in caught.value.hint


def test_a_symbol_bound_twice_must_agree() -> None:
    def add(a, b):
        return a + b

    model = ts.trace(add, (floats(1, 2), floats(3, 4)))

    assert model(floats(1, 2, 3), floats(1, 1, 1)).tolist() == [2, 3, 4]
    with pytest.raises(ts.errors.BadInputError) as caught:
        model(floats(1, 2, 3), floats(1, 2))
    assert caught.value.rule == "EXEC-4"


def test_a_dynamic_batch_size_takes_any_size_in_its_range() -> None:
    layer = nn.Linear(3, 2)
    batch = ts.Dim("B", 1, 8)
    model = saved(ts.trace(layer, (np.ones((2, 3), np.float32),), dynamic={"x": {0: batch}}))

    assert model(np.ones((8, 3), np.float32)).shape == (8, 2)
    with pytest.raises(ts.errors.BadInputError):
        model(np.ones((9, 3), np.float32))


def test_a_dynamic_size_that_would_be_fixed_is_an_error_with_its_line() -> None:
    def total(xs):
        y = xs[0]
        for i in range(1, xs.shape[0]):
            y = y + xs[i]
        return y

    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(total, (np.ones((3, 2), np.float32),), dynamic={"xs": {0: ts.Dim("T")}})

    assert caught.value.code == "DIMENSION_FIXED"
    assert "test_api.py" in caught.value.where


def test_state_is_committed_per_instance_and_can_be_reset() -> None:
    class Counter(ts.Module):
        def __init__(self):
            super().__init__()
            self.n = 0

        def forward(self, x):
            self.n = self.n + 1
            return x * self.n

    model = saved(ts.script(Counter(), types={"x": "float32[N]"}))
    other = model.instance()

    assert [model(POSITIVE).tolist() for _ in range(2)] == [[1, 2, 3], [2, 4, 6]]
    assert other(POSITIVE).tolist() == [1, 2, 3]
    assert model.state() == {"n": 2}
    model.reset_state()
    assert model(POSITIVE).tolist() == [1, 2, 3]


def test_a_model_may_be_called_from_many_threads(scripted) -> None:
    results: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: results.append(scripted(NEGATIVE).tolist()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [[1, 2, 3]] * 8


def test_results_share_no_memory_with_inputs(scripted) -> None:
    given = POSITIVE.copy()

    scripted(given)[0] = 99

    assert given.tolist() == [1, 2, 3]


def test_a_failed_save_leaves_the_old_file(tmp_path, traced) -> None:
    file = tmp_path / "gate.tsproto"
    ts.save(traced, file)
    before = file.read_bytes()

    with pytest.raises(ts.errors.TsError):
        ts.save(traced, file, extra_files={"../x": b"out"})

    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
