"""Operator text of scalar and container ops: which op `a + b` is, and back.

The forms come from the opset: `code` of an op is one template, `{a} // {b}`, or one line per value
of the op's first attribute, `lt: {a} < {b}`. `[...]`, `(...)` and `{...}` are displays.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.ir.types import (
    DictType,
    ListType,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
)
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Type
    from tracescript.opset.table import OpDef

_SLOT = re.compile(r"\{([a-z_]+)\}")
_CHOICE = re.compile(r"([a-z_]+): (.*)\Z")
_KINDS: Final = {
    TensorType: "tensor",
    ListType: "list",
    TupleType: "tuple",
    DictType: "dict",
    StructType: "struct",
}
DISPLAYS: Final = {"[...]": ("[", "]"), "(...)": ("(", ")"), "{...}": ("{", "}")}

ATTRIBUTE: Final = "attribute"
"""Stands for the kind of an operand that is an attribute: a literal or a name."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One way to write one op.

    `pieces` is the text around the operands, `slots` their names in text order, `kinds` what each
    must be, `choice` the attribute that the form implies.
    """

    op: OpDef
    pieces: tuple[str, ...]
    slots: tuple[str, ...]
    kinds: tuple[str, ...]
    choice: tuple[str, str] | None


def kind_of(t: Type) -> str:
    """Return the kind of a type as the opset names it; `union` for optionals and unions."""
    return t.kind.value if isinstance(t, ScalarType) else _KINDS.get(type(t), "union")


@functools.cache
def forms(op: str) -> tuple[Form, ...]:
    """Return the operator forms of an op."""
    definition = opset().get(op)
    if definition is None or not definition.code or definition.code in DISPLAYS:
        return ()
    return tuple(_form(definition, line) for line in definition.code.splitlines())


@functools.cache
def display(op: str) -> tuple[str, str] | None:
    """Return the brackets of an op that is written as a display."""
    definition = opset().get(op)
    return DISPLAYS.get(definition.code) if definition else None


def _form(op: OpDef, line: str) -> Form:
    chosen = _CHOICE.match(line)
    choice = (op.attributes[0].name, chosen[1]) if chosen else None
    parts = _SLOT.split(chosen[2] if chosen else line)
    inputs = {i.name: i.kind for i in op.inputs}
    slots = tuple(parts[1::2])
    kinds = tuple(inputs.get(slot, ATTRIBUTE) for slot in slots)
    return Form(op, tuple(parts[0::2]), slots, kinds, choice)


@functools.cache
def _by_pieces() -> dict[tuple[str, ...], tuple[Form, ...]]:
    table: dict[tuple[str, ...], tuple[Form, ...]] = {}
    for op in opset():
        for form in forms(op.name):
            table[form.pieces] = (*table.get(form.pieces, ()), form)
    return table


def is_form(pieces: tuple[str, ...]) -> bool:
    """Whether some op is written with this text around its operands."""
    return pieces in _by_pieces()


@functools.cache
def resolve(pieces: tuple[str, ...], kinds: tuple[str, ...]) -> Form | None:
    """Return the form that operands of these kinds mean; the one that names most kinds wins.

    Spec: CODE-14.
    """
    fitting = [f for f in _by_pieces().get(pieces, ()) if _fits(f.kinds, kinds)]
    return min(fitting, key=lambda f: f.kinds.count("any"), default=None)


def _fits(wanted: Sequence[str], found: Sequence[str]) -> bool:
    return all(
        w == f or (w == "any" and f != ATTRIBUTE) for w, f in zip(wanted, found, strict=True)
    )
