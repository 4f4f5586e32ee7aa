"""Instances of data classes and named tuples are made as their classes make them, or refused."""

from __future__ import annotations

from dataclasses import KW_ONLY, InitVar, dataclass

import pytest

import tracescript as ts
from tests.differential.check import function_of
from tests.differential.rich_check import compare_rich
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script


@dataclass
class Marked:
    a: int
    _: KW_ONLY
    b: int = 2


@dataclass
class Below(Marked):
    c: int = 0


@dataclass
class Late:
    a: int
    b: InitVar[int]
    c: int = 0

    def __post_init__(self, b):
        self.c = b


def marked(a: int, b: int):
    one, other = Marked(a, b=b), Below(a, b)
    return one.a, one.b, other.a, other.b, other.c


HEAD = """\
from dataclasses import dataclass, field
from typing import NamedTuple

@dataclass
class Mixed:
    a: int = field(kw_only=True)
    b: int
    c: int = field(default=5, kw_only=True)
    d: int = 7

@dataclass(kw_only=True)
class Named:
    a: int
    b: int = 2

@dataclass
class Fixed:
    a: int = field(init=False, default=4)
    b: int = 3

@dataclass(init=False)
class Own:
    a: int
    b: int = 4
    def __init__(self, x):
        self.a = x * 2
        self.b = x

@dataclass
class Base:
    a: int
    b: int = 2

class Sub(Base):
    def __init__(self, x):
        self.a = x + 100
        self.b = 5

class Pair(NamedTuple):
    x: int
    y: int = 3

class New(Pair):
    def __new__(cls, x):
        return super().__new__(cls, x, 2 * x)

def f(a: int, b: int):
"""
CALLS = [(1, 2), (3, 0)]
EQUAL = {
    "kw_only fields take no place": "m = Mixed(b, 8, a=a)\nreturn m.a, m.b, m.c, m.d",
    "kw_only fields have names": "m = Mixed(b, a=a, c=b)\nreturn m.a, m.b, m.c, m.d",
    "a kw_only class takes names": "m = Named(b=b, a=a)\nreturn m.a, m.b",
    "fields without init take no place": "m = Fixed(a)\nreturn m.a, m.b",
    "a data class's own __init__ runs": "m = Own(a)\nreturn m.a, m.b",
    "a subclass's own __init__ runs": "m = Sub(a)\nreturn m.a, m.b",
    "a named tuple's defaults": "p = Pair(y=a, x=b)\nq = Pair(a)\nreturn p.x, p.y, q.x, q.y",
}
REFUSED = {
    "too many by place": "return Named(a, b).a",
    "one without init": "return Fixed(a=a).a",
    "one given twice": "return Base(a, a=b).a",
    "a named tuple with its own __new__": "return New(a).y",
}


def source_of(body):
    return HEAD + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", EQUAL)
def test_records_are_made_as_under_cpython(name, engine):
    assert compare_rich(source_of(EQUAL[name]), CALLS, engine) == "equal"


@pytest.mark.parametrize("name", REFUSED)
def test_arguments_that_a_class_does_not_take_are_refused(name):
    with pytest.raises(ProducerError) as caught:
        script(function_of(source_of(REFUSED[name])))
    assert caught.value.where
    assert "report it" not in (caught.value.hint or "")


def test_fields_behind_kw_only_take_no_place():
    assert ts.script(marked)(7, 8) == marked(7, 8) == (7, 8, 7, 2, 8)


def test_what_a_generated_init_does_otherwise_is_refused():
    with pytest.raises(ProducerError) as caught:
        script(lambda a: Marked(a, 1).a, types={"a": "int"})
    assert caught.value.rule == "SCRIPT-10"


def late(a: int):
    return Late(a, 2).c, Late(b=a, a=5, c=9).c, Late(a, a).a


def test_what_is_for_the_init_alone_goes_to_post_init():
    assert ts.script(late)(7) == late(7) == (2, 7, 7)
