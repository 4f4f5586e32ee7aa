"""Layers of transformers and stacks of them; batch first unless told otherwise, as torch's is not.

(Vaswani et al., "Attention Is All You Need", 2017.)
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tracescript.nn.activation import GELU, ReLU
from tracescript.nn.attention import MultiheadAttention
from tracescript.nn.container import ModuleList
from tracescript.nn.layer import Linear
from tracescript.nn.module import Module
from tracescript.nn.norm import LayerNorm
from tracescript.nn.shaping import Dropout

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACTIVATIONS: Mapping[str, type[Module]] = {"relu": ReLU, "gelu": GELU}


class _TransformerLayer(Module):
    """What an encoder layer and a decoder layer share: self-attention and a two-layer network."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = True,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if activation not in _ACTIVATIONS:
            names = " or ".join(_ACTIVATIONS)
            message = f"activation {names} expected, found {activation!r}"
            raise ValueError(message)
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _ACTIVATIONS[activation]()

    def attend(self, x: Any, mask: Any, padding: Any) -> Any:
        """Attend from x to x."""
        return self.dropout1(self.self_attn(x, key_padding_mask=padding, attn_mask=mask))

    def network(self, x: Any) -> Any:
        """Apply the two-layer network."""
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention and a network, each with a residual and a norm. src: (N, L, d_model).

    `batch_first` is True where none is given; torch's is False then.
    """

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None) -> Any:
        """Apply the layer; src_mask: (L, L), src_key_padding_mask: (N, L)."""
        if self.norm_first:
            x = src + self.attend(self.norm1(src), src_mask, src_key_padding_mask)
            return x + self.dropout2(self.network(self.norm2(x)))
        x = self.norm1(src + self.attend(src, src_mask, src_key_padding_mask))
        return self.norm2(x + self.dropout2(self.network(x)))


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, attention to `memory` and a network. tgt: (N, L, d_model).

    `batch_first` is True where none is given; torch's is False then.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = True,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__(
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first,
            norm_first,
            bias,
        )
        self.multihead_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first
        )
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout3 = Dropout(dropout)

    def look(self, x: Any, memory: Any, mask: Any, padding: Any) -> Any:
        """Attend from x to memory."""
        y = self.multihead_attn(x, memory, memory, key_padding_mask=padding, attn_mask=mask)
        return self.dropout2(y)

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
    ) -> Any:
        """Apply the layer. memory: (N, S, d_model); masks as in MultiheadAttention."""
        if self.norm_first:
            x = tgt + self.attend(self.norm1(tgt), tgt_mask, tgt_key_padding_mask)
            x = x + self.look(self.norm2(x), memory, memory_mask, memory_key_padding_mask)
            return x + self.dropout3(self.network(self.norm3(x)))
        x = self.norm1(tgt + self.attend(tgt, tgt_mask, tgt_key_padding_mask))
        x = self.norm2(x + self.look(x, memory, memory_mask, memory_key_padding_mask))
        return self.norm3(x + self.dropout3(self.network(x)))


class TransformerEncoder(Module):
    """Copies of an encoder layer one after the other, then a norm if there is one."""

    def __init__(self, encoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList(copy.deepcopy(encoder_layer) for _ in range(num_layers))
        self.norm = norm

    def forward(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None) -> Any:
        """Apply all layers; masks as in TransformerEncoderLayer."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Copies of a decoder layer one after the other, then a norm if there is one."""

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList(copy.deepcopy(decoder_layer) for _ in range(num_layers))
        self.norm = norm

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
    ) -> Any:
        """Apply all layers; masks as in TransformerDecoderLayer."""
        for layer in self.layers:
            tgt = layer(
                tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder of the source and a decoder of the target that looks at it, each with a norm.

    `batch_first` is True where none is given; torch's is False then.
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        *,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = True,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        size = d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps
        layers = (kind(*size, batch_first, norm_first, bias) for kind in _LAYERS)
        norms = (LayerNorm(d_model, layer_norm_eps, bias=bias) for _ in _LAYERS)
        self.encoder = TransformerEncoder(next(layers), num_encoder_layers, next(norms))
        self.decoder = TransformerDecoder(next(layers), num_decoder_layers, next(norms))

    def forward(
        self,
        src: Any,
        tgt: Any,
        src_mask: Any = None,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
    ) -> Any:
        """Apply both; masks as in TransformerDecoderLayer."""
        memory = self.encoder(src, src_mask, src_key_padding_mask)
        return self.decoder(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
        )


_LAYERS = TransformerEncoderLayer, TransformerDecoderLayer
