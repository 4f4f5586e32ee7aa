"""How every primitive is computed: one function per op, over Python values and numpy arrays."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Final

from tracescript.kernels.table import Table

_FAMILIES: Final = (
    "scalar",
    "text",
    "container",
    "conversion",
    "elementwise",
    "reduce",
    "shape",
    "create",
    "index",
    "matmul",
    "nn",
    "random",
    "linalg",
)

KERNELS: Final = Table.join(
    *(
        importlib.import_module(f"tracescript.kernels.{family}").KERNELS
        for family in _FAMILIES
        if find_spec(f"tracescript.kernels.{family}")
    )
)
"""The kernel of every primitive op except `if`, `loop`, `call` and `struct.get`: engines run these
themselves, the last because a field's place is in the type."""

__all__ = ["KERNELS", "Table"]
