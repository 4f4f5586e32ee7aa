"""Changes in place: the name, field or element that held an object stands for the changed one."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.aliases import is_container
from tracescript.producer.script.calls.callees import is_place
from tracescript.producer.script.emitter.entries import Empty, Items, Struct, constant_of
from tracescript.producer.script.expressions.targets import as_target, assign_to

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def store(e: Emitter, receiver: ast.expr, new: Entry) -> None:
    """Bind what an expression names to a changed object; a nested function's outer name too."""
    if isinstance(receiver, ast.Name):
        key = e.key_of(receiver)
        if key is None or key not in e.scope:
            raise e.error(
                receiver,
                f"this changes {receiver.id!r}, which is made outside the function",
                code="ALIASING",
                rule="SCRIPT-8",
                hint=f"copy it: {receiver.id} = list({receiver.id}) under another name",
            )
        e.scope[key] = new
        if isinstance(new, Value) and new.constant is None:
            e.unit.names.setdefault(new, receiver.id)
        return
    with e.repeating():
        if isinstance(receiver, ast.Attribute | ast.Subscript) and _store_part(e, receiver, new):
            return
        aliases = e.session.aliases
        before, aliases.is_putting_back = aliases.is_putting_back, True
        assign_to(e, as_target(receiver), new)
        aliases.is_putting_back = before


def _store_part(e: Emitter, receiver: ast.Attribute | ast.Subscript, new: Entry) -> bool:
    """Put a changed object back into a record or tuple; False where it is in neither."""
    owner = e.expr(receiver.value)
    if isinstance(owner, Struct) and isinstance(receiver, ast.Attribute):
        fields = {**owner.fields, receiver.attr: new}
        store(e, receiver.value, replace(owner, fields=fields))
        return True
    is_tuple = isinstance(owner, Struct) and issubclass(owner.cls, tuple)
    if not isinstance(owner, Items | Struct) or not isinstance(receiver, ast.Subscript):
        return False
    known, k = constant_of(e.expr(receiver.slice))
    if not known or not isinstance(k, int) or (isinstance(owner, Struct) and not is_tuple):
        return False
    if isinstance(owner, Struct):
        name = list(owner.fields)[k]
        store(e, receiver.value, replace(owner, fields={**owner.fields, name: new}))
        return True
    parts = list(owner.parts)
    parts[k] = new
    store(e, receiver.value, replace(owner, parts=tuple(parts)))
    return True


def rebind(e: Emitter, receiver: ast.expr, old: Entry, new: Entry) -> None:
    """A container changed in place: its name stands for the new value. Spec: SCRIPT-8."""
    if not is_place(receiver):
        raise e.error(
            receiver,
            "a container is changed that has no name",
            code="ALIASING",
            rule="SCRIPT-8",
            hint="give it a name first",
        )
    if isinstance(old, Empty | Items) and old.outside and not e.is_own_attribute(receiver):
        raise e.error(
            receiver,
            f"this changes {old.outside}",
            code="ALIASING",
            rule="SCRIPT-8",
            hint="change a copy: xs = list(xs)",
        )
    if is_container(old):
        e.session.aliases.change(e, receiver, old, new)
    store(e, receiver, new)
