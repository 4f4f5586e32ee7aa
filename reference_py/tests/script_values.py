"""Programs that take and give sets, members of enums, unions and dicts of several types."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

CALLS = {}


class Mode(enum.Enum):
    """Members that only a name tells."""

    FAST = "fast"
    SLOW = "slow"


class Level(enum.IntEnum):
    """Members that are numbers."""

    LOW = 1
    HIGH = 7


class Odd(enum.Enum):
    """Values of several types."""

    ONE = 1
    TWO = "two"


@dataclass
class Bag:
    """A record that holds a set."""

    items: set[int]
    n: int = 0


class Tagged(NamedTuple):
    """A named tuple that holds a member and a frozen set."""

    mode: Mode
    tags: frozenset[str]


class Config(TypedDict):
    """A dict of known keys."""

    size: int
    name: str


def calls(*given):
    """Note the calls of a program: one argument each, or a tuple of them."""

    def note(f):
        CALLS[f] = [g if isinstance(g, tuple) else (g,) for g in given]
        return f

    return note


@calls(0, 1, 3)
def sets_everywhere(n: int):
    d = {"a": {n}}
    return {n, 3}, frozenset([n]), [{n}, {1, 2}], d, {str(i) for i in range(n)}


@calls(({1, 2},), (set(),), ({2, 5},))
def algebra(s: set[int]):
    t = set(s)
    t.add(7)
    t.discard(1)
    u = t.copy()
    u ^= {7, 9}
    return t, u, s | {1}, s & {1}, s - {1}, s ^ {1, 9}, s <= t, s < t, s == {1, 2}, 1 in s, len(s)


@calls(0, 3)
def sets_in_lists(n: int):
    xs = [set(range(n)), {7}]
    xs[0].add(9)
    xs[1].discard(7)
    ys: list[set[int]] = []
    for i in range(n):
        s: set[int] = set()
        for j in range(i):
            s.add(j)
        ys.append(s)
    return xs, ys, {7} in xs, [len(y) for y in ys]


@calls(0, 3)
def sets_in_dicts(n: int):
    d: dict[str, set[int]] = {}
    for i in range(n):
        k = "a" if i % 2 == 0 else "b"
        if k not in d:
            d[k] = set()
        d[k].add(i)
    return d


@calls((None,), ({1},), (set(),))
def maybe_a_set(s: set[int] | None = None) -> set[int] | None:
    if s is None:
        return {0}
    return None if len(s) == 0 else s | {5}


@calls((Bag({1, 2}, 3),))
def in_a_record(bag: Bag):
    made = Bag(set(bag.items), bag.n)
    made.items.add(4)
    made.n += 1
    return made, bag.items | {3}


@calls(Mode.FAST, Mode.SLOW)
def members(mode: Mode):
    other = Mode.SLOW if mode is Mode.FAST else Mode.FAST
    return mode, other, [mode, Mode.FAST], {"k": other}, mode.name, mode.value


@calls(([Mode.FAST, Mode.SLOW],), ([Mode.SLOW],))
def members_in_lists(modes: list[Mode]):
    swapped = []
    for mode in modes:
        other = Mode.SLOW if mode == Mode.FAST else Mode.FAST
        swapped.append(other)
        assert other is not mode
    return swapped, modes[0].value, Mode.FAST in modes, modes == swapped


@calls(Level.LOW, Level.HIGH)
def numbers_with_names(level: Level):
    return level, level + 1, level is Level.LOW, level.name


@calls(0, 1)
def values_of_several_types(n: int):
    return Odd.ONE if n else Odd.TWO


@calls((None,), (Mode.FAST,), (Mode.SLOW,))
def maybe_a_member(mode: Mode | None = None) -> Mode | None:
    if mode is None:
        return Mode.SLOW
    return None if mode is Mode.FAST else mode


@calls((Tagged(Mode.FAST, frozenset("ab")),))
def member_in_a_record(tagged: Tagged):
    return tagged.mode is Mode.FAST, tagged.tags | {"c"}, tagged.mode


@calls(1, "ab")
def one_of_two(x: int | str) -> int | str:
    if isinstance(x, int):
        return x + 1
    return x + "!"


@calls(1, "ab", (None,))
def one_of_three(x: int | str | None = None) -> int | str | None:
    return x


@calls(([1, "a", 2],), ([],))
def unions_in_lists(xs: list[int | str]):
    total = 0
    for x in xs:
        if isinstance(x, int):
            total += x
        else:
            total += len(x)
    ys: list[int | str] = [total, "a"]
    ys.append(4)
    return ys


@calls(0, 2, 3)
def lists_and_numbers(n: int) -> int | str | list[int]:
    if n > 2:
        return [n]
    return n if n > 1 else "x"


@calls(1, Mode.SLOW)
def number_or_member(x: int | Mode) -> str | Mode:
    if isinstance(x, Mode):
        return x.value
    return Mode.FAST


@calls(1, ({1, 2},))
def number_or_set(x: int | set[int]) -> int | set[int]:
    if isinstance(x, set):
        return x | {7}
    return {x} if x > 5 else x


@calls(0, 3)
def parts_of_a_tuple(n: int) -> tuple[int | str, int]:
    return (n or "a"), n


@calls(0, 3)
def dict_of_several_types(n: int):
    d = {"a": n, "b": "x", "c": [n]}
    d["a"] = d["a"] + 1
    d["c"].append(4)
    d["d"] = {"e": 1.5, "f": None}
    del d["b"]
    return d, len(d), "b" in d, d.get("z", 4), d.get("a"), list(d), d["d"]["e"]


@calls(0, 3)
def dicts_in_lists(n: int):
    rows = [{"a": n, "b": "x"}, {"a": 2, "b": "y"}]
    rows[0]["a"] = 5
    total = 0
    for row in rows:
        total += row["a"]
    return total, rows


@calls(0, 3)
def dict_of_unions(n: int) -> dict[str, int | str]:
    d: dict[str, int | str] = {"a": n, "b": "x"}
    d["c"] = "q" if n else 4
    return d


@calls(({"size": 1, "name": "x"},))
def known_keys(config: Config):
    return config["size"] + len(config["name"]), config
