"""Statements about sets, dicts with defaults, contexts, and what is chosen at run time."""

from __future__ import annotations

from tests.differential.rich_lines import INTS
from tests.differential.rich_more import MoreLines

CHOICE_HEAD = """\
import contextlib
from collections import defaultdict

@dataclass(order=True)
class Rank:
    first: int
    second: int = 2
    note: str = field(default="", compare=False)

class Depth:
    def __init__(self, k):
        self.k = k

    def __enter__(self):
        self.k += 1
        return self

    def __exit__(self, *error):
        self.k *= 2

@contextlib.contextmanager
def doubled(k):
    m = k * 2
    try:
        yield m
    finally:
        m = 0

def following(mode):
    if mode is Mode.LOW:
        return Mode.HIGH
    return Mode.LOW

def parsed(k):
    if k > 3:
        return "many"
    if k > 0:
        return k
    return [k, 1]

def size(v):
    if isinstance(v, str):
        return len(v)
    if isinstance(v, int):
        return v
    return v[0] + v[1]

def noted(u, k):
    u.add(k)
    return len(u)

def guarded(depth, k):
    with depth:
        if k > 1:
            return depth.k
        depth.k += 3
    return depth.k * 10

def ends(vs):
    match vs:
        case []:
            return 0
        case [v]:
            return v
        case [v, *rest, last]:
            return v * 100 + last + len(rest)
    return -1

WEIGHTS = {Mode.LOW: 10, Mode.HIGH: 20}

"""
CHOICE_START = """\
u = {a, 2}
n = {1}
j = defaultdict(int)
j[0] = c
l = defaultdict(list)
l[0].append(b)
mode = Mode.LOW if a > 1 else Mode.HIGH
m = parsed(b)
r = Depth(c)
"""
CHOICE_RESULT = "sorted(u), sorted(n), j, dict(l), mode.name, size(m), r.k"


class ChoiceLines(MoreLines):
    """Writes statements about what `CHOICE_HEAD` and `CHOICE_START` define."""

    def sets(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"u.add({k})",
                f"u.discard({k})",
                "u.remove(a)",
                "n = u",
                "n = u.copy()",
                "n = u | {b, 3}",
                "u = n - {1}",
                "u &= {1, 2, 3, a, b}",
                "n ^= u",
                "u |= set(xs)",
                f"u = {{w % 3 for w in ys if w != {k}}}",
                f"{v} = noted(u, {k})",
                f"{v} = len(n) + sum(u) + max(u, default=0)",
                f"b = int({k} in u) + int(n <= u) + int(n == u) + int(u.isdisjoint(n))",
                "b = int(any(w > a for w in u)) + int(all(w > 0 for w in n))",
                "xs = sorted(u)",
                "ys = sorted(w * 2 for w in n | u)",
                "n = {*u, 5, *xs}",
                f"n.update([{k}], u)",
                "u.clear()",
            ]
        )

    def defaults(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"j[{k}] += a",
                f"{v} = j[{k} % 3]",
                f"l[{k} % 2].append(a)",
                f"l[{k}] = [1]",
                f"{v} = len(l[{k}]) + len(l)",
                "for i in range(3):\n{pad}    j[i % 2] += i",
                f"{v} = j.get({k}, 4) + int({k} in l) + sum(j.values())",
                f"{v} = j.pop({k}, 1)",
                "d = d | {'z': a}",
                "d |= {'a': 1, 'q': b}",
                "d = {'n': a} | d",
                "a = clamped(**{'v': b})",
                "e = {'v': a, 'hi': 9}\n{pad}b = clamped(**e)",
                "xs = [*ys, a, *xs]",
                "ys = [*range(b % 4), *ys]",
            ]
        )

    def choices(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                "mode = following(mode)",
                f"mode = Mode.HIGH if {k} > 2 else mode",
                f"{v} = mode.value + WEIGHTS[mode] + picked(mode, {k})",
                f"mode = Mode({k} % 3)",
                f"{v} = int(mode == Mode.LOW) + int(mode in (Mode.HIGH,))",
                f"m = parsed({k})",
                f"m = {k} if b > 1 else 'text'",
                f"{v} = size(m)",
                f"if isinstance(m, int):\n{{pad}}    {v} = m + 1\n{{pad}}    m = str(m)",
                (
                    "for i in range(2):\n{pad}    if isinstance(m, str):\n{pad}        m = m + 'x'"
                    "\n{pad}    else:\n{pad}        m = i"
                ),
                f"{v} = [lambda w: w + 1, abs, lambda w: w * b][{k} % 3](a)",
                f"f = abs if b > {k} else following\n{{pad}}c = 1",
                f"{v} = int(Rank({k}) < Rank(a, b)) + int(Rank(a, 2, 'x') == Rank(b))",
                "b = int(xs < ys) + int((a, 1) <= (b, c)) + int([a] >= xs)",
                f"{v} = ends(xs) + ends(ys[:{k} % 3])",
                f"{v} = pow(a, abs({k}), 7)",
                "s = f'{a:{abs(b) + 1}d}'[:3]",
            ]
        )

    def contexts(self) -> str:
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"{v} = guarded(r, {k})",
                f"with r:\n{{pad}}    r.k -= {k}\n{{pad}}    {v} = clamped(r.k)",
                f"with Depth({k}) as r:\n{{pad}}    {v} = r.k",
                f"with doubled({k}) as k:\n{{pad}}    {v} = k + 1",
                f"try:\n{{pad}}    {v} = {k}\n{{pad}}finally:\n{{pad}}    c += 1",
                (
                    f"for i in range(3):\n{{pad}}    try:\n{{pad}}        if i == {k}:\n"
                    f"{{pad}}            break\n{{pad}}        {v} = i\n{{pad}}    finally:\n"
                    "{pad}        c = clamped(c + i)"
                ),
                (
                    "match d:\n{pad}    case {'a': k, **rest}:\n{pad}        b = k + len(rest)\n"
                    "{pad}    case _:\n{pad}        b = 0"
                ),
                (
                    "match p:\n{pad}    case Point(0, k):\n{pad}        a = k\n"
                    "{pad}    case Point(k, y=1) | Point(1, k):\n{pad}        a = k * 2"
                ),
                "r.k = clamped(r.k)",
            ]
        )


__all__ = ["CHOICE_HEAD", "CHOICE_RESULT", "CHOICE_START", "ChoiceLines"]
