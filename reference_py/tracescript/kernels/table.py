"""Tables from op names to the functions that compute them. Nothing registers by being imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Kernel = Callable[..., Any]

OPEN: Final = object()
"""Stands for an input that is not known beforehand.

A family's `PREPARE` maps an op to a function (inputs known or OPEN, **attributes) that lays out
constant weights once and returns a kernel for calls with the same inputs, or None.
"""

F = TypeVar("F", bound="Callable[..., Any]")


class Table:
    """The kernels of one family, or of several joined."""

    def __init__(self, kernels: dict[str, Kernel] | None = None) -> None:
        self._kernels: dict[str, Kernel] = dict(kernels or {})

    def of(self, name: str) -> Callable[[F], F]:
        """Return a decorator that enters a function as the kernel of an op.

        Raises ValueError if the op has one already.
        """

        def enter(kernel: F) -> F:
            self.add(name, kernel)
            return kernel

        return enter

    def add(self, name: str, kernel: Kernel) -> None:
        """Enter a function as the kernel of an op. Raises ValueError if the op has one already."""
        if name in self._kernels:
            message = f"two kernels for {name}"
            raise ValueError(message)
        self._kernels[name] = kernel

    def get(self, name: str) -> Kernel | None:
        """Return the kernel of an op, or None."""
        return self._kernels.get(name)

    def items(self) -> Iterator[tuple[str, Kernel]]:
        """Yield each op with its kernel."""
        yield from self._kernels.items()

    def __contains__(self, name: str) -> bool:
        return name in self._kernels

    def __iter__(self) -> Iterator[str]:
        return iter(self._kernels)

    def __len__(self) -> int:
        return len(self._kernels)

    @classmethod
    def join(cls, *tables: Table) -> Table:
        """Return one table of several. Raises ValueError where two have the same op."""
        joined = cls()
        for table in tables:
            for name, kernel in table.items():
                joined.add(name, kernel)
        return joined
