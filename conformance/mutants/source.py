"""Faults made by rule: `python -m mutants.source MODULE ... [--sample N] [--seed S]`.

In a function of a module below `tracescript` one comparison is turned round, one number is one
more, `and` becomes `or`, a condition is negated, or a statement or `raise` is left out. Every case
is asked until one notices. What survives is listed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import inspect
import os
import random
import sys
from functools import partial
from typing import TYPE_CHECKING

from mutants import patch
from mutants.killing import Suite, Task, run, warm

if TYPE_CHECKING:
    from collections.abc import Iterator

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def changes(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield what is changed, with the line, and the changed function."""
    for place, node in enumerate(ast.walk(function)):
        for what in _kinds(node):
            made = copy.deepcopy(function)
            target = next(n for i, n in enumerate(ast.walk(made)) if i == place)
            _change(what, target)
            yield f"{getattr(node, 'lineno', function.lineno)}: {what}", made


def _kinds(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        return ["comparison turned"]
    if isinstance(node, ast.BoolOp):
        return ["and for or"]
    if isinstance(node, ast.If | ast.While):
        return ["condition negated"]
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ["number one more"]
    if isinstance(node, ast.Raise):
        return ["raise left out"]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ["statement left out"]
    return []


def _change(what: str, node: ast.AST) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = _TURNED[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.If | ast.While):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value += 1
    elif isinstance(node, ast.Raise):
        node.exc, node.cause = None, None
        node.__class__ = ast.Pass  # type: ignore[assignment]  # the node in its place
    elif isinstance(node, ast.Expr) and what == "statement left out":
        node.value = ast.Constant(None)


def tasks(module_name: str, cases: dict[str, list[str]]) -> Iterator[Task]:
    """Yield every change of every function of a module as a task."""
    module = importlib.import_module(f"tracescript.{module_name}")
    tree = ast.parse(inspect.getsource(module))
    for holder in (tree, *[n for n in tree.body if isinstance(n, ast.ClassDef)]):
        for place, node in enumerate(holder.body):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("__repr"):
                continue
            name = node.name if holder is tree else f"{holder.name}.{node.name}"  # type: ignore[union-attr]  # a class
            for what, made in changes(node):
                whole = copy.deepcopy(tree)
                _put(whole, holder, place, made)
                put_in = partial(_exchange, module_name, name, ast.fix_missing_locations(whole))
                yield Task(f"{module_name}:{name}:{what}", put_in, "ref", cases)


def _put(tree: ast.Module, holder: ast.AST, place: int, made: ast.FunctionDef) -> None:
    where = tree.body
    if isinstance(holder, ast.ClassDef):
        where = next(
            n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == holder.name
        )
    where[place] = made


def _exchange(module_name: str, name: str, tree: ast.Module) -> None:
    patch.exchange(importlib.import_module(f"tracescript.{module_name}"), name, tree)
    patch.forget()


def main() -> int:
    """Print what survives, and the share that is noticed."""
    parser = argparse.ArgumentParser(prog="mutants.source", description=__doc__)
    parser.add_argument("modules", nargs="+", help="modules below tracescript")
    parser.add_argument("--sample", type=int, default=40, help="faults to try")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    options = parser.parse_args()
    suite = Suite()
    broken = warm(suite, ["ref"], suite.cases)
    if broken:
        print(f"the sound loader fails: {broken}")
        return 2
    cases = {"": sorted(suite.cases, key=lambda i: suite.cases[i].WhichOneof("kind") or "")}
    every = [task for module in options.modules for task in tasks(module, cases)]
    chosen = random.Random(options.seed).sample(every, min(options.sample, len(every)))  # noqa: S311  # a sample, no secret
    alive = [name for name, found in run(suite, chosen, os.cpu_count() or 1) if not found]
    print("\n".join(sorted(alive)))
    print(f"{len(chosen) - len(alive)} of {len(chosen)} killed, of {len(every)} in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
