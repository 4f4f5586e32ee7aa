"""The common type of mixed operands against torch itself. Spec: OPSET-12 to OPSET-14."""

from __future__ import annotations

import itertools

import pytest

import tracescript as ts
from tracescript.ir import DataType
from tracescript.opset import dtypes

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

TYPES = sorted(dtypes.SETS["any"], key=lambda d: d.value)
SCALARS = {"bool": True, "int": 2, "float": 2.5, "complex": 2j}


def in_torch(data_type, rank):
    return torch.ones([1] * rank, dtype=getattr(torch, data_type.value))


def name(dtype):
    """Return torch's type; its complex32 has no arithmetic here, complex64 stands for it."""
    found = DataType(str(dtype).removeprefix("torch."))
    return DataType.COMPLEX64 if found is DataType.COMPLEX32 else found


@pytest.mark.parametrize("ranks", [(0, 0), (0, 1), (1, 0), (1, 2)])
def test_two_tensors_have_torchs_common_type(ranks):
    for a, b in itertools.product(TYPES, TYPES):
        expected = name(torch.result_type(in_torch(a, ranks[0]), in_torch(b, ranks[1])))

        assert dtypes.common([(a, ranks[0]), (b, ranks[1])]) is expected, (a, b)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_tensor_and_a_number_have_torchs_common_type(rank):
    for a, kind in itertools.product(TYPES, SCALARS):
        expected = name(torch.result_type(in_torch(a, rank), SCALARS[kind]))

        assert dtypes.common([(a, rank)], [kind]) is expected, (a, kind)


class Wide(torch.nn.Module):
    def forward(self, x):
        return x + 300, x * -300, x < 300, x == 300


@pytest.mark.parametrize(
    "produce", [lambda f, x: ts.trace(f, (x,)), lambda f, x: ts.script(f, types={"x": "int8[3]"})]
)
def test_a_number_beyond_an_integer_tensors_type_wraps(produce):
    x = torch.tensor([-128, 0, 44], dtype=torch.int8)

    for got, want in zip(produce(Wide(), x)(x), Wide()(x), strict=True):
        assert got.dtype == want.dtype
        assert got.tolist() == want.tolist()
