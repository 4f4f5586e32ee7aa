"""Statements with views of dicts, iterators, `nonlocal`, numbers of two types and specs."""

from __future__ import annotations

from tests.differential.rich_flow import FlowLines
from tests.differential.rich_lines import INTS

FORM_HEAD = """\
import itertools
from itertools import accumulate, chain, islice, pairwise, product, zip_longest

def clip(v, low, high) -> int | float:
    return max(low, min(v, high))

def counter(start):
    def count(by=1):
        nonlocal start
        start = (start + by) % 50
        return start
    return count

"""
FORM_START = """\
made, mix = 0, 0.5
def step(by=1):
    nonlocal made
    made = (made + by) % 50
    return made
count = counter(b)
d2 = {"a": b, "z": 1}
"""
FORM_RESULT = "made, count(), mix"


class FormLines(FlowLines):
    """Writes statements about what `FORM_HEAD` and `FORM_START` define."""

    def views(self) -> str:
        """What `keys`, `values` and `items` of dicts give."""
        r, v = self.r, self.r.choice(INTS)
        sign = r.choice(["&", "|", "-", "^"])
        relation = r.choice(["==", "<=", "<", "!=", ">="])
        return r.choice(
            [
                f"s = ','.join(sorted(d.keys() {sign} d2.keys()))",
                f"{v} = len(d2.keys() {sign} {{'a', 'q'}})",
                f"{v} = int(d.keys() {relation} d2.keys())",
                f"{v} = int(d.keys() {relation} {{'a'}}) + int(d.items() == d2.items())",
                "ks = d.keys()\n{pad}b = len(ks) + int('a' in ks)",
                "ks, vs = d.keys(), d2.values()\n{pad}d['v'] = 1\n{pad}c = len(ks) + sum(vs)",
                "vs = d2.values()\n{pad}a = sum(vs) + max(vs, default=0)",
                "for k0 in d2.keys():\n{pad}    d2[k0] += 1",
                "for v0 in d.values():\n{pad}    b = clamped(b + v0)",
                "for v0 in list(d.values()):\n{pad}    d['w'] = v0",
                "d2['q'] = len(d2)",
                "xs = [*d.values(), *d2.values()]",
                "s = '-'.join(d2) if d2.keys() else 'none'",
                "a = int(d.keys().isdisjoint(d2.keys())) + int(bool(range(b)))",
            ]
        )

    def iterators(self) -> str:
        """Iterators in names, and functions of `itertools`."""
        r, k = self.r, self.number()
        return r.choice(
            [
                "it = zip(xs, ys)\n{pad}a = sum(p * w for p, w in it)",
                f"it = (w + {k} for w in xs)\n{{pad}}b = max(it, default=0)",
                "it = map(lambda w: w + c, ys)\n{pad}xs = list(it)",
                "it = map(lambda w: w + c, ys)\n{pad}c = 3\n{pad}xs = list(it)",
                "it = enumerate(xs)\n{pad}a = sum(i for i, _ in it)\n{pad}b = len(list(it))",
                "it = reversed(xs)\n{pad}ys = [w for w in it]",
                "b = clamped(sum(p * w for p, w in product(xs, ys)))",
                "for i0, w0 in product(range(b % 3), (1, c)):\n{pad}    a = clamped(a + i0 * w0)",
                "xs = list(chain(xs, [b], ys))[:6]",
                "ys = [clamped(w) for w in accumulate(xs)]",
                f"ys = list(accumulate(xs, lambda p, w: clamped(p + w), initial={k}))[:5]",
                "a = sum(abs(w - p) for p, w in pairwise(xs))",
                "xs = list(islice(xs, 1, 3))",
                "ys = [clamped(p + w) for p, w in zip_longest(xs, ys, fillvalue=1)]",
                "b = len(list(itertools.combinations(xs, 2)))",
                "xs = list(itertools.takewhile(lambda w: w < 3, xs))",
                "ys = list(chain.from_iterable(g))[:4]",
                "for p, w in itertools.permutations((a, b), 2):\n{pad}    c = p - w",
            ]
        )

    def borrowed(self) -> str:
        """Functions that change names of the functions around them."""
        r, v, k = self.r, self.r.choice(INTS), self.number()
        return r.choice(
            [
                f"{v} = step()",
                f"{v} = made + step({k}) * 2 + made",
                "b = step() if a > 1 and step(2) > 3 else count()",
                "for i0 in range(3):\n{pad}    step(i0)\n{pad}    if made > 5:\n{pad}        break",
                "xs = [step(w) for w in xs]",
                "ys = sorted(ys, key=lambda w: w * count())",
                f"c = count({k}) - count()",
                "other = counter(a)\n{pad}b = other() + other(b) + count()",
                "while step(3) < 9:\n{pad}    c = made",
                "s = f'{step()}:{made}:{step()}'",
                "step(step(a))",
            ]
        )

    def two_types(self) -> str:
        """Numbers that are an int or a float."""
        r, v, k = self.r, self.r.choice(INTS), self.number()
        m = r.choice(["max", "min"])
        return r.choice(
            [
                f"mix = {m}({v}, 1.5) * 1.0",
                f"s = str({m}({v}, {k} + 0.5))",
                f"s = f'{{{m}(a, 2.5, b)}}|{{{m}(b, 0.5):.2f}}|{{{m}(c, 1.5)!r:>5}}'",
                f"{v} = int({m}({v}, 2.5))",
                f"{v} = int(clip({v}, 0.5, 3) < clip({k}, 0, 2.5))",
                f"s = str(clip({v}, 0.5, 3))",
                f"mx = {m}(a, b / 2)\n{{pad}}if isinstance(mx, int):\n{{pad}}    c = mx",
                f"mx = {m}(a, 1.5)\n{{pad}}for i0 in xs:\n{{pad}}    mx += i0\n{{pad}}s = str(mx)",
                f"s = str(2 ** -{v})",
                f"mix = 1.5 * (abs({v}) + 1) ** -{v}",
                f"s = str({m}(True, {v})) + str(round({m}({v}, 0.75)))",
                f"{v} = {m}(xs, default={k}) if xs else 1",
            ]
        )

    def specs(self) -> str:
        """Texts of numbers by a spec."""
        r, v = self.r, self.r.choice(INTS)
        spec = r.choice(["03d", "+d", ">5", "<4", "^5", "x", "b", "08b", ",", "_d", "o", "#x"])
        real = r.choice([".2f", "+.1e", "8.3f", "g", "%", ".3g", "010.2f", ".0f"])
        return r.choice(
            [
                f"s = f'{{{v}:{spec}}}'",
                f"s = f'{{{v} / 3:{real}}}'",
                f"s = '{{:{spec}}}|{{:{real}}}'.format({v}, {v} * 0.5)",
                f"s = f'{{s!r:>8}}{{{v}=}}'[:12]",
                f"s = '%05.1f %3d' % ({v} * 0.5, {v})",
                f"s = f'{{s:<{{abs({v}) % 5 + 1}}}}'[:9]",
            ]
        )

    def stepped(self) -> str:
        """Slices with a step that are assigned or deleted."""
        r, k = self.r, self.number()
        return r.choice(
            [
                "k1[::2] = [a] * len(k1[::2])",
                f"k1[1::2] = [{k} for w in k1[1::2]]",
                "del k1[::3]",
                "k1[::-1] = list(k1)",
                "k1[b % 3:] = [1, c]",
                "k1[::2] = [a, b]",
                "del k1[-2:]",
                "k1[1:1] = ys",
            ]
        )
