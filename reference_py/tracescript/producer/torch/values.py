"""Between torch tensors and the format: data types and elements."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tracescript import ir
from tracescript.errors import ProducerError
from tracescript.opset.dtypes import numpy_of

if TYPE_CHECKING:
    Array = np.ndarray[Any, Any]


@functools.cache
def data_type_of(dtype: torch.dtype) -> ir.DataType:
    """Return the data type of a torch one. Raises ProducerError where the format has none."""
    name = str(dtype).removeprefix("torch.")
    try:
        return ir.DataType(name)
    except ValueError:
        what = f"tensors of {dtype} are not in the format"
        raise ProducerError(what, code="UNSUPPORTED_PYTHON") from None


def check_dense(tensor: torch.Tensor) -> None:
    """Raise ProducerError for a tensor that is not laid out in strides."""
    if tensor.layout is not torch.strided:
        what = f"tensors with the layout {tensor.layout} are not in the format"
        hint = "keep it dense: call to_dense() before the program is given it"
        raise ProducerError(what, code="UNSUPPORTED_PYTHON", hint=hint)


def elements(tensor: torch.Tensor) -> Array:
    """Return a tensor's elements as numpy has them; memory may be shared."""
    check_dense(tensor)
    plain = tensor.detach().cpu()
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    data_type = data_type_of(plain.dtype)
    wanted = numpy_of(data_type)
    if wanted.isbuiltin == 1:
        return plain.numpy()
    width = {1: torch.uint8, 2: torch.int16}[wanted.itemsize]
    return plain.contiguous().view(width).numpy().view(wanted)


def tensor_of(array: Any) -> torch.Tensor:
    """Return a new tensor with the elements of an array."""
    array = np.array(array, order="C")
    if array.dtype.isbuiltin == 1:
        return torch.from_numpy(array)
    width = {1: np.uint8, 2: np.int16}[array.dtype.itemsize]
    dtype = getattr(torch, array.dtype.name)
    return torch.from_numpy(array.view(width)).view(dtype)
