"""Between a caller's arrays and run-time values: torch tensors become arrays and back."""

from __future__ import annotations

import copy
import dataclasses
import functools
import sys
from typing import Any

import numpy as np

from tracescript.opset import dtypes

_BITS = {
    "bfloat16": "int16",
    "float8_e4m3fn": "uint8",
    "float8_e5m2": "uint8",
    "float8_e4m3fnuz": "uint8",
    "float8_e5m2fnuz": "uint8",
    "float8_e8m0fnu": "uint8",
}
"""The types numpy lacks, and the integers that carry their bits between the two libraries."""
_ARRAYS = (np.ndarray, np.generic)
_PLAIN = (*_ARRAYS, bool, int, float, str, type(None))
_SEQUENCES = (tuple, list)
_REGISTERED = 2
"""What `isbuiltin` is for types that another library has added to numpy."""


def is_torch_tensor(value: Any) -> bool:
    """Whether `value` is a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def fields(value: Any) -> dict[str, Any] | None:
    """Return the fields of an instance of a data class by name; None for anything else."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    names = [f.name for f in dataclasses.fields(value)]
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


def _registered(value: Any) -> Any:
    """Return the parts of an object whose class torch's pytree knows; None for anything else."""
    if "torch.utils._pytree" not in sys.modules:
        return None
    from tracescript.producer.torch.registered import argument_parts

    return argument_parts(value)


def from_caller(value: Any) -> Any:
    """Turn torch tensors and parameters inside `value` into arrays; the rest stays."""
    if isinstance(value, _PLAIN):
        return value
    if is_torch_tensor(value):
        return _array(value)
    if hasattr(value, "__tracescript_parameter__"):
        return value.data
    if isinstance(value, tuple):
        return tuple(map(from_caller, value))
    if isinstance(value, list):
        return [from_caller(item) for item in value]
    if isinstance(value, dict):
        return {key: from_caller(item) for key, item in value.items()}
    found = fields(value)
    if found is None:
        opened = _registered(value)
        return value if opened is None else from_caller(opened)
    made = copy.copy(value)
    for name, item in found.items():
        object.__setattr__(made, name, from_caller(item))
    return made


def _array(tensor: Any) -> np.ndarray[Any, Any]:
    carrier = _carrier(tensor.dtype)
    if carrier is None:
        array: np.ndarray[Any, Any] = tensor.numpy(force=True)
        return array if array.flags.c_contiguous else array.copy()
    name, bits = carrier
    plain = tensor.detach().cpu().contiguous().view(bits)
    return plain.numpy().view(dtypes.numpy_of(dtypes.as_data_type(name)))


@functools.cache
def _carrier(dtype: Any) -> tuple[str, Any] | None:
    """Return the name of a torch type that numpy lacks, and torch's integers of its width."""
    name = str(dtype).removeprefix("torch.")
    return (name, getattr(sys.modules["torch"], _BITS[name])) if name in _BITS else None


def to_torch(value: Any) -> Any:
    """Turn arrays inside `value` into torch tensors that share their memory."""
    torch = sys.modules["torch"]
    if isinstance(value, _ARRAYS):
        array = np.asarray(value)
        if not array.flags.writeable or min(array.strides, default=0) < 0:
            array = array.copy()
        if array.dtype.isbuiltin == _REGISTERED and (name := array.dtype.name) in _BITS:
            return torch.from_numpy(array.view(_BITS[name])).view(getattr(torch, name))
        return torch.from_numpy(array)
    if isinstance(value, tuple):
        return tuple(map(to_torch, value))
    if isinstance(value, list):
        return [to_torch(item) for item in value]
    if isinstance(value, dict):
        return {key: to_torch(item) for key, item in value.items()}
    return value


def has_torch(values: Any) -> bool:
    """Whether a torch tensor is among the values, at any depth."""
    if "torch" not in sys.modules:
        return False
    if isinstance(values, dict):
        values = tuple(values.values())
    if isinstance(values, _SEQUENCES):
        return any(map(has_torch, values))
    if isinstance(values, _PLAIN):
        return False
    if is_torch_tensor(values):
        return True
    found = fields(values)
    found = _registered(values) if found is None else found
    return found is not None and has_torch(found)
