"""Programs that show what tracing has to record: decisions, casts, sizes, states, raises."""

import numpy as np

import tracescript as ts
from tracescript import nn


class Decides(nn.Module):
    """Takes data out in four ways; the last lines are Python's own."""

    def forward(self, x):
        if x[0] > 0:
            x = x + 1
        n = int(x[1])
        while x[2] > n:
            x = x - 1
        return x * (n + float(x[3]))


class Mixed(nn.Module):
    """A library's own rules: data types meet, numbers join them, a part is written in place."""

    def forward(self, x, n):
        y = x + n
        y[0] = 7
        y[1] += n[1]
        return y, n / 2, x * 3


class Total(nn.Module):
    def forward(self, x):
        return x.sum() / x.shape[0]


class Compares(nn.Module):
    """Looks at a size twice: one question that only some sizes answer so, one that all do."""

    def forward(self, x):
        if x.shape[0] == 1:
            return x * 0
        if x.shape[0] < 1:
            return x
        return x[0] - x[-1]


class Picks(nn.Module):
    """Looks at a size that the data decide."""

    def forward(self, x):
        positive = x[x > 0]
        if positive.shape[0] > 1:
            return positive.sum()
        return x.sum() * 10


class Counts(nn.Module):
    """Remembers from call to call in a buffer; which arm runs hangs on the data."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", np.zeros((), np.int64))

    def forward(self, x):
        self.calls = self.calls + 1
        if x.sum() > 0:
            return x * 2, self.calls
        return -x, self.calls


class Remembers(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("last", np.zeros(2, np.float32))

    def forward(self, x):
        before = self.last
        self.last = x + before
        return before


class Twice(nn.Module):
    def forward(self, x):
        return (x + np.array([1, 2], np.float32)) * np.array([3, 4], np.float32)


class Refuses(nn.Module):
    """Raises on one side and asserts on the other."""

    def forward(self, x):
        if x[0] > 0:
            assert x[1] < 10, "too large"  # noqa: PLR2004  # what is tested
            return x
        raise ValueError("not positive")


class Outer(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        y, _ = self.inner(x)
        z, calls = self.inner(x + x)
        return y + z, calls


def finished_inside():
    """A trace around a model that is finished: traced with a decision of its own, one buffer."""
    inner = ts.trace(Counts(), (np.array([1, 2], np.float32),), dynamic={})
    return ts.trace(Outer(inner), (np.array([1, 2], np.float32),), dynamic={})


def compares():
    """Traced with three elements, whose number nobody fixed."""
    return ts.trace(Compares(), (np.array([1, 2, 3], np.float32),))


def picks():
    """Traced with two positive elements of three."""
    return ts.trace(Picks(), (np.array([1, 2, -3], np.float32),))
