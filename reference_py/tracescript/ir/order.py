"""Puts functions, modules, states and ops of a model into the order of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.errors import InvalidModelError
from tracescript.ir.graph import FunctionRef
from tracescript.ir.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tracescript.ir.graph import Block, Function, Node
    from tracescript.ir.model import Model, Module
    from tracescript.ir.values import Weight


def visit(body: Block, steps: Callable[[Block], Iterator[Block]]) -> None:
    """Run `steps` on a block and on every block it yields, at the moment it yields it.

    Keeps its own stack: a tree of blocks may be deeper than Python's.
    """
    stack = [steps(body)]
    while stack:
        inner = next(stack[-1], None)
        if inner is None:
            stack.pop()
        else:
            stack.append(steps(inner))


def nodes_of(function: Function) -> list[Node]:
    """List all nodes of a function, each after the nodes of its blocks."""
    if not any(node.blocks for node in function.body.nodes):
        return list(function.body.nodes)
    nodes: list[Node] = []

    def steps(block: Block) -> Iterator[Block]:
        for node in block.nodes:
            yield from node.blocks
            nodes.append(node)

    visit(function.body, steps)
    return nodes


def _after_references(roots: Iterable[str], references: dict[str, tuple[str, ...]]) -> list[str]:
    """List the names reachable from the roots, each after those it refers to."""
    order: list[str] = []
    seen: set[str] = set()
    for root in roots:
        stack = [iter((root,))]
        path: list[str] = []
        while stack:
            name = next(stack[-1], None)
            if name is None:
                stack.pop()
                if path:
                    order.append(path.pop())
            elif name not in seen:
                seen.add(name)
                path.append(name)
                stack.append(iter(references[name]))
    return order


def modules_of(root: Module) -> list[Module]:
    """List the modules, each after all modules that hold it; pre-order where the tree is one.

    Raises:
        InvalidModelError: BAD_MODULE, CONTAINER-16, if a module holds itself.
    """
    left: list[Module] = []
    open_modules = {root}
    seen = {root}
    stack = [(root, iter([s.module for s in reversed(root.submodules)]))]
    while stack:
        module, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            open_modules.discard(module)
            left.append(module)
        elif child in open_modules:
            what = f"found module {child.class_name!r} inside itself, expected a tree"
            raise InvalidModelError(what, code="BAD_MODULE", where="modules", rule="CONTAINER-16")
        elif child not in seen:
            seen.add(child)
            open_modules.add(child)
            stack.append((child, iter([s.module for s in reversed(child.submodules)])))
    return left[::-1]


def functions_of(model: Model, modules: list[Module]) -> list[Function]:
    """List the functions that methods reach, callees first, from the methods in module order.

    Raises:
        InvalidModelError: BAD_INDEX, CONTAINER-17, for a function that the model lacks.
    """
    references = {
        f.name: tuple(
            value.name
            for node in nodes_of(f)
            for _, value in node.attributes
            if isinstance(value, FunctionRef)
        )
        for f in model.functions
    }
    roots = [method.function for module in modules for method in module.methods]
    wanted = {*roots, *(name for names in references.values() for name in names)}
    missing = sorted(wanted - references.keys())
    if missing:
        what = f"found a reference to function {missing[0]!r}, expected one of the model"
        raise InvalidModelError(what, code="BAD_INDEX", where="functions", rule="CONTAINER-17")
    return [model.by_name[name] for name in _after_references(roots, references)]


def states_of(modules: list[Module]) -> list[State]:
    """List the states in the order in which modules first refer to them."""
    states: dict[State, None] = {}
    for module in modules:
        owned = [buffer.value for buffer in module.buffers if isinstance(buffer.value, State)]
        owned += [entry.value for entry in module.attributes if isinstance(entry.value, State)]
        states.update((state, None) for state in owned)
        for method in module.methods:
            states.update((state, None) for state in method.states)
    return list(states)


def own_weights(modules: list[Module]) -> frozenset[Weight]:
    """Collect the weights of parameters and buffers."""
    owned: set[Weight] = set()
    for module in modules:
        owned.update(parameter.weight for parameter in module.parameters)
        owned.update(b.value for b in module.buffers if not isinstance(b.value, State))
    return frozenset(owned)


def canonical(model: Model) -> Model:
    """Return the model with the functions that its methods reach, in the order of the file.

    Raises InvalidModelError as `modules_of` and `functions_of` do.
    """
    return replace(model, functions=tuple(functions_of(model, modules_of(model.root))))
