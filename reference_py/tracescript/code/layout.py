"""Where each function of a model stands in the text: its unit, its class and its name there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.code.constants import in_file_order
from tracescript.code.names import Names, fitted, is_name, is_step
from tracescript.code.uses import walk
from tracescript.ir.graph import FunctionRef
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.ir.values import Constant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.ir.graph import Function
    from tracescript.ir.model import Model, Module
    from tracescript.ir.types import Type

_WITHOUT_PARTS: Final = (TensorType, ScalarType)
PLAIN_UNIT: Final = "functions"
"""Name of the unit of functions that belong to no class."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Class (empty for none) and name that a function has in the text."""

    class_name: str
    name: str

    @property
    def unit(self) -> str:
        """Name of the unit that holds the function."""
        return self.class_name or PLAIN_UNIT

    @property
    def function(self) -> str:
        """The function's name where the text says nothing else."""
        return f"{self.class_name}.{self.name}" if self.class_name else self.name


class Layout:
    """Seats of all functions, class names of all structs, and module paths of callees.

    `functions` are all functions as a file orders them.
    """

    def __init__(self, model: Model) -> None:
        self.functions = in_file_order(model)
        self.seats: dict[str, Seat] = {}
        self.structs: dict[StructType, str] = {}
        self._classes = Names()
        self._defs: dict[str, Names] = {}
        self._prefixes: dict[str, str] = {}
        for prefix in dict.fromkeys(f.name.rpartition(".")[0] for f in self.functions):
            if is_name(prefix) and prefix != PLAIN_UNIT:
                self._prefixes[prefix] = self._classes.claim(prefix)
        for exact in (True, False):
            for function in self.functions:
                self._seat(function, exact=exact)
        for struct in _structs(self.functions):
            if struct not in self.structs:
                wanted = fitted(struct.name.rpartition(".")[2], "Record")
                self.structs[struct] = self._classes.claim(wanted)
        self._paths: dict[tuple[str, str], str | None] = {}
        self._modules = _modules_by_function(model)

    def _seat(self, function: Function, *, exact: bool) -> None:
        prefix, _, name = function.name.rpartition(".")
        has_self = any(i.kind in {"bound", "state"} for i in function.inputs)
        fits = is_step(name) and (prefix in self._prefixes or not (prefix or has_self))
        if fits and exact:
            cls = self._prefixes.get(prefix, "")
            self.seats[function.name] = Seat(cls, self._def(cls, name))
        elif not fits and not exact:
            cls, name = self._other_class(prefix, name, has_self=has_self)
            self.seats[function.name] = Seat(cls, self._def(cls, name))

    def _other_class(self, prefix: str, name: str, *, has_self: bool) -> tuple[str, str]:
        if not prefix and not has_self:
            return "", fitted(name, "function")
        key, wanted = (prefix, name) if prefix else (f" {name}", "forward")
        if key not in self._prefixes:
            base = fitted(key.rpartition(".")[2].strip(), "Class")
            self._prefixes[key] = self._classes.claim(f"{base}_" if base == PLAIN_UNIT else base)
        return self._prefixes[key], wanted if is_step(wanted) else fitted(wanted, "function")

    def _def(self, cls: str, name: str) -> str:
        return self._defs.setdefault(cls, Names()).claim(name)

    def callee_path(self, caller: str, callee: str) -> str | None:
        """Return the path, below a module that runs `caller`, of the first that runs `callee`."""
        key = (caller, callee)
        if key not in self._paths:
            module = self._modules.get(caller)
            self._paths[key] = None if module is None else _find(module, callee)
        return self._paths[key]


def _modules_by_function(model: Model) -> dict[str, Module]:
    found: dict[str, Module] = {}
    for _, module in model.root.walk():
        for method in module.methods:
            found.setdefault(method.function, module)
    return found


def _find(module: Module, callee: str) -> str | None:
    below = (path for path, m in module.walk() if any(x.function == callee for x in m.methods))
    return next(below, None)


def _structs(functions: Iterable[Function]) -> Iterator[StructType]:
    """Yield every struct type, those inside another first, in the order of the functions."""
    seen: set[Type] = set()
    for function in functions:
        for t in _types(function):
            if not isinstance(t, _WITHOUT_PARTS) and t not in seen:
                seen.add(t)
                yield from _inside(t)


def _types(function: Function) -> Iterator[Type]:
    yield from (i.type for i in function.inputs)
    yield from (o.type for o in function.outputs)
    for _, node in walk(function.body):
        for _, held in node.attributes:
            if isinstance(held, Constant):
                yield held.type
            elif not isinstance(held, FunctionRef):
                yield held
        for block in node.blocks:
            yield from (v.type for v in block.params)
        for value in (*node.inputs, *node.outputs):
            if value is not None:
                yield value.type


def _inside(t: Type) -> Iterator[StructType]:
    parts: tuple[Type, ...] = ()
    if isinstance(t, (ListType, OptionalType)):
        parts = (t.element,)
    elif isinstance(t, DictType):
        parts = (t.key, t.value)
    elif isinstance(t, TupleType):
        parts = t.elements
    elif isinstance(t, UnionType):
        parts = t.members
    elif isinstance(t, StructType):
        parts = tuple(kind for _, kind in t.fields)
    for part in parts:
        yield from _inside(part)
    if isinstance(t, StructType):
        yield t
