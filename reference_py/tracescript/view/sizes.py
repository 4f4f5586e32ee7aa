"""How many parameters and bytes each module holds, tied weights once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.ir.values import Weight
from tracescript.model.alike import post_order, tensors

if TYPE_CHECKING:
    from tracescript import ir


@dataclass(frozen=True, slots=True)
class Size:
    """Elements of the parameters, and bytes of parameters and fixed buffers."""

    parameters: int
    bytes: int


def weight_bytes(weight: ir.Weight) -> int:
    """Return the bytes that a weight takes in a file."""
    return -(-weight.data_type.bits * math.prod(weight.shape) // 8)


def sizes(root: ir.Module) -> dict[ir.Module, Size]:
    """Return the size of every module with all that is below it."""
    parameters: dict[ir.Module, frozenset[ir.Weight]] = {}
    weights: dict[ir.Module, frozenset[ir.Weight]] = {}
    for module in post_order(root):
        below = [s.module for s in module.submodules]
        own = frozenset(p.weight for p in module.parameters)
        parameters[module] = own.union(*(parameters[m] for m in below))
        held = frozenset(w for _, w in tensors(module) if isinstance(w, Weight))
        weights[module] = held.union(*(weights[m] for m in below))
    return {
        module: Size(
            sum(math.prod(w.shape) for w in parameters[module]),
            sum(map(weight_bytes, weights[module])),
        )
        for module in weights
    }


def bytes_text(count: int) -> str:
    """Write a number of bytes briefly, in powers of 1000: `437.9 MB`."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:  # noqa: PLR2004  # the step of the units
            return f"{count} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
