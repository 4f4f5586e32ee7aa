"""Dicts with values of different types, and records, as arguments and results of a trace."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError

X = np.ones((3, 4), np.float32)
LARGER = np.ones((5, 4), np.float32)


@dataclasses.dataclass
class Record:
    a: np.ndarray
    b: int


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_dict_of_different_types_comes_back_as_a_dict(engine, tmp_path):
    model = ts.trace(lambda x: {"logits": x, "hidden": [x, x + 1], "more": {"n": 3, "x": x}}, (X,))
    ts.save(model, tmp_path / "m.tsproto")

    got = ts.load(tmp_path / "m.tsproto", engine=engine)(LARGER)

    assert list(got) == ["logits", "hidden", "more"]
    assert got["hidden"][1].tolist() == (LARGER + 1).tolist()
    assert got["more"]["n"] == 3


def test_a_dict_of_different_types_may_be_an_argument():
    model = ts.trace(lambda d: d["a"] + d["b"][0], ({"a": X, "b": (X, 2)},))

    assert model({"b": (LARGER, 2), "a": LARGER}).tolist() == (LARGER + LARGER).tolist()


def test_a_traced_model_in_a_trace_returns_its_dict():
    inner = ts.trace(lambda x: {"a": x, "b": (x, x + 1)}, (X,))

    model = ts.trace(lambda x: inner(x)["b"][1] * 2, (X,))

    assert model(LARGER).tolist() == ((LARGER + 1) * 2).tolist()


def test_a_data_class_comes_back_with_its_fields():
    got = ts.trace(lambda x: Record(a=x, b=2), (X,))(LARGER)

    assert got.a.tolist() == LARGER.tolist()
    assert got.b == 2


@pytest.mark.parametrize(
    ("result", "text"),
    [({1: X, 2: "s"}, "keys that are no strings"), ({1: X, "a": X}, "keys of int, str")],
)
def test_a_dict_that_is_no_record_is_refused_with_a_hint(result, text):
    with pytest.raises(ProducerError, match=text) as caught:
        ts.trace(lambda x: result, (X,))

    assert caught.value.hint == "use strings for keys"


@pytest.mark.parametrize(
    ("result", "name"), [({1, 2}, "a set"), (object(), "an object"), ({}, "an empty dict")]
)
def test_a_result_that_is_no_value_is_named_at_its_return(result, name):
    def f(_):
        return result

    with pytest.raises(ProducerError, match=f"the result is {name}") as caught:
        ts.trace(f, (X,))

    assert "return result" in caught.value.excerpt


@pytest.mark.parametrize("use", [lambda d: sum(d.values()), lambda d: d["a"] * len(d)])
def test_a_dict_with_more_entries_than_the_trace_saw_stops_the_model(use):
    model = ts.trace(use, ({"a": X, "b": X * 2},))

    np.testing.assert_array_equal(model({"a": X, "b": X}), use({"a": X, "b": X}))
    with pytest.raises(ts.errors.TsError) as caught:
        model({"a": X, "b": X, "c": X})
    assert caught.value.code == "VALUE_ERROR"
