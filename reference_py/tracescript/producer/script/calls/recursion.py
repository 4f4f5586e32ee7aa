"""Functions that call themselves.

Each becomes one function of the model; its calls stop at run time, at the loader's limit of depth.
What such a function gives is found by compiling it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tracescript.ir.graph import Block, Function, FunctionRef, Input, Output
from tracescript.ir.types import OptionalType, TensorType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.calls.functions import defaults_of, fixed_key, run_body
from tracescript.producer.script.calls.parameters import bind_parameters
from tracescript.producer.script.calls.unitcalls import UnitCalls
from tracescript.producer.script.emitter.core import Emitter
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Items, Known
from tracescript.producer.script.emitter.facts import RestartError, UnknownResultError
from tracescript.producer.script.emitter.states import join_path
from tracescript.producer.script.emitter.type_parts import is_changeable, parts_of_type
from tracescript.producer.script.emitter.unit import Unit
from tracescript.producer.script.emitter.units import finish, open_parameters

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tracescript.ir.types import Type
    from tracescript.ir.values import Constant
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame
    from tracescript.producer.script.emitter.unit import Compiled

_MOST_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class Gives:
    """What an earlier attempt found that a recursive function gives, and the weights it needs.

    `changed` are its parameters that it changes; what they have become are its last results.
    """

    results: tuple[Type, ...]
    bound: tuple[tuple[str, Constant], ...]
    changed: tuple[str, ...] = ()


class Recursion(UnitCalls):
    """Calls of recursive functions; a part of PythonCalls."""

    _open: dict[Any, str]
    changing: dict[Any, tuple[str, ...]]

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
        kinds = {n: (loose(v.type), roots.of(v)) for n, v in zip(names, passed, strict=True)}
        held = tuple((n, fixed_key(x)) for n, x in fixed.items())
        key = (function, id(module), tuple(kinds.items()), held, e.frame.flavour)
        path = "" if owner is None else str(owner.path)
        if key in self._open:
            return self._again(e, key, path, passed)
        if key not in self._units:
            self.limit_signatures(e, key, function.__qualname__)
            frame = self.frame(function, module, e.frame.flavour)
            scope = {frame.key(n): x for n, x in fixed.items()}
            if module is not None:
                scope[frame.key(frame.first_parameter)] = Known(module, "")
            made = self._compiled(e, key, frame, module, kinds, scope)
            if module is not None:
                self.methods.setdefault(id(module), []).append((function.__name__, made))
            self._units[key] = made
        return self.invoke(e, self._units[key], path, passed)

    def limit_signatures(self, e: Emitter, key: Any, name: str) -> None:
        """Refuse a function whose calls of itself have other types each time."""
        if sum(k[0] == key[0] for k in self._open) >= _MOST_SIGNATURES:
            raise e.error(
                None,
                f"{name} calls itself with other types each time",
                code="TYPE_INFERENCE",
                rule="SCRIPT-12",
                hint="give every call arguments of the same types",
            )

    def _again(self, e: Emitter, key: Any, path: str, passed: list[Value]) -> Entry:
        """The inner call, by what was found. Raises UnknownResultError in the first attempt."""
        known = e.session.facts.results.get(key)
        if known is None:
            e.session.is_guessing = True
            raise UnknownResultError
        inputs = passed + [e.unit.bound_value(join_path(path, p), c) for p, c in known.bound]
        outputs = e.ops("call", inputs, {"function": FunctionRef(self._open[key])})
        count = len(outputs) - len(known.changed)
        for out in outputs[:count]:
            for value in passed:
                if _changeable(out.type) & _changeable(value.type):
                    e.session.aliases.copy(out, value)
        if not outputs:
            return e.constant(None)
        return outputs[0] if len(outputs) == 1 else Items(outputs)

    def _compiled(
        self,
        e: Emitter,
        key: Any,
        frame: Frame,
        module: Any,
        kinds: dict[str, Any],
        scope: dict[str, Entry],
        outer: Mapping[str, str] = MappingProxyType({}),
        own: Collection[str] = (),
    ) -> Compiled:
        """Compile a function; `outer` are the keys in the scope of parameters not its own.

        What it makes of containers that are its `own` are further results.
        """
        session, name = self._session, frame.scope_name.rpartition("<locals>.")[2]
        unit = Unit(self.linker.reserved(name), module, is_inner=True)
        known = session.facts.results.get(key)
        if known is not None:
            session.functions[unit.name] = _stub(unit.name, kinds, known)
        self._open[key] = unit.name
        inner = Emitter(session, unit, frame)
        session.states.enter(inner, module)
        params = open_parameters(inner, kinds, own=own)
        inner.scope.update(scope)
        inner.scope.update({k: inner.scope.pop(frame.key(n)) for n, k in outer.items()})
        at = {n: outer.get(n, frame.key(n)) for n in own}
        begun = {n: inner.scope[k] for n, k in at.items()}
        logged = len(session.aliases.log)
        result = run_body(inner, frame)
        del self._open[key]
        session.functions.pop(unit.name, None)
        if inner.is_dead:
            self._refuse_endless(e, name)
        before = known.changed if known is not None else ()
        ended = {n: inner.scope[k] for n, k in at.items()}
        changed = tuple(n for n in own if n in before or _is_changed(e, begun[n], ended[n], logged))
        result = _with_finals(result, [inner.value(ended[n]) for n in changed])
        compiled = finish(inner, params, result, self.linker)
        if compiled.states or compiled.changed:
            session.is_guessing = False
            raise e.error(
                None,
                f"{name} calls itself and changes state or what it is given",
                rule="SCRIPT-12",
                hint="return the new value",
            )
        self._settle(e, key, compiled, known, changed)
        return compiled

    def _refuse_endless(self, e: Emitter, name: str) -> None:
        """Every path ends in a call of the function, as far as is known."""
        if any(k not in self._session.facts.results for k in self._open):
            raise UnknownResultError
        self._session.is_guessing = False
        raise e.error(
            None,
            f"{name} calls itself on every path",
            rule="SCRIPT-12",
            hint="return something before the call where there is nothing left to do",
        )

    def _settle(
        self,
        e: Emitter,
        key: Any,
        compiled: Compiled,
        known: Gives | None,
        changed: tuple[str, ...],
    ) -> None:
        """Compile again unless the function gives what its inner calls took it to give."""
        found = Gives(compiled.result_types, compiled.bound, changed)
        self.changing[key] = changed
        if known == found:
            return
        if known is not None and len(known.results) == len(found.results):
            pairs = zip(known.results, found.results, strict=True)
            joined = [join_types(a, b) for a, b in pairs]
            kinds = tuple(k for k in joined if k is not None)
            if len(kinds) == len(joined):
                found = Gives(kinds, compiled.bound, changed)
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


def _changeable(kind: Type) -> set[Any]:
    """Return what tells the kinds of objects apart that values of a type are, or hold."""
    if isinstance(kind, OptionalType):
        return _changeable(kind.element)
    if not is_changeable(kind):
        return set()
    inner: set[Any] = set().union(*map(_changeable, parts_of_type(kind)))
    has_tensor = isinstance(kind, TensorType) or TensorType in inner
    return inner | {type(kind) if has_tensor else kind}


def _is_changed(e: Emitter, begun: Entry, ended: Entry, logged: int) -> bool:
    """Whether a function has changed a container that a name of it stood for at first."""
    aliases = e.session.aliases
    if ended is begun:
        return False
    if isinstance(begun, Value) and isinstance(ended, Value):
        is_same = aliases.root(begun) is aliases.root(ended)
    else:
        is_same = aliases.own(begun) == aliases.own(ended)
    if not is_same and any(aliases.own(begun) & tokens for tokens in aliases.log[logged:]):
        e.session.is_guessing = False
        raise e.error(
            None,
            "a function that calls itself changes a container, and gives its name another value",
            code="ALIASING",
            rule="SCRIPT-8",
            hint="give the other value a name of its own",
        )
    return is_same


def _with_finals(entry: Entry, finals: list[Value]) -> Entry:
    """Return what a function gives with what has become of containers behind it."""
    if not finals:
        return entry
    is_tuple = isinstance(entry, Items) and not entry.is_list and len(entry.parts) > 1
    parts: tuple[Entry, ...] = () if is_none(entry) else (entry,)
    if is_tuple and isinstance(entry, Items):
        parts = entry.parts
    return finals[0] if not parts and len(finals) == 1 else Items((*parts, *finals))


def loose(kind: Type) -> Type:
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


__all__ = ["Gives", "Recursion", "loose"]
