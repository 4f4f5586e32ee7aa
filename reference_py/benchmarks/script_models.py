"""Models as people write them for TorchScript: what the benchmark of scripting compiles."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # as everybody writes it


class Gate(nn.Module):
    """A branch on data."""

    def forward(self, x: Tensor) -> Tensor:
        """Keep x, or negate it."""
        if bool(x.sum() > 0):
            return x
        return -x


class Cell(nn.Module):
    """A gated cell."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.gate = Gate()
        self.linear = nn.Linear(size, size)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """The next h."""
        return torch.tanh(self.gate(self.linear(x)) + h)


class Loop(nn.Module):
    """A loop over time."""

    def __init__(self, size: int = 16) -> None:
        super().__init__()
        self.cell = Cell(size)
        self.size = size

    def forward(self, xs: Tensor) -> list[Tensor]:
        """Every h."""
        h = torch.zeros(xs.size(1), self.size)
        outputs: list[Tensor] = []
        for t in range(xs.size(0)):
            h = self.cell(xs[t], h)
            outputs.append(h)
        return outputs


class Convolution(nn.Sequential):
    """Convolution, norm, activation."""

    def __init__(self, a: int, b: int, stride: int = 1, groups: int = 1, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(a, b, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU6(inplace=True),
        )


class Residual(nn.Module):
    """A basic residual block."""

    def __init__(self, a: int, b: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(a, b, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(b)
        self.conv2 = nn.Conv2d(b, b, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(b)
        self.shortcut = nn.Conv2d(a, b, 1, stride, bias=False) if stride != 1 else None

    def forward(self, x: Tensor) -> Tensor:
        """Two convolutions beside a shortcut."""
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        if self.shortcut is not None:
            x = self.shortcut(x)
        return F.relu(x + y)


class ResNet(nn.Module):
    """A residual network of eight blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution(3, 16)
        widths = [(16, 16, 1), (16, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1)]
        self.blocks = nn.Sequential(*(Residual(*w) for w in widths))
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Class scores."""
        x = self.blocks(self.stem(x))
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Inverted(nn.Module):
    """An inverted residual block with squeeze and excitation."""

    def __init__(self, a: int, b: int, stride: int) -> None:
        super().__init__()
        self.expand = Convolution(a, a * 4, kernel=1)
        self.depth = Convolution(a * 4, a * 4, stride, groups=a * 4)
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(a * 4, a, 1), nn.SiLU())
        self.excite = nn.Conv2d(a, a * 4, 1)
        self.project = nn.Sequential(nn.Conv2d(a * 4, b, 1, bias=False), nn.BatchNorm2d(b))
        self.has_shortcut = stride == 1 and a == b

    def forward(self, x: Tensor) -> Tensor:
        """Expand, filter, scale, project."""
        y = self.depth(self.expand(x))
        y = y * self.excite(self.squeeze(y)).sigmoid()
        y = self.project(y)
        return x + y if self.has_shortcut else y


def mobile_net() -> nn.Module:
    """A small mobile network."""
    widths = [(16, 16, 1), (16, 24, 2), (24, 24, 1), (24, 40, 2), (40, 40, 1)]
    return nn.Sequential(
        Convolution(3, 16, 2),
        *(Inverted(*w) for w in widths),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(40, 10),
    )


class Dense(nn.Module):
    """Layers that see all before them."""

    def __init__(self, layers: int = 6) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Convolution(8 + 4 * i, 4) for i in range(layers)])

    def forward(self, x: Tensor) -> Tensor:
        """Every layer's features."""
        features = [x]
        for layer in self.layers:
            features.append(layer(torch.cat(features, 1)))
        return torch.cat(features, 1)


class UNet(nn.Module):
    """An encoder and decoder with skips."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList([Convolution(3, 8), Convolution(8, 16), Convolution(16, 32)])
        self.up = nn.ModuleList([Convolution(48, 16), Convolution(24, 8)])
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """A mask."""
        skips: list[Tensor] = []
        for layer in self.down:
            x = layer(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = skips.pop()
        for layer in self.up:
            y = skips.pop()
            x = F.interpolate(x, size=y.shape[-2:], mode="nearest")
            x = layer(torch.cat([x, y], 1))
        return self.head(x)


class Attention(nn.Module):
    """Self-attention written out."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(size, 3 * size)
        self.out = nn.Linear(size, size)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Mix the positions."""
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        scores = q @ k.transpose(-2, -1) / math.sqrt(c // self.heads)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        y = scores.softmax(dim=-1) @ v
        return self.out(y.transpose(1, 2).reshape(b, n, c))


class Block(nn.Module):
    """A transformer block."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.attention = Attention(size, heads)
        self.mlp = nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attention, then each position by itself."""
        x = x + self.attention(self.norm1(x), mask)
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """A causal language model."""

    def __init__(self, layers: int = 6, size: int = 32) -> None:
        super().__init__()
        self.words = nn.Embedding(100, size)
        self.places = nn.Embedding(64, size)
        self.blocks = nn.ModuleList([Block(size, 4) for _ in range(layers)])
        self.norm = nn.LayerNorm(size)
        self.head = nn.Linear(size, 100, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """Scores of the next word."""
        n = ids.shape[1]
        assert n <= 64, f"{n} positions are too many"
        x = self.words(ids) + self.places(torch.arange(n, device=ids.device))
        mask = torch.tril(torch.ones(n, n))
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x))


class ViT(nn.Module):
    """A transformer over patches."""

    def __init__(self, layers: int = 6, size: int = 32) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, size, 8, 8)
        self.token = nn.Parameter(torch.zeros(1, 1, size))
        self.blocks = nn.Sequential(*(Block(size, 4) for _ in range(layers)))
        self.head = nn.Linear(size, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Class scores."""
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
        return self.head(self.blocks(x)[:, 0])


class VAE(nn.Module):
    """Encoder and decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16))
        self.decoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64), nn.Sigmoid())

    def forward(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """The image and how far its code is from the prior."""
        mean, log_variance = self.encoder(x).chunk(2, dim=-1)
        code = mean + noise * torch.exp(0.5 * log_variance)
        far = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        return self.decoder(code), far


class Tagger(nn.Module):
    """Word embeddings and a recurrent layer."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 16)
        self.rnn = nn.LSTM(16, 24, batch_first=True)
        self.out = nn.Linear(24, 5)

    def forward(self, ids: Tensor) -> Tensor:
        """Scores of tags."""
        y, _ = self.rnn(self.words(ids))
        return F.log_softmax(self.out(y), dim=-1)
