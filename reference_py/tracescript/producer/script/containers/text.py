"""Texts: f-strings, `%`, `str.format`, and values written as `str` and `repr` write them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import (
    DataType,
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
from tracescript.opset import dtypes
from tracescript.producer.script.containers.choices import choose
from tracescript.producer.script.containers.format_specs import check_spec, refused
from tracescript.producer.script.containers.mixed import each, is_mixed
from tracescript.producer.script.containers.record_text import (
    formatted_record,
    known_text,
    record_text,
)
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    OneOf,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.size_marks import PLAIN, is_plain_tuple, is_sizes
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.library.coerce import data_type
from tracescript.producer.script.prelude import methods as prelude

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_REPR = 114
_STR = 115


class Template:
    """The text of `str.format` and its values, part by part."""

    def __init__(self, e: Emitter) -> None:
        self._e = e
        self._texts: list[str | Value] = [""]
        self._values: list[Value] = []

    def literal(self, text: str) -> None:
        """Add text as it is."""
        self._add(text.replace("{", "{{").replace("}", "}}"))

    def _add(self, text: str | Value) -> None:
        """Add to the template, whose parts are known one after another, or at run time."""
        last = self._texts[-1]
        if isinstance(text, str) and isinstance(last, str):
            self._texts[-1] = last + text
        else:
            self._texts.append(text)

    def value(self, entry: Entry, spec: str | Value = "", conversion: int = -1) -> None:
        """Add a value; Python's `format(value, spec)`."""
        e = self._e
        if spec and is_mixed(e, entry):
            entry, spec, conversion = each(e, lambda x: formatted(e, x, spec), entry), "", -1
        own = formatted_record(e, entry, spec) if conversion == -1 else None
        entry, spec = (entry, spec) if own is None else (own, "")
        if conversion == _REPR:
            entry = repr_of(e, entry)
        elif conversion == _STR:
            entry = as_text(e, entry)
        elif not spec:
            entry = text_of(e, entry)
        elif conversion != -1:
            raise e.error(None, "`!a` in a text", hint="use !r")
        known, value = constant_of(entry)
        if known and isinstance(spec, str) and isinstance(value, bool | int | float | str):
            with refused(e, spec):
                self.literal(format(value, spec))
            return
        made = self._number(entry)
        if isinstance(spec, str) and isinstance(made.type, ScalarType):
            check_spec(e, spec, made.type.kind)
        self._values.append(made)
        for text in ("{:", spec, "}") if spec else ("{}",):
            self._add(text)

    def _number(self, entry: Entry) -> Value:
        e = self._e
        if is_tensor(entry) or e.session.holds_array(entry):
            from tracescript.producer.script.library.shapes import item

            entry = item(e, [e.value(entry)], {})
        if not is_scalar(entry, *_FORMATTED):
            raise e.error(
                None,
                f"a format spec needs a number or a text, found {e.describe(entry)}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="write it as a text first: str(x)",
            )
        return e.value(entry)

    def done(self) -> Value:
        """Return the text."""
        e = self._e
        first, *rest = (e.constant(t) if isinstance(t, str) else t for t in self._texts)
        if not self._values:
            return e.constant(str(self._texts[0]).format())
        for more in rest:
            first = e.op("str.concat", [first, more])
        return e.op("str.format", [first, *self._values])


def formatted(e: Emitter, entry: Entry, spec: str | Value) -> Value:
    """Return what `format(x, spec)` gives."""
    template = Template(e)
    template.value(entry, spec)
    return template.done()


_FORMATTED = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT, ScalarKind.STR)


@expression(ast.JoinedStr)
def f_string(e: Emitter, node: ast.JoinedStr) -> Entry:
    """`f"{x:.2f}"`."""
    template = Template(e)
    for part in node.values:
        if isinstance(part, ast.Constant):
            template.literal(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)
        with e.looking_at(part.value):
            entry = e.expr(part.value)
            spec = "" if part.format_spec is None else e.value(e.expr(part.format_spec))
            known, text = constant_of(spec) if isinstance(spec, Value) else (True, "")
            template.value(entry, str(text) if known else spec, part.conversion)
    return template.done()


# ---------------------------------------------------------------------- str and repr
def text_of(e: Emitter, entry: Entry) -> Entry:
    """Return a scalar, or the text that `str` gives for anything else."""
    if is_scalar(entry, *_FORMATTED):
        return entry
    if is_tensor(entry) or e.session.holds_array(entry):
        value = e.value(entry)
        if isinstance(value.type, TensorType) and value.type.shape == ():
            from tracescript.producer.script.library.shapes import item

            return item(e, [value], {})
    if isinstance(entry, OneOf):
        return choose(e, entry, lambda part: e.value(_str(e, part)))
    if isinstance(entry, Value) and isinstance(entry.type, OptionalType):
        return _optional_text(e, entry, _str)
    if isinstance(entry, Struct):
        return record_text(e, entry, "str")
    if isinstance(entry, Known) and not e.session.holds_array(entry):
        return known_text(e, entry, str)
    return repr_of(e, entry)


def repr_of(e: Emitter, entry: Entry) -> Entry:
    """Return the text that `repr` gives."""
    if isinstance(entry, OneOf):
        return choose(e, entry, lambda part: repr_of(e, part))
    if isinstance(entry, Items | Value) and is_sizes(e, entry):
        return _sizes_text(e, entry)
    if is_plain_tuple(e, entry):
        return e.prelude(prelude.tuple_text, entry)
    if isinstance(entry, Known) and not e.session.holds_array(entry):
        return known_text(e, entry, repr)
    if isinstance(entry, Items):
        return _items_text(e, entry)
    if isinstance(entry, Empty):
        return e.constant("{}" if entry.is_dict else "[]")
    if isinstance(entry, Struct):
        return record_text(e, entry, "repr")
    return _value_text(e, e.value(entry))


def _sizes_text(e: Emitter, entry: Items | Value) -> Entry:
    """A `torch.Size`, or numpy's tuple; a list in the graph where the rank is unknown."""
    is_torch = e.frame.flavour == "torch"
    if isinstance(entry, Items):
        found: Entry = _items_text(e, Items(entry.parts, is_list=is_torch))
    else:
        found = e.prelude(prelude.list_text if is_torch else prelude.tuple_text, entry)
    if not is_torch:
        return found
    template = Template(e)
    template.literal("torch.Size(")
    template.value(found)
    template.literal(")")
    return template.done()


def _no_text_of_sizes(e: Emitter) -> Exception:
    what = "the text of a container that may hold the sizes of a tensor"
    return e.error(None, what, rule="SCRIPT-4", hint="store list(x.shape) instead of x.shape")


def _value_text(e: Emitter, value: Value) -> Entry:
    from tracescript.producer.script.expressions.operators import to_number

    kind = value.type
    if not e.is_message and isinstance(kind, ListType | DictType) and _holds_sizes(e, value):
        raise _no_text_of_sizes(e)
    if kind == constants.NONE:
        return e.constant("None")
    if is_scalar(value, ScalarKind.STR):
        known, text = constant_of(value)
        return e.constant(repr(text)) if known else e.prelude(prelude.quoted, value)
    if isinstance(kind, ScalarType):
        return to_number(e, value, ScalarKind.STR)
    if isinstance(kind, OptionalType):
        return _optional_text(e, value, repr_of)
    if isinstance(kind, ListType):
        return e.prelude(prelude.list_text, value)
    if isinstance(kind, DictType):
        return e.prelude(prelude.dict_text, value)
    if isinstance(kind, TupleType):
        return repr_of(e, e.parts(value))
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


def _optional_text(e: Emitter, value: Value, written: Callable[[Emitter, Entry], Entry]) -> Entry:
    """The text of what may be None."""
    arms = (lambda: e.constant("None"), lambda: written(e, e.unwrap(value, is_proved=True)))
    return branch(e, e.op("is_none", [value]), arms)


def _holds_sizes(e: Emitter, value: Value) -> bool:
    """Whether sizes, which the graph holds as a list, may be this value or in it."""
    return not e.session.list_kinds.of(value) <= PLAIN


def _str(e: Emitter, entry: Entry) -> Entry:
    from tracescript.producer.script.expressions.operators import to_number

    found = text_of(e, entry)
    return to_number(e, e.value(found), ScalarKind.STR)


def _items_text(e: Emitter, entry: Items) -> Value:
    if entry in e.session.unsure_sizes and not e.is_message:
        raise _no_text_of_sizes(e)
    template = Template(e)
    template.literal("[" if entry.is_list else "(")
    for k, part in enumerate(entry.parts):
        template.literal(", " if k else "")
        template.value(repr_of(e, part))
    is_single = len(entry.parts) == 1 and not entry.is_list
    template.literal("]" if entry.is_list else ",)" if is_single else ")")
    return template.done()


def as_text(e: Emitter, entry: Entry) -> Entry:
    """`str(x)`."""
    if is_scalar(entry, ScalarKind.STR):
        return entry
    if is_tensor(entry) or e.session.holds_array(entry):
        kind = data_type(e.value(entry))
        is_exact = kind is DataType.FLOAT64 or not dtypes.in_set(kind, "float")
        if e.frame.flavour == "torch" or not is_exact:
            return repr_of(e, entry)
    return _str(e, entry)
