"""Wrong arguments to the public verbs: each is refused with a code, what was found and expected."""

from __future__ import annotations

import copy
import io
import pickle
import warnings

import numpy as np
import pytest

import tracescript as ts
from programs import POSITIVE, Gate
from tracescript import nn
from tracescript.errors import BadInputError


@pytest.fixture
def model() -> ts.Model:
    return ts.script(Gate(), types={"x": "float32[N]"})


@pytest.fixture
def content(model) -> bytes:
    file = io.BytesIO()
    ts.save(model, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"engine": "cuda"}, "engine: one of 'py', 'ref' expected, found 'cuda'"),
        ({"guards": "off"}, "guards: one of 'error', 'warn', 'ignore' expected, found 'off'"),
        ({"verify": "all"}, "verify: one of 'metadata', 'full' expected, found 'all'"),
        ({"limits": 5}, "limits: a Limits expected, found an object of class int"),
        ({"expand": 1}, "expand: a bool expected, found an object of class int"),
    ],
)
def test_load_refuses_an_option_that_is_none_of_its_choices(content, options, text) -> None:
    with pytest.raises(BadInputError) as caught:
        ts.load(content, **options)

    assert caught.value.code == "BAD_INPUT"
    assert caught.value.what == text


@pytest.mark.parametrize("file", [None, 3, io.StringIO("text")])
def test_neither_load_nor_save_takes_what_is_no_path_and_no_binary_file(model, file) -> None:
    with pytest.raises(BadInputError, match="expected, found"):
        ts.load(file)
    with pytest.raises(BadInputError, match="expected, found"):
        ts.save(model, file)


def test_save_refuses_a_program_that_is_no_model_and_says_how_to_make_one() -> None:
    with pytest.raises(BadInputError, match=r"model: a ts\.Model expected") as caught:
        ts.save(Gate(), io.BytesIO())

    assert "ts.trace" in caught.value.hint


@pytest.mark.parametrize("files", [{"a": "text"}, {3: b"bytes"}])
def test_extra_files_are_bytes_by_name(model, files) -> None:
    with pytest.raises(BadInputError, match="extra_files: bytes by str expected"):
        ts.save(model, io.BytesIO(), extra_files=files)


def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(model, tmp_path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        ts.save(model, tmp_path / "missing" / "gate.tsproto")

    assert caught.value.filename == str(tmp_path / "missing" / "gate.tsproto")


def test_a_member_of_a_model_cannot_be_assigned() -> None:
    linear = ts.trace(nn.Linear(2, 1), (np.ones((1, 2), np.float32),))

    with pytest.raises(BadInputError, match=r"Linear\.weight belongs to the model"):
        linear.weight = np.zeros((1, 2), np.float32)


def test_a_deep_copy_keeps_the_state_and_shares_no_state() -> None:
    class Counter(ts.Module):
        def __init__(self):
            super().__init__()
            self.n = 0

        def forward(self, x):
            self.n = self.n + 1
            return x * self.n

    model = ts.script(Counter(), types={"x": "float32[N]"})
    model(POSITIVE)

    copied = copy.deepcopy(model)

    assert copied(POSITIVE).tolist() == [2, 4, 6]
    assert model.state() == {"n": 1}


def test_pickling_a_model_names_the_way_to_save_it(model) -> None:
    with pytest.raises(TypeError, match=r"ts\.save"):
        pickle.dumps(model)


def test_the_example_of_a_program_with_several_outputs_is_saved_and_verified() -> None:
    def program(x):
        return [x * 2, x + 1], {"n": x.sum()}, x > 1

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        traced = ts.trace(program, (POSITIVE,))
    file = io.BytesIO()
    ts.save(traced, file)

    (result,) = ts.load(file.getvalue(), verify="full").verify()

    assert result.passed, result.problem
