"""How every primitive is computed: one function per op, over Python values and numpy arrays."""

from __future__ import annotations

from typing import Final

from tracescript.kernels import (
    complex_parts,
    container,
    conversion,
    create,
    elementwise,
    index,
    linalg,
    matmul,
    nn,
    overwrite,
    random,
    reduce,
    scalar,
    shape,
    spectral,
    text,
)
from tracescript.kernels.table import Table

KERNELS: Final = Table.join(
    scalar.KERNELS,
    text.KERNELS,
    container.KERNELS,
    conversion.KERNELS,
    elementwise.KERNELS,
    reduce.KERNELS,
    shape.KERNELS,
    create.KERNELS,
    index.KERNELS,
    overwrite.KERNELS,
    matmul.KERNELS,
    linalg.KERNELS,
    complex_parts.KERNELS,
    spectral.KERNELS,
    nn.KERNELS,
    random.KERNELS,
)
"""The kernel of every primitive op except `if`, `loop`, `call` and `struct.get`: engines run these
themselves, the last because a field's place is in the type."""

__all__ = ["KERNELS", "Table"]
