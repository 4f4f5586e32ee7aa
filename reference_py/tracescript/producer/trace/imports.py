"""Finished models called inside a traced program: their functions, weights and states move in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.build import constant_of
from tracescript.producer.trace.tape import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping


class Imports:
    """The models that a trace called. `functions` are theirs by the name they have here.

    A scripted model may come as several compilations of one program; the first one called gives
    its weights and states, those of the others are found by path.
    """

    def __init__(self) -> None:
        self.functions: dict[str, ir.Function] = {}
        self._first: dict[int, ir.Model] = {}
        self._slots: dict[int, dict[str, Slot]] = {}
        self._held: dict[int, dict[Any, Slot]] = {}
        self._names: dict[int, dict[str, str]] = {}
        self._keep: list[Any] = []

    def chosen(self, model: Any) -> ir.Model:
        """Return the compilation of a model that gives its tree."""
        return self._first.get(id(model.ir), model.ir)

    def choose(self, model: Any, made: ir.Model) -> bool:
        """Say which compilation is called; whether that changes the model's tree."""
        self._keep += [model, made]
        if id(model.ir) in self._first:
            return False
        self._first[id(model.ir)] = made
        return made is not model.ir

    def slots(self, model: Any) -> Mapping[str, Slot]:
        """Return the weights and states of a model by dotted path."""
        made = self.chosen(model)
        if id(made) not in self._slots:
            self._keep += [model, made]
            held = self._held[id(made)] = {}
            self._slots[id(made)] = {}
            now = _present(model)
            for path, (value, is_parameter) in _held_by(made).items():
                if value not in held:
                    began = _begun(value, now[path]) if path in now else value
                    held[value] = _slot(began, is_parameter=is_parameter)
                self._slots[id(made)][path] = held[value]
        return self._slots[id(made)]

    def slot(self, model: Any, made: ir.Model, held: ir.Weight | ir.State) -> Slot | None:
        """Return the slot of a weight or state of a compilation of a model."""
        by_path = self.slots(model)
        if made is self.chosen(model):
            return self._held[id(made)].get(held)
        paths = [path for path, (value, _) in _held_by(made).items() if value is held]
        return by_path.get(paths[0]) if paths else None

    def function(self, made: ir.Model, name: str) -> str:
        """Move a function and all that it calls in; return the name it has here."""
        names = self._names.setdefault(id(made), {})
        wanted = {name}
        for function in reversed(made.functions):
            if function.name in wanted:
                wanted |= _called(function.body)
        for function in made.functions:
            if function.name in wanted and function.name not in names:
                taken = function.name in self.functions
                names[function.name] = self._free(function.name) if taken else function.name
                self.functions[names[function.name]] = _renamed(function, names)
        return names[name]

    def _free(self, name: str) -> str:
        owner, dot, method = name.rpartition(".")
        count = 2
        while (
            found := f"{owner}_{count}.{method}" if dot else f"{name}_{count}"
        ) in self.functions:
            count += 1
        return found

    def module(self, model: Any) -> ir.Module:
        """Return a model's module tree, with the methods whose functions are here."""
        made = self.chosen(model)
        self.slots(model)
        states = {
            s: slot.state for s, slot in self._held[id(made)].items() if isinstance(s, ir.State)
        }
        return _module(made.root, self._names.get(id(made), {}), states)


def _held_by(model: ir.Model) -> dict[str, tuple[Any, bool]]:
    """Return weights and states by dotted path, each with whether it is a parameter."""
    found: dict[str, tuple[Any, bool]] = {}
    for path, module in model.root.walk():
        prefix = f"{path}." if path else ""
        found |= {prefix + p.name: (p.weight, True) for p in module.parameters}
        found |= {prefix + b.name: (b.value, False) for b in module.buffers}
        states = (a for a in module.attributes if isinstance(a.value, ir.State))
        found |= {prefix + a.name: (a.value, False) for a in states}
    return found


def _present(model: Any) -> dict[str, Any]:
    """Return what states hold that calls have written, by dotted path."""
    values: Mapping[str, tuple[ir.State, Any]] = model._state.values  # noqa: SLF001  # shared by its views
    held = {p: s.name for p, (s, _) in _held_by(model.ir).items() if isinstance(s, ir.State)}
    return {path: values[name][1] for path, name in held.items() if name in values}


def _begun(state: ir.State, value: Any) -> ir.State:
    """Return a state that starts at a value."""
    return replace(state, initial=_constant(state.type, value))


def _constant(kind: ir.Type, value: Any) -> ir.Constant:
    if isinstance(kind, ir.TensorType):
        return constants.tensor(value, kind.data_type)
    is_empty = isinstance(value, (list, dict)) and not value
    return ir.Constant(kind, () if is_empty else constant_of(value).value)


def _slot(value: ir.Weight | ir.State, *, is_parameter: bool) -> Slot:
    if isinstance(value, ir.Weight):
        kind = ir.TensorType(value.data_type, value.shape)
        return Slot(kind, lambda: value.array, is_parameter, weight=value)
    return Slot(
        value.type, lambda: value.initial.value.array, is_parameter, written=True, state=value
    )


def _called(block: ir.Block) -> set[str]:
    found: set[str] = set()
    todo = [block]
    while todo:
        for node in todo.pop().nodes:
            found |= {v.name for _, v in node.attributes if isinstance(v, ir.FunctionRef)}
            todo += node.blocks
    return found


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
            m,
            function=names[m.function],
            exported=False,
            states=tuple(states[s] for s in m.states),
        )
        for m in module.methods
        if m.function in names
    )
    return replace(
        module,
        buffers=tuple(replace(b, value=_moved(b.value, states)) for b in module.buffers),
        attributes=tuple(replace(a, value=_moved(a.value, states)) for a in module.attributes),
        submodules=tuple(
            replace(s, module=_module(s.module, names, states)) for s in module.submodules
        ),
        methods=methods,
    )


def _moved(value: Any, states: Mapping[ir.State, Any]) -> Any:
    return states[value] if isinstance(value, ir.State) else value
