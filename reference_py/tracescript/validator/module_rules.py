"""Rules of the module tree: members, methods and what they bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.ir.text import type_text
from tracescript.opset.relations import compatible
from tracescript.validator.fault import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.validator.scope import Scope


def members(module: ir.Module) -> tuple[str, ...]:
    """Return the names of everything a module holds, methods aside."""
    names = [one.name for one in module.parameters]
    names += [one.name for one in module.buffers]
    names += [one.name for one in module.attributes]
    names += [one.name for one in module.submodules]
    return tuple(names)


def repeated(names: Sequence[str]) -> list[str]:
    """Return the names that stand there more than once, sorted."""
    if len(set(names)) == len(names):
        return []
    return sorted({name for name in names if names.count(name) > 1})


def _bound_inputs(scope: Scope, method: ir.Method) -> list[ir.Input] | None:
    """Return the bound inputs of a method's function, or None where there is no such function."""
    position = scope.position.get(method.function)
    if position is None:
        return None
    return [one for one in scope.model.functions[position].inputs if one.kind == "bound"]


def graph_12_method_binds(scope: Scope) -> Iterator[Fault]:
    """GRAPH-12: A method MUST name a function and bind one constant to each of its bound inputs."""
    for where, method in scope.methods:
        inputs = _bound_inputs(scope, method)
        if inputs is None:
            yield Fault("BAD_MODULE", where, f"the model has no function {method.function!r}")
        elif len(inputs) != len(method.bound):
            what = f"{method.function!r} has {len(inputs)} bound inputs, found {len(method.bound)}"
            yield Fault("BAD_MODULE", f"{where}.bound", what)


def graph_13_bound_types(scope: Scope) -> Iterator[Fault]:
    """GRAPH-13: A bound constant MUST fit the type of its input."""
    for where, method in scope.methods:
        inputs = _bound_inputs(scope, method)
        if inputs is None or len(inputs) != len(method.bound):
            continue
        for i, (one, constant) in enumerate(zip(inputs, method.bound, strict=True)):
            if not compatible(one.type, constant.type):
                found = type_text(constant.type)
                what = f"input {one.name!r} is {type_text(one.type)}, found {found}"
                yield Fault("BAD_CONSTANT", f"{where}.bound[{i}]", what)


def graph_16_member_names(scope: Scope) -> Iterator[Fault]:
    """GRAPH-16: Members of one module MUST have different names, and so MUST its methods."""
    for where, module in scope.modules:
        for names in (members(module), [m.name for m in module.methods]):
            for name in repeated(names):
                yield Fault("BAD_NAME", where, f"{name!r} is the name of {names.count(name)}")


def graph_17_no_cycle(scope: Scope) -> Iterator[Fault]:
    """GRAPH-17: A module MUST NOT contain itself, directly or through its submodules."""
    paths = {module: where for where, module in scope.modules}
    open_modules: set[ir.Module] = set()
    done: set[ir.Module] = set()
    steps = [module for _, module in scope.modules[:1]]
    while steps:
        module = steps.pop()
        if module in open_modules:
            open_modules.discard(module)
            done.add(module)
        elif module not in done:
            open_modules.add(module)
            steps.append(module)
            for child in reversed(module.submodules):
                if child.module in open_modules:
                    what = f"submodule {child.name!r} is {paths[child.module]}, which holds it"
                    yield Fault("BAD_MODULE", paths[module], what)
                elif child.module not in done:
                    steps.append(child.module)


def graph_18_parameters_and_buffers(scope: Scope) -> Iterator[Fault]:
    """GRAPH-18: A parameter MUST be a weight, a buffer MUST be either a weight or a state."""
    for where, module in scope.modules:
        for parameter in module.parameters:
            if not isinstance(parameter.weight, ir.Weight):
                what = f"a weight is needed, found {type(parameter.weight).__name__}"
                yield Fault("BAD_MODULE", f"{where}.parameters[{parameter.name}]", what)
        for buffer in module.buffers:
            if not isinstance(buffer.value, (ir.Weight, ir.State)):
                what = f"a weight or a state is needed, found {type(buffer.value).__name__}"
                yield Fault("BAD_MODULE", f"{where}.buffers[{buffer.name}]", what)


def graph_19_attributes(scope: Scope) -> Iterator[Fault]:
    """GRAPH-19: An attribute of a module MUST be either a constant or a state."""
    for where, module in scope.modules:
        for attribute in module.attributes:
            if not isinstance(attribute.value, (ir.Constant, ir.State)):
                what = f"a constant or a state is needed, found {type(attribute.value).__name__}"
                yield Fault("BAD_MODULE", f"{where}.attributes[{attribute.name}]", what)


def graph_20_root(scope: Scope) -> Iterator[Fault]:
    """GRAPH-20: A model MUST have a root module."""
    if not isinstance(scope.model.root, ir.Module):
        yield Fault("BAD_MODULE", "root", "the model has no root module")


RULES: tuple[Rule, ...] = (
    graph_12_method_binds,
    graph_13_bound_types,
    graph_16_member_names,
    graph_17_no_cycle,
    graph_18_parameters_and_buffers,
    graph_19_attributes,
    graph_20_root,
)
