"""Texts: f-strings, `%`, `str.format`, and values written as `str` and `repr` write them."""

from __future__ import annotations

import ast
import contextlib
import re
import string
from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script import prelude
from tracescript.producer.script.core import expression
from tracescript.producer.script.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.entries import Empty, Items, Known, Struct, constant_of
from tracescript.producer.script.flow import branch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry

_REPR = 114
_STR = 115
_PERCENT = re.compile(
    r"%(?P<flags>[#0\- +]*)(?P<width>\d*)(?:\.(?P<digits>\d+))?(?P<kind>[a-zA-Z%])"
)


class Template:
    """The text of `str.format` and its values, part by part."""

    def __init__(self, e: Emitter) -> None:
        self._e = e
        self._text = ""
        self._values: list[Value] = []

    def literal(self, text: str) -> None:
        """Add text as it is."""
        self._text += text.replace("{", "{{").replace("}", "}}")

    def value(self, entry: Entry, spec: str = "", conversion: int = -1) -> None:
        """Add a value; Python's `format(value, spec)`."""
        e = self._e
        if conversion == _REPR:
            entry = repr_of(e, entry)
        elif conversion == _STR:
            entry = as_text(e, entry)
        elif not spec:
            entry = text_of(e, entry)
        elif conversion != -1:
            raise e.error(None, "`!a` in a text", hint="use !r")
        known, value = constant_of(entry)
        if known and isinstance(value, bool | int | float | str):
            with _refused(e, spec):
                self.literal(format(value, spec))
            return
        made = self._number(entry)
        self._values.append(made)
        self._text += "{:" + spec + "}" if spec else "{}"

    def _number(self, entry: Entry) -> Value:
        e = self._e
        if is_tensor(entry) or e.session.holds_array(entry):
            from tracescript.producer.script.library_shapes import item

            entry = item(e, [e.value(entry)], {})
        if not is_scalar(entry, *_FORMATTED):
            raise e.error(
                None,
                f"a format spec needs a number or a text, found {e.describe(entry)}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
            )
        return e.value(entry)

    def done(self) -> Value:
        """Return the text."""
        if not self._values:
            return self._e.constant(self._text.format())
        return self._e.op("str.format", [self._e.constant(self._text), *self._values])


_FORMATTED = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT, ScalarKind.STR)


@contextlib.contextmanager
def _refused(e: Emitter, spec: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as error:
        raise e.error(None, f"the format spec {spec!r}: {error}", rule="SCRIPT-10") from None


@expression(ast.JoinedStr)
def f_string(e: Emitter, node: ast.JoinedStr) -> Entry:
    """`f"{x:.2f}"`."""
    template = Template(e)
    for part in node.values:
        if isinstance(part, ast.Constant):
            template.literal(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)
        spec: Any = ""
        if part.format_spec is not None:
            known, spec = constant_of(e.expr(part.format_spec))
            if not known:
                raise e.error(
                    part,
                    "a format spec known only at run time",
                    rule="SCRIPT-10",
                    hint="write the spec out, or use str.rjust and the like",
                )
        with e.looking_at(part):
            template.value(e.expr(part.value), str(spec), part.conversion)
    return template.done()


def format_method(e: Emitter, text: str, args: list[Entry], kwargs: dict[str, Entry]) -> Value:
    """`"...".format(...)` of a text known at compile time."""
    template, number = Template(e), 0
    with _refused(e, text):
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
        from tracescript.producer.script.operators import to_number

        entry = to_number(e, e.value(entry), ScalarKind.INT)
    if kind in "sr":
        entry = repr_of(e, entry) if kind == "r" else text_of(e, entry)
    template.value(entry, spec)


# ---------------------------------------------------------------------- str and repr
def text_of(e: Emitter, entry: Entry) -> Entry:
    """Return a scalar, or the text that `str` gives for anything else."""
    if is_scalar(entry, *_FORMATTED):
        return entry
    if is_tensor(entry) or e.session.holds_array(entry):
        value = e.value(entry)
        if isinstance(value.type, TensorType) and value.type.shape == ():
            from tracescript.producer.script.library_shapes import item

            return item(e, [value], {})
    return repr_of(e, entry)


def repr_of(e: Emitter, entry: Entry) -> Entry:
    """Return the text that `repr` gives."""
    if isinstance(entry, Known) and not e.session.holds_array(entry):
        return e.constant(str(entry.value))
    if isinstance(entry, Items):
        return _items_text(e, entry)
    if isinstance(entry, Empty):
        return e.constant("{}" if entry.is_dict else "[]")
    if isinstance(entry, Struct):
        return _record_text(e, entry)
    return _value_text(e, e.value(entry))


def _value_text(e: Emitter, value: Value) -> Entry:
    from tracescript.producer.script.operators import to_number

    kind = value.type
    if kind == constants.NONE:
        return e.constant("None")
    if is_scalar(value, ScalarKind.STR):
        known, text = constant_of(value)
        return e.constant(repr(text)) if known else e.prelude(prelude.quoted, value)
    if isinstance(kind, ScalarType):
        return to_number(e, value, ScalarKind.STR)
    if isinstance(kind, OptionalType):
        none = e.op("is_none", [value])
        arms = (lambda: e.constant("None"), lambda: e.value(_str(e, e.unwrap(value))))
        return branch(e, none, arms)
    if isinstance(kind, ListType):
        return e.prelude(prelude.list_text, value)
    if isinstance(kind, DictType):
        return e.prelude(prelude.dict_text, value)
    if isinstance(kind, TupleType):
        return _items_text(e, e.parts(value))
    if e.is_message:
        return e.constant(f"<{e.describe(value)}>")
    what = f"the text of {'a record' if isinstance(kind, StructType) else e.describe(value)}"
    raise e.error(
        None,
        f"{what} is known to Python only",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="write what you need of it: x.item(), x.shape, p.field",
    )


def _str(e: Emitter, entry: Entry) -> Entry:
    from tracescript.producer.script.operators import to_number

    found = text_of(e, entry)
    return to_number(e, e.value(found), ScalarKind.STR)


def _items_text(e: Emitter, entry: Items) -> Value:
    template = Template(e)
    template.literal("[" if entry.is_list else "(")
    for k, part in enumerate(entry.parts):
        template.literal(", " if k else "")
        template.value(repr_of(e, part))
    is_single = len(entry.parts) == 1 and not entry.is_list
    template.literal("]" if entry.is_list else ",)" if is_single else ")")
    return template.done()


def _record_text(e: Emitter, entry: Struct) -> Value:
    template = Template(e)
    name = entry.cls.__name__ if issubclass(entry.cls, tuple) else entry.cls.__qualname__
    template.literal(f"{name}(")
    for k, (field, part) in enumerate(entry.fields.items()):
        template.literal(f"{', ' if k else ''}{field}=")
        template.value(repr_of(e, part))
    template.literal(")")
    return template.done()


def as_text(e: Emitter, entry: Entry) -> Entry:
    """`str(x)`."""
    if is_scalar(entry, ScalarKind.STR):
        return entry
    return _str(e, entry)


def message(e: Emitter, nodes: Sequence[ast.expr], separator: str = " ") -> Value:
    """Evaluate and write several values into one text, for people to read."""
    before, e.is_message = e.is_message, True
    made = joined(e, [e.expr(n) for n in nodes], separator)
    e.is_message = before
    return made


def joined(e: Emitter, entries: Sequence[Entry], separator: str = " ") -> Value:
    """Write several values into one text."""
    template = Template(e)
    for k, entry in enumerate(entries):
        template.literal(separator if k else "")
        template.value(entry)
    return template.done()
