"""Puts functions, weights and states together to a model."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.producer.script.emitter import objects
from tracescript.producer.script.emitter.entries import Known
from tracescript.producer.script.emitter.linking import renamed
from tracescript.producer.script.emitter.states import join_path
from tracescript.producer.version import own_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.script.emitter.unit import Compiled
    from tracescript.producer.script.entry import Entrance
    from tracescript.producer.script.session import Session

_NUMBER: Final = re.compile(r"_\d+$")


def assemble(session: Session, methods: list[tuple[Entrance, Compiled]], name: str) -> ir.Model:
    """Return the model of compiled entrances, with the functions they reach."""
    root = methods[0][0].module
    reached = _reached(session, [c.function.name for _, c in methods])
    names = _closed_up(reached)
    tree = _Tree(session, [(x.method, c) for x, c in methods], names, _named(session, methods))
    if root is not None:
        module = tree.module(root)
    else:
        entrance, compiled = methods[0]
        captured = [ir.Submodule(n, tree.module(m)) for n, m in entrance.captures.items()]
        method = tree.method("forward", compiled, exported=True)
        module = ir.Module(name, submodules=tuple(captured), methods=(method,))
    bound = {state for method in module.methods for state in method.states}
    drawn = [s for s in session.generators.states if s in bound]
    own = tuple(ir.ModuleAttribute(s.name, s) for s in drawn)
    module = replace(module, attributes=module.attributes + own)
    functions = tuple(
        replace(f, name=names[f.name], body=renamed(f.body, names, {}))
        for f in (session.functions[n] for n in reached)
    )
    return ir.Model(name, functions, module, producer=("tracescript", own_version()))


def _reached(session: Session, entries: list[str]) -> list[str]:
    """Return the names of the functions that entrances need, callees first, recursion aside."""
    needed: dict[str, None] = {}
    met: set[str] = set()

    def visit(name: str) -> None:
        if name in met:
            return
        met.add(name)
        for callee in _callees(session.functions[name].body):
            visit(callee)
        needed[name] = None

    for entry in entries:
        visit(entry)
    return list(needed)


def _callees(block: ir.Block) -> list[str]:
    names = []
    for node in block.nodes:
        names += [v.name for _, v in node.attributes if isinstance(v, ir.FunctionRef)]
        for inner in node.blocks:
            names += _callees(inner)
    return names


def _named(session: Session, methods: list[tuple[Entrance, Compiled]]) -> dict[ir.State, ir.State]:
    """Return the states of finished models, and of what a function captures, as named here."""
    root, found = methods[0][0].module, dict[ir.State, ir.State]()
    own = {*session.generators.states, *(session.states.made if root is not None else ())}
    for _, compiled in methods:
        for path, state in compiled.states:
            if state not in own:
                found.setdefault(state, replace(state, name=path))
    for path, obj in session.walk(root):
        for state in _states(obj.ir.root) if session.is_model(Known(obj)) else ():
            found.setdefault(state, replace(state, name=join_path(path, state.name)))
    return found


def _states(module: ir.Module) -> Iterator[ir.State]:
    """Yield the states of a module and of those below."""
    held = [b.value for b in module.buffers] + [a.value for a in module.attributes]
    yield from (x for x in held if isinstance(x, ir.State))
    yield from (state for method in module.methods for state in method.states)
    for below in module.submodules:
        yield from _states(below.module)


def _closed_up(reached: list[str]) -> dict[str, str]:
    """Number functions of one name anew: attempts that were given up leave no gaps."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for name in reached:
        cls, dot, method = name.rpartition(".")
        base = _NUMBER.sub("", cls if dot else method)
        candidate, k = f"{base}{dot}{method}" if dot else base, 1
        while candidate in taken:
            k += 1
            candidate = f"{base}_{k}{dot}{method}" if dot else f"{base}_{k}"
        taken.add(candidate)
        names[name] = candidate
    return names


class _Tree:
    def __init__(
        self,
        session: Session,
        exported: list[tuple[str, Compiled]],
        names: dict[str, str],
        states: dict[ir.State, ir.State],
    ) -> None:
        self._session = session
        self._exported = exported
        self._names = names
        self._states = states
        self._made: dict[int, tuple[Any, ir.Module]] = {}

    def module(self, obj: Any) -> ir.Module:
        """Return the module of an object; one object is one module."""
        if id(obj) not in self._made:
            self._made[id(obj)] = (obj, self._build(obj))
        return self._made[id(obj)][1]

    def _build(self, obj: Any) -> ir.Module:
        session = self._session
        if getattr(obj, "__tracescript_model__", False) is True:
            return session.calls.linker.module(obj, self._names, self._states)
        parameters, buffers, children = session.parts(obj)
        compiled: dict[str, Compiled] = {}
        is_root = obj is session.root
        first = self._exported if is_root else []
        for n, c in [*first, *session.calls.methods.get(id(obj), [])]:
            if c.function.name in self._names:
                compiled.setdefault(n, c)
        arrays = {name for name, _, _ in [*parameters, *buffers]}
        return ir.Module(
            type(obj).__qualname__.rpartition("<locals>.")[2],
            tuple(ir.Parameter(n, self._weight(p), t) for n, p, t in parameters),
            tuple(ir.Buffer(n, self._state(obj, n) or self._weight(b), k) for n, b, k in buffers),
            tuple(self._attributes(obj, arrays)),
            tuple(ir.Submodule(n, self.module(c)) for n, c in children if _is_part(c)),
            tuple(
                self.method(n, c, exported=is_root and n in dict(self._exported))
                for n, c in compiled.items()
            ),
            bool(getattr(obj, "training", False)),
        )

    def method(self, name: str, compiled: Compiled, *, exported: bool) -> ir.Method:
        """Return a method: a function with this module's weights and states."""
        return ir.Method(
            name,
            self._names[compiled.function.name],
            exported,
            tuple(c for _, c in compiled.bound),
            tuple(self._states.get(s, s) for _, s in compiled.states),
        )

    def _state(self, obj: Any, name: str) -> ir.State | None:
        state = self._session.states.find(obj, name)
        return None if state is None else self._states.get(state, state)

    def _weight(self, value: Any) -> ir.Weight:
        weight = self._session.arrays.of(value).value
        assert isinstance(weight, ir.Weight)
        return weight

    def _attributes(self, obj: Any, arrays: set[str]) -> list[ir.ModuleAttribute]:
        found: list[ir.ModuleAttribute] = []
        for owner, name in self._session.facts.states:
            state = self._state(obj, name) if owner == id(obj) else None
            if state is not None and name not in arrays:
                found.append(ir.ModuleAttribute(name, state))
        return found


def _is_part(child: Any) -> bool:
    return objects.is_module(child) or getattr(child, "__tracescript_model__", False) is True
