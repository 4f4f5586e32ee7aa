"""Modules that hold modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class ModuleList(Module):
    """Modules in order, named 0, 1, 2 ..."""

    def __init__(self, modules: Iterable[Any] = ()) -> None:
        super().__init__()
        for module in modules:
            self.append(module)

    def append(self, module: Any) -> None:
        """Add a module at the end."""
        setattr(self, str(len(self._modules)), module)

    def extend(self, modules: Iterable[Any]) -> None:
        """Add modules at the end."""
        for module in modules:
            self.append(module)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __len__(self) -> int:
        return len(self._modules)

    def __getitem__(self, index: int) -> Any:
        return list(self._modules.values())[index]


class Sequential(ModuleList):
    """Modules applied one after the other."""

    def __init__(self, *modules: Any) -> None:
        super().__init__(modules)

    def forward(self, x: Any) -> Any:
        """Apply every module in order."""
        for module in self:
            x = module(x)
        return x


class ModuleDict(Module):
    """Modules by name."""

    def __init__(self, modules: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        for name, module in (modules or {}).items():
            setattr(self, name, module)

    def __getitem__(self, name: str) -> Any:
        return self._modules[name]

    def __contains__(self, name: str) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def keys(self) -> Iterable[str]:
        """Return the names in order."""
        return self._modules.keys()

    def values(self) -> Iterable[Any]:
        """Return the modules in order."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return (name, module) pairs in order."""
        return self._modules.items()
