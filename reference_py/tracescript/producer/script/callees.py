"""What is called: methods of instances, and how callables are named."""

from __future__ import annotations

import ast
import builtins
import inspect
from typing import Any


def changed_name(receiver: ast.expr) -> ast.expr:
    """`y.mul_(2).add_(1)` changes y twice."""
    while (
        isinstance(receiver, ast.Call)
        and isinstance(receiver.func, ast.Attribute)
        and receiver.func.attr.endswith("_")
        and not receiver.func.attr.endswith("__")
    ):
        receiver = receiver.func.value
    return receiver


VIEWS = frozenset({"view", "squeeze", "unsqueeze", "t", "transpose", "swapaxes", "T", "mT"})
"""Attributes and methods of tensors that are views whatever the layout, and can be put back."""


def viewed(node: ast.expr) -> ast.expr | None:
    """Return `x` of `x.view(...)` and the like, None for anything else."""
    found = node.func if isinstance(node, ast.Call) else node
    if not isinstance(found, ast.Attribute) or found.attr not in VIEWS:
        return None
    is_attribute = found.attr in {"T", "mT"}
    return found.value if is_attribute != isinstance(node, ast.Call) else None


def is_place(node: ast.expr) -> bool:
    """Whether an expression names what can be given another value."""
    while (inner := viewed(node)) is not None:
        node = inner
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def python_method(value: Any, name: str) -> Any:
    """Return a special method that the class of an object defines in Python, else None."""
    found = getattr(type(value), name, None)
    is_function = inspect.isfunction(value) or inspect.ismethod(value)
    return found if inspect.isfunction(found) and not is_function else None


def describe_call(value: Any) -> str:
    """Name a callable with its module."""
    module = getattr(value, "__module__", "") or ""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or repr(value)
    if name.startswith("pybind11_detail"):
        name = name.rpartition(".")[2]
    is_builtin = not module or getattr(builtins, name, None) is value
    return name if is_builtin else f"{module}.{name}"
