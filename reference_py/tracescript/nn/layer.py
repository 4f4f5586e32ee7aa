"""Layers with weights that are no convolution: linear, embedding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracescript import ops
from tracescript.nn.module import Module, Parameter, uniform


class Linear(Module):
    """y = x @ weight.T + bias. x: (*, in_features), y: (*, out_features)."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        bound = 1 / math.sqrt(max(in_features, 1))
        self.weight = uniform((out_features, in_features), bound)
        self.bias = uniform((out_features,), bound) if bias else None

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.linear(x, self.weight, bias=self.bias)


class Embedding(Module):
    """Rows of a table by index; the row `padding_idx` starts at 0. x: int64 (*), y: (*, dim)."""

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None
    ) -> None:
        super().__init__()
        table = np.random.default_rng(num_embeddings).standard_normal(
            (num_embeddings, embedding_dim)
        )
        if padding_idx is not None:
            table[padding_idx] = 0
        self.weight = Parameter(table.astype(np.float32))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.embedding(x, self.weight)
