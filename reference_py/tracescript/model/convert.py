"""Between a caller's arrays and run-time values: torch tensors become arrays and back."""

from __future__ import annotations

import copy
import dataclasses
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
_PLAIN = (np.ndarray, np.generic, bool, int, float, str, type(None))


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
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    name = str(plain.dtype).removeprefix("torch.")
    if name in _BITS:
        bits = plain.view(getattr(sys.modules["torch"], _BITS[name]))
        return bits.numpy().view(dtypes.numpy_of(dtypes.as_data_type(name)))
    return plain.numpy()


def to_torch(value: Any) -> Any:
    """Turn arrays inside `value` into torch tensors that share their memory."""
    torch = sys.modules["torch"]
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if not array.flags.writeable or min(array.strides, default=0) < 0:
            array = array.copy()
        name = array.dtype.name
        if name in _BITS:
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
    if isinstance(values, tuple | list):
        return any(map(has_torch, values))
    if isinstance(values, _PLAIN):
        return False
    if is_torch_tensor(values):
        return True
    found = fields(values)
    found = _registered(values) if found is None else found
    return found is not None and has_torch(found)
