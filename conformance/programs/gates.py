"""The seed's programs: a gate that looks at the data, a cell around it, a loop around that."""

import numpy as np

import tracescript as ts
from tracescript import nn, ops


class Gate(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x


class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(np.array([[2, 0], [1, -1]], np.float32))
        self.bias = nn.Parameter(np.array([1, -2], np.float32))

    def forward(self, x):
        return ops.linear(x, self.weight, bias=self.bias)


class Cell(nn.Module):
    def __init__(self, gate=None):
        super().__init__()
        self.gate = gate or Gate()
        self.linear = Linear()

    def forward(self, x, h):
        y = ops.tanh(self.gate(self.linear(x)) + h)
        return y, y


class Loop(nn.Module):
    def __init__(self, cell=None):
        super().__init__()
        self.cell = cell or Cell()

    def forward(self, xs):
        h = np.zeros((1, 2), np.float32)
        y = h
        for i in range(xs.shape[0]):
            y, h = self.cell(xs[i], h)
        return y, h


class Nested(nn.Module):
    def forward(self, x):
        y = x if x.sum() > 0 else -x
        if y[0] > 1:
            y = y + y
        if y[1] < 4:  # noqa: PLR2004  # what is tested
            y = y + 1
        return y


class Halve(nn.Module):
    def forward(self, x):
        while x.max() > 1:
            x = x / 2
        return x


class Early(nn.Module):
    def forward(self, xs):
        y = xs[0] * 0
        for i in range(xs.shape[0]):
            y = y + xs[i]
            if y[0] > 3:  # noqa: PLR2004  # what is tested
                return y * 10
        return y


class Scaled(nn.Module):
    def forward(self, x):
        return x * int(x[0])


class Shifted(nn.Module):
    def forward(self, x):
        return x - float(x.sum()) / x.shape[0]


X = np.array([[1, 1]], np.float32)
H = np.zeros((1, 2), np.float32)
XS = np.stack([X, X, X])
CELL_TYPES = {"x": "float32[1, 2]", "h": "float32[1, 2]"}
LOOP_TYPES = {"xs": "float32[T, 1, 2]"}


def cell_tt():
    return ts.trace(Cell(), (X, H), dynamic={})


def cell_ts():
    gate = ts.script(Gate(), types={"x": "float32[1, 2]"})
    return ts.trace(Cell(gate), (X, H), dynamic={})


def cell_st():
    return ts.script(Cell(ts.trace(Gate(), (X,), dynamic={})), types=CELL_TYPES)


def cell_ss():
    return ts.script(Cell(), types=CELL_TYPES)


def loop_tt():
    return ts.trace(Loop(), (XS,))


def loop_ts():
    return ts.trace(Loop(ts.script(Cell(), types=CELL_TYPES)), (XS,))


def loop_st():
    return ts.script(Loop(ts.trace(Cell(), (X, H), dynamic={})), types=LOOP_TYPES)


def loop_ss():
    return ts.script(Loop(), types=LOOP_TYPES)


def loop_mixed():
    """The gate scripted, the cell traced, the loop scripted."""
    gate = ts.script(Gate(), types={"x": "float32[1, 2]"})
    return ts.script(Loop(ts.trace(Cell(gate), (X, H), dynamic={})), types=LOOP_TYPES)


class Wrap(nn.Module):
    def __init__(self, loop):
        super().__init__()
        self.loop = loop

    def forward(self, xs):
        y, _ = self.loop(xs)
        return ops.relu(y)


def wrap_mixed():
    """The seed's chain: gate scripted, cell traced, loop scripted, wrap traced."""
    return ts.trace(Wrap(loop_mixed()), (XS,))
