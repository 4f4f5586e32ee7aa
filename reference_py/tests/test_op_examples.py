"""Every example of every tensor op, by kernel and by definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from op_runs import attribute, by_definition, by_kernel, operands, results

from tracescript.errors import InvalidModelError, TsError
from tracescript.kernels import KERNELS
from tracescript.opset.table import opset
from tracescript.v1 import error_pb2

PROFILES = {"core", "nn", "random", "linalg", "quant"}

EXAMPLES = [
    pytest.param(op.name, i, id=f"{op.name}-{example.title.replace(' ', '_')}")
    for op in opset()
    if op.profile in PROFILES
    for i, example in enumerate(opset().message(op.name).examples)
]


def bounds(op: Any, literals: Any) -> list[Any]:
    found: dict[str, Any] = {}
    for message in literals:
        name = message.name.split("[")[0]
        bound = np.array([float(b) for b in message.bounds] or [0.0])
        value = bound.reshape(tuple(message.shape)) if bound.size > 1 else bound[0]
        if "[" in message.name:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return [found[d.name] for d in op.outputs]


def assert_close(found: Any, expected: Any, bound: Any) -> None:
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for f, e, b in zip(found, expected, bound, strict=True):
            assert_close(f, e, b)
        return
    found = np.asarray(found)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    widest = np.complex128 if found.dtype.kind == "c" else np.float64
    wide = (np.asarray(v, widest) for v in (found, expected))
    if found.dtype.kind in "biu":
        np.testing.assert_array_equal(found, expected)
        return
    got, want = wide
    with np.errstate(invalid="ignore"):
        near = np.abs(got - want) <= bound
    same = (got == want) | (np.isnan(got) & np.isnan(want)) | near
    assert same.all(), f"{found} is not {expected} within {bound}"


def check(name: str, number: int, run: Any) -> None:
    op = opset()[name]
    example = opset().message(name).examples[number]
    given = operands(op, example.inputs)
    attributes = {a.name: attribute(a.text) for a in example.attributes}
    if example.HasField("error"):
        with pytest.raises(TsError) as caught:
            run(name, given, attributes)
        code = error_pb2.ErrorCode.Name(example.error).removeprefix("ERROR_CODE_")
        assert accepted(code, caught.value)
        return
    limits = bounds(op, example.outputs)
    found = run(name, given, attributes)
    for value, expected, bound in zip(found, results(op, example.outputs), limits, strict=True):
        assert_close(value, expected, bound)


def accepted(code: str, error: TsError) -> bool:
    """A fault of known sizes may be seen before the call."""
    early = {"SHAPE_ERROR": {"BAD_SHAPE", "BAD_CALL"}, "INDEX_ERROR": {"BAD_SHAPE"}}
    return error.code == code or error.code in early.get(code, set())


def is_refused(name: str, number: int) -> bool:
    example = opset().message(name).examples[number]
    code = error_pb2.ErrorCode.Name(example.error) if example.HasField("error") else ""
    return code.removeprefix("ERROR_CODE_") in InvalidModelError.codes


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_the_kernel_gives_what_the_example_says(name: str, number: int) -> None:
    if name not in KERNELS or is_refused(name, number):
        assert opset()[name].is_composite or is_refused(name, number)
        return
    check(name, number, by_kernel)


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_the_definition_gives_what_the_example_says(name: str, number: int) -> None:
    check(name, number, by_definition)


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_the_definition_holds_for_extents_known_only_at_run_time(name: str, number: int) -> None:
    if is_refused(name, number):
        return

    def run(*call: Any) -> list[Any]:
        return by_definition(*call, symbolic=True)

    check(name, number, run)
