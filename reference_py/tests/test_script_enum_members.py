"""Members of enums in order, and flags of several bits: what CPython gives."""

from __future__ import annotations

import enum

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError


class Level(enum.IntEnum):
    HIGH = 2
    LOW = 1


class Perm(enum.Flag):
    R = 1
    W = 2


class Mode(enum.IntFlag):
    R = 1
    W = 2


def ordered(x: np.ndarray):
    members = sorted(Level)
    first = members[0]
    return x, [repr(m) for m in members], isinstance(first, Level), first is Level.LOW


def backwards(x: np.ndarray):
    return x, repr(sorted(Level, reverse=True)), sum(sorted(Level)), sorted(Level) == [1, 2]


def by_key(x: np.ndarray):
    return x, [repr(m) for m in sorted(Level, key=lambda m: -m)]


def without_order(x: np.ndarray):
    return x, sorted(Perm)


def flags(x: np.ndarray):
    both = Perm.R | Perm.W
    return x, Perm.R in both, both in Perm.R, (Perm.W | Perm.R) in both, Perm.W in both & Perm.R


def int_flags(x: np.ndarray):
    both = Mode.R | Mode.W
    return x, Mode.R in both, both in Mode.W, repr(both), isinstance(both, Mode), both + 1


def in_number(x: np.ndarray):
    return x, Mode.R in 3


def number_in_flags(x: np.ndarray):
    return x, 1 in Mode.R


@pytest.mark.parametrize("f", [ordered, backwards, flags, int_flags])
def test_members_stay_members_in_order_and_flags_joined_are_flags(f):
    x = np.ones(2, np.float32)

    assert list(ts.script(f)(x)[1:]) == list(f(x)[1:])


@pytest.mark.parametrize("f", [without_order, in_number, number_in_flags])
def test_what_raises_in_python_is_refused_with_its_line(f):
    with pytest.raises(TypeError):
        f(np.ones(2, np.float32))
    with pytest.raises(ProducerError) as caught:
        ts.script(f)

    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-4")
    assert caught.value.hint


def test_members_are_not_sorted_by_a_key():
    with pytest.raises(ProducerError) as caught:
        ts.script(by_key)

    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-4")
