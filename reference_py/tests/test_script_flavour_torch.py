"""Functions that name no library, in a file that imports torch and not numpy."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.torch


def deviation(x):
    return x.std()


def largest(x):
    return x.max(0)


def halves(n, x):
    return x / n


def test_methods_are_torchs_where_the_file_imports_torch_alone():
    x = torch.tensor([[1.0, 2.0, 4.0], [3.0, 0.0, 8.0]])
    model = ts.script(deviation, types={"x": "float32[M, N]"})

    assert torch.equal(model(x), deviation(x))
    values, places = ts.script(largest, types={"x": "float32[M, N]"})(x)
    assert torch.equal(values, x.max(0).values)
    assert torch.equal(places, x.max(0).indices)


def test_numbers_take_part_by_torchs_rules_where_the_file_imports_torch_alone():
    x = torch.tensor([1.0, 3.0], dtype=torch.float16)
    found = ts.script(halves, types={"n": "int", "x": "float16[N]"})(2, x)

    assert found.dtype == torch.float16
    assert torch.equal(found, halves(2, x))
