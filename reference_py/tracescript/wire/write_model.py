"""Turns a model into the messages of its model section, and says what a reader needs for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError
from tracescript.ir import order
from tracescript.ir.graph import PYTHON
from tracescript.ir.model import State
from tracescript.ir.text import place_text
from tracescript.ir.types import ScalarKind
from tracescript.v1 import model_pb2
from tracescript.wire.enums import OPSET, SCALAR_KINDS, STATE_KINDS, invert
from tracescript.wire.tables import Tables
from tracescript.wire.write_functions import FunctionWriter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracescript.ir.graph import Function, Node
    from tracescript.ir.model import Method, Model, Module
    from tracescript.ir.values import Weight
    from tracescript.v1 import module_pb2
    from tracescript.wire.write_functions import Numbering

_STATE_KINDS: Final = invert(STATE_KINDS)
_COMPLEX: Final = invert(SCALAR_KINDS)[ScalarKind.COMPLEX]
_LOWEST: Final = (1, 0)


@dataclass(frozen=True, slots=True)
class Written:
    """A model's messages and what other sections need to point at them.

    `functions` have index position + 1, as `numberings`; `weights` those of the weight table.
    """

    message: model_pb2.Model
    functions: tuple[Function, ...]
    numberings: tuple[Numbering, ...]
    weights: tuple[Weight, ...]
    features: tuple[str, ...]
    profiles: tuple[str, ...]


def write_model(model: Model) -> Written:
    """Number everything in canonical order and fill the message.

    Raises:
        InvalidModelError: if the model cannot be written down: a value without a definition, a
            constant that does not fit its type, a missing function.
        ProducerError: UNKNOWN_CALL, SCRIPT-14, where it calls Python.

    Spec: CONTAINER-16.
    """
    modules = order.modules_of(model.root)
    functions = order.functions_of(model, modules)
    message = model_pb2.Model(name=model.name, root_module=1)
    tables = Tables(message, order.own_weights(modules))
    nodes = [node for function in functions for node in order.nodes_of(function)]
    _refuse_python(model, nodes)
    ops, profiles = _write_ops(message, nodes)
    index = {function.name: i for i, function in enumerate(functions, 1)}
    writer = FunctionWriter(tables, ops, index)
    message.functions.add()
    numberings = [writer.write(f, message.functions.add()) for f in functions]
    states = _write_states(message, order.states_of(modules), tables)
    _write_modules(message, modules, _Indices(tables, states, index))
    return Written(
        message,
        tuple(functions),
        tuple(numberings),
        tuple(tables.weights),
        _features(message),
        profiles,
    )


def _refuse_python(model: Model, nodes: Iterable[Node]) -> None:
    """Refuse calls of Python functions, which live in memory; all of them at once."""
    calls = [node for node in nodes if node.opset == PYTHON]
    if calls:
        places = (f"{place_text(n.place)}: {n.op}()" if n.place else f"{n.op}()" for n in calls)
        raise ProducerError(
            f"the model calls Python, which no file holds; {len(calls)} such calls:",
            code="UNKNOWN_CALL",
            where=model.name,
            rule="SCRIPT-14",
            hint="write what is called in Python that scripts take; or mark it @ts.unused where it"
            " never runs; or trace the part that calls it: a trace runs through it",
            excerpt="\n".join(f"    {place}" for place in dict.fromkeys(places)),
        )


def _write_ops(
    message: model_pb2.Model, nodes: Iterable[Node]
) -> tuple[dict[tuple[str, str], int], tuple[str, ...]]:
    """Fill opsets and ops; return the index of each (opset, op), and their profiles."""
    from tracescript.opset.table import opset

    own = opset()
    used = sorted({(node.opset, node.op) for node in nodes}, key=lambda u: (u[0] or OPSET, u[1]))
    definitions = [own.get(op) for name, op in used if not name]
    known = [definition for definition in definitions if definition is not None]
    minors = [int(definition.since.partition(".")[2]) for definition in known]
    message.opsets.add()
    message.ops.add()
    opsets = sorted({name or OPSET for name, _ in used})
    for name in opsets:
        major, minor = (own.major, max(minors, default=0)) if name == OPSET else _LOWEST
        message.opsets.add(name=name, major=major, minor=minor)
    for name, op in used:
        message.ops.add(opset=1 + opsets.index(name or OPSET), name=op)
    profiles = tuple(sorted({definition.profile for definition in known}))
    return {key: i for i, key in enumerate(used, 1)}, profiles


def _write_states(
    message: model_pb2.Model, states: list[State], tables: Tables
) -> dict[State, int]:
    message.states.add()
    for state in states:
        message.states.add(
            name=state.name,
            type=tables.type(state.type),
            initial_value=tables.constant(state.initial),
            kind=_STATE_KINDS[state.kind],
        )
    return {state: i for i, state in enumerate(states, 1)}


@dataclass(frozen=True, slots=True)
class _Indices:
    tables: Tables
    states: dict[State, int]
    functions: dict[str, int]


def _write_modules(message: model_pb2.Model, modules: list[Module], indices: _Indices) -> None:
    message.modules.add()
    numbers = {module: i for i, module in enumerate(modules, 1)}
    for module in modules:
        entry = message.modules.add(class_name=module.class_name, training=module.training)
        _write_owned(module, entry, indices)
        for child in module.submodules:
            entry.submodules.add(name=child.name, module=numbers[child.module])
        for method in module.methods:
            _write_method(method, entry, indices)


def _write_owned(module: Module, entry: module_pb2.Module, indices: _Indices) -> None:
    tables = indices.tables
    for parameter in module.parameters:
        entry.parameters.add(
            name=parameter.name,
            weight=tables.weight(parameter.weight),
            trainable=parameter.trainable,
        )
    for buffer in module.buffers:
        made: Any = entry.buffers.add(name=buffer.name, persistent=buffer.persistent)
        if isinstance(buffer.value, State):
            made.state = indices.states[buffer.value]
        else:
            made.weight = tables.weight(buffer.value)
    for attribute in module.attributes:
        made = entry.attributes.add(name=attribute.name)
        if isinstance(attribute.value, State):
            made.state = indices.states[attribute.value]
        else:
            made.constant = tables.constant(attribute.value)


def _write_method(method: Method, entry: module_pb2.Module, indices: _Indices) -> None:
    entry.methods.add(
        name=method.name,
        function=indices.functions[method.function],
        exported=method.exported,
        bound_constants=[indices.tables.constant(constant) for constant in method.bound],
        states=[indices.states[state] for state in method.states],
    )


def _features(message: model_pb2.Model) -> tuple[str, ...]:
    """Return the features that a reader must know, sorted. Spec: CONTAINER-14."""
    found = set()
    if any(entry.scalar == _COMPLEX for entry in message.types):
        found.add("scalar.complex")
    if any(opset.name not in {"", OPSET} for opset in message.opsets):
        found.add("opset.custom")
    if any(_calls_later(function, i) for i, function in enumerate(message.functions)):
        found.add("function.recursion")
    return tuple(sorted(found))


def _calls_later(function: model_pb2.Function, index: int) -> bool:
    return any(
        attribute.function >= index
        for block in function.blocks
        for node in block.nodes
        for attribute in node.attributes
        if attribute.WhichOneof("value") == "function"
    )
