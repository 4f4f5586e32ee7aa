"""Multi-head attention and the transformer encoder layer, batch first."""

from __future__ import annotations

import math
from typing import Any

from tracescript import ops
from tracescript.nn.activation import ReLU
from tracescript.nn.layer import Linear
from tracescript.nn.module import Module, uniform
from tracescript.nn.norm import LayerNorm


class MultiheadAttention(Module):
    """Self-attention with `num_heads` heads. x: (N, L, embed_dim), y: (N, L, embed_dim)."""

    def __init__(self, embed_dim: int, num_heads: int) -> None:
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        bound = math.sqrt(6 / (4 * embed_dim))
        self.in_proj_weight = uniform((3 * embed_dim, embed_dim), bound)
        self.in_proj_bias = uniform((3 * embed_dim,), 0.0)
        self.out_proj = Linear(embed_dim, embed_dim)

    def heads(self, x: Any) -> Any:
        """Split the last axis into heads: (N, L, E) to (N, heads, L, E / heads)."""
        size = self.embed_dim // self.num_heads
        split = ops.reshape(x, [x.shape[0], x.shape[1], self.num_heads, size])
        return ops.transpose(split, dim0=1, dim1=2)

    def forward(self, x: Any) -> Any:
        """Attend from x to x."""
        q, k, v = ops.chunk(
            ops.linear(x, self.in_proj_weight, bias=self.in_proj_bias), chunks=3, dim=-1
        )
        mixed = ops.scaled_dot_product_attention(self.heads(q), self.heads(k), self.heads(v))
        joined = ops.transpose(mixed, dim0=1, dim1=2)
        flat = ops.reshape(joined, [x.shape[0], x.shape[1], self.embed_dim])
        return self.out_proj(flat)


class TransformerEncoderLayer(Module):
    """Attention and a two-layer network, each with a residual and a norm after it.

    x: (N, L, d_model), y: the same. (Vaswani et al., "Attention Is All You Need", 2017.)
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(d_model, nhead)
        self.linear1 = Linear(d_model, dim_feedforward)
        self.linear2 = Linear(dim_feedforward, d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.activation = ReLU()

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        x = self.norm1(ops.add(x, self.self_attn(x)))
        return self.norm2(ops.add(x, self.linear2(self.activation(self.linear1(x)))))
