"""All sizes of a tensor while a trace runs: what torch.Size does in C, with sizes that are seen."""

from __future__ import annotations

import itertools
from typing import Any, SupportsIndex

import torch


def broadcast_shapes(*shapes: Any) -> Sizes:
    """Return what sizes broadcast to, as `torch.broadcast_shapes`; RuntimeError where they do not.

    That a size is 1, or another's equal, is asked of the size itself: a guard.
    """
    given = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    found: list[Any] = []
    for sizes in itertools.zip_longest(*map(reversed, given), fillvalue=1):
        wide = [n for n in sizes if n != 1]
        if any(n != wide[0] for n in wide):
            message = "Shape mismatch: objects cannot be broadcast to a single shape"
            raise RuntimeError(message)
        found.insert(0, wide[0] if wide else 1)
    return Sizes(found)


class Sizes(tuple[int, ...]):
    """Stands for a torch.Size, which cannot be subclassed and reads its sizes unseen."""

    __slots__ = ()

    @property  # type: ignore[misc]  # nobody gives sizes another class
    def __class__(self) -> type:
        """Pass for a torch.Size where a program asks."""
        return torch.Size

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(repr, self))}])"

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return Sizes(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> Any:
        return Sizes(tuple.__add__(self, other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return Sizes((*other, *self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> Sizes:
        return Sizes(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __copy__(self) -> Sizes:
        return self

    def __deepcopy__(self, _memo: object) -> Sizes:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return torch.Size, (tuple(self),)

    def numel(self) -> int:
        """Return the number of elements."""
        count = 1
        for size in self:
            count = size * count
        return count
