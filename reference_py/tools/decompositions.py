"""Checks the decompositions of composites and makes each self-contained."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tracescript.v1 import opdef_pb2


def close(ops: Sequence[opdef_pb2.OpDef], helpers: Path) -> Iterator[str]:
    """Put the helper functions that a decomposition uses in front of it; yield what is wrong.

    The op's own function is the last one of the closed text.
    """
    text = helpers.read_text(encoding="utf-8") if helpers.exists() else ""
    known = _functions(text)
    names = {op.name for op in ops}
    uses: dict[str, set[str]] = {}
    for op in ops:
        if not op.decomposition:
            continue
        try:
            own = _functions(op.decomposition)
        except SyntaxError as error:
            yield f"{op.name}.toml: decomposition: {error.msg}, line {error.lineno}"
            continue
        yield from (f"{op.name}.toml: decomposition: {f}" for f in _faults(op, own))
        needed = _needed(own[op.name][1], known) if op.name in own else []
        parts = [known[name][0] for name in needed]
        op.decomposition = "\n\n".join([*parts, op.decomposition.strip()]) + "\n"
        uses[op.name] = _op_calls(ast.parse(op.decomposition))
        for name in sorted(uses[op.name] - names):
            yield f"{op.name}.toml: decomposition: no op {name}"
    yield from _cycles(uses)


def _functions(text: str) -> dict[str, tuple[str, ast.FunctionDef]]:
    """Return each function of a text: its source and its tree."""
    return {
        node.name: (ast.get_source_segment(text, node) or "", node)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }


def _faults(op: opdef_pb2.OpDef, own: dict[str, tuple[str, ast.FunctionDef]]) -> Iterator[str]:
    if list(own) != [op.name.replace(".", "_")]:
        yield f"expected one function {op.name}, found {', '.join(own)}"
        return
    args = own[op.name][1].args
    found = [a.arg for a in args.args + args.kwonlyargs]
    expected = [i.name for i in op.inputs] + [a.name for a in op.attributes]
    if found != expected:
        yield f"expected parameters {', '.join(expected)}, found {', '.join(found)}"


def _needed(tree: ast.AST, known: dict[str, tuple[str, ast.FunctionDef]]) -> list[str]:
    """Return the helpers that a function calls, directly or not, in the order of their file."""
    found: set[str] = set()
    pending = [tree]
    while pending:
        for node in ast.walk(pending.pop()):
            if isinstance(node, ast.Name) and node.id in known and node.id not in found:
                found.add(node.id)
                pending.append(known[node.id][1])
    return [name for name in known if name in found]


def _op_calls(tree: ast.AST) -> set[str]:
    return {
        ast.unparse(node.func).removeprefix("ops.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("ops.")
    }


def _cycles(uses: dict[str, set[str]]) -> Iterator[str]:
    """Yield one sentence for each composite that needs itself."""
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> Iterator[str]:
        if name in path:
            yield f"{name}.toml: decomposition: a cycle {' -> '.join([*path, name])}"
        elif name in uses and name not in done:
            for used in sorted(uses[name]):
                yield from visit(used, (*path, name))
            done.add(name)

    for name in uses:
        yield from visit(name, ())
