"""Recurrent layers over a whole sequence, with torch's names for the weights of each layer."""

from __future__ import annotations

import math
from typing import Any

from tracescript import ops
from tracescript.nn.module import Module, uniform


class _Recurrent(Module):
    """Weights of all layers and directions; x: (time, batch, input), or batch first.

    `gates` blocks of rows each. Layers follow each other without dropout: this library evaluates.
    """

    gates: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.bidirectional = bidirectional
        self.rows = num_layers * (2 if bidirectional else 1)
        bound = 1 / math.sqrt(hidden_size)
        made: list[str] = []
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * (2 if bidirectional else 1)
            for direction in ("", "_reverse") if bidirectional else ("",):
                shapes = [("weight_ih", [width]), ("weight_hh", [hidden_size])]
                shapes += [("bias_ih", []), ("bias_hh", [])] if bias else []
                for name, rest in shapes:
                    full = f"{name}_l{layer}{direction}"
                    setattr(self, full, uniform((self.gates * hidden_size, *rest), bound))
                    made.append(full)
        self.weight_names = tuple(made)

    def weights(self) -> list[Any]:
        """Return the weights in the order of the op."""
        return [getattr(self, name) for name in self.weight_names]

    def start(self, x: Any) -> Any:
        """Return zeros, a row for each layer and direction. x: (time, batch, input)."""
        return ops.zeros([self.rows, x.shape[1], self.hidden_size], dtype=x.dtype)


class RNN(_Recurrent):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu. Returns y and the last h."""

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional
        )
        self.nonlinearity = nonlinearity

    def forward(self, x: Any, h: Any = None) -> Any:
        """Run over the sequence from h, or from zeros."""
        steps = ops.transpose(x, dim0=0, dim1=1) if self.batch_first else x
        first = self.start(steps) if h is None else h
        y, last = ops.rnn(
            steps,
            first,
            self.weights(),
            nonlinearity=self.nonlinearity,
            layers=self.num_layers,
            bidirectional=self.bidirectional,
            has_bias=self.bias,
        )
        return (ops.transpose(y, dim0=0, dim1=1) if self.batch_first else y), last


class GRU(_Recurrent):
    """Gated recurrent units; gates in torch's order r z n. Returns y and the last h."""

    gates = 3

    def forward(self, x: Any, h: Any = None) -> Any:
        """Run over the sequence from h, or from zeros."""
        steps = ops.transpose(x, dim0=0, dim1=1) if self.batch_first else x
        first = self.start(steps) if h is None else h
        y, last = ops.gru(
            steps,
            first,
            self.weights(),
            layers=self.num_layers,
            bidirectional=self.bidirectional,
            has_bias=self.bias,
        )
        return (ops.transpose(y, dim0=0, dim1=1) if self.batch_first else y), last


class LSTM(_Recurrent):
    """Long short-term memory; gates in torch's order i f g o. Returns y and the last (h, c)."""

    gates = 4

    def forward(self, x: Any, state: Any = None) -> Any:
        """Run over the sequence from state, a pair (h, c), or from zeros."""
        steps = ops.transpose(x, dim0=0, dim1=1) if self.batch_first else x
        if state is None:
            h, c = self.start(steps), self.start(steps)
        else:
            h, c = state
        y, h_last, c_last = ops.lstm(
            steps,
            h,
            c,
            self.weights(),
            layers=self.num_layers,
            bidirectional=self.bidirectional,
            has_bias=self.bias,
        )
        return (ops.transpose(y, dim0=0, dim1=1) if self.batch_first else y), (h_last, c_last)
