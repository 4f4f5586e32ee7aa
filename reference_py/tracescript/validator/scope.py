"""The tables that rules read: functions, modules, constants, types and states with their places."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.validator.sites import FunctionSites, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.sites import Owner

_WITHOUT_PARTS = (ir.TensorType, ir.ScalarType)


def parts(kind: ir.Type) -> tuple[ir.Type, ...]:
    """Return the types that a type is directly made of."""
    if isinstance(kind, _WITHOUT_PARTS):
        return ()
    match kind:
        case ir.ListType(element) | ir.OptionalType(element):
            return (element,)
        case ir.TupleType(elements) | ir.UnionType(elements):
            return elements
        case ir.DictType(key, value):
            return (key, value)
        case ir.StructType(_, fields):
            return tuple(field for _, field in fields)
    return ()


def inner_constants(constant: ir.Constant) -> tuple[ir.Constant, ...]:
    """Return the constants that a container constant is directly made of."""
    if not isinstance(constant.value, tuple):
        return ()
    flat = (
        item[1] if isinstance(item, tuple) and len(item) == 2 else item  # noqa: PLR2004  # a pair
        for item in constant.value
    )
    return tuple(item for item in flat if isinstance(item, ir.Constant))


class Scope:
    """One model with everything in it listed once, in order, with its place.

    `faulty` are the places of the faults found so far: a rule can spare a node that has one.
    """

    def __init__(self, model: ir.Model) -> None:
        self.model = model
        self.faulty: set[str] = set()
        self.functions = tuple(FunctionSites(f) for f in model.functions)
        self.position: dict[str, int] = {}
        for i, function in enumerate(model.functions):
            self.position.setdefault(function.name, i)

    @cached_property
    def modules(self) -> tuple[tuple[str, ir.Module], ...]:
        """Every module once, with the path of its first name."""
        if not isinstance(self.model.root, ir.Module):
            return ()
        return tuple(self.model.root.walk("root"))

    @cached_property
    def methods(self) -> tuple[tuple[str, ir.Method], ...]:
        """Every method with its path."""
        return tuple(
            (f"{where}.methods[{method.name}]", method)
            for where, module in self.modules
            for method in module.methods
        )

    @cached_property
    def states(self) -> dict[ir.State, str]:
        """Every state, where it is first used."""
        found: dict[ir.State, str] = {}
        for where, module in self.modules:
            for buffer in module.buffers:
                if isinstance(buffer.value, ir.State):
                    found.setdefault(buffer.value, f"{where}.buffers[{buffer.name}]")
            for attribute in module.attributes:
                if isinstance(attribute.value, ir.State):
                    found.setdefault(attribute.value, f"{where}.attributes[{attribute.name}]")
        for where, method in self.methods:
            for i, state in enumerate(method.states):
                found.setdefault(state, f"{where}.states[{i}]")
        return found

    @cached_property
    def constants(self) -> dict[ir.Constant, Spot]:
        """Every constant once, those inside containers after them."""
        found: dict[ir.Constant, Spot] = {}
        for spot, constant in self._outer_constants():
            todo = [constant]
            while todo:
                one = todo.pop()
                if one not in found:
                    found[one] = spot
                    todo += reversed(inner_constants(one))
        return found

    def _outer_constants(self) -> Iterator[tuple[Spot, ir.Constant]]:
        for sites in self.functions:
            yield from _function_constants(sites)
        for state, where in self.states.items():
            if isinstance(state.initial, ir.Constant):
                yield Spot(where, ".initial"), state.initial
        for where, module in self.modules:
            for attribute in module.attributes:
                if isinstance(attribute.value, ir.Constant):
                    yield Spot(where, ".attributes", attribute.name), attribute.value
        for where, method in self.methods:
            for i, constant in enumerate(method.bound):
                yield Spot(where, ".bound", i), constant

    @cached_property
    def weights(self) -> dict[ir.Weight, Spot]:
        """Every weight once: parameters, buffers, tensor constants."""
        found: dict[ir.Weight, Spot] = {}
        for where, module in self.modules:
            for parameter in module.parameters:
                if isinstance(parameter.weight, ir.Weight):
                    found.setdefault(parameter.weight, Spot(where, f".{parameter.name}"))
            for buffer in module.buffers:
                if isinstance(buffer.value, ir.Weight):
                    found.setdefault(buffer.value, Spot(where, f".{buffer.name}"))
        for constant, spot in self.constants.items():
            if isinstance(constant.value, ir.Weight):
                found.setdefault(constant.value, spot)
        return found

    @cached_property
    def types(self) -> dict[ir.Type, Spot]:
        """Every different type once, and the types it is made of, where it is first used."""
        found: dict[ir.Type, Spot] = {}
        for spot, kind in self.outer_types:
            todo = [kind]
            while todo:
                one = todo.pop()
                if one not in found:
                    found[one] = spot
                    todo += reversed(parts(one))
        return found

    @cached_property
    def outer_types(self) -> tuple[tuple[Spot, ir.Type], ...]:
        """Every object that is a type where it is first used; equal ones come again."""
        found: dict[int, tuple[Spot, ir.Type]] = {}
        for owner, part, number, kind in self._uses_of_types():
            if id(kind) not in found:
                found[id(kind)] = (Spot(owner, part, number), kind)
        return tuple(found.values())

    def _uses_of_types(self) -> Iterator[tuple[Owner, str, int | str | None, ir.Type]]:
        for sites in self.functions:
            where = sites.where
            for one in sites.function.inputs:
                yield where, ".inputs", one.name, one.type
            for i, output in enumerate(sites.function.outputs):
                yield where, ".outputs", i, output.type
            for owner, part, number, value in sites.values:
                yield owner, part, number, value.type
            for site in sites.nodes:
                for name, attribute in site.node.attributes:
                    if not isinstance(attribute, (ir.Constant, ir.FunctionRef)):
                        yield site, ".attributes", name, attribute
        for constant, spot in self.constants.items():
            yield *spot, constant.type
        for state, where in self.states.items():
            yield where, "", None, state.type


def _function_constants(sites: FunctionSites) -> Iterator[tuple[Spot, ir.Constant]]:
    for one in sites.function.inputs:
        if one.default is not None:
            yield Spot(sites.where, f".inputs[{one.name}].default"), one.default
    for owner, part, number, value in sites.values:
        if value.constant is not None:
            yield Spot(owner, part, number), value.constant
    for site in sites.nodes:
        for name, attribute in site.node.attributes:
            if isinstance(attribute, ir.Constant):
                yield Spot(site, ".attributes", name), attribute
    for i, decision in enumerate(sites.function.decisions):
        if decision.observed is not None:
            yield Spot(sites.where, f".decisions[{i}].observed"), decision.observed
