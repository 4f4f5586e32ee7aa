"""`str.format` and `%` of texts known at compile time."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from tracescript.ir.types import ScalarKind, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.format_specs import refused
from tracescript.producer.script.containers.text import Template, as_text, repr_of
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import Items

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_PERCENT = re.compile(
    r"%(?P<flags>[#0\- +]*)(?P<width>\d*)(?:\.(?P<digits>\d+))?(?P<kind>[a-zA-Z%])"
)


def format_method(e: Emitter, text: str, args: list[Entry], kwargs: dict[str, Entry]) -> Value:
    """`"...".format(...)` of a text known at compile time."""
    template, number = Template(e), 0
    with refused(e, text):
        pieces = list(string.Formatter().parse(text))
    for literal, name, spec, conversion in pieces:
        template.literal(literal)
        if name is None:
            continue
        if not name:
            name, number = str(number), number + 1  # noqa: PLW2901  # fields without a name count up
        found = args[int(name)] if name.isdigit() and int(name) < len(args) else kwargs.get(name)
        if found is None or "{" in (spec or ""):
            raise e.error(
                None,
                f"the field {{{name}{':' + spec if spec else ''}}} of a text",
                rule="SCRIPT-10",
                hint="fields are numbers and names of arguments; specs are written out",
            )
        template.value(found, spec or "", ord(conversion) if conversion else -1)
    return template.done()


def percent(e: Emitter, text: str, operand: Entry) -> Value:
    """`"..." % (...)` of a text known at compile time."""
    if isinstance(operand, Value) and isinstance(operand.type, TupleType):
        operand = e.parts(operand)
    values = (
        list(operand.parts) if isinstance(operand, Items) and not operand.is_list else [operand]
    )
    template, at = Template(e), 0
    for found in _PERCENT.finditer(text):
        literal = text[at : found.start()]
        at = found.end()
        template.literal(literal)
        if found["kind"] == "%":
            template.literal("%")
            continue
        if not values or "%" in literal:
            raise _bad_percent(e, text)
        _percent_field(e, template, found, values.pop(0))
    template.literal(text[at:])
    if values or "%" in text[at:]:
        raise _bad_percent(e, text)
    return template.done()


def _bad_percent(e: Emitter, text: str) -> Exception:
    return e.error(
        None,
        f"{text!r} has other fields than there are values",
        code="TYPE_INFERENCE",
        rule="SCRIPT-10",
        hint="an f-string says which value stands where",
    )


def _percent_field(e: Emitter, template: Template, found: re.Match[str], entry: Entry) -> None:
    kind, flags = found["kind"].replace("i", "d").replace("u", "d"), found["flags"]
    if kind not in "doxXeEfFgGsr":
        raise e.error(None, f"%{kind} in a text", rule="SCRIPT-10", hint="use an f-string")
    align = "<" if "-" in flags else ">" if kind in "sr" else ""
    zero = "0" if "0" in flags and "-" not in flags and kind not in "sr" else ""
    sign = "+" if "+" in flags else " " if " " in flags else ""
    digits = f".{found['digits']}" if found["digits"] else ""
    form = "" if kind in "sr" else kind
    spec = f"{align if found['width'] else ''}{sign}{'#' if '#' in flags else ''}{zero}"
    spec += f"{found['width']}{digits}{form}"
    if kind == "d" and is_scalar(entry, ScalarKind.FLOAT):
        from tracescript.producer.script.expressions.operators import to_number

        entry = to_number(e, e.value(entry), ScalarKind.INT)
    if kind in "sr":
        entry = repr_of(e, entry) if kind == "r" else as_text(e, entry)
    template.value(entry, spec)
