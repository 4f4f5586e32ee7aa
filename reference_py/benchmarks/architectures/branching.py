"""Architectures that decide by their data, and those with several methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Branching:
    """A program whose branches are all to be explored, and what draws its inputs."""

    name: str
    make: Callable[[], nn.Module]
    inputs: Callable[[], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Several:
    """A program with several methods, each with what draws its inputs at a batch and a size."""

    name: str
    library: str
    make: Callable[[], nn.Module]
    methods: dict[str, Callable[[int, int], tuple[Any, ...]]]


class EarlyExit(nn.Module):
    """Leaves at the first layer whose head is sure enough."""

    def __init__(self) -> None:
        super().__init__()
        layer = [nn.TransformerEncoderLayer(16, 2, 32, batch_first=True) for _ in range(3)]
        self.layers = nn.ModuleList(layer)
        self.heads = nn.ModuleList(nn.Linear(16, 4) for _ in layer)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return probabilities and the number of the layer that was sure; 0 where none was."""
        last = torch.tensor(0)
        for number, (layer, head) in enumerate(zip(self.layers, self.heads, strict=True)):
            x = layer(x)
            y = head(x[:, 0]).softmax(-1)
            if y.max() > 0.45:
                last = torch.tensor(number)
                break
        return y, last


class Gates(nn.Module):
    """Blocks that a gate opens for the batch as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(8, 8) for _ in range(4))
        self.gates = nn.ModuleList(nn.Linear(8, 1) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the input, changed by the blocks whose gates were open."""
        for block, gate in zip(self.blocks, self.gates, strict=True):
            x = x + block(x).relu() if gate(x).mean() > 0 else x * 0.5
        return x


class TopOne(nn.Module):
    """Gives a batch to the one expert that a router chooses."""

    def __init__(self) -> None:
        super().__init__()
        self.router = nn.Linear(8, 3)
        self.experts = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the expert makes of the batch."""
        chosen = self.router(x.mean(0)).argmax()
        for number, expert in enumerate(self.experts):
            if chosen == number:
                x = expert(x)
        return x


class Routed(nn.Module):
    """Gives each token to two of four experts, and passes over experts without tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.router = nn.Linear(8, 4)
        self.experts = nn.ModuleList(nn.Linear(8, 8) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sums of what the experts say, weighted by the router."""
        weights, chosen = self.router(x).softmax(-1).topk(2)
        y = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            tokens, place = torch.where(chosen == number)
            if tokens.numel() == 0:
                continue
            y.index_add_(0, tokens, expert(x[tokens]) * weights[tokens, place][:, None])
        return y


class Halting(nn.Module):
    """Steps until most of the batch has had enough, four times at most."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.enough = nn.GRUCell(8, 8), nn.Linear(8, 1)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the last state and the number of steps."""
        h, halted, count = torch.zeros_like(x), torch.zeros(x.shape[0]), 0
        while halted.mean() < 0.9 and count < 4:
            h = self.cell(x, h)
            halted = halted + self.enough(h).sigmoid()[:, 0] * 0.5
            count += 1
        return h, torch.tensor(count)


class Autoencoder(nn.Module):
    """A variational autoencoder: encodes, draws, decodes."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(8, 6), nn.Linear(3, 8)

    def encode(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return mean and log of the variance of the code."""
        mean, log_variance = self.inner(x).chunk(2, -1)
        return {"mean": mean, "log_variance": log_variance}

    def decode(self, code: torch.Tensor) -> torch.Tensor:
        """Return what a code stands for."""
        return self.outer(code.relu())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the input as its code's mean stands for it."""
        return self.decode(self.encode(x)["mean"])


class Decoding(nn.Module):
    """A language model as it is served: reads the prompt, then takes one token at a time."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import GPT2Config, GPT2LMHeadModel

        config = GPT2Config(
            vocab_size=99, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2
        )
        self.model = GPT2LMHeadModel(config)

    def _called(self, tokens: torch.Tensor, cache: Any) -> tuple[torch.Tensor, Any]:
        made = self.model(input_ids=tokens, past_key_values=cache, use_cache=True)
        layers = made.past_key_values.layers
        return made.logits[:, -1], [(layer.keys, layer.values) for layer in layers]

    def prefill(self, tokens: torch.Tensor) -> tuple[torch.Tensor, Any]:
        """Return logits of the next token, and keys and values of a prompt."""
        from transformers import DynamicCache

        return self._called(tokens, DynamicCache())

    def step(self, tokens: torch.Tensor, past: Any) -> tuple[torch.Tensor, Any]:
        """Return logits after one token more, and the longer keys and values."""
        from transformers import DynamicCache

        cache = DynamicCache()
        for layer, (key, value) in enumerate(past):
            cache.update(key, value, layer)
        return self._called(tokens, cache)


def _clip() -> Any:
    from benchmarks.architectures.hugging_face import VISION

    return next(entry for entry in VISION if entry.name == "clip").make()


def _rows(batch: int, count: int) -> tuple[Any, ...]:
    return (torch.randn(batch, count, 8),)


def _tokens(batch: int, count: int) -> tuple[Any, ...]:
    return (torch.randint(5, 90, (batch, count)),)


def _step(batch: int, count: int) -> tuple[Any, ...]:
    past = [tuple(torch.randn(2, batch, 4, count, 8)) for _ in range(2)]
    return torch.randint(5, 90, (batch, 1)), past


def _images(batch: int, _: int) -> tuple[Any, ...]:
    return (torch.randn(batch, 3, 32, 32),)


def _flat(rows: int, scale: float = 1.0) -> Callable[[], tuple[Any, ...]]:
    return lambda: (torch.randn(rows, 8) * scale,)


BRANCHING = (
    Branching("early-exit", EarlyExit, lambda: (torch.randn(2, 5, 16),)),
    Branching("gates", Gates, _flat(3, 2)),
    Branching("expert-a-batch", TopOne, _flat(4)),
    Branching("experts-a-token", Routed, _flat(2)),
    Branching("halting", Halting, _flat(2, 2)),
)
SEVERAL = (
    Several("vae", "torch", Autoencoder,
            {"forward": _rows, "encode": _rows, "decode": lambda b, n: (torch.randn(b, n, 3),)}),
    Several("gpt2-served", "transformers", Decoding, {"prefill": _tokens, "step": _step}),
    Several("clip-parts", "transformers", _clip,
            {"get_text_features": _tokens, "get_image_features": _images}),
)  # fmt: skip
