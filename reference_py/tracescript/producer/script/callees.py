"""What is called: special forms, methods of instances, and how callables are named."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ListType, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.entries import Items, constant_of
from tracescript.producer.script.matching import REFUSED

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


def sequence_test(e: Emitter, node: ast.Call) -> Entry:
    """Whether the subject of a `match` is a tuple or list of a length."""
    if isinstance(node.func, ast.Name) and node.func.id == REFUSED:
        raise e.error(
            node,
            "scripts do not have this pattern",
            hint="there are literals, names, |, tuples without a star, classes with keywords",
        )
    subject, wanted = e.expr(node.args[0]), constant_of(e.expr(node.args[1]))[1]
    if isinstance(subject, Value) and isinstance(subject.type, ListType):
        length = e.op("list.len", [subject])
        return e.op("int.cmp", [length, e.constant(wanted)], {"relation": "eq"})
    if isinstance(subject, Value) and isinstance(subject.type, TupleType):
        subject = e.parts(subject)
    return e.constant(isinstance(subject, Items) and len(subject.parts) == wanted)


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
    return f"{module}.{name}" if module and module != "builtins" else name
