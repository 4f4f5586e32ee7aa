"""Says where in a program something went wrong, and turns Python's exceptions into traps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numpy.exceptions import AxisError

from tracescript.errors import ExecutionError, LimitError, TrapError, TsError
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (ZeroDivisionError, "ZERO_DIVISION"),
    (OverflowError, "VALUE_ERROR"),
    (AxisError, "VALUE_ERROR"),
    (IndexError, "INDEX_ERROR"),
    (KeyError, "KEY_ERROR"),
    (ValueError, "SHAPE_ERROR"),
)
"""What a kernel's own exception means: it saw sizes or numbers that only a run can show."""


def nodes_in_order(block: ir.Block) -> Iterator[ir.Node]:
    """Yield every node of a block and of the blocks within, in text order."""
    todo = list(reversed(block.nodes))
    while todo:
        node = todo.pop()
        yield node
        for inner in reversed(node.blocks):
            todo += reversed(inner.nodes)


def where(function: ir.Function, node: ir.Node | None) -> str:
    """Return `file:line` of a node, or its function and index where debug info is gone.

    Without a node it is the function. In the definition of an op, which has no name, it is
    empty: the node that calls the op has the place.
    """
    if node is None or not function.name:
        return function.name
    if node.place is not None:
        return f"{node.place.file}:{node.place.line}"
    index = next((i for i, n in enumerate(nodes_in_order(function.body)) if n is node), None)
    return function.name if index is None else f"{function.name}, node {index} ({node.op})"


def placed(error: Exception, function: ir.Function, node: ir.Node | None) -> ExecutionError | None:
    """Return what a node raised as an error with code, rule and place.

    None where the error is to be raised as it is: a bug of ours, or what an expansion found wrong,
    which gets its place.
    """
    if isinstance(error, ExecutionError):
        found = error
    elif isinstance(error, TsError):
        error.where = error.where or where(function, node)
        return None
    elif isinstance(error, MemoryError):
        found = LimitError("the machine has no memory left", code="MEMORY_LIMIT", rule="EXEC-5")
    elif isinstance(error, RecursionError):
        found = LimitError("blocks or calls nest too deep", code="RECURSION_LIMIT", rule="EXEC-5")
    else:
        code = next((c for kind, c in _CODES if isinstance(error, kind)), None)
        if code is None or node is None:
            return None
        found = TrapError(f"{node.op}: {error}", code=code)
    if not found.where:
        found.where = where(function, node)
    if not found.rule and node is not None:
        found.rule = _rule(node.op, found.code)
    if found.code == "SHAPE_ERROR" and not found.hint and node is not None:
        found.hint = _ranks(node.op)
    return found


def _ranks(op: str) -> str:
    """Say what ranks an op asks for: a file need not say those of its inputs."""
    definition = opset().get(op)
    texts = [t for _, t, _ in definition.constraints if "rank" in t] if definition else []
    return f"{op} asks: {' '.join(texts)}" if texts else ""


def _rule(op: str, code: str) -> str:
    definition = opset().get(op)
    ids = [i for i, c in definition.errors if c == code] if definition else []
    return f"OP.{op}.{ids[0]}" if ids else ""
