"""Ops over Python's own values, as CPython has them, for texts that spell them as ops."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Union, get_args, get_origin

import numpy as np


class TensorForm:
    """`Tensor[float32, _, 2]` in a text: a data type, and sizes that `_` leaves open."""

    def __init__(self, data_type: Any, sizes: tuple[Any, ...]) -> None:
        self.data_type = np.dtype(data_type)
        self.sizes = sizes

    def __class_getitem__(cls, parts: Any) -> TensorForm:
        data_type, *sizes = parts if isinstance(parts, tuple) else (parts,)
        return cls(data_type, tuple(sizes))

    def holds(self, value: Any) -> bool:
        """Whether a value is a tensor of this data type and rank."""
        is_one = isinstance(value, np.ndarray) and value.dtype == self.data_type
        return is_one and (self.sizes == (...,) or len(self.sizes) == value.ndim)


def is_of(value: Any, type: Any) -> bool:  # noqa: A002  # the attribute's name
    """Whether a value is of a type of the code language; a bool is no int."""
    if isinstance(type, TensorForm):
        return type.holds(value)
    origin, args = get_origin(type), get_args(type)
    if origin is Union:
        return any(is_of(value, arg) for arg in args)
    if origin is tuple:
        fits = isinstance(value, tuple) and len(value) == len(args)
        return fits and all(map(is_of, value, args))
    if origin is list:
        return isinstance(value, list) and all(is_of(item, args[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            is_of(key, args[0]) and is_of(item, args[1]) for key, item in value.items()
        )
    return value.__class__ is type


_CASTS = {"int": int, "float": float, "bool": bool, "str": str}


class Scalars:
    """Each op is what Python does."""

    isinstance = staticmethod(is_of)
    round_half_even = staticmethod(lambda a, digits=None: a.__class__(round(a, digits)))
    range = SimpleNamespace(len=lambda start, end, step: len(range(start, end, step)))
    num = SimpleNamespace(cast=lambda a, to: _CASTS[to](a))
    str = SimpleNamespace(
        chr=chr, get=lambda a, i: a[i], format=lambda template, *values: template.format(*values)
    )
