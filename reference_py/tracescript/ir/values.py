"""Values, constants and weights: what the edges of a graph carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    from tracescript.ir.types import DataType, Type


class WeightSource(Protocol):
    """Where a weight's elements come from: memory, or a mapped file read on first use."""

    def array(self) -> np.ndarray[Any, Any]:
        """Return the elements, read-only, C order. Raises FormatError for a damaged payload."""


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """A tensor kept in the file. Compared by identity: tied weights are one object.

    Spec: WEIGHT-1.
    """

    data_type: DataType
    shape: tuple[int, ...]
    source: WeightSource

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """The elements: read-only, C order, no copy of a mapped file."""
        return self.source.array()


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """Immutable compile-time data with its type. Compared by identity; `wire` interns.

    `value` by type: None, bool, int, float, str, complex, DataType; for a tensor a Weight; for a
    list, tuple or struct a tuple of plain values or of Constants where elements are not plain
    numbers; for a dict a tuple of (key, Constant) pairs in insertion order.
    """

    type: Type
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An SSA value. Compared by identity. With `constant` set no node defines it."""

    type: Type
    name: str = ""
    constant: Constant | None = None
