"""Writes random programs of nested containers, texts, records, tensors, state and helpers.

They share objects between names and containers on purpose: what a script gives must be what
CPython gives, or the program must be refused.
"""

from __future__ import annotations

import random

from tests.differential.rich_choices import (
    CHOICE_HEAD,
    CHOICE_RESULT,
    CHOICE_START,
    ChoiceLines,
)
from tests.differential.rich_flow import (
    FLOW_HEAD,
    FLOW_RESULT,
    FLOW_START,
    FLOW_STATE,
    FLOW_STATE_RESULT,
    FlowLines,
)
from tests.differential.rich_forms import FORM_HEAD, FORM_RESULT, FORM_START, FormLines
from tests.differential.rich_more import MORE_HEAD, MoreLines
from tests.differential.rich_values import VALUE_HEAD, VALUE_RESULT, VALUE_START, ValueLines

HEAD = """\
import numpy as np
import tracescript as ts
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

class Point(NamedTuple):
    x: int
    y: int = 1

@dataclass
class Box:
    n: int
    items: list[int] = field(default_factory=list)

    def add(self, k):
        self.n += k
        return self.n

    @property
    def twice(self):
        return self.n * 2

def clamped(v, lo=-20, hi=20):
    if v < lo:
        return lo
    return hi if v > hi else v

def grown(vs, k):
    out = list(vs)
    out.append(k)
    return out

def push(vs, k):
    if k > 0:
        vs.append(k)
    return len(vs)

def first(vs, other: Optional[int] = None):
    for v in vs:
        if v > 2:
            return v
    return other

def total(vs, *more, scale=1):
    t = 0
    for v in vs:
        t += v
    return t * scale + len(more)

"""
START = """\
xs = [a, b]
ys = [1, 2, 3]
g = [[a], [b, c]]
d = {"a": a, "b": 1}
h = {"k": [c]}
s = "ab"
o: Optional[int] = None
p = Point(a)
q = Box(b)
x = np.arange(3.0)
z = x * 2
w = Vec(a, 2)
"""
RESULT = "a, b, c, xs, ys, g, d, h, s, o, p.x, p.y, q.n, q.items, w.x, w.y, x, z"


def program(seed: int, size: int = 2) -> str:
    """Return the source of `f(a, b, c)`, or of a module `M`; the same seed gives the same text."""
    return _Writer(random.Random(seed), size).text()


def wide_program(seed: int, size: int = 2) -> str:
    """As `program`, with sets, defaults, contexts and choices."""
    return _WideWriter(random.Random(seed), size).text()


def value_program(seed: int, size: int = 2) -> str:
    """As `wide_program`, with sets, members, unions and dicts of several types in containers."""
    return _ValueWriter(random.Random(seed), size).text()


def flow_program(seed: int, size: int = 2) -> str:
    """As `value_program`, with several changes in an expression, records in containers, state."""
    return _FlowWriter(random.Random(seed), size).text()


def form_program(seed: int, size: int = 2) -> str:
    """As `flow_program`, with views, iterators, `nonlocal`, numbers of two types and specs."""
    return _FormWriter(random.Random(seed), size).text()


class _Writer(MoreLines):
    head, start, result = HEAD + MORE_HEAD, START, RESULT
    state_start, state_result = "", "self.n"
    lines = (2, 8)

    def __init__(self, r: random.Random, size: int) -> None:
        self.r = r
        self.size = size
        self.count = 0
        self.has_state = r.random() < 0.3

    def text(self) -> str:
        lines = self.start.splitlines() + self.block(self.size, indent=0)
        if self.has_state:
            lines.append(f"return {self.result}, {self.state_result}")
            head = (
                "class M(ts.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                f"        self.n = 0\n        self.seen = [0]\n{self.state_start}\n"
                "    def forward(self, a: int, b: int, c: int):\n"
            )
            return self.head + head + "".join(f"        {line}\n" for line in lines)
        lines.append(f"return {self.result}")
        return self.head + "def f(a: int, b: int, c: int):\n" + "".join(f"    {x}\n" for x in lines)

    def block(self, depth: int, *, indent: int, in_loop: bool = False) -> list[str]:
        out: list[str] = []
        for _ in range(self.r.randint(1, 4) if indent else self.r.randint(*self.lines)):
            out += self.statement(depth, indent=indent, in_loop=in_loop)
        return out

    def statement(self, depth: int, *, indent: int, in_loop: bool) -> list[str]:
        r, pad, pick = self.r, "    " * indent, self.r.random()
        if pick < 0.62 or depth == 0:
            return (pad + self.simple().replace("{pad}", pad)).split("\n")
        inner = {"depth": depth - 1, "indent": indent + 1}
        if pick < 0.78:
            out = [f"{pad}if {self.test()}:", *self.block(**inner, in_loop=in_loop)]
            if r.random() < 0.5:
                out += [f"{pad}else:", *self.block(**inner, in_loop=in_loop)]
            return out
        if pick < 0.92:
            self.count += 1
            k = self.count
            head, first = r.choice(
                [
                    (f"for i{k} in range(b % 3):", f"a = a + i{k}"),
                    (f"for i{k} in list(xs):", f"c = clamped(c + i{k})"),
                    (f"for r{k} in g:", r.choice([f"b += len(r{k})", f"r{k}.append({k})"])),
                    (f"for r{k} in list(g):", f"r{k} = r{k} + [1]"),
                    (f"for k{k}, v{k} in d.items():", f"a = clamped(a + v{k})"),
                    (f"for c{k} in s:", f"b = b + (c{k} == 'a')"),
                    (f"for i{k}, y{k} in enumerate(ys):", f"a += i{k} * y{k}"),
                    (f"for w{k} in z:", f"x = x + w{k}"),
                ]
            )
            out = [pad + head, f"{pad}    {first}", *self.block(**inner, in_loop=True)]
            if r.random() < 0.15:
                out += [f"{pad}else:", *self.block(**inner, in_loop=in_loop)]
            return out
        if in_loop and pick < 0.97:
            return [f"{pad}if {self.test()}:", f"{pad}    {r.choice(['break', 'continue'])}"]
        return (pad + self.simple().replace("{pad}", pad)).split("\n")

    # ------------------------------------------------------------------ statements of one line
    def simple(self) -> str:
        r = self.r
        kinds = [self.numbers, self.lists, self.lists, self.nested, self.nested, self.texts]
        kinds += [self.dicts, self.records, self.tensors, self.calls, self.classes, self.blocks]
        if self.has_state:
            kinds += [self.state, self.state]
        return r.choice(kinds)()


class _WideWriter(ChoiceLines, _Writer):
    head = HEAD + MORE_HEAD + CHOICE_HEAD
    start, result = START + CHOICE_START, f"{RESULT}, {CHOICE_RESULT}"

    def simple(self) -> str:
        own = [self.sets, self.defaults, self.choices, self.contexts]
        return self.r.choice(own)() if self.r.random() < 0.6 else super().simple()


class _ValueWriter(ValueLines, _WideWriter):
    head = HEAD + MORE_HEAD + CHOICE_HEAD + VALUE_HEAD
    start = START + CHOICE_START + VALUE_START
    result = f"{RESULT}, {CHOICE_RESULT}, {VALUE_RESULT}"

    def simple(self) -> str:
        own = [self.held_sets, self.held_sets, self.held_members, self.held_unions, self.held_dicts]
        return self.r.choice(own)() if self.r.random() < 0.7 else super().simple()


class _FlowWriter(FlowLines, _ValueWriter):
    head = _ValueWriter.head + FLOW_HEAD
    start, result = _ValueWriter.start + FLOW_START, f"{_ValueWriter.result}, {FLOW_RESULT}"
    state_start, state_result = FLOW_STATE, FLOW_STATE_RESULT
    lines = (1, 4)

    def simple(self) -> str:
        own = [self.several, self.assigned, self.held_records, self.forms, self.forms, self.exits]
        own += [self.held_state] * 3 if self.has_state else []
        return self.r.choice(own)() if self.r.random() < 0.7 else super().simple()


class _FormWriter(FormLines, _FlowWriter):
    head = _FlowWriter.head + FORM_HEAD
    start, result = _FlowWriter.start + FORM_START, f"{_FlowWriter.result}, {FORM_RESULT}"

    def simple(self) -> str:
        own = [self.views, self.iterators, self.borrowed, self.two_types, self.specs, self.stepped]
        return self.r.choice(own)() if self.r.random() < 0.7 else super().simple()
