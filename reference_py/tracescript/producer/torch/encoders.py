"""`nn.TransformerEncoder` in evaluation: what is padded becomes 0, as by torch's nested tensors.

Torch packs the steps of each sequence where its mask leaves out steps at the end alone, and fills
up with zeros after the last layer. A trace computes all steps and writes the zeros.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

BATCHED = 3
"""The rank of a batch of sequences."""


class _Plain:
    """An encoder that packs nothing and ends with its last layer."""

    use_nested_tensor = False
    norm = None

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


def forward(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return the encoder's forward for a trace, from its own."""

    @functools.wraps(own)
    def encoded(
        encoder: Any,
        src: Any,
        mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool | None = None,
    ) -> Any:
        if not _packs(encoder, src, mask, src_key_padding_mask):
            return own(encoder, src, mask, src_key_padding_mask, is_causal)
        made = own(_Plain(encoder), src, mask, src_key_padding_mask, is_causal)
        made = torch.where(filled(src_key_padding_mask).unsqueeze(-1), 0.0, made)
        return made if encoder.norm is None else encoder.norm(made)

    return encoded


def _packs(encoder: Any, src: Any, mask: Any, padding: Any) -> bool:
    """Tell whether torch itself would pack the sequences if all masks are as it wants them."""
    is_open = torch.backends.mha.get_fastpath_enabled() and not torch.is_autocast_enabled("cpu")
    is_given = padding is not None and mask is None and src.dim() == BATCHED
    return (
        is_open
        and is_given
        and encoder.use_nested_tensor
        and getattr(encoder, "mask_check", True)
        and not encoder.layers[0].training
    )


def filled(padding: Any) -> Any:
    """Return which steps are filled with zeros: those left out, where all are at the end."""
    left_out = padding if padding.dtype == torch.bool else padding != 0
    is_at_end = torch.logical_or(left_out[:, 1:], torch.logical_not(left_out[:, :-1])).all()
    return torch.logical_and(left_out, is_at_end)
