"""The corpus of the scripting benchmark: models by name, each made anew for every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks import script_models as models

if TYPE_CHECKING:
    from collections.abc import Callable


class Greedy(nn.Module):
    """Greedy decoding: a loop with an early end."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(20, 16)
        self.cell = nn.GRUCell(16, 16)
        self.out = nn.Linear(16, 20)

    def forward(self, h: Tensor, limit: int) -> list[int]:
        """Words until the end or the limit."""
        found: list[int] = []
        word = 1
        while len(found) < limit:
            h = self.cell(self.words(torch.tensor([word])), h)
            word = int(self.out(h).argmax())
            if word == 0:
                break
            found.append(word)
        return found


class Counter(nn.Module):
    """State that every call changes."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(4))
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        """The running mean."""
        self.calls += 1
        self.total = self.total + x.mean(0)
        return self.total / self.calls


class Boxes(nn.Module):
    """Selection of boxes by score and overlap, as detectors have it."""

    def forward(self, boxes: Tensor, scores: Tensor, limit: float) -> list[int]:
        """Numbers of the boxes that stay."""
        order = torch.argsort(scores, descending=True)
        area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        kept: list[int] = []
        for k in range(order.size(0)):
            i = int(order[k])
            is_kept = True
            for j in kept:
                low = torch.max(boxes[i, :2], boxes[j, :2])
                high = torch.min(boxes[i, 2:], boxes[j, 2:])
                both = (high - low).clamp(min=0).prod()
                if float(both / (area[i] + area[j] - both)) > limit:
                    is_kept = False
                    break
            if is_kept:
                kept.append(i)
        return kept


def words(text: str, least: int) -> dict[str, int]:
    """Count words of a text."""
    counts: dict[str, int] = {}
    for word in text.lower().split(" "):
        if len(word) >= least:
            counts[word] = counts.get(word, 0) + 1
    return counts


def collatz(limit: int) -> int:
    """The longest chain."""
    best = 0
    for start in range(1, limit):
        n, k = start, 0
        while n != 1:
            if n % 2 == 0:  # noqa: SIM108  # as people write it
                n = n // 2
            else:
                n = 3 * n + 1
            k += 1
        best = max(best, k)
    return best


def _mlp() -> nn.Module:
    return nn.Sequential(
        nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 4)
    )


def _encoder() -> nn.Module:
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


PROGRAMS: dict[str, Callable[[], Any]] = {
    "gate": models.Gate,
    "loop": models.Loop,
    "mlp": _mlp,
    "resnet": models.ResNet,
    "mobile": models.mobile_net,
    "dense": models.Dense,
    "unet": models.UNet,
    "gpt": models.GPT,
    "vit": models.ViT,
    "vae": models.VAE,
    "tagger": models.Tagger,
    "greedy": Greedy,
    "counter": Counter,
    "boxes": Boxes,
    "encoder": _encoder,
    "words": lambda: words,
    "collatz": lambda: collatz,
}
