"""What a program holds outside of modules: variables of files and outer functions, classes."""

from __future__ import annotations

import functools
import inspect
import sys
from dataclasses import dataclass, field
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from tracescript.producer.trace import changing, places
from tracescript.producer.trace.changing import Effect
from tracescript.producer.trace.prints import contents, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_HINT: Final = "return the new value, or keep it in a buffer (an array) of a module"
_CODE: Final = (FunctionType, MethodType, type, ModuleType, functools.partial)


@dataclass(eq=False, slots=True)
class Space:
    """Variables in one place: how to read them all, which count, and the functions that name them.

    Where no names are given all count. `before` are their prints when they were met.
    """

    owner: str
    read: Callable[[], dict[str, Any]]
    names: set[str] | None = None
    functions: list[FunctionType] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)

    def held(self) -> dict[str, Any]:
        """Return what the variables hold now; what is called holds its own."""
        found = self.read()
        names = found.keys() if self.names is None else found.keys() & self.names
        return {name: found[name] for name in names if not _leads(found[name])}

    def look(self) -> None:
        """Remember what variables hold that were not met before."""
        for name, value in self.held().items():
            if name not in self.before:
                self.before[name] = printed(value)

    def changes(self) -> Iterator[tuple[str, Any]]:
        """Yield the names of variables that hold something else now, and what."""
        held = self.held()
        for name in self.before.keys() | held.keys():
            if name not in held or self.before.get(name) != printed(held[name]):
                yield name, held.get(name)


class Outside:
    """The variables that the functions of a program name, other than their own, before a run."""

    def __init__(self, programs: Iterable[Any]) -> None:
        self._met: dict[int, Any] = {}
        self._spaces: dict[int, Space] = {}
        self.add(programs)

    def add(self, programs: Iterable[Any]) -> None:
        """Take in functions, classes and objects, and all that they lead to."""
        todo = list(programs)
        while todo:
            value = todo.pop()
            if id(value) not in self._met:
                self._met[id(value)] = value
                todo += self._opened(value)
        for space in self._spaces.values():
            space.look()

    def changes(self) -> list[tuple[Space, str, Any]]:
        """Return the variables that hold something else now, and what."""
        return [(s, name, now) for s in self._spaces.values() for name, now in s.changes()]

    def effects(self) -> Iterator[Effect]:
        """Yield what the program changed. Spec: TRACE-14."""
        every = [f for f in self._met.values() if isinstance(f, FunctionType)]
        for space, name, _ in self.changes():
            site = changing.variable([*space.functions, *every], name)
            what = f"the program changes {name} of {space.owner}, which the trace cannot repeat"
            yield Effect(what, site, _HINT)

    def _opened(self, value: Any) -> list[Any]:
        """Note the variables of a function, a class or an object; return what it leads to."""
        if isinstance(value, functools.partial):
            return [value.func, *value.args]
        if isinstance(value, MethodType):
            return [value.__func__, value.__self__]
        if isinstance(value, FunctionType):
            is_users = places.is_users_file(value.__code__.co_filename)
            return self._of_function(value) if is_users else []
        if isinstance(value, type):
            return self._of_class(value)
        if not _is_users_class(type(value)):
            return []
        if not _is_module(value):
            name = f"an object of {type(value).__name__}"
            self._space(value, name, lambda: contents(value)).functions += _methods(type(value))
        return [type(value)]

    def _of_function(self, function: FunctionType) -> list[Any]:
        wanted, space = _names(function.__code__), function.__globals__
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        name, defaults = function.__qualname__, _defaults(function)
        self._space(cells, f"the function around {name}", lambda: _contents(cells), function)
        self._space(defaults, f"the defaults of {name}", lambda: defaults, function)
        self._space(function, name, lambda: vars(function), function)
        self._named(space, wanted, function)
        found = [space[n] for n in wanted if n in space]
        for module in list(found):
            if isinstance(module, ModuleType) and _is_users_module(module.__name__):
                self._named(vars(module), wanted, function)
                found += [vars(module)[n] for n in wanted if n in vars(module)]
        found += [*_contents(cells).values(), *defaults.values()]
        return [v for v in found if _leads(v) or _is_users_class(type(v))]

    def _named(self, space: dict[str, Any], wanted: set[str], function: FunctionType) -> None:
        owner = str(space.get("__file__") or space.get("__name__"))
        found = self._space(space, owner.rpartition("/")[2], lambda: space, function)
        found.names = wanted | (found.names or set())

    def _of_class(self, kind: type) -> list[Any]:
        found: list[Any] = []
        for base in filter(_is_users_class, kind.__mro__):
            methods = _methods(base)
            found += methods
            read = functools.partial(_plain, base)
            self._space(base, base.__qualname__, read).functions += methods
        return found

    def _space(
        self,
        key: Any,
        owner: str,
        read: Callable[[], dict[str, Any]],
        function: FunctionType | None = None,
    ) -> Space:
        self._met.setdefault(-id(key), key)
        made = self._spaces.setdefault(id(key), Space(owner, read))
        made.functions += [function] if function is not None else []
        return made


def _names(code: CodeType) -> set[str]:
    """Return the names of variables and attributes that code uses, with the code inside of it."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found


def _defaults(function: FunctionType) -> dict[str, Any]:
    """Return what parameters of a function are where a call does not give them."""
    held, code = function.__defaults__ or (), function.__code__
    first = code.co_argcount - len(held)
    named = zip(code.co_varnames[first : code.co_argcount], held, strict=True)
    return {**dict(named), **(function.__kwdefaults__ or {})}


def _contents(cells: dict[str, Any]) -> dict[str, Any]:
    """Return what variables of an outer function hold, those that hold anything."""
    found = {}
    for name, cell in cells.items():
        try:
            found[name] = cell.cell_contents
        except ValueError:  # it holds nothing yet
            continue
    return found


def _plain(kind: type) -> dict[str, Any]:
    """Return the attributes of a class that are data."""
    return {name: v for name, v in vars(kind).items() if not name.startswith("__")}


def _methods(kind: type) -> list[FunctionType]:
    """Return the functions that a class defines, as they are written."""
    held = (getattr(v, "__func__", getattr(v, "fget", v)) for v in vars(kind).values())
    return [found for f in held if isinstance(found := inspect.unwrap(f), FunctionType)]


def _leads(value: Any) -> bool:
    """Tell whether a value is code or a module, which holds variables of its own."""
    return isinstance(value, _CODE) or callable(value) or hasattr(type(value), "__get__")


def _is_module(value: Any) -> bool:
    """Tell whether a value is a module of a library, whose attributes are watched elsewhere."""
    names = {f"{base.__module__}.{base.__qualname__}" for base in type(value).__mro__}
    return bool(names & {"torch.nn.modules.module.Module", "tracescript.nn.module.Module"})


def _is_users_class(kind: type) -> bool:
    """Tell whether a class is defined in the user's program."""
    return _is_users_module(kind.__module__)


def _is_users_module(name: str) -> bool:
    """Tell whether a module of Python is part of the user's program."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return name == "__main__" or (file is not None and places.is_users_file(file))
