"""Short forms of layers that take sizes, offsets or factors or leave them out, for scripts.

As in `forwards`, the bodies are compiled, never run; `self` is the torch layer.
"""

from __future__ import annotations

from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody writes it
from torch import nn

_MATRIX: Final = 2


class ConvTranspose:
    """Of nn.ConvTranspose1d, 2d and 3d."""

    def forward(self: Any, input: Any, output_size: list[int] | None = None) -> Any:  # noqa: A002
        """Convolve; for a size, with all rows and columns there can be, of which the first stay."""
        axes = len(self.kernel_size)
        if axes == 1:
            run = F.conv_transpose1d
        else:
            run = F.conv_transpose2d if axes == len("hw") else F.conv_transpose3d
        if self.padding_mode != "zeros":
            raise ValueError("Only `zeros` padding mode is supported for ConvTranspose")
        weights = self.weight, self.bias
        if output_size is None:
            padding = self.output_padding
            return run(
                input, *weights, self.stride, self.padding, padding, self.groups, self.dilation
            )
        padding = tuple([s - 1 for s in self.stride])
        y = run(input, *weights, self.stride, self.padding, padding, self.groups, self.dilation)
        if len(output_size) == input.dim():
            output_size = output_size[-axes:]
        if len(output_size) != axes:
            raise ValueError("output_size must have an element for each axis of the kernel")
        for k in range(axes):
            most = y.size(k - axes)
            if output_size[k] > most or output_size[k] <= most - self.stride[k]:
                raise ValueError("an output size that this layer cannot make of this input")
            y = y.narrow(k - axes, 0, output_size[k])
        return y


def bags(layer: Any, index: Any, begins: Any, factors: Any) -> Any:
    """Bags of a vector of indices, from where each begins."""
    if factors is None:
        return F.embedding_bag(
            index,
            layer.weight,
            begins,
            layer.max_norm,
            mode=layer.mode,
            padding_idx=layer.padding_idx,
        )
    if layer.mode != "sum":
        raise NotImplementedError("per_sample_weights are only supported for mode='sum'")
    return F.embedding_bag(
        index,
        layer.weight,
        begins,
        layer.max_norm,
        mode="sum",
        per_sample_weights=factors.reshape(-1),
        padding_idx=layer.padding_idx,
    )


class EmbeddingBag:
    """Of nn.EmbeddingBag."""

    def forward(
        self: Any,
        input: Any,  # noqa: A002  # torch's name
        offsets: torch.Tensor | None = None,
        per_sample_weights: torch.Tensor | None = None,
    ) -> Any:
        """A matrix of indices is a bag a row."""
        index = input.reshape(-1)
        if per_sample_weights is not None and per_sample_weights.shape != input.shape:
            raise ValueError("expected per_sample_weights to have the shape of input")
        if input.dim() == _MATRIX:
            if offsets is not None:
                raise ValueError("if input is 2D, then offsets has to be None")
            begins = torch.arange(input.size(0)) * input.size(1)
            return bags(self, index, begins, per_sample_weights)
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        begins = offsets[:-1] if self.include_last_offset else offsets
        return bags(self, index, begins, per_sample_weights)


FORWARDS: Final = {
    nn.ConvTranspose1d.forward: ConvTranspose.forward,
    nn.ConvTranspose2d.forward: ConvTranspose.forward,
    nn.ConvTranspose3d.forward: ConvTranspose.forward,
    nn.EmbeddingBag.forward: EmbeddingBag.forward,
}
