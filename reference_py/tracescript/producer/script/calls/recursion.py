"""Functions that call themselves.

Each becomes one function of the model; its calls stop at run time, at the loader's limit of depth.
What such a function gives is found by compiling it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.ir.graph import Block, Function, FunctionRef, Input, Output
from tracescript.ir.types import TensorType
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.calls.functions import defaults_of, fixed_key, run_body
from tracescript.producer.script.calls.parameters import bind_parameters
from tracescript.producer.script.calls.unitcalls import UnitCalls
from tracescript.producer.script.emitter.core import Emitter
from tracescript.producer.script.emitter.entries import Items, Known
from tracescript.producer.script.emitter.facts import RestartError, UnknownResultError
from tracescript.producer.script.emitter.states import join_path
from tracescript.producer.script.emitter.unit import Unit
from tracescript.producer.script.emitter.units import finish, open_parameters

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.ir.values import Constant, Value
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.unit import Compiled

_MOST_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class Gives:
    """What an earlier attempt found that a recursive function gives, and the weights it needs."""

    results: tuple[Type, ...]
    bound: tuple[tuple[str, Constant], ...]


class Recursion(UnitCalls):
    """Calls of recursive functions; a part of PythonCalls."""

    _open: dict[Any, str]

    def recursive(
        self, e: Emitter, function: Any, args: list[Entry], kwargs: dict[str, Entry], owner: Any
    ) -> Entry:
        """Call a function that is known to call itself."""
        module = None if owner is None else owner.value
        if owner is not None and owner.path is None:
            raise e.error(None, "this module is not reached through self", rule="SCRIPT-12")
        definition = self._session.definitions.of(function).definition
        given = bind_parameters(
            e,
            definition,
            args if owner is None else [owner, *args],
            kwargs,
            *defaults_of(self._session, definition, function),
        )
        if owner is not None:
            del given[next(iter(given))]
        fixed = {n: x for n, x in given.items() if not self._session.is_runtime(x)}
        passed = [e.value(x) for n, x in given.items() if n not in fixed]
        names = [n for n in given if n not in fixed]
        roots = self._session.roots
        kinds = {n: (_loose(v.type), roots.of(v)) for n, v in zip(names, passed, strict=True)}
        held = tuple((n, fixed_key(x)) for n, x in fixed.items())
        key = (function, id(module), tuple(kinds.items()), held, e.frame.flavour)
        path = "" if owner is None else str(owner.path)
        if key in self._open:
            return self._again(e, key, path, passed)
        if key not in self._units:
            if sum(k[0] is function for k in self._open) >= _MOST_SIGNATURES:
                raise e.error(
                    None,
                    f"{function.__qualname__} calls itself with other types each time",
                    code="TYPE_INFERENCE",
                    rule="SCRIPT-12",
                    hint="give every call arguments of the same types",
                )
            self._units[key] = self._compiled(e, key, function, module, kinds, fixed)
        return self.invoke(e, self._units[key], path, passed)

    def _again(self, e: Emitter, key: Any, path: str, passed: list[Value]) -> Entry:
        """The inner call, by what was found. Raises UnknownResultError in the first attempt."""
        known = e.session.facts.results.get(key)
        if known is None:
            e.session.is_guessing = True
            raise UnknownResultError
        inputs = passed + [e.unit.bound_value(join_path(path, p), c) for p, c in known.bound]
        outputs = e.ops("call", inputs, {"function": FunctionRef(self._open[key])})
        for out in outputs:
            for value in passed:
                e.session.aliases.copy(out, value)
        if not outputs:
            return e.constant(None)
        return outputs[0] if len(outputs) == 1 else Items(outputs)

    def _compiled(
        self,
        e: Emitter,
        key: Any,
        function: Any,
        module: Any,
        kinds: dict[str, Any],
        fixed: dict[str, Entry],
    ) -> Compiled:
        session, name = self._session, function.__qualname__.rpartition("<locals>.")[2]
        unit = Unit(self.linker.reserved(name), module, is_inner=True)
        known = session.facts.results.get(key)
        if known is not None:
            session.functions[unit.name] = _stub(unit.name, kinds, known)
        self._open[key] = unit.name
        frame = self.frame(function, module, e.frame.flavour)
        inner = Emitter(session, unit, frame)
        session.states.enter(inner, module)
        if module is not None:
            inner.scope[frame.key(frame.first_parameter)] = Known(module, "")
        params = open_parameters(inner, kinds)
        inner.scope.update({frame.key(n): x for n, x in fixed.items()})
        result = run_body(inner, frame)
        del self._open[key]
        session.functions.pop(unit.name, None)
        if inner.is_dead:
            if any(k not in session.facts.results for k in self._open):
                raise UnknownResultError
            session.is_guessing = False
            raise e.error(
                None,
                f"{name} calls itself on every path",
                rule="SCRIPT-12",
                hint="return something before the call where there is nothing left to do",
            )
        compiled = finish(inner, params, result, self.linker)
        if compiled.states or compiled.changed:
            session.is_guessing = False
            raise e.error(
                None,
                f"{name} calls itself and changes state or what it is given",
                rule="SCRIPT-12",
                hint="return the new value",
            )
        self._settle(e, key, compiled, known)
        if module is not None:
            self.methods.setdefault(id(module), []).append((function.__name__, compiled))
        return compiled

    def _settle(self, e: Emitter, key: Any, compiled: Compiled, known: Gives | None) -> None:
        """Compile again unless the function gives what its inner calls took it to give."""
        found = Gives(compiled.result_types, compiled.bound)
        if known == found:
            return
        if known is not None and len(known.results) == len(found.results):
            pairs = zip(known.results, found.results, strict=True)
            joined = [join_types(a, b) for a, b in pairs]
            kinds = tuple(k for k in joined if k is not None)
            if len(kinds) == len(joined):
                found = Gives(kinds, compiled.bound)
        if known == found:
            e.session.is_guessing = False
            raise e.error(
                None,
                f"what {compiled.function.name} gives has no one type",
                code="TYPE_INFERENCE",
                rule="SCRIPT-12",
                hint="return values of one type on all paths",
            )
        raise RestartError(lambda facts: facts.results.update({key: found}))


def _loose(kind: Type) -> Type:
    """A parameter's type: inner calls come with other sizes."""
    if isinstance(kind, TensorType) and kind.shape is not None:
        return TensorType(kind.data_type, (None,) * len(kind.shape))
    return kind


def _stub(name: str, kinds: dict[str, Any], known: Gives) -> Function:
    """Stand for a function until it is compiled: its inputs and outputs."""
    inputs = [Input(n, kind) for n, (kind, _) in kinds.items()]
    inputs += [Input(p, c.type, "bound") for p, c in known.bound]
    outputs = tuple(Output("", t) for t in known.results)
    return Function(name, "scripted", tuple(inputs), outputs, Block((), (), ()))


__all__ = ["Gives", "Recursion"]
