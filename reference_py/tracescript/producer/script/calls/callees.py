"""What is called: methods of instances, and how callables are named."""

from __future__ import annotations

import ast
import builtins
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.emitter.entries import Bound, Known

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_SHAPE = frozenset(
    {"view", "reshape", "expand", "repeat", "tile", "new_zeros", "new_ones", "new_empty"}
)
"""Methods of tensors that take sizes one by one."""
_MAKE = frozenset(
    f"{library}.{name}"
    for library, names in (
        ("torch", ("zeros", "ones", "empty", "rand", "randn")),
        ("numpy", ("random.rand", "random.randn")),
    )
    for name in names
)


def is_place(node: ast.expr) -> bool:
    """Whether an expression names what can be given another value."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def python_method(value: Any, name: str) -> Any:
    """Return a special method that the class of an object defines in Python, else None."""
    found = getattr(type(value), name, None)
    is_function = inspect.isfunction(value) or inspect.ismethod(value)
    return found if inspect.isfunction(found) and not is_function else None


def takes_sizes(e: Emitter, callee: Entry | None) -> bool:
    """Whether a library's function takes any number of sizes: `x.view(*shape)`."""
    if isinstance(callee, Bound):
        return is_tensor(callee.owner) and callee.name in _SHAPE
    if not isinstance(callee, Known):
        return False
    return not _MAKE.isdisjoint(e.session.names.of(callee.value))


def describe_call(value: Any) -> str:
    """Name a callable with its module."""
    module = getattr(value, "__module__", "") or ""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or repr(value)
    if name.startswith("pybind11_detail"):
        name = name.rpartition(".")[2]
    is_builtin = not module or getattr(builtins, name, None) is value
    return name if is_builtin else f"{module}.{name}"
