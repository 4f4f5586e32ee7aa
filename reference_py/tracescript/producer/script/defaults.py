"""`collections.defaultdict`: a record around a dict, and what makes its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.script.builtins import builtin, positional
from tracescript.producer.script.entries import Empty, Known, MethodOf, Struct
from tracescript.producer.script.prelude_containers import DefaultDict

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


@builtin("collections.defaultdict")
def defaultdict_(e: Emitter, node: ast.Call) -> Entry:
    """`defaultdict(int)`, `defaultdict(list, d)`."""
    from tracescript.producer.script.dicts import with_entries

    factory, *given = positional(e, node, 1, 2)
    site = e.site()
    kind = e.session.facts.defaults.get(site)
    kept: Entry = Empty(is_dict=True, at=node) if kind is None else e.empty(kind)
    for more in given:
        kept = with_entries(e, kept, more)
    token = e.session.aliases.token(site)
    return Struct(DefaultDict, {"kept": kept, "make": factory}, frozenset({token}))


def missing(e: Emitter, owner: Struct, key: Entry, receiver: ast.expr | None) -> Entry:
    """`d[key]`: what is not there is made, and is there from then on."""
    if isinstance(owner.fields["kept"], Empty):
        made = e.session.structs.call(e, MethodOf(Known(owner), DefaultDict.made), [], {})
        if isinstance(made, Empty):
            e.session.unsettled.append(
                (
                    owner,
                    e.error(
                        None,
                        "cannot tell what this defaultdict holds",
                        code="TYPE_INFERENCE",
                        rule="SCRIPT-4",
                        hint="annotate: d: dict[str, list[int]] = defaultdict(list)",
                    ),
                )
            )
            return made
    method = MethodOf(Known(owner), DefaultDict.__getitem__, receiver)
    return e.session.structs.call(e, method, [key], {})


__all__ = ["missing"]
