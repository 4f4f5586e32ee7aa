"""f-strings and the text of values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import OptionalType, ScalarType, TensorType
from tracescript.producer.script.core import expression
from tracescript.producer.script.entries import Items, constant_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


@expression(ast.JoinedStr)
def f_string(e: Emitter, node: ast.JoinedStr) -> Entry:
    """`f"{x:.2f}"`."""
    template, values = _template(e, node)
    if not values:
        return e.constant(template.format())
    return e.op("str.format", [e.constant(template), *values])


def _template(e: Emitter, node: ast.JoinedStr) -> tuple[str, list[Value]]:
    text = ""
    values: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("{", "{{").replace("}", "}}")
            continue
        assert isinstance(part, ast.FormattedValue)
        spec = ""
        if part.format_spec is not None:
            inner = part.format_spec
            if not isinstance(inner, ast.JoinedStr) or not all(
                isinstance(v, ast.Constant) for v in inner.values
            ):
                raise e.error(part, "a format spec must be written out")
            spec = "".join(str(v.value) for v in inner.values if isinstance(v, ast.Constant))
        entry = e.expr(part.value)
        known, value = constant_of(entry)
        if known and not spec and part.conversion == -1:
            text += str(value).replace("{", "{{").replace("}", "}}")
            continue
        values.append(shown(e, entry))
        text += "{:" + spec + "}" if spec else "{}"
    return text, values


def shown(e: Emitter, entry: Entry) -> Value:
    """Return a value that `str.format` takes for an entry."""
    known, value = constant_of(entry)
    if known and not isinstance(value, bool | int | float | str):
        return e.constant(str(value))
    if isinstance(entry, Items):
        return joined(e, list(entry.parts), ", ")
    made = e.value(entry)
    if isinstance(made.type, ScalarType):
        return made
    if isinstance(made.type, TensorType) and made.type.shape == ():
        from tracescript.producer.script.library_shapes import item

        return e.value(item(e, [made], {}))
    if isinstance(made.type, OptionalType):
        return e.constant("an optional value")
    return e.constant(f"<{e.describe(made)}>")


def joined(e: Emitter, entries: Sequence[Entry], separator: str = " ") -> Value:
    """Write several values into one text."""
    parts = [shown(e, x) for x in entries]
    known = [constant_of(p) for p in parts]
    if all(k for k, _ in known):
        return e.constant(separator.join(str(v) for _, v in known))
    return e.op("str.format", [e.constant(separator.join(["{}"] * len(parts))), *parts])
