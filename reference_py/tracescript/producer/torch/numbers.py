"""Numbers of a trace as torch's parser takes them: they pass for its symbolic ones, unread."""

from __future__ import annotations

from typing import Any

import torch

from tracescript.producer.trace.numbers import Symbolic, SymFloat, SymInt


class _Node:
    """What C code of torch reads a symbolic number through where the mode does not see the call."""

    def __init__(self, number: Symbolic) -> None:
        self._number = number

    def is_int(self) -> bool:
        return self._number.stands_for is int

    def is_float(self) -> bool:
        return self._number.stands_for is float

    def is_bool(self) -> bool:
        return False

    def maybe_as_int(self) -> int:
        return int(self._number.fixed("torch"))

    def guard_int(self, _file: str, _line: int) -> int:
        return int(self._number.fixed("torch"))

    def guard_float(self, _file: str, _line: int) -> float:
        return float(self._number.fixed("torch"))


class TorchInt(SymInt, torch.SymInt):  # type: ignore[misc]  # torch is not typed here
    """An int of the program that torch's calls take."""

    @property
    def node(self) -> Any:
        """What code of torch reads the number through."""
        return _Node(self)


class TorchFloat(SymFloat, torch.SymFloat):  # type: ignore[misc]  # torch is not typed here
    """A float of the program that torch's calls take."""

    @property
    def node(self) -> Any:
        """What code of torch reads the number through."""
        return _Node(self)
