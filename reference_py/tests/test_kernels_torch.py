"""Kernels and definitions against torch in float64, special values included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from op_runs import by_definition, by_kernel

from tracescript.ir import DataType
from tracescript.kernels import KERNELS

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

import torch_complex_cases  # noqa: E402 - needs torch, which is asked for above
import torch_core_cases  # noqa: E402 - as above
import torch_more_cases  # noqa: E402 - as above
import torch_nn_cases  # noqa: E402 - as above
import torch_sample_cases  # noqa: E402 - as above

CASES = [
    *torch_core_cases.CASES.params,
    *torch_more_cases.CASES.params,
    *torch_nn_cases.CASES.params,
    *torch_complex_cases.CASES.params,
    *torch_sample_cases.CASES.params,
]


def to_torch(value: Any) -> Any:
    if isinstance(value, list) and any(isinstance(v, np.ndarray) for v in value):
        return [to_torch(v) for v in value]
    return torch.tensor(value) if isinstance(value, np.ndarray) else value


def parts(value: Any) -> list[Any]:
    if isinstance(value, torch.Tensor):
        return [value.numpy()]
    return [parts(v) for v in value]


def flat(values: Any) -> list[Any]:
    if isinstance(values, list | tuple):
        return [leaf for value in values for leaf in flat(value)]
    return [np.asarray(values)]


def agree(found: list[Any], expected: Any, rtol: float = 1e-9) -> None:
    wanted = flat(parts(expected))
    given = flat(found)[: len(wanted)]
    assert len(given) == len(wanted)
    for got, want in zip(given, wanted, strict=True):
        assert got.shape == want.shape
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=rtol, atol=1e-12)


def given(attributes: dict[str, Any]) -> dict[str, Any]:
    return {k: DataType(v) if k == "dtype" else v for k, v in attributes.items()}


@pytest.mark.parametrize(
    ("op", "inputs", "attributes", "reference"),
    [case for case in CASES if case.values[0] in KERNELS],
)
def test_the_kernel_agrees_with_torch(
    op: str, inputs: list[Any], attributes: Any, reference: Any
) -> None:
    expected = reference(*map(to_torch, inputs))

    found = by_kernel(op, inputs, given(attributes))

    agree(found, expected)


@pytest.mark.parametrize("symbolic", [False, True])
@pytest.mark.parametrize(("op", "inputs", "attributes", "reference"), CASES)
def test_the_definition_agrees_with_torch(
    op: str, inputs: list[Any], attributes: Any, reference: Any, symbolic: bool
) -> None:
    expected = reference(*map(to_torch, inputs))

    found = by_definition(op, inputs, given(attributes), symbolic=symbolic)

    agree(found, expected)
