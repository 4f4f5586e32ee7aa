"""Recurrent cells: one step each, so that the loop over time is the program's own."""

from __future__ import annotations

import math
from typing import Any

from tracescript import ops
from tracescript.nn.module import Module, uniform


class _Cell(Module):
    """The weights that all cells share; `gates` blocks of rows."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool, gates: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(hidden_size)
        self.weight_ih = uniform((gates * hidden_size, input_size), bound)
        self.weight_hh = uniform((gates * hidden_size, hidden_size), bound)
        self.bias_ih = uniform((gates * hidden_size,), bound) if bias else None
        self.bias_hh = uniform((gates * hidden_size,), bound) if bias else None


class RNNCell(_Cell):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it. x: (N, input), h: (N, hidden)."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh"
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1)
        if nonlinearity not in {"tanh", "relu"}:
            message = f"nonlinearity tanh or relu expected, found {nonlinearity!r}"
            raise ValueError(message)
        self.is_relu = nonlinearity == "relu"

    def forward(self, x: Any, h: Any) -> Any:
        """Take one step."""
        inner = ops.linear(x, self.weight_ih, bias=self.bias_ih)
        total = ops.add(inner, ops.linear(h, self.weight_hh, bias=self.bias_hh))
        return ops.relu(total) if self.is_relu else ops.tanh(total)


class LSTMCell(_Cell):
    """One LSTM step. x: (N, input), h and c: (N, hidden); gates in torch's order i f g o."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__(input_size, hidden_size, bias, 4)

    def forward(self, x: Any, h: Any, c: Any) -> Any:
        """Take one step; return the new h and c."""
        inner = ops.linear(x, self.weight_ih, bias=self.bias_ih)
        gates = ops.add(inner, ops.linear(h, self.weight_hh, bias=self.bias_hh))
        i, f, g, o = ops.chunk(gates, chunks=4, dim=1)
        kept = ops.mul(ops.sigmoid(f), c)
        c_next = ops.add(kept, ops.mul(ops.sigmoid(i), ops.tanh(g)))
        return ops.mul(ops.sigmoid(o), ops.tanh(c_next)), c_next


class GRUCell(_Cell):
    """One GRU step. x: (N, input), h: (N, hidden); gates in torch's order r z n."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__(input_size, hidden_size, bias, 3)

    def forward(self, x: Any, h: Any) -> Any:
        """Take one step."""
        x_r, x_z, x_n = ops.chunk(ops.linear(x, self.weight_ih, bias=self.bias_ih), chunks=3, dim=1)
        h_r, h_z, h_n = ops.chunk(ops.linear(h, self.weight_hh, bias=self.bias_hh), chunks=3, dim=1)
        r = ops.sigmoid(ops.add(x_r, h_r))
        z = ops.sigmoid(ops.add(x_z, h_z))
        n = ops.tanh(ops.add(x_n, ops.mul(r, h_n)))
        return ops.add(n, ops.mul(z, ops.sub(h, n)))
