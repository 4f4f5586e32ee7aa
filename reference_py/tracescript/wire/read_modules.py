"""Reads states and the module tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir.model import (
    Buffer,
    Method,
    Module,
    ModuleAttribute,
    Parameter,
    State,
    Submodule,
)
from tracescript.wire.enums import STATE_KINDS
from tracescript.wire.faults import bad_index, check_sentinel, fault

if TYPE_CHECKING:
    from tracescript.v1 import model_pb2, module_pb2
    from tracescript.wire.read_functions import Context

_RULE = "CONTAINER-30"


class ModuleReader:
    """Reads states and modules; a module is built after the submodules behind it.

    Raises:
        InvalidModelError: BAD_INDEX, BAD_ENUM, BAD_MODULE.

    Spec: CONTAINER-30.
    """

    def __init__(self, message: model_pb2.Model, context: Context) -> None:
        self._message = message
        self._context = context
        self._states: list[Any] = [None]
        self._modules: list[Any] = [None] * len(message.modules)

    def read(self) -> Module:
        """Return the root module."""
        message = self._message
        check_sentinel(message.states, "states")
        check_sentinel(message.modules, "modules")
        for i in range(1, len(message.states)):
            self._states.append(self._state(message.states[i], f"states[{i}]"))
        for i in range(len(message.modules) - 1, 0, -1):
            self._modules[i] = self._module(message.modules[i], i)
        root = message.root_module
        if not 0 < root < len(self._modules):
            raise bad_index("root_module", root, 1, len(self._modules) - 1)
        found: Module = self._modules[root]
        return found

    def _state(self, entry: model_pb2.State, where: str) -> State:
        context = self._context
        return State(
            entry.name,
            context.types.type(entry.type, f"{where}.type"),
            context.constants.constant(entry.initial_value, f"{where}.initial_value"),
            context.enums.name(STATE_KINDS, entry.kind, f"{where}.kind"),
        )

    def _module(self, entry: module_pb2.Module, index: int) -> Module:
        where = f"modules[{index}]"
        weight = self._context.constants.weight
        parameters = [
            Parameter(p.name, weight(p.weight, f"{where}.parameters[{i}].weight"), p.trainable)
            for i, p in enumerate(entry.parameters)
        ]
        buffers = [self._buffer(b, f"{where}.buffers[{i}]") for i, b in enumerate(entry.buffers)]
        attributes = [
            self._attribute(a, f"{where}.attributes[{i}]") for i, a in enumerate(entry.attributes)
        ]
        submodules = [
            Submodule(s.name, self._child(s.module, index, f"{where}.submodules[{i}].module"))
            for i, s in enumerate(entry.submodules)
        ]
        methods = [self._method(m, f"{where}.methods[{i}]") for i, m in enumerate(entry.methods)]
        return Module(
            entry.class_name,
            tuple(parameters),
            tuple(buffers),
            tuple(attributes),
            tuple(submodules),
            tuple(methods),
            entry.training,
        )

    def _child(self, index: int, parent: int, where: str) -> Module:
        if not parent < index < len(self._modules):
            raise bad_index(where, index, parent + 1, len(self._modules) - 1)
        found: Module = self._modules[index]
        return found

    def _buffer(self, entry: module_pb2.Buffer, where: str) -> Buffer:
        _check_one(entry.weight, entry.state, where, "weight and state")
        value: Any
        if entry.state:
            value = self._state_at(entry.state, f"{where}.state")
        else:
            value = self._context.constants.weight(entry.weight, f"{where}.weight")
        return Buffer(entry.name, value, entry.persistent)

    def _attribute(self, entry: module_pb2.ModuleAttribute, where: str) -> ModuleAttribute:
        _check_one(entry.constant, entry.state, where, "constant and state")
        value: Any
        if entry.state:
            value = self._state_at(entry.state, f"{where}.state")
        else:
            value = self._context.constants.constant(entry.constant, f"{where}.constant")
        return ModuleAttribute(entry.name, value)

    def _method(self, entry: module_pb2.Method, where: str) -> Method:
        names, function = self._context.names, entry.function
        if not 0 < function < len(names):
            raise bad_index(f"{where}.function", function, 1, len(names) - 1)
        constant = self._context.constants.constant
        bound = [
            constant(c, f"{where}.bound_constants[{i}]")
            for i, c in enumerate(entry.bound_constants)
        ]
        states = [self._state_at(s, f"{where}.states[{i}]") for i, s in enumerate(entry.states)]
        return Method(entry.name, names[function], entry.exported, tuple(bound), tuple(states))

    def _state_at(self, index: int, where: str) -> State:
        if not 0 < index < len(self._states):
            raise bad_index(where, index, 1, len(self._states) - 1)
        found: State = self._states[index]
        return found


def _check_one(a: int, b: int, where: str, names: str) -> None:
    if bool(a) == bool(b):
        what = f"found {'both' if a else 'neither'} of {names}, expected one"
        raise fault("BAD_MODULE", what, where, _RULE)
