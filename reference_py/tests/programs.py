"""Small programs over `tracescript.nn` that several tests trace, save and serve."""

from __future__ import annotations

import numpy as np

from tracescript import nn, ops


class Gate(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        else:
            return -x


class Cell(nn.Module):
    def __init__(self, gate):
        super().__init__()
        self.dg = gate
        self.linear = nn.Linear(4, 4)

    def forward(self, x, h):
        new_h = ops.tanh(self.dg(self.linear(x)) + h)
        return new_h, new_h


class Tied(nn.Module):
    """An embedding whose table is also the output layer's weight."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.linear = nn.Linear(3, 5, bias=False)
        self.linear.weight = self.embedding.weight

    def forward(self, x):
        return self.linear(self.embedding(x))


def floats(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)


POSITIVE = floats(1, 2, 3)
NEGATIVE = floats(-1, -2, -3)
