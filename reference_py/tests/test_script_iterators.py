"""Iterators make their items when these are taken: scripts do so too, or are refused."""

from __future__ import annotations

import pytest

from tests.differential.check import function_of
from tests.differential.rich_check import compare_rich
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script

HEAD = """\
def doubled(xs):
    return map(lambda x: 2 * x, xs)

def checked(x):
    assert x < 3
    return x + 1

def f(a: int, b: int):
    seen = [0]
    def note(x):
        seen.append(x)
        return x * 2
"""
CALLS = [(1, 2), (3, 0), (-2, 5)]
EQUAL = {
    "a loop that leaves map() computes no more": """
for v in map(note, [a, b, 7]):
    if v > 2:
        break
return seen
""",
    "a loop that leaves map() of a list of run time computes no more": """
for v in map(note, list(range(b))):
    if v > a:
        break
return seen
""",
    "a loop that leaves a generator with a test computes no more": """
r = 0
for v in (note(w) for w in range(b) if w != a):
    r += v
    if r > 3:
        break
else:
    r = -1
return r, seen
""",
    "what map() of map() and a body do comes in turn": """
for v in map(note, map(note, [a, b])):
    seen.append(100 + v)
return seen
""",
    "what filter() and a body do comes in turn": """
for v in filter(lambda x: note(x) > 2, range(b)):
    seen.append(100 + v)
return seen
""",
    "enumerate() of filter() counts what is left": """
r = []
for i, v in enumerate(filter(lambda x: x != a, range(b)), 5):
    r.append((i, v))
    if i == 6:
        break
return r
""",
    "zip() with map() last makes no item in vain": """
for v, w in zip([a, b], map(note, range(b))):
    seen.append(v)
return seen
""",
    "map() of two lists stops at the shorter": """
for v in map(lambda x, y: note(x) + y, [a, b], range(b)):
    seen.append(v)
return seen
""",
    "variables of a generator are its own": """
x = a
r = [x + v for v in (x * 2 for x in range(b))]
for v in (x + 1 for x in range(b)):
    r.append(v + x)
return r, x
""",
    "a comprehension over map() takes items in turn": """
r = [note(v + 100) for v in map(note, [a, b])]
return r, seen
""",
    "any() over map() in a generator stops where it is decided": """
r = any(note(v) > 3 for v in map(note, [a, b, 9]))
return r, seen
""",
    "an assertion behind a break stops nothing": """
r = 0
for v in map(checked, [1, a, 7]):
    r += v
    if r > 2:
        break
return r
""",
    "what a function of the program makes an iterator of is taken once": """
r = 0
for v in doubled([a, b]):
    r += v
return r, sum(doubled([a])), list(doubled([b, a]))
""",
}
REFUSED = {
    "an iterator of the program's function in a name read twice": """
xs = doubled([a, b])
return sum(xs), sum(xs)
""",
    "an iterator of a nested function in a name read twice": """
def pairs():
    return zip([a], [b])
xs = pairs()
return list(xs), list(xs)
""",
    "an iterator of the program's function in a list": "return [doubled([a])]",
    "in over map() that is seen": "return 4 in map(note, [a, b]), seen",
    "zip() over map() that is seen": "return list(zip(map(note, [a, b]), [1])), seen",
    "a named map() that is seen": "g = map(note, [a, b])\nseen.append(9)\nreturn list(g), seen",
    "a named generator that may stop": "g = (checked(v) for v in [a, b])\nreturn a",
}


def source_of(body):
    return HEAD + "".join(f"    {line}\n" for line in body.strip("\n").splitlines())


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", EQUAL)
def test_items_are_made_as_under_cpython(name, engine):
    assert compare_rich(source_of(EQUAL[name]), CALLS, engine) == "equal"


@pytest.mark.parametrize("name", REFUSED)
def test_items_that_would_be_made_at_another_time_are_refused(name):
    with pytest.raises(ProducerError) as caught:
        script(function_of(source_of(REFUSED[name])))
    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert caught.value.rule == "SCRIPT-6"
