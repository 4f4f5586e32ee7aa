"""The operator text of scalar and container ops in the code language, as data."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tracescript.opset.table import OpDef

_VALUE = re.compile(r"(\w+): (.+)")


@dataclass(frozen=True, slots=True)
class Form:
    """One text of an op: `{a} + {b}`, with the attribute that it fixes, if any.

    `text` is `[...]`, `(...)` or `{...}` for a display of the variadic input.
    """

    op: OpDef
    text: str
    attribute: str = ""
    value: str | bool = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each input that stands in the text, in declared order."""
        return tuple(i.kind for i in self.op.inputs)


@functools.cache
def forms(name: str) -> tuple[Form, ...]:
    """Return the texts of an op; none means that it is written as a call."""
    op = opset()[name]
    chosen = next((a for a in op.attributes if a.choices or a.kind == "bool"), None)
    made = []
    for line in op.code.splitlines():
        match = _VALUE.fullmatch(line.strip())
        if match and chosen:
            value = match[1] == "True" if chosen.kind == "bool" else match[1]
            made.append(Form(op, match[2], chosen.name, value))
        elif line.strip():
            made.append(Form(op, line.strip()))
    return tuple(made)


def form_of(name: str, attributes: Mapping[str, Any]) -> Form | None:
    """Return the text of one call, given its plain attributes, or None."""
    for form in forms(name):
        if not form.attribute or attributes[form.attribute] == form.value:
            return form
    return None


def normal(text: str) -> str:
    """Return a text with its operands numbered, so that forms of several ops compare."""
    names: dict[str, str] = {}
    return re.sub(r"\{(\w+)\}", lambda m: names.setdefault(m[1], f"{{{len(names)}}}"), text)


@functools.cache
def forms_by_text() -> dict[str, tuple[Form, ...]]:
    """Return all forms by their text with numbered operands: `{0} + {1}`."""
    found: dict[str, list[Form]] = {}
    for op in opset():
        for form in forms(op.name):
            found.setdefault(normal(form.text), []).append(form)
    return {text: tuple(all_of) for text, all_of in found.items()}


__all__ = ["Form", "form_of", "forms", "forms_by_text", "normal"]
