"""The statements of one line that rich random programs are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

INTS = ("a", "b", "c")


class Lines:
    """Writes statements, numbers and tests about the names that every program has."""

    r: random.Random

    def numbers(self) -> str:
        r, v = self.r, self.r.choice(INTS)
        return r.choice(
            [
                f"{v} = clamped({self.number()})",
                f"{v} = first(xs, {self.number()}) or 0",
                f"o = first({r.choice(['xs', 'ys', 'g[0]'])})",
                f"{v} = total(ys, 1, scale={r.randint(-1, 2)})",
                "o = None",
                f"{v} = o if o is not None else {self.number()}",
                f"{v}, b = b, {v}",
                f"{v} = max(xs, key=lambda v: v % 3) if xs else 7",
                f"{v} = sum(w for w in xs if w != {r.randint(0, 3)})",
            ]
        )

    def lists(self) -> str:
        r, v = self.r, self.number()
        return r.choice(
            [
                f"xs.append({v})",
                "ys = xs",
                "ys = list(xs)",
                "ys = xs[1:]",
                "xs = grown(xs, a)",
                "xs += ys",
                "xs.extend(ys)",
                f"xs.insert({r.randint(-2, 3)}, {v})",
                "a = xs.pop()",
                f"xs[{r.randint(-1, 1)}] = {v}",
                "ys = sorted(xs, reverse=True)",
                "ys = sorted(xs, key=lambda v: (v % 2, -v))",
                "xs.reverse()",
                "b = push(xs, a)",
                "c = push(ys, 2) + push(xs, 1)",
                "ys = [v * 2 for v in xs if v != b]",
                "xs[0:1] = ys",
                "del xs[0]",
                "xs.remove(a)",
                "b = xs.index(a)",
                "c = ys.count(1) + (a in xs)",
                "b = int(xs == ys)",
                "xs = ys if a > 1 else xs",
                "a, *ys = xs",
                "a = len(xs) + xs.pop()",
            ]
        )

    def nested(self) -> str:
        r, v = self.r, self.number()
        return r.choice(
            [
                f"g[0].append({v})",
                f"g[{r.randint(-1, 1)}][0] = {v}",
                "g.append(xs)",
                "g.append(list(xs))",
                "g.append([a, b])",
                "ys = g[0]",
                "ys = g[-1]",
                "ys = g.pop()",
                "g = [xs, ys]",
                "g = [ys, ys]",
                "g = [[i] for i in xs]",
                "g = [list(r) for r in g]",
                "g = g + [[1]]",
                "g = g[::-1]",
                "g[0] = xs",
                "g[0] += [1]",
                'h["k"] = xs',
                'h["n"] = [1]',
                'h["k"].append(2)',
                'ys = h["k"]',
                'xs = h.get("z", [4])',
                "xs, ys = ys, xs",
                "a = sum(len(r) for r in g)",
                "b = int(g[0] == xs)",
            ]
        )

    def texts(self) -> str:
        r, v = self.r, self.r.choice(INTS)
        return r.choice(
            [
                f's = s + f"{{{v}:>2}}|"',
                f's = f"{{{r.choice(["xs", "o", "d", "p", "s!r", "(a, s)", "x[0]:.2f"])}}}"',
                's = s.upper() if "a" in s else s.replace("B", "ab")',
                "s = s[::-1]",
                "s = s[1:] + s[:1]",
                "s = '-'.join([str(v) for v in xs])",
                "s = s.split('-')[0].strip()",
                "a = s.find('a') + s.count('b')",
                f"s = '%d:%s' % ({v}, s[:3])",
                "s = s[:6]",
                "b = int(s.startswith('a')) + len(s)",
                "s = str(g)",
            ]
        )

    def dicts(self) -> str:
        r, v = self.r, self.number()
        key = r.choice(['"a"', '"b"', "s[:1]"])
        return r.choice(
            [
                f"d[{key}] = {v}",
                f"a = d.get({key}, {v})",
                f'd.update({{"c": {v}, {key}: 1}})',
                f"b = d.pop({key}, 5)",
                f"c = d.setdefault({key}, 3)",
                "d = dict(d)",
                "s, a = d.popitem()",
                "d = {k: v + 1 for k, v in d.items()}",
                "a = len(d) + sum(d.values())",
                f"b = d[{key}] if {key} in d else 0",
                "xs = list(d.values())",
            ]
        )

    def records(self) -> str:
        r, v = self.r, self.number()
        return r.choice(
            [
                f"p = Point({v}, y=b)",
                "p = p._replace(x=3)",
                f"q.n = {v}",
                "q.n += 1",
                f"a = q.add({r.randint(0, 2)})",
                f"q = Box({v}, xs)",
                "q = Box(a)",
                "q.items.append(b)",
                "xs = q.items",
                "a = q.twice + p.x",
                "q2 = q",
                "q = Box(q.n, list(q.items))",
                "b = int(p == Point(1, 2)) + int(p < (1, 5))",
            ]
        )

    def tensors(self) -> str:
        r = self.r
        return r.choice(
            [
                "x = x + z",
                "x += 1",
                "z = x",
                "z = x[:3]",
                "x[0] = a",
                "x[1:] = z[1:]",
                "z[x > 1] = 0.5",
                "z = np.where(x > z, x, -z)",
                "x = np.stack([x, z]).sum(axis=0)",
                "a = int(x[0]) if abs(float(x[0])) < 99 else 0",
                "x = np.clip(x * 0.5, -9, 9)",
                "z *= 0.5",
            ]
        )

    def state(self) -> str:
        return self.r.choice(
            [
                "self.n = self.n + 1",
                f"self.n += clamped({self.number()})",
                "a = clamped(self.n)",
                "self.seen.append(a)",
                "self.seen = self.seen[-2:]",
                "xs = list(self.seen)",
                "ys = self.seen",
                "b = len(self.seen)",
            ]
        )

    def number(self) -> str:
        r = self.r
        return r.choice(
            [
                *(*INTS, *INTS, str(r.randint(-3, 5)), "len(xs)", "a + b", "b * 2", "c - a"),
                *("b % 3", "p.x", "q.n", "len(s)"),
            ]
        )

    def test(self) -> str:
        r = self.r
        return r.choice(
            [
                f"{self.number()} {r.choice(['<', '>', '==', '<='])} {self.number()}",
                "xs",
                "o is not None and o > 1",
                "not o",
                "'a' in s",
                "a in xs",
                "xs == ys",
                "x[0] > z[1]",
                "len(g) > 2 or s",
            ]
        )
