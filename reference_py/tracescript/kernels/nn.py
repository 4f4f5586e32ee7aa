"""The kernels of profile nn."""

from __future__ import annotations

from typing import Final

from tracescript.kernels import activation, attention, batch_norm, conv, norm, pool, resize, rnn
from tracescript.kernels.table import Table

KERNELS: Final = Table.join(
    activation.KERNELS,
    attention.KERNELS,
    batch_norm.KERNELS,
    batch_norm.TRAINED,
    conv.KERNELS,
    norm.KERNELS,
    pool.KERNELS,
    resize.KERNELS,
    rnn.KERNELS,
)

PREPARE: Final = {**conv.PREPARE, **batch_norm.PREPARE, **norm.PREPARE, **rnn.PREPARE}
"""Op to a function that lays out constant inputs once, see `table.OPEN`."""
