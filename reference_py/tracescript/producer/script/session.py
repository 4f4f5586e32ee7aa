"""One attempt at compiling a program: its functions, weights, states, and what it has learned."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NoReturn

from tracescript.errors import ProducerError
from tracescript.ir import constants
from tracescript.ir.types import ScalarKind, ScalarType
from tracescript.ir.values import Value
from tracescript.opset.calls import Typing
from tracescript.producer.script.aliasing.aliases import Aliases
from tracescript.producer.script.aliasing.identity import Identities
from tracescript.producer.script.calls.pycalls import PythonCalls
from tracescript.producer.script.containers.known_keys import KnownKeys
from tracescript.producer.script.containers.structs import Structs
from tracescript.producer.script.emitter import objects
from tracescript.producer.script.emitter.entries import Empty, Items, Known, Struct
from tracescript.producer.script.emitter.facts import Loops, Roots
from tracescript.producer.script.emitter.generators import Generators
from tracescript.producer.script.emitter.origins import Origins
from tracescript.producer.script.emitter.size_marks import Kinds, holds_ints, holds_marked_lists
from tracescript.producer.script.emitter.states import States, join_path
from tracescript.producer.script.expressions import members
from tracescript.producer.script.expressions.members import Members
from tracescript.producer.script.expressions.tensors import Tensors
from tracescript.producer.script.source.definitions import Definitions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.ir.graph import Function
    from tracescript.ir.types import DataType, StructType
    from tracescript.producer.script.calls.hosts import Hosts
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Series
    from tracescript.producer.script.emitter.facts import Facts
    from tracescript.producer.script.emitter.objects import Names, Weights


class Session:
    """Everything the functions of one program share while they are compiled."""

    def __init__(
        self, facts: Facts, names: Names, arrays: Weights, root: Any, flavour: str, hosts: Hosts
    ) -> None:
        self.facts = facts
        self.names = names
        self.arrays = arrays
        self.root = root
        self.flavour = flavour
        self.hosts = hosts
        self.definitions = Definitions()
        self.functions: dict[str, Function] = {}
        self.typing = Typing(self.functions.get)
        self.roots = Roots()
        self.aliases = Aliases()
        self.origins = Origins()
        self.loops = Loops(facts)
        self.known_keys = KnownKeys()
        self.wrapped: set[Entry] = set()
        self.identities = Identities()
        self.carried: set[Entry] = set()
        self.classes: dict[StructType, type] = {}
        self.refined_records: dict[Entry, Entry] = {}
        self.narrowed: dict[tuple[Entry, Entry], list[int]] = {}
        self.generators = Generators(self, facts)
        self.states = States(self, facts)
        self.structs = Structs()
        self.tensors = Tensors()
        self.open_contexts: dict[int, Any] = {}
        self._members = Members(self)
        self._calls = PythonCalls(self)
        self._parts: dict[int, Any] = {}
        self.notes: list[str] = []
        self.made_lists: dict[Value, tuple[Entry, ...]] = {}
        self.sizes: set[Entry] = set()
        self.tuple_kinds = Kinds(holds_ints)
        self.list_kinds = Kinds(holds_marked_lists)
        self.unsure_sizes: set[Entry] = set()
        self.is_guessing = False
        self.unsettled: list[tuple[Struct, ProducerError]] = []

    # ------------------------------------------------------------------ objects
    def parts(self, module: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Return a module's own parameters, buffers and children; looked up once."""
        if id(module) not in self._parts:
            self._parts[id(module)] = objects.own_parts(module)
        return self._parts[id(module)]

    def walk(self, module: Any) -> Iterator[tuple[str, Any]]:
        """Yield (path, module) for a module and all below it, each path once."""
        if module is None:
            return
        todo = [("", module)]
        while todo:
            path, found = todo.pop()
            yield path, found
            if objects.is_module(found):
                todo += [(join_path(path, n), c) for n, c in reversed(self.parts(found)[2])]

    def path_of(self, owner: Any) -> str:
        """Return the first path of an object below the root."""
        return next((path for path, found in self.walk(self.root) if found is owner), "")

    def find_array(self, module: Any, value: Any) -> str | None:
        """Return the path of an array among a module's weights."""
        for path, found in self.walk(module):
            parameters, buffers, _ = self.parts(found) if objects.is_module(found) else ([], [], [])
            for name, array, _ in [*parameters, *buffers]:
                if array is value:
                    return join_path(path, name)
        return None

    def identity(self, value: Any) -> str:
        """Return `module.name` of a function or class that is found under that name."""
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        module = module or (
            "builtins" if type(value).__name__ == "builtin_function_or_method" else None
        )
        if not isinstance(module, str) or not isinstance(name, str):
            return ""
        if name.startswith("pybind11_detail"):
            name = name.rpartition(".")[2]
        return f"{_HOMES.get(module, module)}.{name}"

    def whole_record(self, entry: Entry | None) -> Entry | None:
        """Return a record without what tests have told about its fields; else the entry itself."""
        while entry is not None and entry in self.refined_records:
            entry = self.refined_records[entry]
        return entry

    def is_module(self, entry: Known) -> bool:
        """Whether an entry is a module instance."""
        return objects.is_module(entry.value)

    def is_model(self, entry: Known) -> bool:
        """Whether an entry is a captured or loaded model."""
        return getattr(type(entry.value), "__tracescript_model__", False) is True

    def is_tensor_class(self, value: Any) -> bool:
        """Whether a class is one of a library's array classes."""
        return objects.is_tensor_class(value)

    def holds_array(self, entry: Entry) -> bool:
        """Whether an entry is an array known at compile time."""
        return isinstance(entry, Known) and objects.is_array(entry.value)

    def is_data(self, entry: Known) -> bool:
        """Whether a known object can be a run-time value."""
        return objects.is_array(entry.value)

    def is_runtime(self, entry: Entry) -> bool:
        """Whether an entry can be a run-time value."""
        if isinstance(entry, Items):
            return all(self.is_runtime(p) for p in entry.parts)
        if isinstance(entry, Struct):
            return self.structs.is_runtime(self, entry)
        if isinstance(entry, Known):
            return objects.is_array(entry.value)
        return isinstance(entry, Value)

    def constant_entry(self, value: Any) -> Value:
        """Return the constant of a plain value outside any emitter's table."""
        return Value(constants.scalar(value).type, "", constants.scalar(value))

    def entry_of(self, value: Any, path: str | None = None) -> Entry:
        """Return what a Python object stands for."""
        return self._members.entry_of(value, path)

    def attribute(self, e: Emitter, owner: Known, node: ast.Attribute) -> Entry:
        """`owner.name` of a known object."""
        return self._members.attribute(e, owner, node)

    def children(self, entry: Known) -> tuple[Entry, ...] | None:
        """Return what a loop over a container of modules runs over."""
        return self._members.children(entry)

    def child_of(self, owner: Known, name: str) -> Known | None:
        """Return a module's own submodule of a name, None where it has none."""
        return self._members.child_of(owner, name)

    def module_items(self, owner: Known, method: str) -> tuple[Entry, ...] | None:
        """Return `.items()` and the like of a container of modules."""
        return self._members.module_items(owner, method)

    def child_at(self, e: Emitter, owner: Known, index: Any) -> Entry:
        """Return an item of a known container."""
        return self._members.child_at(e, owner, index)

    def array_value(self, e: Emitter, entry: Known, what: str) -> Value:
        """Return the value of a known array."""
        return self._members.array_value(e, entry, what)

    def data_type_of(self, e: Emitter, entry: Entry) -> DataType:
        """Return the data type an entry stands for."""
        return members.data_type_of(e, entry)

    def data_type_if(self, entry: Entry) -> DataType | None:
        """Return the data type an entry stands for, if any."""
        return members.data_type_if(entry)

    # ------------------------------------------------------------------ calls
    def call_python(
        self,
        e: Emitter,
        function: Any,
        args: list[Entry],
        kwargs: dict[str, Entry],
        *,
        owner: Known | None = None,
    ) -> Entry:
        """Call a Python function or method."""
        return self._calls.call(e, function, args, kwargs, owner)

    def call_module(
        self, e: Emitter, module: Known, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a module instance."""
        return self._calls.module(e, module, args, kwargs)

    def set_of(self, e: Emitter, entry: Known) -> Struct:
        """Return a set made outside the program as one of its own."""
        from tracescript.producer.script.containers.sets import as_set

        made = as_set(e, entry)
        assert isinstance(made, Struct)
        return made

    def call_model(
        self, e: Emitter, model: Known, method: str, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a method of a captured or loaded model."""
        return self._calls.model(e, model, method, args, kwargs)

    def inline_closure(
        self, e: Emitter, callee: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a lambda or nested function."""
        return self._calls.closure(e, callee, args, kwargs)

    @property
    def calls(self) -> PythonCalls:
        """The calls of Python functions and the functions compiled so far."""
        return self._calls

    # ------------------------------------------------------------------ loops that collect
    def gather(self, e: Emitter, series: Series) -> Entry:
        """Collect the items of a series in a list."""
        return run_text(e, "for item in series:\n    result.append(item)", series, Empty(at=e.at))

    def total(self, e: Emitter, series: Series, start: Entry) -> Entry:
        """Add up the items of a series, left to right."""
        if isinstance(start, Value) and start.constant is not None and series.item is not None:
            sample = self._sample(e, series)
            if sample == ScalarType(ScalarKind.FLOAT):
                start = e.constant(float(start.constant.value))
        return run_text(e, "for item in series:\n    result = result + item", series, start)

    def _sample(self, e: Emitter, series: Series) -> Any:
        """Return the type of an item, found in a block that is thrown away."""
        outer, e.builder = e.builder, e.builder.child()
        assert series.item is not None
        kind = e.type_of_items(series.item(Value(constants.INT)))
        e.builder = outer
        return kind

    def refuse(self, what: str, cause: Exception) -> NoReturn:
        """Raise a ProducerError that has no place in the source."""
        raise ProducerError(what, code="UNSUPPORTED_PYTHON", rule="SCRIPT-11") from cause


def run_text(e: Emitter, text: str, series: Series, start: Entry) -> Entry:
    """Run a small loop of ours over a series; names `item`, `series`, `result` are its own."""
    from tracescript.producer.script.source.exits import remove_loop_exits

    tree = ast.parse(text)
    own = {"item": "item of series", "series": "a series", "result": "result of series"}
    for n in ast.walk(tree):
        if isinstance(n, ast.Name):
            n.id = own[n.id]
        if e.at is not None and hasattr(n, "lineno"):
            ast.copy_location(n, e.at)
    e.scope[e.frame.key(own["series"])] = series
    e.scope[e.frame.key(own["result"])] = start
    e.run(remove_loop_exits(tree.body))
    entry = e.lookup(own["result"])
    for name in own.values():
        e.scope.pop(e.frame.key(name), None)
    return entry


_HOMES = {"_warnings": "warnings", "torch._jit_internal": "torch.jit", "numpy._core": "numpy"}

__all__ = ["Session"]
