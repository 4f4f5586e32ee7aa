"""What the patterns of `match` ask of their subject."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.choices import choose
from tracescript.producer.script.containers.dicts import is_dict
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    OneOf,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.own_containers import plain_dict
from tracescript.producer.script.source.matching import FIELD, LONGER, MAPPING, REFUSED, SEQUENCE

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_THEMSELVES = (bool, bytes, dict, float, frozenset, int, list, set, str, tuple)


def _has_length(e: Emitter, node: ast.Call) -> Entry:
    """Whether the subject is a tuple or list of a length."""
    return _length_test(e, e.expr(node.args[0]), constant_of(e.expr(node.args[1]))[1], "eq")


def _is_longer(e: Emitter, node: ast.Call) -> Entry:
    """Whether the subject is a tuple or list of a length or more."""
    return _length_test(e, e.expr(node.args[0]), constant_of(e.expr(node.args[1]))[1], "ge")


def _length_test(e: Emitter, subject: Entry, wanted: int, relation: str) -> Entry:
    if isinstance(subject, OneOf):
        return choose(e, subject, lambda part: _length_test(e, part, wanted, relation))
    if isinstance(subject, Value) and isinstance(subject.type, ListType):
        length = e.op("list.len", [subject])
        return e.op("int.cmp", [length, e.constant(wanted)], {"relation": relation})
    if isinstance(subject, Value) and isinstance(subject.type, TupleType):
        subject = e.parts(subject)
    if isinstance(subject, Struct) and issubclass(subject.cls, tuple):
        subject = Items(tuple(subject.fields.values()))
    if isinstance(subject, Empty) and not subject.is_dict:
        subject = Items((), is_list=True)
    if not isinstance(subject, Items):
        return e.constant(False)
    count = len(subject.parts)
    return e.constant(count >= wanted if relation == "ge" else count == wanted)


def _is_mapping(e: Emitter, node: ast.Call) -> Entry:
    """Whether the subject is a dict."""
    subject = plain_dict(e.expr(node.args[0]))
    is_known = isinstance(subject, Known) and isinstance(subject.value, dict)
    is_named = isinstance(subject, Struct) and subject.cls is dict
    return e.constant(is_dict(subject) or is_known or is_named)


def _field(e: Emitter, node: ast.Call) -> Entry:
    """The part that a pattern of a class means by its place."""
    cls, k = (constant_of(e.expr(x))[1] for x in node.args[1:])
    if cls in _THEMSELVES:
        return e.expr(node.args[0])
    names = getattr(cls, "__match_args__", ())
    if k >= len(names):
        raise e.error(
            node,
            f"{getattr(cls, '__qualname__', cls)} names no part {k + 1} for patterns",
            rule="SCRIPT-3",
            hint="write the names: Point(x=a, y=b)",
        )
    return e.expr(ast.copy_location(ast.Attribute(node.args[0], names[k], ast.Load()), node))


def _refused(e: Emitter, node: ast.Call) -> Entry:
    raise e.error(
        node,
        "scripts do not have this pattern",
        hint="there are literals, names, |, sequences, mappings and classes; names inside |"
        " only where it is the whole case, without a guard",
    )


FORMS = {
    SEQUENCE: _has_length,
    LONGER: _is_longer,
    MAPPING: _is_mapping,
    FIELD: _field,
    REFUSED: _refused,
}
