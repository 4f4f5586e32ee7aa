"""Checks the expressions of op files: what they are made of, and the names they use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.opset.predicate_functions import FUNCTIONS
from tracescript.opset.shape_rules import RULES
from tracescript.opset.value_functions import FUNCTIONS as OF_VALUES
from tracescript.opset.value_rules import VALUE_RULES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from tracescript.v1 import opdef_pb2


def faults(op: opdef_pb2.OpDef) -> Iterator[str]:
    """Yield what is wrong with the expressions and the shape rule of an op."""
    names = {i.name for i in op.inputs} | {a.name for a in op.attributes} | {"_"}
    if op.shape.rule not in {*RULES, *VALUE_RULES, "blocks", "derived"}:
        yield f"shape: no rule {op.shape.rule!r}"
    for text in op.shape.arguments:
        yield from _of_text(text, names, "shape")
    if op.elements:
        yield from _of_text(op.elements, names, "elements", OF_VALUES)
    for constraint in op.constraints:
        if constraint.predicate:
            yield from _of_text(constraint.predicate, names, constraint.id)
    for python_name in (*op.torch, *op.numpy, *op.python):
        if python_name.when:
            yield from _of_text(python_name.when, None, python_name.name)


def _of_text(
    text: str, names: set[str] | None, where: str, functions: Container[str] = FUNCTIONS
) -> Iterator[str]:
    """Yield what is wrong with one expression; with `names` None any name may be a parameter."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        yield f"{where}: {text!r} is no expression"
        return
    nodes = list(ast.walk(tree))
    called = {n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    for function in sorted(f for f in called if f not in functions):
        yield f"{where}: no function {function}"
    bound = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    used = {n.id for n in nodes if isinstance(n, ast.Name)} - bound - called
    if names is not None:
        for name in sorted(used - names):
            yield f"{where}: no input or attribute {name}"
