"""Tensors with another value in one of their views, written in the language of scripts."""

from __future__ import annotations

from typing import Any


def view(x: Any, new: Any, *_sizes: Any) -> Any:
    """`x.view(...)`, `x.squeeze(...)`, `x.unsqueeze(...)`: the same elements in another shape."""
    return new.reshape(x.shape)


def transpose(_x: Any, new: Any, first: Any, second: Any) -> Any:
    """`x.transpose(i, j)`."""
    return new.swapaxes(first, second)


def t(_x: Any, new: Any) -> Any:
    """`x.t()` and `x.T`."""
    return new.T


def mt(_x: Any, new: Any) -> Any:
    """`x.mT`."""
    return new.swapaxes(-1, -2)
