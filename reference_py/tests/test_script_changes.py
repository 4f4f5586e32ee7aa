"""Records, sets, members and dicts as state; changes within one expression: as under CPython."""

from __future__ import annotations

import pytest

from tests.differential.check import function_of
from tests.differential.rich_check import compare_rich
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script

HEAD = """\
import tracescript as ts
from dataclasses import dataclass
from enum import Enum

class Mode(Enum):
    LOW = 1
    HIGH = 2

@dataclass
class Inner:
    a: int
    xs: list[int]

@dataclass
class Outer:
    inner: Inner
    note: str

class Counter:
    def __init__(self, n):
        self.n = n

    def add(self, k):
        self.n += k
        return self.n

class M(ts.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner(1, [2])
        self.outer = Outer(Inner(3, []), "x")
        self.counter = Counter(4)
        self.others = [Inner(5, [5]), Inner(6, [])]
        self.tags = {1, 2}
        self.mode = Mode.LOW
        self.table = {"a": 1}
        self.xs = [7, 8, 9]

    def take(self):
        return self.xs.pop()

    def forward(self, a: int, b: int):
"""
CALLS = [(1, 2), (3, 0), (-2, 5)]


def source_of(body):
    return HEAD + "".join(f"        {line}\n" for line in body.strip("\n").splitlines())


PROGRAMS = {
    "fields of a record": """
self.inner.a += a
self.inner.xs.append(b)
return self.inner.a, self.inner.xs
""",
    "fields of a record in a record": """
self.outer.inner.a *= a
self.outer.inner.xs += [a, b]
self.outer.note = self.outer.note + "y"
return self.outer.inner.a, self.outer.inner.xs, self.outer.note
""",
    "an instance of a plain class": """
k = self.counter.add(a)
self.counter.n += b
return k, self.counter.n
""",
    "records in a list": """
self.others[a % 2].a += b
self.others[0].xs.append(a)
self.others.append(Inner(a, [b]))
return [(r.a, r.xs) for r in self.others]
""",
    "a set, a member and a dict": """
self.tags.add(a)
if b > 1:
    self.mode = Mode.HIGH
self.table["a"] += b
self.table[str(a)] = b
return self.tags, self.mode is Mode.HIGH, self.table
""",
    "nothing: they are results": """
return self.tags, self.table, self.mode.name, self.xs, a in self.tags
""",
    "a list, several times in one expression": """
self.xs.append(self.take() + len(self.xs))
self.xs[self.take() % 2] = self.take() * 10 + a
self.xs += [a, b, self.take()]
return self.xs + [self.take()]
""",
}


@pytest.mark.parametrize("engine", ["ref", "py"])
@pytest.mark.parametrize("what", PROGRAMS)
def test_state_is_changed_as_python_changes_attributes(what, engine):
    assert compare_rich(source_of(PROGRAMS[what]), CALLS, engine) == "equal"


@pytest.mark.parametrize(
    "body",
    [
        "r = self.inner\nself.inner.a += a\nreturn r.a",
        "self.others[0] = self.inner\nself.inner.a += a\nreturn self.others[0].a",
        "r = self.others[a % 2]\nself.others[0].a += b\nreturn r.a",
        "rs = list(self.others)\nrs[0].a += b\nreturn self.others[0].a",
    ],
)
def test_a_record_that_two_places_hold_is_not_changed_through_one(body):
    with pytest.raises(ProducerError) as caught:
        script(function_of(source_of(body), "M")())

    assert (caught.value.code, caught.value.rule) == ("ALIASING", "SCRIPT-8")


def test_an_index_that_changes_the_list_it_counts_in_comes_before_the_assignment():
    source = "def f(a: int, b: int):\n    xs = [b, a, 1, 2]\n    xs[xs.pop() % 2] = xs.pop()\n"

    assert compare_rich(source + "    return xs\n", CALLS) == "equal"
