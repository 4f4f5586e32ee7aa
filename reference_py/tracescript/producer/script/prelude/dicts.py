"""Dicts of `collections`, written in the language of scripts.

The compiler makes records of these classes where a program makes what they stand for, and compiles
their methods where it calls them. As values they are dicts.
"""

from __future__ import annotations

import collections
from typing import Any


class DictOf:
    """A dict that is more than one."""

    stands_for: Any = dict
    kept: Any
    __hash__: Any = None

    def __len__(self) -> Any:
        return len(self.kept)

    def __contains__(self, key: Any) -> Any:
        return key in self.kept

    def __getitem__(self, key: Any) -> Any:
        return self.kept[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.kept[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.kept[key]

    def keys(self) -> Any:
        """The keys in the order in which they came."""
        return self.kept.keys()

    def values(self) -> Any:
        """The values in the order of the keys."""
        return self.kept.values()

    def items(self) -> Any:
        """Keys with values."""
        return self.kept.items()

    def get(self, key: Any, default: Any = None) -> Any:
        """A value, or another one; nothing is made."""
        return self.kept.get(key, default)

    def pop(self, key: Any, *default: Any) -> Any:
        """Take an entry out."""
        return self.kept.pop(key, *default)

    def update(self, other: Any) -> None:
        """Take the entries of another."""
        self.kept.update(other)

    def setdefault(self, key: Any, default: Any) -> Any:
        """A value, the given one if there was none."""
        return self.kept.setdefault(key, default)

    def clear(self) -> None:
        """Take all entries out."""
        self.kept.clear()


class DefaultDict(DictOf):
    """A dict that makes what it does not hold."""

    stands_for = collections.defaultdict
    make: Any

    def __getitem__(self, key: Any) -> Any:
        if key not in self.kept:
            self.kept[key] = self.made()
        return self.kept[key]

    def made(self) -> Any:
        """What a key that is not there stands for."""
        return self.make()


class OrderedOf(DictOf):
    """A dict whose order counts."""

    stands_for = collections.OrderedDict
    __hash__: Any = None

    def __eq__(self, other: Any) -> Any:  # noqa: PYI032  # a dict, in scripts
        if isinstance(other, collections.OrderedDict):
            return self.kept == other.kept and list(self.kept) == list(other.kept)  # type: ignore[attr-defined]  # a record in scripts
        return self.kept == other

    def move_to_end(self, key: Any, last: bool = True) -> None:
        """Put an entry last, or first."""
        value = self.kept.pop(key)
        if last:
            self.kept[key] = value
        else:
            made = {key: value}
            made.update(self.kept)
            self.kept = made

    def popitem(self, last: bool = True) -> Any:
        """Take the last or first entry out."""
        keys = list(self.kept.keys())
        if len(keys) == 0:
            raise KeyError("dictionary is empty")
        key = keys[-1] if last else keys[0]
        value = self.kept.pop(key)
        return key, value

    def copy(self) -> Any:
        """One of its own."""
        return collections.OrderedDict(self.kept)


class CounterOf(DictOf):
    """A dict of how often each key came."""

    stands_for = collections.Counter
    __hash__: Any = None

    def __getitem__(self, key: Any) -> Any:
        return self.kept.get(key, 0)

    def __delitem__(self, key: Any) -> None:
        if key in self.kept:
            del self.kept[key]

    def __eq__(self, other: Any) -> Any:  # noqa: PYI032  # a dict, in scripts
        if not isinstance(other, collections.Counter):
            return self.kept == other
        ours = all(other[key] == count for key, count in self.kept.items())
        return ours and all(self[key] == count for key, count in other.items())

    def __add__(self, other: Any) -> Any:
        return above_zero(summed(self.kept, other, 1))

    def __sub__(self, other: Any) -> Any:
        return above_zero(summed(self.kept, other, -1))

    def update(self, other: Any) -> None:
        """Count more."""
        self.kept = summed(self.kept, other, 1)

    def subtract(self, other: Any) -> None:
        """Count less."""
        self.kept = summed(self.kept, other, -1)

    def total(self) -> Any:
        """The sum of all counts."""
        return sum(self.kept.values())

    def elements(self) -> Any:
        """Each key as often as it came."""
        found = []
        for key, count in self.kept.items():
            found.extend([key] * max(count, 0))
        return found

    def most_common(self, n: Any = None) -> Any:
        """Keys with their counts, the greatest first, else in the order in which they came."""
        pairs = [(key, count) for key, count in self.kept.items()]
        ordered = sorted(pairs, key=lambda pair: pair[1], reverse=True)
        return ordered if n is None else ordered[: max(n, 0)]

    def copy(self) -> Any:
        """One of its own."""
        return collections.Counter(self.kept)


def summed(counts: Any, other: Any, sign: int) -> Any:
    """Counts with those of another, or of items, added or taken away."""
    made = dict(counts)
    if isinstance(other, dict):
        for key, count in other.items():
            made[key] = made.get(key, 0) + sign * count
    else:
        for key in other:
            made[key] = made.get(key, 0) + sign
    return made


def above_zero(counts: Any) -> Any:
    """The counts that are greater than 0."""
    made: Any = collections.Counter()
    for key, count in counts.items():
        if count > 0:
            made[key] = count
    return made


def from_keys(keys: Any, value: Any) -> Any:
    """`dict.fromkeys(keys, value)`."""
    made = {}
    for key in keys:
        made[key] = value
    return made
