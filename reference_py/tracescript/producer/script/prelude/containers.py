"""Sets and orders of lists, written in the language of scripts.

The compiler makes records of these classes where a program makes what they stand for, and compiles
their methods where it calls them.
"""

from __future__ import annotations

from typing import Any


def is_less(xs: Any, ys: Any) -> Any:
    """Whether one list comes before another."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] < ys[i]
    return len(xs) < len(ys)


def is_at_most(xs: Any, ys: Any) -> Any:
    """`xs <= ys` of lists."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] <= ys[i]
    return len(xs) <= len(ys)


def is_greater(xs: Any, ys: Any) -> Any:
    """`xs > ys` of lists."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] > ys[i]
    return len(xs) > len(ys)


def is_at_least(xs: Any, ys: Any) -> Any:
    """`xs >= ys` of lists."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] >= ys[i]
    return len(xs) >= len(ys)


def power_mod(base: int, exponent: int, modulus: int) -> Any:
    """`pow(base, exponent, modulus)`: products of two remainders must fit 64 bits."""
    if modulus == 0:
        raise ValueError("pow() 3rd argument cannot be 0")
    size = abs(modulus)
    factor = base % size
    if exponent < 0:
        factor = inverse(factor, size)
        exponent = -exponent
    result = 1 % size
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * factor % size
        exponent = exponent // 2
        if exponent > 0:
            factor = factor * factor % size
    if modulus < 0 and result != 0:
        result = result - size
    return result


def inverse(n: int, size: int) -> Any:
    """The number whose product with `n` leaves 1; there must be one."""
    a, b, x, y = n, size, 1, 0
    while b != 0:
        q = a // b
        a, b = b, a - q * b
        x, y = y, x - q * y
    if a != 1:
        raise ValueError("base is not invertible for the given modulus")
    return x % size


def keyed(xs: Any) -> Any:
    """A dict whose keys are the items."""
    kept = {}
    for x in xs:
        kept[x] = True
    return kept


class FrozenSetOf:
    """A set: the keys of a dict. Its order is never seen."""

    stands_for: Any = frozenset
    kept: Any
    __hash__: Any = None

    def __len__(self) -> Any:
        return len(self.kept)

    def __contains__(self, x: Any) -> Any:
        return x in self.kept

    def __eq__(self, other: Any) -> Any:  # noqa: PYI032  # a set, in scripts
        return len(self) == len(other) and self.issubset(other)

    def __le__(self, other: Any) -> Any:
        return self.issubset(other)

    def __ge__(self, other: Any) -> Any:
        return self.issuperset(other)

    def __lt__(self, other: Any) -> Any:
        return len(self) < len(other) and self.issubset(other)

    def __gt__(self, other: Any) -> Any:
        return len(self) > len(other) and self.issuperset(other)

    def __or__(self, other: Any) -> Any:
        return self.union(other)

    def __and__(self, other: Any) -> Any:
        return self.intersection(other)

    def __sub__(self, other: Any) -> Any:
        return self.difference(other)

    def __xor__(self, other: Any) -> Any:
        return self.symmetric_difference(other)

    def like(self, made: Any) -> Any:
        """What an operator gives has the type of its left operand."""
        return frozenset(made)

    def issubset(self, other: Any) -> Any:
        """Whether all items are in the other."""
        return all(x in other for x in self.kept)

    def issuperset(self, other: Any) -> Any:
        """Whether all items of the other are in this one."""
        return all(x in self.kept for x in other)

    def isdisjoint(self, other: Any) -> Any:
        """Whether no item is in both."""
        return not any(x in self.kept for x in other)

    def copy(self) -> Any:
        """A set of its own."""
        return self.like(self.kept)

    def union(self, *others: Any) -> Any:
        """The items of all."""
        made = set(self.kept)
        for other in others:
            made.update(other)
        return self.like(made)

    def intersection(self, *others: Any) -> Any:
        """The items that are in all."""
        made = set(self.kept)
        for other in others:
            made = {x for x in made if x in other}
        return self.like(made)

    def difference(self, *others: Any) -> Any:
        """The items that are in none of the others."""
        made = set(self.kept)
        for other in others:
            made = {x for x in made if x not in other}
        return self.like(made)

    def symmetric_difference(self, other: Any) -> Any:
        """The items that are in one of both."""
        theirs = set(other)
        made = {x for x in self.kept if x not in theirs}
        made.update({x for x in theirs if x not in self.kept})
        return self.like(made)


class SetOf(FrozenSetOf):
    """A set that is changed in place."""

    stands_for = set

    def like(self, made: Any) -> Any:
        """What an operator gives has the type of its left operand."""
        return set(made)

    def add(self, x: Any) -> None:
        """Put an item in."""
        self.kept[x] = True

    def discard(self, x: Any) -> None:
        """Take an item out if it is there."""
        if x in self.kept:
            del self.kept[x]

    def remove(self, x: Any) -> None:
        """Take an item out; it must be there."""
        del self.kept[x]

    def clear(self) -> None:
        """Take all items out."""
        self.kept.clear()

    def update(self, *others: Any) -> None:
        """`a |= b`."""
        for other in others:
            for x in other:
                self.kept[x] = True

    def intersection_update(self, other: Any) -> None:
        """`a &= b`."""
        self.kept = {x: True for x in self.kept if x in other}

    def difference_update(self, other: Any) -> None:
        """`a -= b`."""
        self.kept = {x: True for x in self.kept if x not in other}

    def symmetric_difference_update(self, other: Any) -> None:
        """`a ^= b`."""
        made = self ^ other
        self.kept = made.kept
