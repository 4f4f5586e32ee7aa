"""Multi-head attention; batch first unless told otherwise, where torch's is not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracescript import ops
from tracescript.nn.layer import Linear
from tracescript.nn.module import Module, uniform


def added_mask(mask: Any) -> Any:
    """Return a mask to add to scores: minus infinity where a bool mask is True."""
    if mask.dtype == np.bool_:
        return ops.where(mask, np.float32(-math.inf), np.float32(0.0))
    return mask


class MultiheadAttention(Module):
    """Attention from queries to keys and values with `num_heads` heads.

    `batch_first` is True where none is given; torch's is False then.

    query: (N, L, embed_dim), key: (N, S, kdim), value: (N, S, vdim), y: (N, L, embed_dim); without
    key and value the query attends to itself. Masks have torch's meaning: True or minus infinity
    keeps a key out. Returns y alone; with `need_weights` y and the weights of the keys for each
    query, the mean of the heads (N, L, S), or without `average_attn_weights` (N, heads, L, S).
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = True,
        need_weights: bool = False,
        average_attn_weights: bool = True,
    ) -> None:
        super().__init__()
        if embed_dim % num_heads:
            message = f"num_heads {num_heads} does not divide embed_dim {embed_dim}"
            raise ValueError(message)
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.need_weights = need_weights
        self.average_attn_weights = average_attn_weights
        bound = math.sqrt(6 / (4 * embed_dim))
        self.one_width = kdim in {None, embed_dim} and vdim in {None, embed_dim}
        if self.one_width:
            self.in_proj_weight = uniform((3 * embed_dim, embed_dim), bound)
        else:
            self.q_proj_weight = uniform((embed_dim, embed_dim), bound)
            self.k_proj_weight = uniform((embed_dim, kdim or embed_dim), bound)
            self.v_proj_weight = uniform((embed_dim, vdim or embed_dim), bound)
        self.in_proj_bias = uniform((3 * embed_dim,), 0.0) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias)

    def heads(self, x: Any) -> Any:
        """Split the last axis into heads: (N, L, E) to (N, heads, L, E / heads)."""
        size = self.embed_dim // self.num_heads
        split = ops.reshape(x, [x.shape[0], x.shape[1], self.num_heads, size])
        return ops.transpose(split, dim0=1, dim1=2)

    def from_one(self, x: Any) -> Any:
        """Return queries, keys and values of x, each (N, L, embed_dim)."""
        y = ops.linear(x, self.in_proj_weight, bias=self.in_proj_bias)
        q, k, v = ops.chunk(y, chunks=3, dim=-1)
        return q, k, v

    def from_three(self, query: Any, key: Any, value: Any) -> Any:
        """Return queries, keys and values, each (N, length, embed_dim)."""
        if self.one_width:
            w_q, w_k, w_v = ops.chunk(self.in_proj_weight, chunks=3, dim=0)
        else:
            w_q, w_k, w_v = self.q_proj_weight, self.k_proj_weight, self.v_proj_weight
        if self.in_proj_bias is None:
            return ops.linear(query, w_q), ops.linear(key, w_k), ops.linear(value, w_v)
        b_q, b_k, b_v = ops.chunk(self.in_proj_bias, chunks=3, dim=0)
        q, k = ops.linear(query, w_q, bias=b_q), ops.linear(key, w_k, bias=b_k)
        return q, k, ops.linear(value, w_v, bias=b_v)

    def attended(self, q: Any, k: Any, v: Any, mask: Any) -> Any:
        """Return the joined heads, (N, L, embed_dim)."""
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        if mask is None:
            mixed = ops.scaled_dot_product_attention(q, k, v)
        else:
            mixed = ops.scaled_dot_product_attention(q, k, v, mask=mask)
        return ops.flatten(ops.transpose(mixed, dim0=1, dim1=2), start_dim=2)

    def weighted(self, q: Any, k: Any, v: Any, mask: Any) -> Any:
        """Return the joined heads, (N, L, embed_dim), and the weights that mixed the values."""
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        scale = 1.0 / math.sqrt(self.embed_dim // self.num_heads)
        scores = ops.mul(ops.matmul(q, ops.transpose(k, dim0=-2, dim1=-1)), scale)
        if mask is not None:
            scores = ops.add(scores, mask)
        weights = ops.softmax(scores, dim=-1)
        mixed = ops.matmul(weights, v)
        if self.average_attn_weights:
            weights = ops.mean(weights, dim=[1])
        return ops.flatten(ops.transpose(mixed, dim0=1, dim1=2), start_dim=2), weights

    def forward(
        self,
        query: Any,
        key: Any = None,
        value: Any = None,
        key_padding_mask: Any = None,
        attn_mask: Any = None,
    ) -> Any:
        """Attend; the values are the keys where left out; masks: (N, S) and (L, S)."""
        value = key if value is None else value
        if not self.batch_first:
            query = ops.transpose(query, dim0=0, dim1=1)
        if key is not None and value is not None:
            if not self.batch_first:
                key = ops.transpose(key, dim0=0, dim1=1)
                value = ops.transpose(value, dim0=0, dim1=1)
            q, k, v = self.from_three(query, key, value)
        elif self.one_width:
            q, k, v = self.from_one(query)
        else:
            q, k, v = self.from_three(query, query, query)
        mask = None if attn_mask is None else added_mask(attn_mask)
        if key_padding_mask is not None:
            padding = added_mask(key_padding_mask)
            padding = ops.unsqueeze(ops.unsqueeze(padding, dim=1), dim=1)
            mask = padding if mask is None else ops.add(padding, mask)
        if self.need_weights:
            mixed, weights = self.weighted(q, k, v, mask)
            y = self.out_proj(mixed)
            return (y if self.batch_first else ops.transpose(y, dim0=0, dim1=1)), weights
        y = self.out_proj(self.attended(q, k, v, mask))
        return y if self.batch_first else ops.transpose(y, dim0=0, dim1=1)
