"""The functions of a program: equal ones are one; those of other models join in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.producer.script.emitter.same import fingerprint
from tracescript.producer.script.emitter.unit import Compiled

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.session import Session


class Linker:
    """Adds functions to the session's table under unique names."""

    def __init__(self, session: Session) -> None:
        self._functions = session.functions
        self._hosts = session.hosts
        self._by_print: dict[Hashable, ir.Function] = {}
        self._merged: dict[int, tuple[ir.Model, dict[str, str]]] = {}
        self._modules: dict[ir.Module, ir.Module] = {}

    def add(self, function: ir.Function) -> ir.Function:
        """Add a function, or return the equal one that is there."""
        content = fingerprint(function)
        if content in self._by_print:
            return self._by_print[content]
        name = self._free(function.name)
        made = function if name == function.name else replace(function, name=name)
        self._functions[name] = made
        self._by_print[content] = made
        return made

    def reserved(self, name: str) -> str:
        """Return the name that `add` will give a function that nothing equals."""
        return self._free(name)

    def _free(self, name: str) -> str:
        cls, dot, method = name.rpartition(".")
        candidate, k = name, 1
        while candidate in self._functions:
            k += 1
            candidate = f"{cls}_{k}.{method}" if dot else f"{name}_{k}"
        return candidate

    def merge(self, finished: Any) -> dict[str, str]:
        """Add the functions of a finished model; returns their names here."""
        model: ir.Model = finished.ir
        if id(model) not in self._merged:
            names: dict[str, str] = {}
            ops = self._hosts.take(finished.program.hosts)
            for function in model.functions:
                body = renamed(function.body, names, ops)
                names[function.name] = self.add(replace(function, body=body)).name
            self._merged[id(model)] = (model, names)
        return self._merged[id(model)][1]

    def method(self, e: Emitter, model: Any, name: str) -> Compiled:
        """Return a method of a finished model, its functions merged in."""
        found = model.ir.root.method(name)
        if found is None:
            names = ", ".join(m.name for m in model.ir.root.methods)
            raise e.error(
                None,
                f"the model has no method {name!r}",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint=f"methods: {names}",
            )
        function = self._functions[self.merge(model)[found.function]]
        bound = [i.name for i in function.inputs if i.kind == "bound"]
        states = [i.name for i in function.inputs if i.kind == "state"]
        return Compiled(
            function,
            tuple(zip(bound, found.bound, strict=True)),
            tuple(zip(states, found.states, strict=True)),
        )

    def module(
        self, model: Any, final: dict[str, str], states: dict[ir.State, ir.State]
    ) -> ir.Module:
        """Return a finished model's module tree, with the methods whose functions are in `final`.

        `states` are its states as they are called here.
        """
        merged = self.merge(model)
        names = {old: final[new] for old, new in merged.items() if new in final}
        return self._module(model.ir.root, names, states)

    def _module(
        self, module: ir.Module, names: dict[str, str], states: dict[ir.State, ir.State]
    ) -> ir.Module:
        def held(member: Any) -> Any:
            value = member.value
            return replace(member, value=states[value]) if value in states else member

        if module not in self._modules:
            methods = tuple(
                replace(
                    m,
                    function=names[m.function],
                    exported=False,
                    states=tuple(states.get(s, s) for s in m.states),
                )
                for m in module.methods
                if m.function in names
            )
            self._modules[module] = replace(
                module,
                buffers=tuple(map(held, module.buffers)),
                attributes=tuple(map(held, module.attributes)),
                methods=methods,
                submodules=tuple(
                    ir.Submodule(s.name, self._module(s.module, names, states))
                    for s in module.submodules
                ),
            )
        return self._modules[module]


def renamed(block: ir.Block, names: dict[str, str], hosts: dict[str, str]) -> ir.Block:
    """Return a block whose calls use other names of functions, and of Python's (`hosts`)."""
    if all(k == v for k, v in [*names.items(), *hosts.items()]):
        return block
    nodes = tuple(_renamed_node(n, names, hosts) for n in block.nodes)
    return ir.Block(block.params, nodes, block.results)


def _renamed_node(node: ir.Node, names: dict[str, str], hosts: dict[str, str]) -> ir.Node:
    def attribute(value: Any) -> Any:
        return ir.FunctionRef(names[value.name]) if isinstance(value, ir.FunctionRef) else value

    attributes = tuple((n, attribute(v)) for n, v in node.attributes)
    return replace(
        node,
        op=hosts.get(node.op, node.op) if node.opset == ir.PYTHON else node.op,
        attributes=attributes,
        blocks=tuple(renamed(b, names, hosts) for b in node.blocks),
    )
