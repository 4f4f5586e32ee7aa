"""Architectures of plain torch: layers of `torch.nn`, and models written out with them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from benchmarks.architectures.entry import Architecture, image, steps


class Seq2Seq(nn.Module):
    """Reads with one recurrent layer, writes with cells that attend to what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(90, 16)
        self.encoder = nn.GRU(16, 24, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(48, 24)
        self.cell = nn.GRUCell(16 + 48, 24)
        self.out = nn.Linear(24, 90)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the logits `[batch, 4, 90]` for four target tokens."""
        memory, last = self.encoder(self.embed(source))
        h = torch.tanh(self.bridge(torch.cat([last[0], last[1]], -1)))
        found = []
        for token in self.embed(target).unbind(1):
            scores = torch.bmm(memory[..., :24], h.unsqueeze(2)).softmax(1)
            read = (scores * memory).sum(1)
            h = self.cell(torch.cat([token, read], -1), h)
            found.append(self.out(h))
        return torch.stack(found, 1)


class Graph(nn.Module):
    """Message passing over an edge list: gather, transform, scatter, normalise by degree."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(8, 16), nn.Linear(16, 4)

    def forward(self, nodes: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
        """Return features of nodes; `edges` is int64 `[2, edges]`."""
        source, target = edges[0], edges[1]
        degree = torch.zeros(nodes.size(0)).index_add(0, target, torch.ones(target.size(0)))
        scale = degree.clamp(min=1).rsqrt()
        x = nodes
        for layer in (self.first, self.second):
            sent = (layer(x) * scale[:, None])[source]
            x = torch.zeros(nodes.size(0), sent.size(1)).index_add_(0, target, sent)
            x = functional.relu(x * scale[:, None])
        return functional.log_softmax(x, dim=-1)


class UNet(nn.Module):
    """Down twice, up twice, with connections across."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.ModuleList([self._block(3, 8), self._block(8, 16), self._block(16, 32)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(32, 16, 2, 2), nn.ConvTranspose2d(16, 8, 2, 2)])
        self.outer = nn.ModuleList([self._block(32, 16), self._block(16, 8)])
        self.head = nn.Conv2d(8, 2, 1)

    @staticmethod
    def _block(before: int, after: int) -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return two channels for every pixel."""
        kept = []
        for block in self.inner:
            x = block(x if not kept else functional.max_pool2d(x, 2))
            kept.append(x)
        for up, block, across in zip(self.up, self.outer, kept[-2::-1], strict=True):
            x = block(torch.cat([up(x), across], 1))
        return self.head(x)


def _transformer() -> nn.Module:
    return nn.Transformer(16, 4, 2, 2, 32, batch_first=True)


def _encoder() -> nn.Module:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    return nn.TransformerEncoder(layer, 3)


def _pair(batch: int, count: int) -> dict[str, Any]:
    return {"src": torch.randn(batch, count, 16), "tgt": torch.randn(batch, count - 2, 16)}


def _sentences(batch: int, count: int) -> dict[str, Any]:
    return {
        "source": torch.randint(0, 90, (batch, count)),
        "target": torch.randint(0, 90, (batch, 4)),
    }


def _graph(batch: int, count: int) -> dict[str, Any]:
    edges = torch.randint(0, 5 * count, (2, 10 * batch))
    return {"nodes": torch.randn(5 * count, 8), "edges": edges}


PLAIN = (
    Architecture("nn-lstm", "torch", "recurrent", lambda: nn.LSTM(8, 16, 2, batch_first=True),
                 steps(8)),
    Architecture("nn-gru-bidirectional", "torch", "recurrent",
                 lambda: nn.GRU(8, 16, 2, batch_first=True, bidirectional=True), steps(8)),
    Architecture("nn-rnn", "torch", "recurrent", lambda: nn.RNN(8, 16, batch_first=True), steps(8)),
    Architecture("seq2seq-attention", "torch", "recurrent", Seq2Seq, _sentences),
    Architecture("nn-transformer-encoder", "torch", "encoder", _encoder, steps(16, "src")),
    Architecture("nn-transformer", "torch", "enc-dec", _transformer, _pair),
    Architecture("graph-convolution", "torch", "graph", Graph, _graph),
    Architecture("unet", "torch", "vision", UNet, image(), 32, 48),
)  # fmt: skip
