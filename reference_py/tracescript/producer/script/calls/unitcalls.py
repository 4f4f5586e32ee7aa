"""Calls that become `call` nodes: methods of modules, and methods of other models."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.ir.graph import FunctionRef
from tracescript.ir.types import TensorType
from tracescript.producer.script.aliasing.writes import written_by_call
from tracescript.producer.script.calls.functions import (
    defaults_of,
    fixed_key,
    plain_type,
    run_body,
)
from tracescript.producer.script.calls.parameters import bind_parameters
from tracescript.producer.script.emitter.core import Emitter
from tracescript.producer.script.emitter.entries import (
    Items,
    Known,
    constant_of,
)
from tracescript.producer.script.emitter.facts import RestartError
from tracescript.producer.script.emitter.states import join_path
from tracescript.producer.script.emitter.unit import Compiled, Unit
from tracescript.producer.script.emitter.units import finish, open_parameters

if TYPE_CHECKING:
    from tracescript.ir.graph import Place
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame
    from tracescript.producer.script.emitter.linking import Linker
    from tracescript.producer.script.session import Session


class UnitCalls:
    """Functions of the model, compiled once per signature; a part of PythonCalls."""

    _session: Session
    _units: dict[Any, Compiled]
    _stack: list[Any]
    linker: Linker
    methods: dict[int, list[tuple[str, Compiled]]]

    def frame(self, function: Any, owner: Any, flavour: str) -> Frame:
        """Make the frame of a Python function."""
        raise NotImplementedError

    @property
    def depth(self) -> int:
        """How many functions are being compiled inside one another."""
        return len(self._stack)

    @depth.setter
    def depth(self, count: int) -> None:
        """Leave functions whose compilation failed, where another way is tried."""
        del self._stack[count:]

    def enter(self, e: Emitter, key: Any, name: str) -> None:
        """Note that a function is being compiled. Raises RestartError where it calls itself."""
        if key in self._stack:
            is_nested = isinstance(key, tuple) and isinstance(key[0], str)
            is_unit = is_nested or inspect.isfunction(key)
            if is_unit and key not in self._session.facts.recursive:
                raise RestartError(lambda facts: facts.recursive.add(key))
            raise e.error(
                None,
                f"{name} calls itself",
                rule="SCRIPT-12",
                hint="functions, nested ones and methods of modules can; or use a loop",
            )
        self._stack.append(key)

    def unit_call(
        self, e: Emitter, owner: Known, function: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a method of a module as a function of the model."""
        try:
            definition = self._session.definitions.of(function).definition
        except ProducerError as error:
            raise e.passed_on(error) from None
        defaults = defaults_of(self._session, definition, function)
        given = bind_parameters(e, definition, [owner, *args], kwargs, *defaults)
        first = next(iter(given))
        del given[first]
        passed: list[Value] = []
        fixed: dict[str, Entry] = {}
        kinds: dict[str, tuple[Any, frozenset[str]]] = {}
        for name, entry in given.items():
            if (
                constant_of(entry)[0] and not e.session.holds_array(entry)
            ) or not self._session.is_runtime(entry):
                fixed[name] = entry
            else:
                value = e.value(entry)
                passed.append(value)
                kinds[name] = (plain_type(value.type), self._session.roots.of(value))
        key = (
            id(owner.value),
            function,
            tuple(kinds.items()),
            marks := tuple(map(e.session.list_kinds.of, passed)),
            tuple((n, fixed_key(x)) for n, x in fixed.items()),
            e.frame.flavour,
        )
        if key not in self._units:
            self.enter(e, (id(owner.value), function), function.__qualname__)
            self._units[key] = self.compile(
                owner.value, function, kinds, fixed, e.frame.flavour, marks, (e.frame, e.place())
            )
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
        marks: tuple[frozenset[str], ...] = (),
        caller: tuple[Frame, Place | None] | None = None,
    ) -> Compiled:
        """Compile a method of a module for given parameter types."""
        session = self._session
        name = f"{type(module).__qualname__.rpartition('<locals>.')[2]}.{function.__name__}"
        unit = Unit(name, module, is_inner=True)
        frame = self.frame(function, module, flavour)
        frame.caller = caller
        e = Emitter(session, unit, frame)
        session.states.enter(e, module)
        e.scope[frame.key(frame.first_parameter)] = Known(module, "")
        params = open_parameters(e, kinds)
        for (_, value), held in zip(params, marks, strict=False):
            session.list_kinds.note(value, held)
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
            is_drawn = state in self._session.generators.states
            full = p if is_drawn else join_path(path, p)
            full = self._session.states.within(e, full, state)
            self._session.states.inherit(e, full, state)
            keys.append(f"state:{full}")
            inputs.append(e.value(e.scope[keys[-1]]))
        outputs = e.ops("call", inputs, {"function": FunctionRef(compiled.function.name)})
        count, held = len(outputs) - len(keys), dict(compiled.written)
        for (p, _), key, new in zip(compiled.states, keys, outputs[count:], strict=True):
            if p in held:
                written_by_call(e, key, new if held[p] else None)
            e.scope[key] = new
        for k in sorted(compiled.changed):
            e.session.aliases.changed_by_call(e, passed[k])
        for out, numbers in zip(outputs, compiled.result_params, strict=False):
            for k in sorted(numbers):
                e.session.aliases.copy(out, passed[k])
        for out, names in zip(outputs, compiled.result_roots, strict=False):
            e.session.roots.open(out, names)
        for out, marks in zip(outputs, compiled.result_kinds, strict=False):
            e.session.list_kinds.note(out, marks)
        results = outputs[:count]
        if not results:
            return e.constant(None)
        return results[0] if len(results) == 1 else Items(results)

    def model(
        self, e: Emitter, model: Known, method: str, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a method of a captured or loaded model."""
        compiled = self.linker.method(e, model.value, method)
        if model.path is None and (compiled.bound or compiled.states):
            raise e.error(
                None,
                "this model is not reached through self",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint="make it an attribute of the module",
            )
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
        return self.invoke(e, compiled, model.path or "", passed)

    def _fitted(self, e: Emitter, entry: Entry, kind: Any) -> Value:
        value = e.value(entry)
        if (
            isinstance(kind, TensorType)
            and isinstance(value.type, TensorType)
            and kind.data_type is not value.type.data_type
            and self._session.roots.of(value)
        ):
            self._session.roots.need(value, kind.data_type)
        return value
