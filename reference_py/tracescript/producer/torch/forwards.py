"""Short forms of torch layers' forward methods, for scripts: the same results without fast paths.

The bodies are compiled, never run; `self` is the torch layer.
"""

from __future__ import annotations

from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody writes it
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from tracescript.producer.torch.encoders import BATCHED, filled

UNBATCHED: Final = 2
"""The rank of a sequence without an axis of the batch."""


def ordered(packed: Any, state: Any) -> Any:
    """Return a state in the order of packed sequences."""
    order = packed.sorted_indices
    return state if order is None else state.index_select(1, order)


def back(packed: Any, state: Any) -> Any:
    """Return a state in the order of the sequences before they were packed."""
    order = packed.unsorted_indices
    return state if order is None else state.index_select(1, order)


def first_of(layer: Any, packed: Any) -> Any:
    """Return a first state of zeros."""
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    return packed.data.new_zeros(rows, int(packed.batch_sizes[0]), layer.hidden_size)


def lstm_packed(layer: Any, packed: Any, hx: Any) -> Any:
    """Run an LSTM over packed sequences."""
    if hx is None:
        zeros = first_of(layer, packed)
        hx = (zeros, zeros)
    else:
        hx = (ordered(packed, hx[0]), ordered(packed, hx[1]))
    y, (h, c) = run_packed(layer, torch.lstm, packed, hx)
    return y, (back(packed, h), back(packed, c))


def one_state_packed(layer: Any, run: Any, packed: Any, hx: Any) -> Any:
    """Run a network of one state over packed sequences."""
    hx = first_of(layer, packed) if hx is None else ordered(packed, hx)
    y, (h,) = run_packed(layer, run, packed, hx)
    return y, back(packed, h)


def run_packed(layer: Any, run: Any, packed: Any, hx: Any) -> Any:
    """Run over packed sequences; return them and what the network gives beside."""
    weights = [getattr(layer, n) for n in layer._flat_weights_names]  # noqa: SLF001  # its order
    rest = layer.bias, layer.num_layers, layer.dropout, layer.training, layer.bidirectional
    data, *last = run(packed.data, packed.batch_sizes, hx, weights, *rest)
    places = packed.sorted_indices, packed.unsorted_indices
    return PackedSequence(data, packed.batch_sizes, *places), last


class LSTM:
    """Of nn.LSTM."""

    def forward(
        self: Any,
        input: Any,  # noqa: A002  # torch's name
        hx: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> Any:
        """Run every layer over every step."""
        if isinstance(input, PackedSequence):
            return lstm_packed(self, input, hx)
        axis = 0 if self.batch_first else 1
        is_single = input.dim() == UNBATCHED
        if is_single:
            input = input.unsqueeze(axis)  # noqa: A001  # torch's name
            if hx is not None:
                hx = (hx[0].unsqueeze(1), hx[1].unsqueeze(1))
        if hx is None:
            batch = input.size(axis)
            rows = self.num_layers * (2 if self.bidirectional else 1)
            zeros = input.new_zeros(rows, batch, self.hidden_size)
            hx = (zeros, zeros)
        weights = [getattr(self, name) for name in self._flat_weights_names]
        y, h, c = torch.lstm(
            input,
            hx,
            weights,
            self.bias,
            self.num_layers,
            self.dropout,
            self.training,
            self.bidirectional,
            self.batch_first,
        )
        if is_single:
            return y.select(axis, 0), (h.select(1, 0), c.select(1, 0))
        return y, (h, c)


class OneStateRecurrent:
    """Of nn.GRU and nn.RNN, which carry one state."""

    def forward(self: Any, input: Any, hx: Any = None) -> Any:  # noqa: A002  # torch's name
        """Run every layer over every step."""
        if self.mode == "GRU":
            run = torch.gru
        else:
            run = torch.rnn_tanh if self.mode == "RNN_TANH" else torch.rnn_relu
        if isinstance(input, PackedSequence):
            return one_state_packed(self, run, input, hx)
        axis = 0 if self.batch_first else 1
        is_single = input.dim() == UNBATCHED
        if is_single:
            input = input.unsqueeze(axis)  # noqa: A001  # torch's name
            if hx is not None:
                hx = hx.unsqueeze(1)
        if hx is None:
            batch = input.size(axis)
            hx = input.new_zeros(
                self.num_layers * (2 if self.bidirectional else 1), batch, self.hidden_size
            )
        weights = [getattr(self, name) for name in self._flat_weights_names]
        y, h = run(
            input,
            hx,
            weights,
            self.bias,
            self.num_layers,
            self.dropout,
            self.training,
            self.bidirectional,
            self.batch_first,
        )
        if is_single:
            return y.select(axis, 0), h.select(1, 0)
        return y, h


class LSTMCell:
    """Of nn.LSTMCell."""

    def forward(self: Any, input: Any, hx: Any = None) -> Any:  # noqa: A002  # torch's name
        """Make one step."""
        if hx is None:
            zeros = input.new_zeros(input.size(0), self.hidden_size)
            hx = (zeros, zeros)
        h, c = hx
        gates = F.linear(input, self.weight_ih, self.bias_ih) + F.linear(
            h, self.weight_hh, self.bias_hh
        )
        i, f, g, o = torch.chunk(gates, 4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class GRUCell:
    """Of nn.GRUCell."""

    def forward(self: Any, input: Any, hx: Any = None) -> Any:  # noqa: A002  # torch's name
        """Make one step."""
        if hx is None:
            hx = input.new_zeros(input.size(0), self.hidden_size)
        r_i, z_i, n_i = torch.chunk(F.linear(input, self.weight_ih, self.bias_ih), 3, dim=-1)
        r_h, z_h, n_h = torch.chunk(F.linear(hx, self.weight_hh, self.bias_hh), 3, dim=-1)
        z = torch.sigmoid(z_i + z_h)
        n = torch.tanh(n_i + torch.sigmoid(r_i + r_h) * n_h)
        return n + z * (hx - n)


def projected(layer: Any, query: Any, key: Any, value: Any) -> Any:
    """Return what attention compares: three products, by parts of one weight."""
    wq, wk, wv = torch.chunk(layer.in_proj_weight, 3)
    if layer.in_proj_bias is None:
        return F.linear(query, wq), F.linear(key, wk), F.linear(value, wv)
    bq, bk, bv = torch.chunk(layer.in_proj_bias, 3)
    return F.linear(query, wq, bq), F.linear(key, wk, bk), F.linear(value, wv, bv)


class MultiheadAttention:
    """Of nn.MultiheadAttention: one batch axis, equal embedding sizes, no extra bias."""

    def forward(
        self: Any,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,  # noqa: ARG002  # torch's signature
    ) -> Any:
        """Attend, and return the mean weights of the heads where asked."""
        assert self._qkv_same_embed_dim
        assert self.bias_k is None
        assert not self.add_zero_attn
        axis = 0 if self.batch_first else 1
        is_single = query.dim() == UNBATCHED
        if is_single:
            query, key, value = query.unsqueeze(axis), key.unsqueeze(axis), value.unsqueeze(axis)
            if key_padding_mask is not None:
                key_padding_mask = key_padding_mask.unsqueeze(0)
        if self.batch_first:
            query, key, value = query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1)
        q, k, v = projected(self, query, key, value)
        steps, batch, sources = q.size(0), q.size(1), k.size(0)
        q = q.reshape(steps, batch, self.num_heads, self.head_dim).permute(1, 2, 0, 3)
        k = k.reshape(sources, batch, self.num_heads, self.head_dim).permute(1, 2, 0, 3)
        v = v.reshape(sources, batch, self.num_heads, self.head_dim).permute(1, 2, 0, 3)
        scores = torch.matmul(q, k.transpose(-2, -1)) / (self.head_dim**0.5)
        if attn_mask is not None:
            if attn_mask.dtype == torch.bool:
                scores = scores.masked_fill(attn_mask, float("-inf"))
            else:
                scores = scores + attn_mask
        if key_padding_mask is not None:
            scores = scores.masked_fill(
                key_padding_mask.reshape(batch, 1, 1, sources), float("-inf")
            )
        weights = F.dropout(torch.softmax(scores, dim=-1), self.dropout, self.training)
        y = torch.matmul(weights, v).permute(2, 0, 1, 3).reshape(steps, batch, self.embed_dim)
        y = F.linear(y, self.out_proj.weight, self.out_proj.bias)
        if self.batch_first:
            y = y.transpose(0, 1)
        if is_single:
            y, weights = y.select(axis, 0), weights.select(0, 0)
        if not need_weights:
            return y, None
        return y, (weights.mean(dim=-3) if average_attn_weights else weights)


class TransformerEncoderLayer:
    """Of nn.TransformerEncoderLayer."""

    def forward(
        self: Any,
        src: Any,
        src_mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,  # noqa: ARG002  # torch's signature
    ) -> Any:
        """Attend, then feed forward, each with its residual."""
        x = src
        if self.norm_first:
            h = self.norm1(x)
            x = x + self.dropout1(self.self_attn(h, h, h, src_key_padding_mask, False, src_mask)[0])
            return x + self.dropout2(
                self.linear2(self.dropout(self.activation(self.linear1(self.norm2(x)))))
            )
        x = self.norm1(
            x + self.dropout1(self.self_attn(x, x, x, src_key_padding_mask, False, src_mask)[0])
        )
        return self.norm2(
            x + self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))
        )


class TransformerEncoder:
    """Of nn.TransformerEncoder."""

    def forward(
        self: Any,
        src: Any,
        mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: Any = None,  # noqa: ARG002  # torch's signature
    ) -> Any:
        """Run every layer, then the norm."""
        x = src
        for layer in self.layers:
            x = layer(x, mask, src_key_padding_mask)
        is_packed = self.use_nested_tensor and not self.layers[0].training
        if src_key_padding_mask is not None and mask is None and is_packed and x.dim() == BATCHED:
            x = torch.where(filled(src_key_padding_mask).unsqueeze(-1), 0.0, x)
        if self.norm is not None:
            x = self.norm(x)
        return x


FORWARDS: Final = {
    nn.LSTM.forward: LSTM.forward,
    nn.GRU.forward: OneStateRecurrent.forward,
    nn.RNN.forward: OneStateRecurrent.forward,
    nn.LSTMCell.forward: LSTMCell.forward,
    nn.GRUCell.forward: GRUCell.forward,
    nn.MultiheadAttention.forward: MultiheadAttention.forward,
    nn.TransformerEncoderLayer.forward: TransformerEncoderLayer.forward,
    nn.TransformerEncoder.forward: TransformerEncoder.forward,
}
