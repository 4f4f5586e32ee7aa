"""Deques, and tuples whose length run time tells, written in the language of scripts.

The compiler makes records of these classes where a program makes what they stand for, and compiles
their methods where it calls them. No result and no container holds one.
"""

from __future__ import annotations

import collections
from typing import Any


class SequenceOf:
    """Items in order."""

    stands_for: Any = tuple
    kept: Any
    __hash__: Any = None

    def __len__(self) -> Any:
        return len(self.kept)

    def __contains__(self, x: Any) -> Any:
        return x in self.kept

    def __getitem__(self, at: Any) -> Any:
        return self.kept[at]

    def index(self, x: Any) -> Any:
        """Where an item first stands."""
        return self.kept.index(x)

    def count(self, x: Any) -> Any:
        """How often an item stands here."""
        return self.kept.count(x)


class TupleOf(SequenceOf):
    """A tuple of as many items as run time tells."""


class DequeOf(SequenceOf):
    """A queue with two ends; of `limit` items at most, where that is a number."""

    stands_for = collections.deque
    limit: Any

    def __setitem__(self, at: Any, x: Any) -> None:
        self.kept[at] = x

    def append(self, x: Any) -> None:
        """Put an item at the right end."""
        self.kept.append(x)
        if self.limit is not None and len(self.kept) > self.limit:
            self.kept.pop(0)

    def appendleft(self, x: Any) -> None:
        """Put an item at the left end."""
        self.kept.insert(0, x)
        if self.limit is not None and len(self.kept) > self.limit:
            self.kept.pop()

    def pop(self) -> Any:
        """Take the item at the right end out."""
        return self.kept.pop()

    def popleft(self) -> Any:
        """Take the item at the left end out."""
        return self.kept.pop(0)

    def extend(self, more: Any) -> None:
        """Put items at the right end, one after another."""
        for x in more:
            self.append(x)

    def extendleft(self, more: Any) -> None:
        """Put items at the left end, one after another."""
        for x in more:
            self.appendleft(x)

    def insert(self, at: Any, x: Any) -> None:
        """Put an item before a place."""
        if self.limit is not None and len(self.kept) >= self.limit:
            raise IndexError("deque already at its maximum size")
        self.kept.insert(at, x)

    def remove(self, x: Any) -> None:
        """Take the first such item out; there must be one."""
        self.kept.remove(x)

    def reverse(self) -> None:
        """Turn the order around."""
        self.kept.reverse()

    def rotate(self, n: Any = 1) -> None:
        """Move the items n places to the right."""
        count = len(self.kept)
        if count > 0:
            at = (count - n) % count
            self.kept = self.kept[at:] + self.kept[:at]

    def clear(self) -> None:
        """Take all items out."""
        self.kept.clear()


def last(xs: Any, limit: Any) -> Any:
    """The items that a deque of so many keeps."""
    if limit < 0:
        raise ValueError("maxlen must be non-negative")
    return xs[max(len(xs) - limit, 0) :]


def column(rows: Any, place: Any) -> Any:
    """What all rows have at a place."""
    return [row[place] for row in rows]


def shortest(rows: Any) -> Any:
    """The length of the shortest row, 0 where there is none."""
    if len(rows) == 0:
        return 0
    return min([len(row) for row in rows])
