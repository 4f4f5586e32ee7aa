"""Iterators, views of dicts and instances of classes: as under CPython, or refused."""

from __future__ import annotations

import pytest

import tracescript as ts
from tests.differential.check import function_of
from tests.differential.rich_check import compare_rich
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script

HEAD = """\
from dataclasses import dataclass, field
from enum import Enum, IntEnum

class Level(IntEnum):
    LOW = 1
    HIGH = 2

class Doubled:
    def __init__(self, v):
        self._v = v

    @property
    def v(self):
        return self._v + 1

    @v.setter
    def v(self, x):
        self._v = x * 2

class Total:
    def __init__(self, k):
        self.k = k

    def __add__(self, o):
        return Total(self.k + o)

    def __iadd__(self, o):
        self.k += 10 * o
        return self

    def __len__(self):
        return self.k

@dataclass
class Near:
    k: int

    def __eq__(self, o):
        return abs(self.k - o.k) <= 1

@dataclass
class Hidden:
    a: int
    b: str = field(default="q", repr=False)

class Named:
    def __init__(self, a):
        self.a = a

    def __str__(self):
        return f"named {self.a}"

    def __format__(self, spec):
        return f"{self.a}:{spec}"

def f(a: int, b: int):
"""
CALLS = [(1, 2), (3, 0), (-2, 5)]

EQUAL = {
    "what any() and all() take is computed once": """
seen = []
def note(x):
    seen.append(x)
    return x > a
return any([note(x) for x in range(5)]), all([note(0), note(b)]), seen
""",
    "any() and all() of map() stop at the first that decides": """
seen = []
def note(x):
    seen.append(x)
    return x < a
return all(map(note, range(5))), any(map(note, [b, a, 0])), seen
""",
    "an iterator that the next statement runs over may have a name": """
pairs = zip([a, b], [1, 2])
total = sum(x * y for x, y in pairs)
back = reversed([a, b])
return total, list(back)
""",
    "keys() in a name shows the dict as it is": """
d = {"a": a}
keys = d.keys()
return "a" in keys, len(keys), list(keys)
""",
    "a property's setter runs": """
p = Doubled(a)
p.v = b
p.v += 1
return p.v, p._v
""",
    "__iadd__ changes the record": """
t = Total(a)
t += b
return t.k
""",
    "__len__ below 0 stops truth and len()": "return 1 if Total(a) else len(Total(b))",
    "items of lists are compared by __eq__ of their class": """
xs = [Near(a), Near(b)]
return Near(0) in xs, xs.count(Near(1))
""",
    "lists of lists are compared by __eq__ of what they hold": """
return [[Near(a)]] == [[Near(b)]]
""",
    "list.index counts from the end and stops": "return [a, b, a].index(a, -2, 3)",
    "partition() at an empty text stops": """
text = "ab"
return text.partition("b" * (a - 1))
""",
    "__class__ of a record is its class": "return Doubled(a).__class__.__name__, a",
    "texts of records are those of their classes": """
return str(Hidden(a)), f"{Hidden(b)!r}", str(Named(a)), f"{Named(b)}", f"{Named(a):x}"
""",
    "repr of members and of what may be None is Python's": """
level = Level.LOW if a > b else Level.HIGH
name = "x" if a > b else None
return repr(level), repr(Level.LOW), str([name]), repr(name), str(name)
""",
}


def source_of(body):
    return HEAD + "".join(f"    {line}\n" for line in body.strip("\n").splitlines())


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", EQUAL)
def test_objects_are_what_they_are_under_cpython(name, engine):
    assert compare_rich(source_of(EQUAL[name]), CALLS, engine) == "equal"


REFUSED = {
    "a generator that is run over twice": "g = (i for i in range(a))\nreturn list(g), list(g)",
    "a zip that is run over twice": "g = zip([a], [b])\nreturn list(g), list(g)",
    "an iterator that a loop leaves": "g = enumerate([a])\nfor p in g:\n    break\nreturn list(g)",
    "an iterator whose source changes": "g = map(abs, [a])\na = 5\nreturn list(g)",
    "an iterator as a result": "return reversed([a, b])",
    "an iterator as an argument": "def g(xs):\n    return sum(xs)\nreturn g(x for x in [a, b])",
    "an iterator in a container": "return [zip([a], [b])]",
    "the truth of an iterator": "return 1 if map(abs, [a]) else 2",
    "keys of a dict that changes": 'd = {"a": a}\nk = d.keys()\nd["b"] = b\nreturn list(k)',
    "items of a dict that changes": 'd = {"a": a}\nk = d.items()\nd["b"] = b\nreturn list(k)',
    "a text that says where an object lies": "return str(Doubled(a))",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_list_in_its_place_would_change_is_refused(name):
    with pytest.raises(ProducerError) as caught:
        script(function_of(source_of(REFUSED[name])))
    assert caught.value.where
    assert "report it" not in (caught.value.hint or "")


EXTREMES = {
    "the largest member of an IntEnum is a member": "return max(Level).name, min(Level).value, a",
    "the larger of two members is a member": """
level = Level.LOW if a > b else Level.HIGH
return max(level, Level.LOW).name, min(Level.HIGH, level).name
""",
    "a member is compared with a number": """
level = Level.LOW if a > b else Level.HIGH
return max(level, 0) + 1, min(a, level) + 0
""",
}


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_of_members_are_members(name, engine):
    assert compare_rich(source_of(EXTREMES[name]), CALLS, engine) == "equal"


def test_print_writes_its_separator_between_values(caplog):
    source = source_of("print(a, 'x', [b], sep='-')\nprint(a, flush=True)\nreturn a")
    with caplog.at_level("INFO", logger="tracescript.model"):
        ts.script(function_of(source))(1, 2)
    assert [r.getMessage() for r in caplog.records] == ["1-x-[2]", "1"]


@pytest.mark.parametrize(
    "call", ["print(a, end='')", "print(a, sep=str(b))", "print(a, **{'end': ''})"]
)
def test_what_print_cannot_write_as_a_line_is_refused(call):
    with pytest.raises(ProducerError) as caught:
        script(function_of(source_of(f"{call}\nreturn a")))
    assert caught.value.rule == "SCRIPT-10"
