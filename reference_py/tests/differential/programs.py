"""Writes random programs of ints, floats, bools, lists and dicts."""

from __future__ import annotations

import random

NAMES = ("a", "b", "c")


def program(seed: int, size: int = 3) -> str:
    """Return the source of `f(a: int, b: int, c: int)`; the same seed gives the same text."""
    return _Writer(random.Random(seed), size).function()


class _Writer:
    def __init__(self, r: random.Random, size: int) -> None:
        self.r = r
        self.size = size
        self.loops = 0

    def function(self) -> str:
        lines = [
            "def f(a: int, b: int, c: int):",
            "    xs: list[int] = []",
            "    u = 1.5",
            "    p = a > b",
            "    d = {1: 10}",
            '    s = "s"',
            "    o = None",
            "    g = lambda v, k=2: v * k - a",
            *self.body(self.size, in_loop=False, indent=1),
            "    return a + b * 10 + c * 100 + sum(xs), u, p, len(d), s, -1 if o is None else o",
        ]
        return "\n".join(lines) + "\n"

    def body(self, depth: int, *, in_loop: bool, indent: int) -> list[str]:
        out: list[str] = []
        for _ in range(self.r.randint(1, 3)):
            out += self.statement(depth, in_loop=in_loop, indent=indent)
        return out

    def statement(self, depth: int, *, in_loop: bool, indent: int) -> list[str]:
        r, pad, pick = self.r, "    " * indent, self.r.random()
        if pick < 0.35 or depth == 0:
            return [pad + self.simple()]
        if pick < 0.55:
            return self.if_(depth, in_loop=in_loop, indent=indent)
        if pick < 0.68:
            return self.for_(depth, indent)
        if pick < 0.78:
            return self.while_(depth, indent)
        if pick < 0.88 and in_loop:
            return [pad + r.choice(["break", "continue"])]
        return [pad + f"return {self.number()}, {self.decimal()}, {self.test()}, 7, s, 1"]

    def if_(self, depth: int, *, in_loop: bool, indent: int) -> list[str]:
        pad = "    " * indent
        out = [
            pad + f"if {self.test()}:",
            *self.body(depth - 1, in_loop=in_loop, indent=indent + 1),
        ]
        if self.r.random() < 0.25:
            out += [
                pad + f"elif {self.test()}:",
                *self.body(depth - 1, in_loop=in_loop, indent=indent + 1),
            ]
        if self.r.random() < 0.5:
            out += [pad + "else:", *self.body(depth - 1, in_loop=in_loop, indent=indent + 1)]
        return out

    def for_(self, depth: int, indent: int) -> list[str]:
        r, pad = self.r, "    " * indent
        self.loops += 1
        name = f"i{self.loops}"
        over = r.choice(
            [
                "range(3)",
                f"range({r.choice(NAMES)} % 4)",
                f"range({r.randint(-1, 2)}, {r.choice(NAMES)} % 5, 2)",
                "list(xs)",
                "(a, b, 4)",
                "reversed(range(3))",
                "d",
            ]
        )
        head = f"for {name} in {over}:"
        if r.random() < 0.2:
            head = f"for j{self.loops}, {name} in enumerate({over}):"
        elif r.random() < 0.1:
            head = f"for j{self.loops}, {name} in zip(range(9), {over}):"
        body = (
            [f"{pad}    {r.choice(NAMES)} = {name} + {r.randint(0, 3)}"] if r.random() < 0.5 else []
        )
        return self.looping(depth, indent, head, body)

    def while_(self, depth: int, indent: int) -> list[str]:
        r, pad = self.r, "    " * indent
        self.loops += 1
        name = f"t{self.loops}"
        test = f"{name} < {r.randint(1, 4)} and {r.choice(NAMES)} < 50"
        return [
            f"{pad}{name} = 0",
            *self.looping(depth, indent, f"while {test}:", [f"{pad}    {name} += 1"]),
        ]

    def looping(self, depth: int, indent: int, head: str, first: list[str]) -> list[str]:
        pad = "    " * indent
        out = [pad + head, *first, *self.body(depth - 1, in_loop=True, indent=indent + 1)]
        if self.r.random() < 0.2:
            out += [pad + "else:", *self.body(depth - 1, in_loop=False, indent=indent + 1)]
        return out

    # ------------------------------------------------------------------ expressions
    def simple(self) -> str:
        r = self.r
        v = r.choice(NAMES)
        return r.choice(
            [
                f"{v} = {self.number()}",
                f"{v} {r.choice(['+=', '-=', '*='])} {r.randint(-2, 3)}",
                f"{v}, {r.choice('xyz')} = {self.number()}, {self.number()}",
                f"u = {self.decimal()}",
                f"p = {self.test()}",
                f"xs.append({self.number()})",
                f"xs = [{self.number()}, {v}]",
                f"xs = [q + {r.randint(0, 2)} for q in xs if q != {r.randint(0, 5)}]",
                f"d[{r.randint(0, 2)}] = {v}",
                f"assert {v} != {r.randint(20, 30)}, 'no'",
                f"{v} = xs[{r.randint(-1, 1)}]",
                "xs += [1]",
                f"s = s + str({v})",
                f's = f"{{{v}}}-{{u:.1f}}" if {self.test()} else s',
                f"o = {self.number()}",
                "o = None",
                f"{v} = o if o is not None else {self.number()}",
                f"{v} = g({self.number()}, k={r.randint(0, 2)})",
                f"{v}, *_ = [{self.number()}, 1, 2]",
                f"{v} = d.get({r.randint(0, 3)}, {self.number()})",
                f"{v} = sum(q * 2 for q in xs)",
                f"p = any(q > {r.randint(0, 5)} for q in xs)",
            ]
        )

    def number(self, depth: int = 2) -> str:
        r = self.r
        if depth == 0 or r.random() < 0.3:
            return r.choice([*NAMES, *NAMES, str(r.randint(-3, 9)), "len(xs)", "int(p)"])
        a, b = self.number(depth - 1), self.number(depth - 1)
        return r.choice(
            [
                f"({a} {r.choice('+-')} {b})",
                f"({a} * {r.randint(-2, 3)})",
                f"({a} // {r.choice(['2', '3', '-2', b])})",
                f"({a} % {r.choice(['2', '5', '-3', b])})",
                f"(-{a})",
                f"(~{a})",
                f"({a} {r.choice(['&', '|', '^'])} {b})",
                f"({a} if {self.test(depth - 1)} else {b})",
                f"abs({a})",
                f"min({a}, {b})",
                f"max({a}, {b}, 2)",
                f"({a} or {b})",
                f"({a} and {b})",
                f"(True + {a})",
                f"round({self.decimal(depth - 1)})",
                f"int({self.decimal(depth - 1)})",
            ]
        )

    def decimal(self, depth: int = 2) -> str:
        r = self.r
        if depth == 0 or r.random() < 0.3:
            return r.choice(["u", "u", "0.5", "-2.25", "3.0"])
        a, b = self.decimal(depth - 1), self.number(depth - 1)
        return r.choice(
            [
                f"({a} {r.choice('+-*')} {b})",
                f"({b} / {r.choice(['2', '7', b])})",
                f"(-{a})",
                f"float({b})",
                f"({a} / 4)",
                f"abs({a})",
                f"({a} // 2)",
            ]
        )

    def test(self, depth: int = 2) -> str:
        r = self.r
        a, b = self.number(min(depth, 1)), self.number(min(depth, 1))
        relation = r.choice(["<", ">", "==", "!=", "<=", ">="])
        plain = [
            f"{a} {relation} {b}",
            f"{a} < {b} <= {r.choice(NAMES)}",
            f"{a} in xs",
            "p",
            f"not {a}",
            f"u {relation} {b}",
        ]
        if depth == 0 or r.random() < 0.5:
            return r.choice(plain)
        return f"({self.test(depth - 1)} {r.choice(['and', 'or'])} {self.test(depth - 1)})"
