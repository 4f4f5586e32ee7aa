"""One object under several names or in several places: the same as in CPython, or refused."""

from __future__ import annotations

import pytest

from tests.differential.check import function_of
from tests.script_table.rows import Row
from tests.script_table.run import differences
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script

HEAD = """
from dataclasses import dataclass, field
from typing import NamedTuple
GIVEN = [1, 2]
class Pair(NamedTuple):
    x: int
    y: list[int]
@dataclass
class Box:
    n: int
    items: list[int] = field(default_factory=list)
    def add(self, k):
        self.n += k
        self.items.append(k)
        return self.n
def push(vs, k):
    if k > 1:
        vs.append(k)
def bump(box):
    box.n += 1
"""
EQUAL = [
    "xs = [n]\nreturn xs, xs.pop()",
    "xs = [n, 1]\nreturn xs == [xs.pop()]",
    "xs = [[n], [1]]\nxs[0].append(2)\nreturn xs",
    "d = {'a': [n]}\nd['a'].append(2)\nreturn d",
    "t = ([n], 1)\nt[0].append(3)\nreturn t",
    "p = Pair(n, [1])\np.y.append(3)\nreturn p.y",
    "b = Box(n)\nb.add(2)\nb.items.append(5)\nreturn b.n, b.items",
    "b = Box(n)\nfor i in range(n):\n    b.add(i)\nreturn b.n, b.items",
    "b = Box(n)\nbump(b)\nreturn b.n",
    "xs = [n]\npush(xs, n)\nreturn xs",
    "xs = [n]\nys = list(xs)\nys.append(1)\nreturn xs, ys",
    "g = []\nfor i in range(n):\n    row = []\n    row.append(i)\n    g.append(row)\nreturn g",
    "g = [[i] for i in range(3)]\ng[0].append(9)\nreturn g",
    "xs = [[0] * 3 for _ in range(2)]\nxs[0][n % 3] = 5\nreturn xs",
    "xs = [n]\ndef g():\n    xs.append(3)\ng()\nreturn xs",
    "ys = [1]\nxs = [ys, [n]]\nxs[1].append(2)\nreturn xs",
]
REFUSED = [
    "xs = [[n]]\nys = xs[0]\nys.append(1)\nreturn xs",
    "xs = [[n], [1]]\nfor x in xs:\n    x.append(5)\nreturn xs",
    "xs = [[0]] * 2\nxs[0].append(n)\nreturn xs",
    "xs = [[n], [2]]\na, b = xs\na.append(1)\nreturn xs",
    "xs = [[n], [2]]\nys = xs[:]\nys[0].append(1)\nreturn xs",
    "a = [[1]]\nb = a + [[2]]\nb[0].append(n)\nreturn a",
    "row = [0]\ng = [row for _ in range(2)]\ng[0].append(n)\nreturn g",
    "xs = [n]\nys = [xs]\nys[0].append(5)\nreturn xs",
    "d = {'a': [n]}\nys = d['a']\nys.append(2)\nreturn d",
    "d = {'x': [1]}\nfor k, v in d.items():\n    v.append(n)\nreturn d",
    "ys = [1]\np = Pair(n, ys)\nys.append(3)\nreturn p.y",
    "a = Box(n)\nb = a\nb.n = 7\nreturn a.n",
    "a = Box(n)\nxs = [a]\na.n = 5\nreturn xs[0].n",
    "a = Box(n)\nb = Box(1)\nif n > 2:\n    b = a\nb.n = 9\nreturn a.n",
    "GIVEN.append(n)\nreturn len(GIVEN)",
    "def g(k, acc=[]):\n    acc.append(k)\n    return acc\ng(1)\nreturn g(n)",
    "xs = [n]\nt = (xs, 1)\nreturn t, xs.pop()",
    "xs = [n, 1]\nreturn [xs] == [[xs.pop()]]",
    "a, b = [n], [1]\nfor i in range(3):\n    b.append(i)\n    a, b = b, a\nreturn a, b",
    "a = [n]\nf = lambda: a[0]\nb = a\nb[0] = 5\nreturn f()",
]


def row_of(body):
    return Row("aliases", body, "yes", "", head=HEAD, args=("0", "2", "3"))


@pytest.mark.parametrize("body", EQUAL)
def test_a_change_of_a_container_in_one_place_is_seen_where_python_sees_it(body):
    assert differences(row_of(body), body) == []


@pytest.mark.parametrize("body", REFUSED)
def test_a_change_that_another_name_or_place_would_see_is_refused(body):
    with pytest.raises(ProducerError) as caught:
        script(row_of(body).function(body))

    assert (caught.value.code, caught.value.rule) == ("ALIASING", "SCRIPT-8")
    assert caught.value.hint


def test_what_no_other_name_reads_later_may_be_changed_under_two_names():
    function = function_of(
        "def f(n: int):\n    a = [n]\n    b = a\n    b.append(1)\n    return b\n"
    )

    assert script(function).model.functions[0].outputs[0].type.element.kind.value == "int"
