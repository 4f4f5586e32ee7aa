"""Calls of Python functions: methods of modules become functions of the model, the rest goes in line."""

from __future__ import annotations

import ast
import functools
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.ir.graph import FunctionRef
from tracescript.ir.types import DictType, ListType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script import objects
from tracescript.producer.script.core import Emitter
from tracescript.producer.script.entries import (
    Closure,
    Empty,
    Items,
    Known,
    Partly,
    Struct,
    Unset,
    constant_of,
)
from tracescript.producer.script.exits import RETURNED, remove_exits
from tracescript.producer.script.frame import Frame, cells_of, flavour_of
from tracescript.producer.script.linking import Linker
from tracescript.producer.script.parameters import bind_parameters, local_names
from tracescript.producer.script.states import join_path
from tracescript.producer.script.unit import Compiled, Unit
from tracescript.producer.script.units import finish, open_parameters
from tracescript.producer.source import source_of

if TYPE_CHECKING:
    from tracescript.producer.script.entries import Entry
    from tracescript.producer.script.session import Session


class PythonCalls:
    """Compiles Python functions where they are called, each method of a module once per signature."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._units: dict[Any, Compiled] = {}
        self._stack: list[Any] = []
        self._frames = 0
        self.linker = Linker(session)
        self.methods: dict[int, list[tuple[str, Compiled]]] = {}

    # ------------------------------------------------------------------ frames
    def frame(self, function: Any, owner: Any, flavour: str) -> Frame:
        """Make the frame of a Python function."""
        source, definition = source_of(function)
        plain = inspect.unwrap(function)
        self._frames += 1
        name = getattr(plain, "__qualname__", "f").rpartition("<locals>.")[2]
        parameters = definition.args.posonlyargs + definition.args.args
        return Frame(
            source,
            name,
            plain.__globals__,
            cells_of(plain),
            flavour_of(plain, flavour),
            definition,
            owner_class=_defining_class(owner, plain),
            number=self._frames,
            local_names=local_names(definition),
            first_parameter=parameters[0].arg if parameters else "",
        )

    # ------------------------------------------------------------------ the kinds of calls
    def call(
        self,
        e: Emitter,
        function: Any,
        args: list[Entry],
        kwargs: dict[str, Entry],
        owner: Known | None,
    ) -> Entry:
        """Call a Python function; with `owner` as its first argument if it is a method."""
        session = self._session
        if isinstance(function, str):
            assert owner is not None
            return self.model(e, owner, function, args, kwargs)
        if isinstance(function, functools.partial):
            more = {k: session.entry_of(v) for k, v in function.keywords.items()}
            return e.session.call_python(
                e, function.func, [session.entry_of(a) for a in function.args] + args, more | kwargs
            )
        if owner is not None and isinstance(owner.value, Struct):
            return self.inline(e, function, [owner.value, *args], kwargs)
        if owner is not None and objects.is_module(owner.value):
            found = session.module_items(owner, function.__name__)
            if (
                found is not None
                and session.children(owner) is not None
                and function.__name__ != "forward"
            ):
                return Items(found)
            if owner.path is not None and self._can_be_unit([*args, *kwargs.values()]):
                return self.unit_call(e, owner, function, args, kwargs)
        known = _computed(session, function, args, kwargs)
        if known is not None:
            return known
        if not hasattr(inspect.unwrap(function) if callable(function) else function, "__code__"):
            raise self._unknown(e, function)
        return self.inline(e, function, args if owner is None else [owner, *args], kwargs)

    def _unknown(self, e: Emitter, function: Any) -> ProducerError:
        import difflib

        from tracescript.opset.table import opset
        from tracescript.producer.script.calls import describe_call

        name = describe_call(function)
        near = difflib.get_close_matches(name.rpartition(".")[2], [op.name for op in opset()], 3)
        return e.error(
            None,
            f"{name} is not an op and has no source to compile",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint=f"nearest ops: {', '.join(near)}" if near else "write it with other ops",
        )

    def _can_be_unit(self, entries: list[Entry]) -> bool:
        """Whether arguments are run-time values nobody can change, or constants."""
        return all(self._session.is_runtime(x) and not _has_container(x) for x in entries)

    def module(
        self, e: Emitter, module: Known, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a module: its forward."""
        if module.path is None:
            raise e.error(
                None,
                f"{type(module.value).__name__} is not reached through self",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint="make it an attribute of the module",
            )
        forward = getattr(type(module.value), "forward", None)
        instance = vars(module.value).get("forward")
        if instance is not None:
            forward = getattr(instance, "__func__", instance)
        if forward is None:
            raise e.error(
                None,
                f"{type(module.value).__name__} has no forward",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
            )
        door = objects.torch_door()
        if door is not None:
            forward = door.rewritten(forward)
        return self.call(e, forward, args, kwargs, module)

    def closure(
        self, e: Emitter, callee: Closure, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a lambda or nested function in line."""
        self._frames += 1
        definition, outer = callee.definition, callee.frame
        name = getattr(definition, "name", "<lambda>")
        frame = Frame(
            outer.source,
            f"{outer.scope_name}.{name}",
            outer.namespace,
            outer.cells,
            outer.flavour,
            definition,
            owner_class=outer.owner_class,
            number=self._frames,
            local_names=local_names(definition),
            lexical=outer,
        )
        defaults = [e.expr(d) for d in definition.args.defaults]
        keyword = [None if d is None else e.expr(d) for d in definition.args.kw_defaults]
        return self._run(e, frame, args, kwargs, (defaults, keyword), definition)

    def inline(
        self, e: Emitter, function: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Compile a function's body where it is called."""
        try:
            owner = args[0].value if args and isinstance(args[0], Known) else None
            frame = self.frame(function, owner, e.frame.flavour)
        except ProducerError as error:
            raise e.error(None, error.what, code=error.code, rule=error.rule, hint=error.hint)
        return self._run(
            e, frame, args, kwargs, _defaults(self._session, function), inspect.unwrap(function)
        )

    def _run(
        self,
        e: Emitter,
        frame: Frame,
        args: list[Entry],
        kwargs: dict[str, Entry],
        defaults: Any,
        key: Any,
    ) -> Entry:
        self.enter(e, key, frame.scope_name)
        parameters = bind_parameters(e, frame.definition, args, kwargs, *defaults)
        frame.enclosing, frame.inlined_at = e.frame, e.place()
        outer, at = e.frame, e.at
        e.frame = frame
        for name, entry in parameters.items():
            e.scope[frame.key(name)] = entry
        result = run_body(e, frame)
        e.frame, e.at = outer, at
        self._stack.pop()
        prefix = f"{frame.number}:"
        for name in [k for k in e.scope if k.startswith(prefix)]:
            del e.scope[name]
        return result

    def enter(self, e: Emitter, key: Any, name: str) -> None:
        """Note that a function is being compiled. Recursion is refused."""
        if key in self._stack:
            raise e.error(
                None,
                f"{name} calls itself",
                rule="SCRIPT-12",
                hint="scripts have no recursion; use a loop",
            )
        self._stack.append(key)

    # ------------------------------------------------------------------ functions of the model
    def unit_call(
        self, e: Emitter, owner: Known, function: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a method of a module as a function of the model."""
        try:
            _, definition = source_of(function)
        except ProducerError as error:
            raise e.error(None, error.what, code=error.code, rule=error.rule, hint=error.hint)
        defaults = _defaults(self._session, function)
        given = bind_parameters(e, definition, [owner, *args], kwargs, *defaults)
        first = next(iter(given))
        del given[first]
        passed: list[Value] = []
        fixed: dict[str, Entry] = {}
        kinds: dict[str, tuple[Any, frozenset[str]]] = {}
        for name, entry in given.items():
            if (
                (constant_of(entry)[0]
                and not e.session.holds_array(entry))
                or not self._session.is_runtime(entry)
            ):
                fixed[name] = entry
            else:
                value = e.value(entry)
                passed.append(value)
                kinds[name] = (plain_type(value.type), self._session.roots.of(value))
        key = (
            id(owner.value),
            function,
            tuple(kinds.items()),
            tuple((n, _fixed_key(x)) for n, x in fixed.items()),
            e.frame.flavour,
        )
        if key not in self._units:
            self.enter(e, (id(owner.value), function), function.__qualname__)
            self._units[key] = self.compile(owner.value, function, kinds, fixed, e.frame.flavour)
            self._stack.pop()
        compiled = self._units[key]
        assert owner.path is not None
        return self.invoke(e, compiled, owner.path, passed)

    def compile(
        self,
        module: Any,
        function: Any,
        kinds: dict[str, Any],
        fixed: dict[str, Entry],
        flavour: str,
    ) -> Compiled:
        """Compile a method of a module for given parameter types."""
        session = self._session
        name = f"{type(module).__qualname__.rpartition('<locals>.')[2]}.{function.__name__}"
        unit = Unit(name, module)
        frame = self.frame(function, module, flavour)
        e = Emitter(session, unit, frame)
        session.states.enter(e, module)
        e.scope[frame.key(frame.first_parameter)] = Known(module, "")
        params = open_parameters(e, kinds)
        for parameter, entry in fixed.items():
            e.scope[frame.key(parameter)] = entry
        result = run_body(e, frame)
        compiled = finish(e, params, result, self.linker)
        self.methods.setdefault(id(module), []).append((function.__name__, compiled))
        return compiled

    def invoke(self, e: Emitter, compiled: Compiled, path: str, passed: list[Value]) -> Entry:
        """Write a `call` of a compiled function; its weights and states are passed on."""
        inputs = list(passed)
        inputs += [
            e.unit.bound_value(join_path(path, p), constant) for p, constant in compiled.bound
        ]
        keys = []
        for p, state in compiled.states:
            full = join_path(path, p)
            if full not in e.unit.states:
                e.unit.states[full] = (Value(state.type, full), state)
                e.scope[f"state:{full}"] = e.unit.states[full][0]
            keys.append(f"state:{full}")
            inputs.append(e.value(e.scope[keys[-1]]))
        outputs = e.ops("call", inputs, {"function": FunctionRef(compiled.function.name)})
        count = len(outputs) - len(keys)
        e.scope.update(zip(keys, outputs[count:], strict=True))
        for out, names in zip(outputs, compiled.result_roots, strict=False):
            e.session.roots.open(out, names)
        results = outputs[:count]
        if not results:
            return e.constant(None)
        return results[0] if len(results) == 1 else Items(results)

    def model(
        self, e: Emitter, model: Known, method: str, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a method of a captured or loaded model."""
        if model.path is None:
            raise e.error(
                None,
                "this model is not reached through self",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint="make it an attribute of the module",
            )
        compiled = self.linker.method(e, model.value.ir, method)
        declared = [i for i in compiled.function.inputs if i.kind in {"positional", "keyword_only"}]
        given = dict(zip([i.name for i in declared], args, strict=False)) | kwargs
        passed: list[Value] = []
        for i in declared:
            entry = given.pop(i.name, None)
            if entry is None and i.default is not None:
                entry = e.builder.constant(i.default)
            if entry is None:
                raise e.error(
                    None,
                    f"{compiled.function.name} needs {i.name!r}",
                    code="TYPE_INFERENCE",
                    rule="SCRIPT-10",
                )
            passed.append(self._fitted(e, entry, i.type))
        if given or len(args) > len(declared):
            raise e.error(
                None,
                f"{compiled.function.name} takes {len(declared)} arguments",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
            )
        return self.invoke(e, compiled, model.path, passed)

    def _fitted(self, e: Emitter, entry: Entry, kind: Any) -> Value:
        value = e.value(entry)
        if (
            isinstance(kind, TensorType)
            and isinstance(value.type, TensorType)
            and kind.data_type is not value.type.data_type
        ):
            if self._session.roots.of(value):
                self._session.roots.need(value, kind.data_type)
        return value


def run_body(e: Emitter, frame: Frame) -> Entry:
    """Compile a function's statements and return what it returns."""
    definition = frame.definition
    if isinstance(definition, ast.Lambda):
        return e.expr(definition.body)
    e.run(remove_exits(definition.body))
    result = e.scope.get(frame.key(RETURNED), Unset())
    if isinstance(result, Partly):
        result = e.unwrap(result.value, is_proved=True) if result.is_wrapped else result.value
    return e.constant(None) if isinstance(result, Unset) else result


def plain_type(kind: Any) -> Any:
    """A parameter's type: extents that are expressions become unknown, for no call binds them."""
    if isinstance(kind, TensorType) and kind.shape is not None:
        from tracescript.ir.types import Symbol

        return TensorType(
            kind.data_type, tuple(d if isinstance(d, int | Symbol) else None for d in kind.shape)
        )
    return kind


def _has_container(entry: Entry) -> bool:
    if isinstance(entry, Items):
        return entry.is_list or any(map(_has_container, entry.parts))
    return isinstance(entry, Empty) or (
        isinstance(entry, Value) and isinstance(entry.type, ListType | DictType)
    )


def _fixed_key(entry: Entry) -> Any:
    known, value = constant_of(entry)
    return (
        repr(value)
        if known and isinstance(value, bool | int | float | str | list | tuple | None)
        else id(getattr(entry, "value", entry))
    )


def _computed(
    session: Session, function: Any, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """Run a builtin method of a known list, dict or string at once."""
    owner = getattr(function, "__self__", None)
    if (
        not inspect.isbuiltin(function)
        or not isinstance(owner, list | dict | tuple | str)
        or kwargs
    ):
        return None
    known = [constant_of(a) for a in args]
    if not all(k for k, _ in known):
        return None
    found = function(*(v for _, v in known))
    is_view = isinstance(found, type({}.keys()) | type({}.values()) | type({}.items()))
    return session.entry_of(tuple(found) if is_view else found)


def _defaults(session: Session, function: Any) -> tuple[list[Entry], list[Entry | None]]:
    plain = inspect.unwrap(function)
    _, definition = source_of(plain)
    keyword = plain.__kwdefaults__ or {}
    return (
        [session.entry_of(d) for d in plain.__defaults__ or ()],
        [
            session.entry_of(keyword[a.arg]) if a.arg in keyword else None
            for a in definition.args.kwonlyargs
        ],
    )


def _defining_class(owner: Any, function: Any) -> type | None:
    """The class whose body defines a method, for `super()`."""
    if owner is None:
        return None
    for cls in type(owner).__mro__:
        found = vars(cls).get(function.__name__)
        if (
            found is function
            or getattr(found, "__wrapped__", None) is function
            or getattr(found, "fget", None) is function
        ):
            return cls
    return None


__all__ = ["PythonCalls", "run_body"]
