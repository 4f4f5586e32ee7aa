"""Modules that a program imports while it is traced: loaded as if no trace ran."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from tracescript.producer.patches import suspended
from tracescript.producer.session import active

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from tracescript.producer.trace.door import Door


class _Loader:
    """Runs a module's code with the functions of libraries that it shall keep."""

    def __init__(self, loader: Any, door: Door) -> None:
        self._loader = loader
        self._door = door

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        """Run the code, seen by no trace."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        with self._door.loading(), suspended():
            self._loader.exec_module(module)


class _Finder:
    """Finds what the others find, for the program of one trace."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how to load a module in this trace; None where it is not the trace's."""
        if active() is not self._door:
            return None
        for finder in [f for f in sys.meta_path if f is not self]:
            spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, self._door)  # type: ignore[assignment]  # acts as one
                return spec
        return None


@contextlib.contextmanager
def untraced_imports(door: Door) -> Iterator[None]:
    """Load what is imported for the length of a `with` block as if no trace ran."""
    finder: Any = _Finder(door)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
