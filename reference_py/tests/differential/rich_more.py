"""More statements of rich random programs: recursion, operators of classes, closures, `match`."""

from __future__ import annotations

from tests.differential.rich_lines import INTS, Lines

MORE_HEAD = """\
from collections import OrderedDict
from dataclasses import replace
from enum import Enum
from functools import partial, reduce

class Mode(Enum):
    LOW = 1
    HIGH = 2

class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def __rmul__(self, k):
        return self * k

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return self.x < other.x

    def __bool__(self):
        return self.x != 0

    def __len__(self):
        return abs(self.y)

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def __contains__(self, k):
        return k == self.x

    def __call__(self, k=1):
        return self.x * k + self.y

def gcd(m, n):
    return abs(m) if n == 0 else gcd(n, m % n)

def trees(n):
    t = 1
    for i in range(n):
        t += trees(i)
    return t

def spread(n, base):
    if n <= 0:
        return [base]
    vs = spread(n - 1, base + 1)
    return vs + [n]

def down(n: int) -> Optional[int]:
    if n == 1:
        return None
    return down(n - 2) if n > 1 else n

def is_even(n):
    return True if n == 0 else not is_even(n - 1)

def picked(mode, v):
    if mode is Mode.LOW:
        return min(v, 3)
    return v if mode == Mode.HIGH else 0

def keyed(v, *, k=2, **more):
    return v * k + more.get("m", 0) + len(more)

"""


class MoreLines(Lines):
    """Writes statements about what `MORE_HEAD` defines."""

    def calls(self) -> str:
        r, v, n = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"{v} = gcd({n}, {self.number()})",
                f"{v} = trees({n} % 4)",
                f"{v} = len(spread({n} % 3, b))",
                f"xs = spread(a % 3, {n})",
                f"o = down({n} % 6)",
                f"b = int(is_even(abs({n}) % 7))",
                f"{v} = picked(Mode.LOW, {n}) + picked(Mode.HIGH, 1)",
                f"{v} = keyed({n}) + keyed(1, k=a % 3) + keyed(2, m=b, z=1)",
                f"{v} = reduce(lambda p, q: p + q, xs, {n})",
                f"{v} = partial(clamped, hi=9)({n})",
                "xs = [w + 1 for w in map(lambda w: w * 2, xs)]",
                "ys = [w for w in filter(lambda w: w > 0, ys)]",
                f"{v} = total(*[ys], *(1, 2), **{{'scale': 2}})",
            ]
        )

    def classes(self) -> str:
        r, n = self.r, self.number()
        return r.choice(
            [
                f"w = w + Vec({n}, 1)",
                "w = 2 * w + (-w) * 3",
                f"w = Vec({n}, b)",
                "a = w(2) + len(w) + w[0] - w[1]",
                "b = int(w == Vec(1, 2)) + int(w < Vec(a, 0)) + int(w != w)",
                f"c = 1 if w else {n}",
                f"b = int({n} in w)",
                "w.x = a",
                "q = replace(q, n=c)",
                "v = w",
                "p = Point(w.x, w.y)",
                "a, b = p",
                "vs = [Point(a), Point(b, c)]\n{pad}a = vs[0].x + vs[-1].y",
            ]
        )

    def blocks(self) -> str:
        """Statements of several lines; `{pad}` is their indentation."""
        r, v, n = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                (
                    f"match {n} % 3:\n{{pad}}    case 0:\n{{pad}}        {v} = 1\n"
                    f"{{pad}}    case 1 | 2 if b > 0:\n{{pad}}        {v} = a\n"
                    f"{{pad}}    case k:\n{{pad}}        {v} = k * 2"
                ),
                (
                    f"match s[:1]:\n{{pad}}    case 'a':\n{{pad}}        s = s + 'x'\n"
                    f"{{pad}}    case _:\n{{pad}}        {v} = 4"
                ),
                (
                    f"def inner(k, by={n}):\n{{pad}}    return k * by + c\n"
                    f"{{pad}}{v} = inner(2) + inner(a, by=1)"
                ),
                (
                    f"k = 0\n{{pad}}while k < 3:\n{{pad}}    k += 1\n{{pad}}    if k == {n}:\n"
                    f"{{pad}}        break\n{{pad}}else:\n{{pad}}    {v} = k"
                ),
                f"if (m := {n} * 2) > 3:\n{{pad}}    {v} = m",
                (
                    "e = OrderedDict()\n{pad}e['x'] = a\n{pad}e.update({'y': 2})\n"
                    "{pad}b = sum(e.values())"
                ),
                f"assert {v} != 77, f'{{{v}}}'",
                f"if {v} in {{1, 2, b}}:\n{{pad}}    {v} = len({{'k': 1, **d}})",
                f"{v} = max([(w % 3, w) for w in ys], default=(0, 0))[1]",
                f"{v} = sum(k * y for k, y in zip(range(5), ys) if y != {n})",
                f"if c == 5:\n{{pad}}    raise ValueError(f'no {{{v}}}')",
                f"h['k'] += [{n}]",
                "h['new'] = []\n{pad}h['new'].append(1)",
                "t = (a, s, [b])\n{pad}b = t[0] + len(t[2])",
                "*ys, a = ys or [1]",
                "x[::2] += 1",
                "x = np.maximum(x, 0).reshape(3)",
            ]
        )
