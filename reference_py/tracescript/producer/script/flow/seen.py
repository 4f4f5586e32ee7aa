"""Iterators whose items are made at once: refused where that is seen. Spec: SCRIPT-6."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.opset.table import opset
from tracescript.producer.script.emitter.entries import Known
from tracescript.producer.script.flow.iterators import CONSUMERS, gives_iterator, parents_of

if TYPE_CHECKING:
    from tracescript.ir.graph import Node
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Scope


Before = tuple[int, "Scope"]


def begin(e: Emitter) -> Before:
    """Return what `refuse_seen` takes: how things are before items are made."""
    return len(e.builder.nodes), dict(e.scope)


def refuse_seen(e: Emitter, node: ast.expr, before: Before) -> None:
    """Refuse an iterator whose items are made at once, where it is seen that Python does not.

    That is where making them has an effect, or may stop, and not all are taken at once.
    Spec: SCRIPT-6.
    """
    parents = parents_of(e.frame.definition)
    is_known = e.frame.is_ours or node not in parents or _gives_items_alone(e, node)
    if is_known or _is_emptied(node, parents):
        return
    count, scope = before
    is_changed = any(e.scope.get(k) is not x for k, x in scope.items() if _is_of_program(k))
    if is_changed or any(_has_effect(e, n) for n in e.builder.nodes[count:]):
        raise e.error(
            node,
            "the items of this iterator are made when they are taken, which would be seen",
            rule="SCRIPT-6",
            hint="make a list of it, or run a `for` over it",
        )


def _is_of_program(key: str) -> bool:
    """Whether a key of the scope is a name of the program's or a state."""
    return key.partition(":")[2].isidentifier()


def _gives_items_alone(e: Emitter, node: ast.expr) -> bool:
    """Whether a call gives what its arguments hold, and calls nothing for it."""
    callee = e.expr(node.func) if isinstance(node, ast.Call) else None
    home = e.session.identity(callee.value) if isinstance(callee, Known) else ""
    return gives_iterator(home) and home.rpartition(".")[2] not in _CALLING


_CALLING = frozenset(
    {"map", "filter", "starmap", "accumulate", "takewhile", "dropwhile", "filterfalse"}
)
"""The iterators that call a function for an item."""


def _has_effect(e: Emitter, node: Node) -> bool:
    """Whether it is seen when, and whether, a node runs: it prints, draws, changes or stops."""
    inside = [n for block in node.blocks for n in block.nodes]
    if node.op == "call":
        found = e.session.functions.get(dict(node.attributes)["function"].name)  # type: ignore[union-attr]  # it is a FunctionRef
        if found is None or any(i.kind == "state" for i in found.inputs):
            return True
        inside += found.body.nodes
    op = opset()[node.op]
    is_own = op.effect != "none" or op.profile == "random"
    return is_own or any(_has_effect(e, n) for n in inside)


def _is_emptied(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether what is around an iterator takes all its items before anything else is done."""
    parent = parents[node]
    if isinstance(parent, ast.Starred):
        return True
    if isinstance(parent, ast.Assign):
        return not any(isinstance(t, ast.Name) for t in parent.targets)
    if not isinstance(parent, ast.Call) or node is parent.func:
        return isinstance(parent, ast.AugAssign)
    name = getattr(parent.func, "attr", "") or getattr(parent.func, "id", "")
    if name in {"enumerate", "chain", "from_iterable"}:
        return _is_emptied(parent, parents)
    return name in CONSUMERS - _PARTIAL


_PARTIAL = frozenset(
    {
        *("all", "any", "filter", "map", "reduce", "zip", "islice", "accumulate", "product"),
        *("takewhile", "dropwhile", "filterfalse", "starmap", "pairwise", "zip_longest"),
        *("compress", "from_iterable", "unroll"),
    }
)
"""Those of the consumers that take items one by one, or not all."""


__all__ = ["begin", "refuse_seen"]
