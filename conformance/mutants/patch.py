"""Puts a fault into the loader of this process, for good: only a forked child does so.

The code of a function is exchanged in the function itself, so whoever holds it has the fault.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import inspect
import sys
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from mutants.registry import Mutant, MutantError, every

if TYPE_CHECKING:
    from types import ModuleType

_AT_ONCE = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_BETWEEN_CALLS = ("opset.calls:_TYPES", "engine.py.engine:_FREE", "kernels.scratch:_KEPT")
"""What the loader keeps from one call to the next, beside its caches of functions."""


def put_in(mutant: Mutant) -> None:
    """Change the loader as a fault says, and forget what it has cached. Raises MutantError."""
    if mutant.op:
        _bend(mutant)
    else:
        _change(mutant)
    if mutant.also:
        put_in(every()[mutant.also])
    forget()


def _change(mutant: Mutant) -> None:
    """Give a constant another value, or a function another body."""
    module, name = _place(mutant)
    if mutant.value:
        _set(module, name, eval(mutant.value, dict(vars(module))))  # noqa: S307  # our own data
    else:
        exchange(module, name, faulty(mutant))


def faulty(mutant: Mutant) -> ast.Module:
    """Return the source of a module with a fault. Raises MutantError where it has no place."""
    module, name = _place(mutant)
    source = inspect.getsource(module)
    return _with_body(source, name, mutant.body) if mutant.body else _edited(source, mutant)


def exchange(module: ModuleType, name: str, tree: ast.Module) -> None:
    """Give a function of a module the code that it has in another version of the source."""
    code: CodeType = compile(tree, str(module.__file__), "exec", dont_inherit=True)
    for step in name.split("."):
        inner = [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == step]
        if not inner:
            raise MutantError(f"{module.__name__} has no code of {name}")
        code = inner[-1]
    function = function_of(module, name)
    if not code.co_freevars:  # a statement left out was the only one with `super()`
        code = code.replace(co_freevars=function.__code__.co_freevars)
    _exchange_inner(function.__code__, code)
    function.__code__ = code


def _exchange_inner(old: CodeType, new: CodeType) -> None:
    """Give the functions that a function has made, a wrapped kernel say, their new code too."""
    for one, other in zip(_inner(old), _inner(new), strict=False):
        if one != other and one.co_freevars == other.co_freevars:
            gc.unfreeze()
            for made in gc.get_referrers(one):
                if isinstance(made, FunctionType):
                    made.__code__ = other
        _exchange_inner(one, other)


def _inner(code: CodeType) -> list[CodeType]:
    return [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name not in _AT_ONCE]


def function_of(module: ModuleType, name: str) -> FunctionType:
    """Return a function behind whatever it is wrapped in. Raises MutantError."""
    found: Any = module
    for step in name.split("."):
        found = inspect.getattr_static(found, step)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, functools.cached_property):
        found = found.func
    while not isinstance(found, FunctionType):
        inner = getattr(found, "__func__", None) or getattr(found, "__wrapped__", None)
        if inner is None:
            raise MutantError(f"{module.__name__}:{name} is no function")
        found = inner
    return inspect.unwrap(found)


def forget() -> None:
    """Empty every cache of the loader: what is in it was made without the fault."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tracescript."):
            for item in list(vars(module).values()):
                clear = getattr(item, "cache_clear", None)
                if inspect.isbuiltin(clear):  # `ops` of preludes has every attribute
                    clear()
    for place in _BETWEEN_CALLS:
        name, _, item = place.partition(":")
        if f"tracescript.{name}" in sys.modules:
            kept = getattr(sys.modules[f"tracescript.{name}"], item)
            (kept if hasattr(kept, "clear") else vars(kept)).clear()


def function_node(tree: ast.Module, name: str) -> ast.FunctionDef:
    """Return the definition of a function. Raises MutantError."""
    found: Any = tree
    for step in name.split("."):
        named = [
            n
            for n in ast.walk(found)
            if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == step and n is not found
        ]
        if not named:
            raise MutantError(f"no definition of {name}")
        found = named[-1]
    if not isinstance(found, ast.FunctionDef):
        raise MutantError(f"{name} is no function")
    return found


def _place(mutant: Mutant) -> tuple[ModuleType, str]:
    module, _, name = mutant.at.partition(":")
    return importlib.import_module(f"tracescript.{module}"), name


def _with_body(source: str, name: str, body: str) -> ast.Module:
    tree = ast.parse(source)
    function_node(tree, name).body = ast.parse(body).body
    return ast.fix_missing_locations(tree)


def _edited(source: str, mutant: Mutant) -> ast.Module:
    node = function_node(ast.parse(source), mutant.at.partition(":")[2])
    lines = source.splitlines(keepends=True)
    before, after = lines[: node.lineno - 1], lines[node.end_lineno :]
    text = "".join(lines[node.lineno - 1 : node.end_lineno])
    if text.count(mutant.old) != 1:
        raise MutantError(f"{mutant.id}: {mutant.old!r} stands {text.count(mutant.old)} times")
    text = text.replace(mutant.old, mutant.new)
    return ast.parse("".join((*before, text, *after)))


def _bend(mutant: Mutant) -> None:
    """Let the kernel of an op give another result."""
    from tracescript.kernels import KERNELS

    kernel = KERNELS.get(mutant.op)
    if kernel is None:
        raise MutantError(f"{mutant.id}: no kernel computes {mutant.op!r}")
    expression = compile(mutant.result, mutant.id, "eval")

    def bent(*inputs: Any, **attributes: Any) -> Any:
        y = kernel(*inputs, **attributes)
        names = dict(zip("abcdef", (*inputs, *[None] * 6), strict=False))
        scope = {"np": np, "y": y, "o": attributes, **names}
        found = eval(expression, scope)  # noqa: S307  # our own data
        return np.asarray(found, y.dtype) if isinstance(y, np.ndarray | np.generic) else found

    KERNELS._kernels[mutant.op] = bent  # noqa: SLF001  # a fault, not a use


def _set(module: ModuleType, name: str, value: Any) -> None:
    """Rebind a constant wherever it was imported under its name."""
    old = getattr(module, name)
    for found, holder in list(sys.modules.items()):
        if found.startswith("tracescript.") and vars(holder).get(name) is old:
            setattr(holder, name, value)
