"""Programs with conditions of each form; pytest would rewrite the `assert`s of a test file."""

from __future__ import annotations


def either(x, m, other=None):
    return x if other is None and (other is not None or m.all()) else m


def neither(x, m, other=None):
    if (other is None or other.any()) and not x.any() and m.any():
        return x
    return m


def chained_or(x, m, other=None):
    if other is not None or x.min() > 5 or m.all():
        return x
    return m


def chain(x, m):
    if 0 < x.sum() < 5:
        return x
    return m


def bracketed_chain(x, m):
    if 0 < (x.sum()) < 5:
        return x
    return m


def inverted(x, m):
    if not x.any():
        return m
    return x


def nested_ternary(x, m):
    return x if not (x.any() and m.sum() > 30) else m


def chosen(x, m):
    if x.any() if m.any() else m.all():
        return x
    return m


def as_value(x, m):
    found = x.min() > 5 or m.any()
    return m if found is None else x


def checked(x, m):
    assert m is not None
    assert x.min() > 5 or m.all()
    assert not x.sum() < 0
    return x


def looped(x, m):
    while not x.max() > 2 and m.any():
        x = x * 3
    return x


def kept(x, m):
    return [part for part in (x, m) if not part.sum() > 20 or part.max() > 1]


def over_lines(x, m):
    if (
        m is None
        or x.min() > 5
        or m.all()
    ):  # fmt: skip
        return x
    return m


def positive(x, m):
    assert not x.sum() < 0
    return x


def gathered(x, m):
    if any([x.min() > 5, m.all()]):
        return x
    return m
