"""Finished models called inside a traced program: their functions, weights and states move in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.producer.trace.tape import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping


class Imports:
    """The models that a trace called, each once."""

    def __init__(self) -> None:
        self.functions: dict[str, ir.Function] = {}
        self._names: dict[int, dict[str, str]] = {}
        self._slots: dict[int, dict[str, Slot]] = {}
        self._held: dict[int, dict[Any, Slot]] = {}
        self._models: list[Any] = []

    def slots(self, model: Any) -> Mapping[str, Slot]:
        """Return the weights and states of a model by dotted path; adds the model if it is new."""
        key = id(model.ir)
        if key not in self._slots:
            self._models.append(model)
            self._held[key] = {}
            self._slots[key] = _slots_of(model.ir, self._held[key])
            self._names[key] = self._add(model.ir)
        return self._slots[key]

    def slot(self, model: Any, held: ir.Weight | ir.State) -> Slot | None:
        """Return the slot of a weight or state of a model."""
        self.slots(model)
        return self._held[id(model.ir)].get(held)

    def name(self, model: Any, function: str) -> str:
        """Return the name that a function of a model has here."""
        self.slots(model)
        return self._names[id(model.ir)][function]

    def _add(self, model: ir.Model) -> dict[str, str]:
        names: dict[str, str] = {}
        for function in model.functions:
            same = self.functions.get(function.name)
            names[function.name] = (
                function.name if same in {None, function} else self._free(function.name)
            )
            renamed = _renamed(function, names)
            self.functions.setdefault(names[function.name], renamed)
        return names

    def _free(self, name: str) -> str:
        owner, dot, method = name.rpartition(".")
        count = 2
        while (
            found := f"{owner}_{count}.{method}" if dot else f"{name}_{count}"
        ) in self.functions:
            count += 1
        return found

    def module(self, model: Any) -> ir.Module:
        """Return a model's module tree with the names of functions and states that hold here."""
        key = id(model.ir)
        states = {s: slot.state for s, slot in self._held[key].items() if isinstance(s, ir.State)}
        return _module(model.ir.root, self._names[key], states)


def _slots_of(model: ir.Model, known: dict[Any, Slot]) -> dict[str, Slot]:
    """Return slots by dotted path and enter them by weight or state; a tied weight has one slot."""
    found: dict[str, Slot] = {}
    for path, module in model.root.walk():
        prefix = f"{path}." if path else ""
        held: list[tuple[str, Any, bool]] = [(p.name, p.weight, True) for p in module.parameters]
        held += [(b.name, b.value, False) for b in module.buffers]
        held += [
            (a.name, a.value, False) for a in module.attributes if isinstance(a.value, ir.State)
        ]
        for name, value, is_parameter in held:
            if value not in known:
                known[value] = _slot(value, is_parameter=is_parameter)
            found[prefix + name] = known[value]
    return found


def _slot(value: ir.Weight | ir.State, *, is_parameter: bool) -> Slot:
    if isinstance(value, ir.Weight):
        kind = ir.TensorType(value.data_type, value.shape)
        return Slot(kind, lambda: value.array, is_parameter, weight=value)
    return Slot(
        value.type, lambda: value.initial.value.array, is_parameter, written=True, state=value
    )


def _renamed(function: ir.Function, names: Mapping[str, str]) -> ir.Function:
    if all(old == new for old, new in names.items()):
        return function
    return replace(function, name=names[function.name], body=_block(function.body, names))


def _block(block: ir.Block, names: Mapping[str, str]) -> ir.Block:
    return replace(block, nodes=tuple(_node(node, names) for node in block.nodes))


def _node(node: ir.Node, names: Mapping[str, str]) -> ir.Node:
    attributes = tuple(
        (k, ir.FunctionRef(names[v.name]) if isinstance(v, ir.FunctionRef) else v)
        for k, v in node.attributes
    )
    return replace(node, attributes=attributes, blocks=tuple(_block(b, names) for b in node.blocks))


def _module(
    module: ir.Module, names: Mapping[str, str], states: Mapping[ir.State, Any]
) -> ir.Module:
    methods = tuple(
        replace(
            m, function=names[m.function], exported=False, states=tuple(states[s] for s in m.states)
        )
        for m in module.methods
    )
    return replace(
        module,
        buffers=tuple(replace(b, value=_held(b.value, states)) for b in module.buffers),
        attributes=tuple(replace(a, value=_held(a.value, states)) for a in module.attributes),
        submodules=tuple(
            replace(s, module=_module(s.module, names, states)) for s in module.submodules
        ),
        methods=methods,
    )


def _held(value: Any, states: Mapping[ir.State, Any]) -> Any:
    return states[value] if isinstance(value, ir.State) else value
