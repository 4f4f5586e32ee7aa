"""Texts of records, as their class or Python writes them, and of known objects."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DataType
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.emitter.own_containers import is_set, python_class
from tracescript.producer.script.expressions.own_operators import special

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Known, Struct

_MADE = {dataclasses.__name__, "collections", "reprlib"}
"""Modules whose functions make a `__repr__` for a class."""


def record_text(e: Emitter, entry: Struct, name: str) -> Entry:
    """`str(record)` or `repr(record)`; `name` is `str` or `repr`."""
    if python_class(entry.cls) is not entry.cls:
        what, hint = ("set", "sorted(s)") if is_set(entry) else ("defaultdict", "dict(d)")
        raise e.error(None, f"the text of a {what}", rule="SCRIPT-4", hint=f"write {hint}")
    if entry.cls is dict:
        return _written(e, entry, list(entry.fields))
    if name == "str" and (own := special(e, entry, "str")) is not None:
        return own
    found = inspect.getattr_static(entry.cls, "__repr__", None)
    if not inspect.isfunction(found):
        raise e.error(
            None,
            f"the text of a {entry.cls.__qualname__} says where it lies in memory",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="define __repr__, or write what you need of it: p.field",
        )
    made = getattr(found, "__wrapped__", found)
    if made.__code__.co_filename != "<string>" and made.__globals__.get("__name__") not in _MADE:
        own = special(e, entry, "repr")
        assert own is not None
        return own
    if dataclasses.is_dataclass(entry.cls):
        return _written(e, entry, [f.name for f in dataclasses.fields(entry.cls) if f.repr])
    return _written(e, entry, list(entry.fields))


def formatted_record(e: Emitter, entry: Entry, spec: str | Value) -> Entry | None:
    """`format(record, spec)` where its class says it; None for anything else."""
    return special(e, entry, "format", e.constant(spec) if isinstance(spec, str) else spec)


def known_text(e: Emitter, entry: Known, written: Callable[[Any], str]) -> Value:
    """The text of an object known at compile time; of a data type, as the library writes it."""
    value = entry.value
    if isinstance(value, DataType):
        door = torch_door() if e.frame.flavour == "torch" else None
        value = dtypes.numpy_of(value) if door is None else door.data_type_object(value)
    return e.constant(written(value))


def _written(e: Emitter, entry: Struct, names: list[str]) -> Entry:
    """`Name(field=value)`."""
    from tracescript.producer.script.containers.text import Template, repr_of

    template = Template(e)
    name = entry.cls.__name__ if issubclass(entry.cls, tuple) else entry.cls.__qualname__
    template.literal(f"{name}(")
    for k, field in enumerate(names):
        template.literal(f"{', ' if k else ''}{field}=")
        template.value(repr_of(e, entry.fields[field]))
    template.literal(")")
    return template.done()
