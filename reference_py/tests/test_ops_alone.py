"""Ops called one at a time from Python, outside any model."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import BadInputError, InvalidModelError, TrapError
from tracescript.kernels import KERNELS

X = np.array([1, 2, 3], np.float32)


def test_a_dict_of_tensors_is_an_input():
    assert ts.ops.dict.get({"a": X, "b": X + 1}, "b").tolist() == [2, 3, 4]
    assert ts.ops.dict.len({"a": [X, X], "b": [X]}) == 2


def test_a_tuple_of_tensors_lists_and_numbers_is_an_input():
    given = (X, [X, X + 1], {"k": X}, 7, (1, "a"))

    assert ts.ops.tuple.get(given, i=0).tolist() == [1, 2, 3]
    assert [x.tolist() for x in ts.ops.tuple.get(given, i=1)] == [[1, 2, 3], [2, 3, 4]]
    assert ts.ops.tuple.get(given, i=2)["k"].tolist() == [1, 2, 3]
    assert [ts.ops.tuple.get(given, i=i) for i in (3, 4)] == [7, (1, "a")]
    assert ts.ops.tuple.get((1, 2), i=1) == 2


def test_a_tuple_stands_for_a_list_where_an_op_takes_one():
    assert ts.ops.cat((X, X)).tolist() == [1, 2, 3, 1, 2, 3]
    assert ts.ops.reshape(X, (3, 1)).tolist() == [[1], [2], [3]]


def test_a_traced_call_takes_tuples_as_a_call_at_once_does():
    model = ts.trace(lambda x: ts.ops.cat((x, ts.ops.tuple.get((x, x + 1), i=1))), (X,))

    assert model(X).tolist() == [1, 2, 3, 2, 3, 4]


def test_several_results_come_as_a_list_even_where_there_is_one():
    assert [part.tolist() for part in ts.ops.split(X, [3])] == [[1, 2, 3]]
    assert [part.tolist() for part in ts.ops.split(X, [1, 2])] == [[1], [2, 3]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: ts.ops.neg(np.array(["a"])),
        lambda: ts.ops.neg(object()),
        lambda: ts.ops.dict.len({"a": X, "b": 3}),
        lambda: ts.ops.list.len([1, "a"]),
        lambda: ts.ops.tuple.get((X, [[X], [2]]), i=1),
        lambda: ts.ops.cast(X, "float33"),
        lambda: ts.ops.cast(X, 3),
    ],
)
def test_what_no_model_can_hold_is_refused(call):
    with pytest.raises(BadInputError) as caught:
        call()

    assert caught.value.code == "BAD_INPUT"
    assert caught.value.rule in {"EXEC-2", "EXEC-3"}


def test_a_call_that_breaks_a_constraint_is_refused_with_its_rule():
    with pytest.raises(InvalidModelError) as caught:
        ts.ops.matmul(X, np.ones((2, 2), np.float32))

    assert caught.value.rule == "OP.matmul.C2"


def test_an_op_that_stops_gives_its_code_and_its_rule():
    with pytest.raises(TrapError) as caught:
        ts.ops.int.floordiv(1, 0)

    assert (caught.value.code, caught.value.rule) == ("ZERO_DIVISION", "OP.int.floordiv.E1")


def test_an_error_that_is_none_of_an_op_comes_out_as_it_is(monkeypatch):
    def broken(_):
        raise RuntimeError("a bug of a kernel")

    monkeypatch.setitem(KERNELS._kernels, "neg", broken)

    with pytest.raises(RuntimeError, match="a bug of a kernel"):
        ts.ops.neg(X)


def test_of_results_of_any_number_one_comes_alone():
    assert ts.ops.tuple.unpack((X,)).tolist() == [1, 2, 3]
    assert [x.tolist() for x in ts.ops.tuple.unpack((X, X + 1))] == [[1, 2, 3], [2, 3, 4]]
