"""Every constraint and every error condition of every op: a call that breaks it is refused."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from op_runs import model_of, run_model
from violations import refusal, stop, valid, variations

from tools.op_examples import examples
from tracescript import ir
from tracescript.errors import InvalidModelError, TsError
from tracescript.opset.table import opset

F32, I64 = np.float32, np.int64
TESTS = Path(__file__).parent
MOST = 500


def ones(*shape: int, dtype: Any = F32) -> np.ndarray:
    return np.ones(shape, dtype)


def whole(*values: int) -> np.ndarray:
    return np.array(values, I64)


BROKEN: dict[tuple[str, str], tuple[list[Any], dict[str, Any]]] = {
    ("broadcast_tensors", "C1"): ([[ones(2), ones(3)]], {}),
    ("cast", "C1"): ([ones(2, dtype=np.complex64)], {"dtype": ir.DataType.FLOAT32}),
    ("cast", "C2"): ([ones(2)], {"dtype": ir.DataType.COMPLEX32}),
    ("clamp", "C2"): ([ones(2), None, None], {}),
    ("cross", "C2"): ([ones(3, 2), ones(3, 3)], {"dim": 0}),
    ("einsum", "C1"): ([[ones(2, 3)]], {"equation": "i->i"}),
    ("equal", "C1"): ([[ones(2)], [ones(2)]], {}),
    ("hann_window", "C1"): ([4], {"dtype": ir.DataType.INT64}),
    ("index", "C1"): ([ones(2), [whole(0), whole(0)]], {}),
    ("index_put", "C1"): ([ones(2), [whole(0), whole(0)], ones()], {}),
    ("meshgrid", "C1"): ([[ones(2, 2)]], {}),
    ("quantize_per_channel", "C2"): (
        [ones(2, 3), ones(3), whole(0, 0, 0)],
        {"axis": 1, "qmin": 0, "qmax": 9, "dtype": ir.DataType.FLOAT32},
    ),
    ("to_tensor", "C1"): ([["x"]], {"dtype": ir.DataType.INT64}),
    ("quantize_per_tensor", "C2"): (
        [ones(2), ones(), np.zeros((), I64)],
        {"qmin": 0, "qmax": 9, "dtype": ir.DataType.FLOAT32},
    ),
}
"""Calls that break a constraint which no change of an example breaks."""

STOPPING: dict[tuple[str, str], tuple[list[Any], dict[str, Any]]] = {
    ("avg_pool3d", "SHAPE_ERROR"): (
        [ones(1, 1, 2, 2, 2)],
        {"kernel": (3,) * 3, "stride": (1,) * 3},
    ),
    ("binary_cross_entropy_with_logits", "SHAPE_ERROR"): ([ones(2), ones(3), None, None], {}),
    ("fmod", "ZERO_DIVISION"): ([whole(1), whole(0)], {}),
    ("histc", "SHAPE_ERROR"): ([ones(0)], {"bins": 2}),
    ("index", "SHAPE_ERROR"): ([ones(2, 3), [whole(0, 1), whole(0, 1, 2)]], {}),
    ("linalg_cholesky", "SHAPE_ERROR"): ([ones(2, 3)], {}),
    ("linalg_matrix_power", "SINGULAR_MATRIX"): ([np.zeros((2, 2), F32)], {"n": -1}),
    ("max_pool3d", "SHAPE_ERROR"): (
        [ones(1, 1, 2, 2, 2)],
        {"kernel": (3,) * 3, "stride": (1,) * 3},
    ),
    ("round_half_even", "VALUE_ERROR"): ([1.7976931348623157e308], {"digits": -308}),
    ("searchsorted", "SHAPE_ERROR"): ([ones(2, 3), ones(3, 3)], {}),
    ("slice_scatter", "VALUE_ERROR"): ([ones(4), ones(4), None, None, 0], {}),
}
"""Calls that stop with a code which neither an example nor a change of one shows."""

ELSEWHERE = {
    "OP.dict.make.C1",
    "OP.list.contains.C1",
    "OP.list.sort.C1",
    "OP.struct.make.C1",
    "OP.to_list.C1",
}
"""Constraints of containers, which other tests break and quote."""

STATIC = {("size", "VALUE_ERROR"), ("to_tensor", "VALUE_ERROR")}
"""What needs a tensor of unknown rank, or lists of unlike lengths: `test_kernels_container`."""

CONSTRAINTS = [(op.name, number) for op in opset() for number, _, _ in op.constraints]
ERRORS = sorted({(op.name, code) for op in opset() for _, code in op.errors})


@functools.cache
def _told_elsewhere() -> str:
    return "".join(
        p.read_text("utf-8") for p in TESTS.glob("test_*.py") if p.name != Path(__file__).name
    )


def is_shown(name: str, number: str) -> bool:
    """Whether an example shows a constraint; `test_opset` holds it to that."""
    found = examples(opset()[name], opset().message(name))
    return any(e.shows == number and e.error.startswith("BAD_") for e in found)


@functools.cache
def refusals(name: str) -> dict[str, InvalidModelError]:
    """Return a refusal for each constraint of an op that changed examples break."""
    found: dict[str, InvalidModelError] = {}
    for call in variations(opset()[name]):
        error = refusal(name, call)
        if error is not None:
            found.setdefault(error.rule, error)
        if all(f"OP.{name}.{number}" in found for number, _, _ in opset()[name].constraints):
            break
    return found


@pytest.mark.parametrize(("name", "number"), CONSTRAINTS)
def test_a_call_that_breaks_a_constraint_is_refused_with_its_number(name: str, number: str) -> None:
    rule = f"OP.{name}.{number}"
    if (name, number) in BROKEN:
        error = refusal(name, BROKEN[name, number])
    else:
        error = refusals(name).get(rule)
        if error is None and is_shown(name, number):
            return
        if error is None and rule in ELSEWHERE:
            assert f'"{rule}"' in _told_elsewhere(), f"no test quotes {rule}"
            return

    assert error is not None, f"nothing breaks {rule}: add an example or a call to BROKEN"
    assert error.rule == rule
    assert error.code in {"BAD_CALL", "BAD_SHAPE"}
    text = next(text for n, text, _ in opset()[name].constraints if n == number)
    assert text in error.what or error.code == "BAD_SHAPE"
    assert error.what.startswith(f"{name}: ")


@functools.cache
def stops(name: str) -> frozenset[str]:
    """Return the codes with which an op's error examples and changed examples stop."""
    op = opset()[name]
    codes = {e.error for e in examples(op, opset().message(name)) if e.error}
    wanted = {code for _, code in op.errors}
    if wanted <= codes:
        return frozenset(codes)
    for i, call in enumerate(variations(op)):
        error = stop(name, call, expand=False)
        codes |= {error.code} if error is not None else set()
        if wanted <= codes or i > MOST:
            break
    return frozenset(codes)


@pytest.mark.parametrize(("name", "code"), [e for e in ERRORS if e not in STATIC])
def test_an_error_condition_of_an_op_can_be_met(name: str, code: str) -> None:
    if (name, code) not in STOPPING:
        assert code in stops(name), f"nothing stops {name} with {code}: add an example"
        return

    for expand in (False, True):
        error = stop(name, STOPPING[name, code], expand=expand)
        assert error is not None
        assert error.code == code


def first_tensor(name: str) -> tuple[Any, int] | None:
    """Return a valid call of an op, and the place of a tensor whose type is restricted."""
    op = opset()[name]
    for inputs, attributes in valid(op):
        for i, (declared, value) in enumerate(zip(op.inputs, inputs, strict=False)):
            restricted = dict(op.variables).get(declared.type, declared.type) not in {
                "any",
                "storage",
            }
            if declared.kind == "tensor" and isinstance(value, np.ndarray) and restricted:
                return (inputs, attributes), i
    return None


TYPED = [op.name for op in opset() if first_tensor(op.name) is not None]


@pytest.mark.parametrize("name", TYPED)
def test_a_tensor_of_a_type_that_the_op_does_not_take_is_refused(name: str) -> None:
    found = first_tensor(name)
    assert found is not None
    (inputs, attributes), place = found
    inputs = list(inputs)
    inputs[place] = np.zeros(inputs[place].shape, np.uint64)

    error = refusal(name, (inputs, attributes))

    assert error is not None
    assert error.code in {"BAD_CALL", "BAD_TYPE"}
    assert error.rule in {"GRAPH-42", "GRAPH-43"}
    assert "uint64" in error.what
    assert "expected" in error.what


CHOSEN = [(op.name, a.name) for op in opset() for a in op.attributes if a.choices and valid(op)]


@pytest.mark.parametrize(("name", "attribute"), CHOSEN)
def test_a_choice_that_an_attribute_does_not_have_is_refused(name: str, attribute: str) -> None:
    inputs, attributes = valid(opset()[name])[0]

    error = refusal(name, (inputs, attributes | {attribute: "no such choice"}))

    assert error is not None
    assert (error.code, error.rule) == ("BAD_CALL", "GRAPH-44")
    assert "no such choice" in error.what


@pytest.mark.parametrize("name", [op.name for op in opset() if valid(op)])
def test_no_call_breaks_the_checker_or_an_op(name: str) -> None:
    calls = [c for _, c in zip(range(60), variations(opset()[name]), strict=False)]

    for call in calls:
        try:
            model, given = model_of(name, *call)
            run_model(model, given)
        except TsError:
            continue
