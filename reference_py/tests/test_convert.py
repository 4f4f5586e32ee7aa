"""Torch tensors become arrays and come back with the same bits, also in types numpy lacks."""

from __future__ import annotations

import pytest

from tracescript.model import convert

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    "name",
    [
        "bool",
        "uint8",
        "int64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
        "float8_e4m3fn",
        "float8_e5m2",
        "float8_e4m3fnuz",
        "float8_e5m2fnuz",
        "float8_e8m0fnu",
    ],
)
def test_a_tensor_comes_back_with_its_data_type_and_elements(name) -> None:
    tensor = torch.tensor([1.0, 0.0, 2.0, 4.0]).to(getattr(torch, name))

    array = convert.from_caller(tensor)
    back = convert.to_torch(array)

    assert array.dtype.name == name
    assert back.dtype == tensor.dtype
    assert back.to(torch.complex64).tolist() == tensor.to(torch.complex64).tolist()


def test_a_read_only_array_is_copied_so_that_the_tensor_may_be_written() -> None:
    array = convert.from_caller(torch.ones(2))
    array.flags.writeable = False

    convert.to_torch(array)[0] = 5

    assert array.tolist() == [1, 1]


def test_a_conjugate_view_becomes_an_array_of_its_elements() -> None:
    view = torch.tensor([1 + 2j]).conj()

    assert convert.from_caller(view).tolist() == [1 - 2j]
    assert convert.from_caller(view.imag).tolist() == [-2]
