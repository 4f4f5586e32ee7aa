"""Turns a model into the messages of its model section, and says what a reader needs for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError
from tracescript.ir import order
from tracescript.ir.graph import PYTHON, FunctionRef
from tracescript.ir.model import State
from tracescript.ir.text import place_text
from tracescript.ir.types import ScalarKind, ScalarType
from tracescript.v1 import model_pb2
from tracescript.wire.enums import OPSET, STATE_KINDS, invert
from tracescript.wire.tables import Tables
from tracescript.wire.write_functions import FunctionWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracescript.ir.graph import Function, Node
    from tracescript.ir.model import Method, Model, Module
    from tracescript.ir.values import Weight
    from tracescript.v1 import module_pb2
    from tracescript.wire.write_functions import Numbering

_STATE_KINDS: Final = invert(STATE_KINDS)
_COMPLEX: Final = ScalarType(ScalarKind.COMPLEX)
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
    nodes = {function.name: order.nodes_of(function) for function in functions}
    every = [node for of in nodes.values() for node in of]
    _refuse_python(model, every)
    ops, profiles = _write_ops(message, {(node.opset, node.op) for node in every})
    index = {function.name: i for i, function in enumerate(functions, 1)}
    writer = FunctionWriter(tables, ops, index)
    message.functions.add()
    numberings = tuple([writer.write(f, message.functions.add()) for f in functions])
    states = _write_states(message, order.states_of(modules), tables)
    _write_modules(message, modules, _Indices(tables, states, index))
    features = _features(tables, ops, nodes, index)
    return Written(message, tuple(functions), numberings, tuple(tables.weights), features, profiles)


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
    message: model_pb2.Model, used_ops: Iterable[tuple[str, str]]
) -> tuple[dict[tuple[str, str], int], tuple[str, ...]]:
    """Fill opsets and ops; return the index of each (opset, op), and their profiles."""
    from tracescript.opset.table import opset

    own = opset()
    used = sorted(used_ops, key=lambda u: (u[0] or OPSET, u[1]))
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
        entry = message.ops.add()
        entry.opset = 1 + opsets.index(name or OPSET)
        entry.name = op
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
        entry = message.modules.add()
        entry.class_name = module.class_name
        entry.training = module.training
        _write_owned(module, entry, indices)
        for child in module.submodules:
            below = entry.submodules.add()
            below.name = child.name
            below.module = numbers[child.module]
        for method in module.methods:
            _write_method(method, entry, indices)


def _write_owned(module: Module, entry: module_pb2.Module, indices: _Indices) -> None:
    tables = indices.tables
    for parameter in module.parameters:
        made: Any = entry.parameters.add()
        made.name = parameter.name
        made.weight = tables.weight(parameter.weight)
        made.trainable = parameter.trainable
    for buffer in module.buffers:
        made = entry.buffers.add(name=buffer.name, persistent=buffer.persistent)
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
    made = entry.methods.add()
    made.name = method.name
    made.function = indices.functions[method.function]
    made.exported = method.exported
    made.bound_constants.extend([indices.tables.constant(constant) for constant in method.bound])
    made.states.extend([indices.states[state] for state in method.states])


def _features(
    tables: Tables,
    ops: Iterable[tuple[str, str]],
    nodes: Mapping[str, Sequence[Node]],
    index: Mapping[str, int],
) -> tuple[str, ...]:
    """Return the features that a reader must know, sorted. Spec: CONTAINER-14.

    `nodes` are those of each function, `index` the functions' indices.
    """
    found = set()
    if tables.holds(_COMPLEX):
        found.add("scalar.complex")
    if any(opset for opset, _ in ops):
        found.add("opset.custom")
    if any(_calls_later(nodes[name], index, i) for name, i in index.items()):
        found.add("function.recursion")
    return tuple(sorted(found))


def _calls_later(nodes: Iterable[Node], index: Mapping[str, int], own: int) -> bool:
    for node in nodes:
        for _, value in node.attributes:
            if isinstance(value, FunctionRef) and index[value.name] >= own:
                return True
    return False
