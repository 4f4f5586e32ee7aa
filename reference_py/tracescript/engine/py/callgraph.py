"""Who calls whom, and what a node reads from around it."""

from __future__ import annotations

from tracescript import ir
from tracescript.engine.places import nodes_in_order


def free_values(node: ir.Node) -> list[ir.Value]:
    """The values that a node and its blocks read and do not define, each once, in order."""
    inside: set[ir.Value] = set()
    read: dict[ir.Value, None] = {}
    todo = [node]
    while todo:
        inner = todo.pop()
        read.update((v, None) for v in inner.inputs if v is not None)
        inside.update(inner.outputs)
        for block in inner.blocks:
            inside.update(block.params)
            read.update((v, None) for v in block.results)
            todo += block.nodes
    return [v for v in read if v not in inside and v.constant is None]


def recursive_functions(model: ir.Model) -> set[str]:
    """The names of functions that can call themselves, directly or through others."""
    calls = {
        f.name: {
            a.name
            for n in nodes_in_order(f.body)
            if n.op == "call"
            for _, a in n.attributes
            if isinstance(a, ir.FunctionRef)
        }
        for f in model.functions
    }
    order = {name: i for i, name in enumerate(calls)}
    if all(order[c] < order[name] for name, callees in calls.items() for c in callees):
        return set()
    found = set()
    for name, callees in calls.items():
        seen, todo = set(), list(callees)
        while todo:
            callee = todo.pop()
            if callee not in seen:
                seen.add(callee)
                todo += calls[callee]
        if name in seen:
            found.add(name)
    return found
