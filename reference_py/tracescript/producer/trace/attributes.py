"""What modules hold besides weights and buffers: nothing in a trace can hold a change of that."""

from __future__ import annotations

import ast
import collections
import inspect
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import ProducerError
from tracescript.producer.source import source_of
from tracescript.producer.trace.places import error_at
from tracescript.producer.trace.tape import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from tracescript.producer.trace.tape import Slot, Wire
    from tracescript.producer.trace.tree import Branch

_PLAIN: Final = (bool, int, float, complex, str, bytes, type(None))
_LARGE: Final = 4096
"""Elements up to which an array of the program is compared element by element."""
_DEEP: Final = 6
"""Levels of containers and objects that are looked into."""
_TABLES: Final = frozenset({"_buffers", "_modules"})
_HINT: Final = "make it a buffer (an array) and write the new value into it"


class Attributes:
    """The attributes of modules as they were before the run.

    `was_read` tells whether the program used an array: one replaced unread had no effect. `scratch`
    are those, by identity of the module and name, that are written before they are read.
    """

    def __init__(
        self,
        branches: Iterable[Branch],
        was_read: Callable[[Any], bool],
        scratch: Container[tuple[int, str]] = (),
    ) -> None:
        self._was_read = was_read
        self._scratch = scratch
        self._before: list[tuple[Branch, dict[str, Any], dict[str, Any]]] = []
        for branch in branches:
            self.add(branch)

    def add(self, branch: Branch) -> None:
        """Remember the attributes of a module; a finished model keeps its own books."""
        is_model = getattr(type(branch.module), "__tracescript_model__", False)
        if hasattr(branch.module, "__dict__") and not is_model:
            found = _own(branch)
            prints = {name: _print(value, _DEEP) for name, value in found.items()}
            self._before.append((branch, found, prints))

    def check(self) -> None:
        """Raise ProducerError where the program changed one. Spec: TRACE-14."""
        for module, name, old, new in self._changes():
            raise changed(module, name, _described(name, old, new))

    def changes(self) -> list[tuple[Any, str, Any, Any]]:
        """Return module, name, value before and value now of each attribute that changed."""
        return [(m, name, old.get(name), new.get(name)) for m, name, old, new in self._changes()]

    def _changes(self) -> Iterator[tuple[Any, str, dict[str, Any], dict[str, Any]]]:
        """Yield the module and the name of what changed, with its attributes before and now."""
        for branch, old, prints in self._before:
            new = _own(branch)
            for name in prints.keys() | new.keys():
                made = _print(new[name], _DEEP) if name in new else ("absent",)
                if prints.get(name, ("absent",)) == made:
                    continue
                if (id(branch.module), name) in self._scratch:
                    continue
                if name in new and name in old and self._is_rewritten(old[name], new[name]):
                    continue
                yield branch.module, name, old, new

    def _is_rewritten(self, old: Any, new: Any) -> bool:
        """Tell whether an array was replaced that the program had not read."""
        return hasattr(old, "dtype") and hasattr(new, "dtype") and not self._was_read(old)


def changed(module: Any, name: str, what: str) -> ProducerError:
    """Make the error about an attribute that a program changes, at the line that does. TRACE-14."""
    text = f"{what} {name} of {type(module).__name__}, which the trace cannot repeat"
    made = error_at(_changing(type(module), name), "UNSUPPORTED_PYTHON", text, _HINT)
    made.rule = "TRACE-14"
    return made


def check_type(module: Any, name: str, slot: Slot, wire: Wire) -> None:
    """Raise ProducerError where a buffer is assigned an array of another type."""
    if wire.type != slot.type:
        raise changed(module, name, "the program changes the data type or the sizes of the buffer")


def _own(branch: Branch) -> dict[str, Any]:
    """Return the attributes of a module that no slot and no submodule stands for."""
    inherited = _inherited(type(branch.module))
    found = {
        name: value
        for name, value in vars(branch.module).items()
        if name not in inherited and name not in branch.slots and name not in branch.children
    }
    for table in _TABLES & vars(branch.module).keys():
        held = vars(branch.module)[table]
        found |= {n: v for n, v in held.items() if n not in {*branch.slots, *branch.children}}
    return found


def _inherited(kind: type) -> frozenset[str]:
    """Return the names that the library's own class gives every module."""
    for base in kind.__mro__:
        if base.__name__ == "Module" and base.__module__.startswith(("torch.", "tracescript.")):
            return frozenset(vars(base())) - {"training"}
    return frozenset()


def _print(value: Any, depth: int) -> Any:
    """Return what is equal for a value that was not changed, and keeps its arrays alive."""
    if isinstance(value, _PLAIN):
        return type(value), repr(value)
    if isinstance(value, np.ndarray) and value.size <= _LARGE:
        return _Same(value), value.tobytes()
    if depth and isinstance(value, (list, tuple, collections.deque)):
        return type(value), tuple(_print(v, depth - 1) for v in value)
    if depth and isinstance(value, dict):
        return type(value), tuple((repr(k), _print(v, depth - 1)) for k, v in value.items())
    if isinstance(value, (set, frozenset)):
        return type(value), frozenset(map(repr, value))
    if depth and _is_record(value):
        return _Same(value), _print(dict(vars(value)), depth - 1)
    return (_Same(value),)


class _Same:
    """Equal only for the same object, which it keeps alive."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._value is self._value

    def __hash__(self) -> int:
        return id(self._value)


def _is_record(value: Any) -> bool:
    """Tell whether a value is an object of a class of the program, whose attributes count."""
    library = type(value).__module__.partition(".")[0] in {"torch", "numpy", "tracescript"}
    kinds = (type, np.ndarray, np.generic)
    is_other = isinstance(value, kinds) or callable(value) or inspect.ismodule(value)
    return hasattr(value, "__dict__") and not library and not is_other


def _described(name: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    a, b = old.get(name), new.get(name)
    if name in old and name in new and isinstance(a, _PLAIN) and isinstance(b, _PLAIN):
        return f"the program changes (from {a!r} to {b!r}) the attribute"
    return "the program changes the attribute"


# ---- the line that does it


def _changing(kind: type, name: str) -> Site | None:
    """Find the statement of a class's methods that changes an attribute; `__init__` is none."""
    for base in kind.__mro__:
        for method in vars(base).values():
            if not inspect.isfunction(method) or method.__name__ == "__init__":
                continue
            try:
                source, definition = source_of(method)
            except ProducerError:
                continue
            for node in _writes(definition, name):
                place = source.place(node, method.__qualname__)
                if place is not None:
                    return Site(place, source.path)
    return None


def _writes(definition: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield assignments to an attribute or its items, then calls of its methods."""
    calls = []
    for node in ast.walk(definition):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        if any(_is_of(target, name) for target in targets):
            yield node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            calls += [node] if _is_of(node.func.value, name) else []
    yield from calls


def _is_of(node: ast.expr, name: str) -> bool:
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    for part in parts:
        inner: ast.expr = part
        while isinstance(inner, (ast.Attribute, ast.Subscript)):
            if isinstance(inner, ast.Attribute) and inner.attr == name:
                return True
            inner = inner.value
    return False
