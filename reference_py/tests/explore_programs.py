"""Programs with checks of their own; pytest rewrites `assert` in test files, not here."""

from __future__ import annotations


def checked(x):
    assert x.sum() > 0, "the sum is positive"
    assert not x[0, 0] < 0
    return x * 2


def checked_by_parts(x):
    assert x[0, 0] > 0 or x[0, 1] > 0
    return x * 2
