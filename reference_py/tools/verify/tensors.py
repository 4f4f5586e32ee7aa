"""Between numpy and torch, and from float64 to a result type with one rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tracescript.opset.dtypes import of_numpy

_HALF = {"float16", "bfloat16"}
_NO_TORCH = {"uint16", "uint32", "uint64"}


def name_of(value: Any) -> str:
    """Return the data type's name of an array."""
    found = of_numpy(value.dtype)
    assert found is not None
    return found.value


def to_oracle(value: Any, floats: str) -> Any:
    """Return a run-time value as an oracle sees it: arrays as torch tensors, floats widened."""
    if isinstance(value, list):
        return [to_oracle(v, floats) for v in value]
    if not isinstance(value, np.ndarray):
        return value
    name = name_of(value)
    if value.dtype.kind == "V" and name != "bfloat16" or name in _NO_TORCH:
        return value
    if name == "bfloat16":
        exact = torch.from_numpy(value.astype(np.float32)).bfloat16()
    else:
        exact = torch.from_numpy(value.copy())
    if floats == "own" or not (exact.is_floating_point() or exact.is_complex()):
        return exact
    if exact.is_complex():
        return exact.to(torch.complex128)
    return exact.float() if floats == "float32" and name in _HALF else _wide(exact, floats)


def _wide(exact: Any, floats: str) -> Any:
    return exact.double() if floats == "float64" else exact


def from_oracle(value: Any) -> Any:
    """Return an oracle's result in numpy; floats as float64."""
    if isinstance(value, torch.Tensor):
        wide = value.double() if value.is_floating_point() else value
        return wide.detach().resolve_conj().numpy()
    if isinstance(value, list):
        return [from_oracle(v) for v in value]
    if isinstance(value, tuple):
        return tuple(from_oracle(v) for v in value)
    return value


def rounded(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return an array in a data type, floats rounded once from float64 to nearest even."""
    value = np.asarray(value)
    with np.errstate(all="ignore"):
        if dtype.name == "bfloat16" and value.dtype.kind == "f":
            return _bfloat16(value.astype(np.float64), dtype)
        return value.astype(dtype)


def _bfloat16(value: Any, dtype: np.dtype[Any]) -> Any:
    """Go through float32, moved off a tie that only its own rounding made."""
    near = np.atleast_1d(value.astype(np.float32))
    wide = np.atleast_1d(value)
    tie = (near.view(np.uint32) & 0xFFFF) == 0x8000  # noqa: PLR2004 - half of the last kept bit
    up = np.nextafter(near, np.float32(np.inf))
    down = np.nextafter(near, np.float32(-np.inf))
    near = np.where(tie & (near < wide), up, np.where(tie & (near > wide), down, near))
    return near.astype(dtype).reshape(value.shape)


def ulp(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return the distance between neighbours of a type at values, subnormals included."""
    import ml_dtypes

    found = ml_dtypes.finfo(dtype)
    digits, lowest = found.nmant, int(found.minexp)
    with np.errstate(all="ignore"):
        exponent = np.where(value == 0, lowest, np.floor(np.log2(np.abs(value))))
    exponent = np.where(np.isfinite(exponent), exponent, 0)
    return np.ldexp(1.0, (np.maximum(exponent, lowest) - digits).astype(int))
