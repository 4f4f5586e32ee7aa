"""Convolutions of rows, planes and volumes, and their transposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.kernels.banks import BANKS, Bank, Transposed
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()

_OPS: Final[dict[str, Callable[..., Bank | Transposed]]] = {
    **{f"conv{axes}d": bank for axes, bank in BANKS.items()},
    **{f"conv_transpose{axes}d": Transposed for axes in BANKS},
}
"""Op to the bank that its filters and attributes make."""


def _kernel(bank: Callable[..., Bank | Transposed]) -> Kernel:
    def run(x: Array, weight: Array, bias: Array | None, **given: Any) -> Array:
        return bank(weight, **given).apply(x, bias, once=True)

    return run


def _prepare(bank: Callable[..., Bank | Transposed]) -> Callable[..., Kernel | None]:
    def prepare(known: Sequence[Any], **given: Any) -> Kernel | None:
        if known[1] is OPEN:
            return None
        filters = bank(known[1], **given)

        def run(x: Array, _: Array, bias: Array | None) -> Array:
            return filters.apply(x, bias, once=False)

        return run

    return prepare


for _op, _bank in _OPS.items():
    KERNELS.add(_op, _kernel(_bank))

PREPARE: Final = {op: _prepare(bank) for op, bank in _OPS.items()}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""
