"""One architecture of the corpus: how it is made and what it is called with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    Inputs = Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A model and its inputs, by name, at a batch and a size (steps, or pixels on an edge).

    `size` is the traced one. `other` is another one; None where the program itself takes only one.
    `library` is what must be installed beside torch.
    """

    name: str
    library: str
    family: str
    make: Callable[[], torch.nn.Module]
    inputs: Inputs
    size: int = 7
    other: int | None = 11
    batch: int = 2
    other_batch: int | None = 3


def tokens(batch: int, steps: int, most: int = 90) -> torch.Tensor:
    """Return token numbers, int64 `[batch, steps]`, none of them a special one."""
    return torch.randint(5, most, (batch, steps))


def text(batch: int, steps: int) -> dict[str, Any]:
    """Return tokens with a mask that hides the last token of the first row."""
    mask = torch.ones(batch, steps, dtype=torch.int64)
    mask[0, -1] = 0
    return {"input_ids": tokens(batch, steps), "attention_mask": mask}


def words(batch: int, steps: int) -> dict[str, Any]:
    """Return tokens without a mask."""
    return {"input_ids": tokens(batch, steps)}


def translation(batch: int, steps: int) -> dict[str, Any]:
    """Return source tokens and fewer target tokens."""
    return {**words(batch, steps), "decoder_input_ids": tokens(batch, steps - 2)}


def pixels(batch: int, edge: int) -> dict[str, Any]:
    """Return square images, float32 `[batch, 3, edge, edge]`."""
    return {"pixel_values": torch.randn(batch, 3, edge, edge)}


def image(name: str = "x") -> Inputs:
    """Return what makes square images for a parameter."""
    return lambda batch, edge: {name: torch.randn(batch, 3, edge, edge)}


def steps(features: int, name: str = "input") -> Inputs:
    """Return what makes rows of vectors, float32 `[batch, steps, features]`."""
    return lambda batch, count: {name: torch.randn(batch, count, features)}


def sound(batch: int, samples: int) -> dict[str, Any]:
    """Return sound, float32 `[batch, samples]`."""
    return {"input_values": torch.randn(batch, samples)}
