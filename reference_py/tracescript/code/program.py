"""All units of a program: which function, class or struct a name in the text means."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.code.heads import (
    ClassText,
    Head,
    base_names,
    path_steps,
    read_dim,
    read_head,
    read_member,
    read_struct,
    signature,
)
from tracescript.code.literal_reader import LiteralReader
from tracescript.code.names import is_name
from tracescript.code.type_reader import TypeReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracescript.code.source import Source
    from tracescript.ir.graph import Function
    from tracescript.ir.types import StructType, Symbol
    from tracescript.ir.values import Constant

_PAIR = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What a call means: a function; the path of a method call, None where all inputs are given.

    `skipped` counts the arguments in the text that only name function and path.
    """

    name: str
    path: str | None
    skipped: int


class Program:
    """The declarations of all units, read before any body."""

    def __init__(
        self, sources: Iterable[Source], constant: Callable[[int], Constant | None]
    ) -> None:
        self.heads: dict[str, Head] = {}
        self._done: dict[str, Function] = {}
        self._classes: dict[str, ClassText] = {}
        self._structs: dict[str, tuple[Source, ast.ClassDef, dict[str, Symbol]]] = {}
        self._made: dict[str, StructType] = {}
        self._making: set[str] = set()
        self._seats: dict[str, str] = {}
        self._constant = constant
        parts = [(source, *self._declare(source)) for source in sources]
        for name in self._structs:
            self.struct(name)
        for source, symbols, statements in parts:
            self._read_unit(source, symbols, statements)

    def _declare(self, source: Source) -> tuple[dict[str, Symbol], list[ast.stmt]]:
        """Read a unit's dimensions, and note its classes by name."""
        symbols: dict[str, Symbol] = {}
        rest: list[ast.stmt] = []
        for node in source.tree.body:
            if isinstance(node, ast.Assign) and not rest:
                name, symbol = read_dim(source, node)
                if name in symbols:
                    raise source.fault(node, f"{name} is defined twice", "CODE-12")
                symbols[name] = symbol
            elif isinstance(node, ast.ClassDef):
                rest.append(node)
                self._declare_class(source, node, symbols)
            elif isinstance(node, ast.FunctionDef):
                rest.append(node)
            elif not _is_docstring(node):
                what = f"{type(node).__name__} may not stand at the top of a unit"
                raise source.fault(node, what, "CODE-7")
        return symbols, rest

    def _declare_class(
        self, source: Source, node: ast.ClassDef, symbols: dict[str, Symbol]
    ) -> None:
        bases = base_names(node)
        if node.name in self._classes or node.name in self._structs or not is_name(node.name):
            raise source.fault(node, f"{node.name} is no new name for a class", "CODE-6")
        if node.keywords or getattr(node, "type_params", None):
            raise source.fault(node, "a class has a base and nothing more", "CODE-16")
        if bases == ("Module",) and not node.decorator_list:
            self._classes[node.name] = ClassText(node.name)
        elif bases in {("Struct",), ("Struct", "tuple")}:
            self._structs[node.name] = (source, node, symbols)
        else:
            raise source.fault(node, "a class is a Module or a Struct", "CODE-16")

    def _read_unit(
        self, source: Source, symbols: dict[str, Symbol], statements: list[ast.stmt]
    ) -> None:
        types = TypeReader(source, symbols, self.struct)
        literals = LiteralReader(source, types, self._constant)
        for node in statements:
            if isinstance(node, ast.FunctionDef):
                self._add(read_head(source, node, None, types, literals))
            elif isinstance(node, ast.ClassDef) and node.name in self._classes:
                owner = self._classes[node.name]
                for item in node.body:
                    if isinstance(item, ast.FunctionDef):
                        self._add(read_head(source, item, owner, types, literals))
                    elif not _is_docstring(item):
                        read_member(source, item, types, owner)

    def _add(self, head: Head) -> None:
        if head.name in self.heads or head.seat.function in self._seats:
            raise head.source.fault(head.node, f"{head.name} is defined twice", "CODE-6")
        self.heads[head.name] = head
        self._seats[head.seat.function] = head.name

    def struct(self, name: str) -> StructType | None:
        """Return the struct type of a class, or None if no struct has this name."""
        if name in self._structs and name not in self._made:
            source, node, symbols = self._structs[name]
            if name in self._making:
                raise source.fault(node, f"{name} holds itself", "CODE-13")
            self._making.add(name)
            self._made[name] = read_struct(source, node, TypeReader(source, symbols, self.struct))
        return self._made.get(name)

    def function(self, name: str) -> Function | None:
        """Return a function, None where there is none of the name.

        One whose body has not been read, because of recursion, is what its head says.
        """
        if name not in self._done and name in self.heads:
            return signature(self.heads[name])
        return self._done.get(name)

    def finish(self, function: Function) -> None:
        """Note that a function has been read."""
        self._done[function.name] = function

    def target(self, node: ast.Call, head: Head) -> Target | None:
        """Return which function a call means, or None where it is a call of something else."""
        func = node.func
        if isinstance(func, ast.Name) and func.id == "call":
            return self._named_target(node, head)
        steps = path_steps(func)
        if steps is None or not steps[1]:
            return None
        if steps[0] == "self" and head.owner is not None:
            return self._own_target(steps[1], node, head)
        if steps[0] in self._classes and len(steps[1]) == 1 and head.owner is not None:
            return self._class_target(f"{steps[0]}.{steps[1][0]}", node, head)
        return None

    def _named_target(self, node: ast.Call, head: Head) -> Target:
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and type(first.value) is str:
            return Target(first.value, None, 1)
        raise head.source.fault(node, "call names its function by a string", "CODE-15")

    def _own_target(self, steps: list[str], node: ast.Call, head: Head) -> Target:
        owner = head.owner
        assert owner is not None
        path, outer = ".".join(steps), ".".join(steps[:-1])
        if path in owner.modules:
            seat = f"{owner.modules[path]}.forward"
        elif not outer:
            seat, path = f"{owner.name}.{steps[-1]}", ""
        elif outer in owner.modules:
            seat, path = f"{owner.modules[outer]}.{steps[-1]}", outer
        else:
            what = f"self.{path} is no submodule of this class and no method"
            raise head.source.fault(node, what, "CODE-16")
        return Target(self._seated(seat, node, head), path, 0)

    def _class_target(self, seat: str, node: ast.Call, head: Head) -> Target:
        steps = path_steps(node.args[0]) if node.args else None
        if steps is None or steps[0] != "self":
            what = "the first argument is self or the path of a submodule"
            raise head.source.fault(node, what, "CODE-16")
        return Target(self._seated(seat, node, head), ".".join(steps[1]), 1)

    def _seated(self, seat: str, node: ast.Call, head: Head) -> str:
        if seat not in self._seats:
            raise head.source.fault(node, f"there is no function {seat}", "CODE-15")
        return self._seats[seat]

    def ordered(self) -> list[Head]:
        """Return all functions, callees first, else in the order of the text."""
        order: dict[str, Head] = {}
        open_: set[str] = set()
        for root in self.heads:
            todo = [root]
            while todo:
                name = todo[-1]
                head = self.heads[name]
                below = [] if name in order or name in open_ else self._callees(head)
                open_.add(name)
                waiting = [c for c in below if c not in order and c not in open_]
                if waiting:
                    todo += reversed(waiting)
                else:
                    order.setdefault(name, head)
                    todo.pop()
        return list(order.values())

    def callers(self) -> dict[str, list[str]]:
        """Return by function those that call it."""
        found: dict[str, list[str]] = {}
        for head in self.heads.values():
            for callee in dict.fromkeys(self._callees(head)):
                found.setdefault(callee, []).append(head.name)
        return found

    def _callees(self, head: Head) -> list[str]:
        calls = (node for node in ast.walk(head.node) if isinstance(node, ast.Call))
        targets = (self.target(node, head) for node in calls)
        return [t.name for t in targets if t is not None and t.name in self.heads]


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and type(node.value.value) is str
    )
