"""Between numpy and torch, and from float64 to a result type with one rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tracescript.opset.dtypes import of_numpy

_HALF = {"float16", "bfloat16"}
_TINY = ("float8", "float6_", "float4_")
_NO_TORCH = {"uint16", "uint32", "uint64", "uint4", "int4", "uint2", "int2"}


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
    if name in _NO_TORCH or name.startswith(_TINY):
        if floats == "copy" and name == "uint64":
            return torch.from_numpy(value.view(np.int64).copy())
        if floats == "own" or name == "uint64":
            return value
        return torch.from_numpy(value.astype(np.float64 if "float" in name else np.int64))
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
    return exact.double() if floats in {"float64", "copy"} else exact


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
        if dtype.name.startswith(_TINY):
            return _tiny(value.astype(np.float64), dtype)
        return value.astype(dtype)


def _bfloat16(value: Any, dtype: np.dtype[Any]) -> Any:
    """Go through float32, moved off a tie that only its own rounding made."""
    near = np.atleast_1d(value.astype(np.float32))
    wide = np.atleast_1d(value)
    tie = (near.view(np.uint32) & 0xFFFF) == 0x8000
    up = np.nextafter(near, np.float32(np.inf))
    down = np.nextafter(near, np.float32(-np.inf))
    near = np.where(tie & (near < wide), up, np.where(tie & (near > wide), down, near))
    return near.astype(dtype).reshape(value.shape)


def _tiny(value: Any, dtype: np.dtype[Any]) -> Any:
    """Find the nearest of all values of a type of a byte; of two, the even code. Spec: NUM-21."""
    import ml_dtypes

    found = ml_dtypes.finfo(dtype)
    codes = np.arange(2**found.bits, dtype=np.uint8).view(dtype).astype(np.float64)
    order = [c for c in np.argsort(codes, kind="stable") if np.isfinite(codes[c])]
    known = codes[order]
    top = float(found.max)
    edge = top + float(ulp(np.asarray(top), dtype)) / 2
    result = np.full(value.shape, np.nan if np.isnan(codes).any() else 0.0)
    for place, v in np.ndenumerate(value):
        if np.isinf(codes).any() and abs(v) >= edge:
            result[place] = np.copysign(np.inf, v)
        elif v == v:  # noqa: PLR0124 - NaN
            near = np.abs(known - np.clip(v, known[0], known[-1]))
            ties = [order[i] for i in np.flatnonzero(near == near.min())]
            result[place] = codes[min(ties, key=lambda c: c % 2)]
    has_negative_zero = bool((np.signbit(codes) & (codes == 0)).any())
    signs = np.where(np.isnan(value), 1.0, value)
    signed = np.copysign(result, signs) if has_negative_zero else result
    return np.where(result == 0, signed, result).astype(dtype)


def ulp(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return the distance between neighbours of a type at values, subnormals included."""
    import ml_dtypes

    found = ml_dtypes.finfo(dtype)
    digits, lowest = found.nmant, int(found.minexp)
    with np.errstate(all="ignore"):
        exponent = np.where(value == 0, lowest, np.floor(np.log2(np.abs(value))))
    exponent = np.where(np.isfinite(exponent), exponent, 0)
    return np.ldexp(1.0, (np.maximum(exponent, lowest) - digits).astype(int))
