"""Puts functions, weights and states together to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.producer.script import objects

if TYPE_CHECKING:
    from tracescript.producer.script.entry import Entrance
    from tracescript.producer.script.session import Session
    from tracescript.producer.script.unit import Compiled


def assemble(session: Session, methods: list[tuple[Entrance, Compiled]], name: str) -> ir.Model:
    """Return the model of compiled entrances, with the functions they reach."""
    root = methods[0][0].module
    tree = _Tree(session, {x.method for x, _ in methods})
    if root is not None:
        module = tree.module(root)
    else:
        entrance, compiled = methods[0]
        captured = [ir.Submodule(n, tree.module(m)) for n, m in entrance.captures.items()]
        module = ir.Module(name, submodules=tuple(captured), methods=(_method("forward", compiled, exported=True),))
    functions = tuple(_reached(session, module))
    return ir.Model(name, functions, module)


def _method(name: str, compiled: Compiled, *, exported: bool) -> ir.Method:
    return ir.Method(
        name,
        compiled.function.name,
        exported,
        tuple(c for _, c in compiled.bound),
        tuple(s for _, s in compiled.states),
    )


def _reached(session: Session, module: ir.Module) -> list[ir.Function]:
    """Return the functions that methods need, callees first."""
    needed: set[str] = set()

    def visit(name: str) -> None:
        if name in needed:
            return
        for callee in _callees(session.functions[name].body):
            visit(callee)
        needed.add(name)

    for _, found in module.walk():
        for method in found.methods:
            visit(method.function)
    return [f for n, f in session.functions.items() if n in needed]


def _callees(block: ir.Block) -> list[str]:
    names = []
    for node in block.nodes:
        names += [v.name for _, v in node.attributes if isinstance(v, ir.FunctionRef)]
        for inner in node.blocks:
            names += _callees(inner)
    return names


class _Tree:
    def __init__(self, session: Session, exported: set[str]) -> None:
        self._session = session
        self._exported = exported
        self._made: dict[int, tuple[Any, ir.Module]] = {}

    def module(self, obj: Any) -> ir.Module:
        """Return the module of an object; one object is one module."""
        if id(obj) not in self._made:
            self._made[id(obj)] = (obj, self._build(obj))
        return self._made[id(obj)][1]

    def _build(self, obj: Any) -> ir.Module:
        session = self._session
        if getattr(obj, "__tracescript_model__", False) is True:
            return session.calls.linker.module(obj.ir)
        parameters, buffers, children = session.parts(obj)
        compiled = session.calls.methods.get(id(obj), {})
        is_root = obj is session.root
        arrays = {name for name, _, _ in [*parameters, *buffers]}
        return ir.Module(
            type(obj).__qualname__.rpartition("<locals>.")[2],
            tuple(ir.Parameter(n, self._weight(p), t) for n, p, t in parameters),
            tuple(ir.Buffer(n, session.states.find(obj, n) or self._weight(b), k) for n, b, k in buffers),
            tuple(self._attributes(obj, arrays)),
            tuple(ir.Submodule(n, self.module(c)) for n, c in children if _is_part(c)),
            tuple(_method(n, c, exported=is_root and n in self._exported) for n, c in compiled.items()),
            bool(getattr(obj, "training", False)),
        )

    def _weight(self, value: Any) -> ir.Weight:
        weight = self._session.arrays.of(value).value
        assert isinstance(weight, ir.Weight)
        return weight

    def _attributes(self, obj: Any, arrays: set[str]) -> list[ir.ModuleAttribute]:
        found: list[ir.ModuleAttribute] = []
        for (owner, name), _ in self._session.facts.states.items():
            state = self._session.states.find(obj, name) if owner == id(obj) else None
            if state is not None and name not in arrays:
                found.append(ir.ModuleAttribute(name, state))
        return found


def _is_part(child: Any) -> bool:
    return objects.is_module(child) or getattr(child, "__tracescript_model__", False) is True



