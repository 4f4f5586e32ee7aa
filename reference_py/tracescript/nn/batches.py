"""Layers of batches that take one sample too."""

from __future__ import annotations

from typing import Any

from tracescript import ops
from tracescript.nn.module import Module


class Batches(Module):
    """A layer of batches (N, C, *) with `rank` axes behind the channels; (C, *) is one sample."""

    rank: int

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        if len(x.shape) == self.rank + 1:
            return ops.squeeze(self.batch(ops.unsqueeze(x, dim=0)), dim=[0])
        return self.batch(x)

    def batch(self, x: Any) -> Any:
        """Apply the layer to a batch."""
        raise NotImplementedError
