"""Functions marked `ignore` in scripts: no file holds their calls, and what stops one."""

from __future__ import annotations

import io

import pytest

import tracescript as ts
from tests.test_script_ignore import (
    ENGINES,
    X,
    assert_same,
    in_arms_and_rounds,
    ordered,
    scripted,
    straight,
)
from tracescript.errors import ExecutionError, ProducerError, UnsupportedError
from tracescript.model.instance import Settings
from tracescript.model.model import Model
from tracescript.wire import write_model


def test_save_lists_every_call_with_its_line_and_leaves_the_file_as_it_was(tmp_path):
    file = tmp_path / "m.tsproto"
    file.write_bytes(b"before")

    with pytest.raises(ProducerError) as caught:
        ts.save(ts.script(in_arms_and_rounds), file)

    assert (caught.value.code, caught.value.rule) == ("UNKNOWN_CALL", "SCRIPT-14")
    line = in_arms_and_rounds.__code__.co_firstlineno
    name = "test_script_ignore.py"
    assert [text.split() for text in caught.value.excerpt.splitlines()] == [
        [f"{name}:{line + 4}:29:", "ordered()"],
        [f"{name}:{line + 5}:18:", "digits()"],
    ]
    assert "@ts.unused" in caught.value.hint
    assert file.read_bytes() == b"before"


def test_a_file_with_such_a_call_is_refused(monkeypatch):
    monkeypatch.setattr(write_model, "PYTHON", "another opset")
    forged = io.BytesIO()
    ts.save(ts.script(straight), forged, code=False)

    with pytest.raises(UnsupportedError) as caught:
        ts.load(forged.getvalue())

    assert caught.value.code == "UNSUPPORTED_OPSET"


@ENGINES
def test_no_engine_runs_such_a_call_without_the_function(engine):
    model = Model(ts.script(straight).ir, Settings(engine))

    with pytest.raises(UnsupportedError) as caught:
        model(X)

    assert caught.value.code == "UNSUPPORTED_OPSET"


def test_texts_of_a_model_show_the_calls():
    model = ts.script(straight)

    assert "python.ordered(%x)" in model.graph
    assert model.code.startswith("# cannot be saved: it calls python.ordered\n")
    assert "python.ordered(x)" in model.code_of("straight")
    assert repr(model) == "straight(scripted, 1 call of Python)"


# ---------------------------------------------------------------------- what stops the call
@ts.ignore
def wrong(x) -> int:
    return 1.5


@ts.ignore
def nothing(x):
    return None


@ts.ignore
def something(x) -> None:
    return x


@ts.ignore
def failing(x):
    raise LookupError("gone")


@ts.ignore
def changing(x):
    x += 1
    return x


@ts.ignore
def growing(xs: list[int]) -> int:
    xs.append(1)
    return len(xs)


STOPPED = {
    "not of the annotated type": (lambda x: x * wrong(x), "CONVERSION_ERROR"),
    "None for a tensor": (lambda x: nothing(x) + x, "CONVERSION_ERROR"),
    "a tensor for None": (lambda x: something(x) or x, "CONVERSION_ERROR"),
    "it raises": (lambda x: x + failing(x), "RAISED"),
    "it changes a tensor": (lambda x: changing(x * 2), "RAISED"),
    "it changes a list": (lambda x: x * growing([1, 2]), "VALUE_ERROR"),
}


@ENGINES
@pytest.mark.parametrize("says", STOPPED)
def test_a_function_that_does_what_no_graph_holds_stops_the_call_at_its_line(says, engine):
    program, code = STOPPED[says]
    model = scripted(program, engine)

    with pytest.raises(ExecutionError) as caught:
        model(X)

    assert (caught.value.code, caught.value.rule) == (code, "SCRIPT-14")
    assert caught.value.where == f"test_script_ignore_refused.py:{program.__code__.co_firstlineno}"


@ENGINES
def test_what_a_function_raises_is_the_cause_of_the_error(engine):
    with pytest.raises(ExecutionError, match="failing\\(\\) raised LookupError: gone") as caught:
        scripted(lambda x: x + failing(x), engine)(X)

    assert isinstance(caught.value.__cause__, LookupError)


def test_none_that_nothing_reads_is_no_error():
    def f(x):
        nothing(x)
        return x

    assert_same(ts.script(f)(X), X)


class Counting(ts.Module):
    def __init__(self):
        super().__init__()
        self.n, self.seen = 1, 0

    @ts.ignore
    def count(self, x):
        self.n += 1
        return x

    @ts.ignore
    def show(self, x) -> None:
        self.seen += self.n


class Reading(Counting):
    def forward(self, x):
        return self.count(x) * self.n


class Stepping(Counting):
    def forward(self, x):
        self.n += 1
        self.show(x)
        return x


class Noting(Counting):
    def forward(self, x):
        self.show(x)
        return self.count(x)


def test_a_method_may_change_only_what_the_program_was_not_compiled_with():
    noting = Noting()
    model = ts.script(noting)
    model(X)
    model(X)
    assert (noting.n, noting.seen) == (3, 3)

    with pytest.raises(ExecutionError, match="changes 'n'") as caught:
        ts.script(Reading())(X)
    assert caught.value.code == "VALUE_ERROR"


def test_a_method_that_speaks_of_state_is_refused():
    with pytest.raises(ProducerError) as caught:
        ts.script(Stepping())

    assert (caught.value.code, caught.value.rule) == ("UNKNOWN_CALL", "SCRIPT-14")
    assert "self.show(x)" in caught.value.excerpt


def test_changes_of_what_python_may_hold_are_refused():
    def of_result(x):
        y = ordered(x)
        y[0] = 1
        return y

    def of_argument(x):
        x = x + 1
        y = ordered(x)
        x[0] = 1
        return x + y

    for program in (of_result, of_argument):
        with pytest.raises(ProducerError) as caught:
            ts.script(program)
        assert caught.value.code == "ALIASING"


def test_types_say_what_a_function_gives():
    model = ts.script(straight, types={"x": "float32[3]", "ordered()": "float32[3]"})

    assert "float32[3] = python.ordered(%x)" in model.graph
    assert_same(model(X), straight(X))
    with pytest.raises(ExecutionError, match="int64"):
        ts.script(straight, types={"ordered()": "int64[_]"})(X)
    with pytest.raises(ProducerError) as caught:
        ts.script(straight, types={"sorted()": "float32[3]"})
    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-13")
