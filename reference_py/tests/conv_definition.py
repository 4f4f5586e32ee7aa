"""The definition of a convolution of planes."""

from __future__ import annotations

import numpy as np


def by_definition(x, weight, bias, stride, padding, dilation, groups):
    """Add up the terms of the definition, one place of the filters at a time."""
    padded = np.pad(x, ((0, 0), (0, 0), padding[:2], padding[2:]))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, weight.shape[2:], strict=True)]
    rows, columns = ((padded.shape[2 + i] - reach[i]) // stride[i] + 1 for i in (0, 1))
    each = weight.shape[1]
    y = np.zeros((x.shape[0], weight.shape[0], rows, columns)) + bias[:, None, None]
    for o in range(weight.shape[0]):
        first = o * groups // weight.shape[0] * each
        for c, p, q in np.ndindex(*weight.shape[1:]):
            plane = padded[:, first + c, p * dilation[0] :, q * dilation[1] :]
            y[:, o] += weight[o, c, p, q] * plane[:, :: stride[0], :: stride[1]][:, :rows, :columns]
    return y
