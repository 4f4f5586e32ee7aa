"""`collections.defaultdict`, `OrderedDict` and `Counter`: records around a dict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.script.builtins.table import builtin, positional
from tracescript.producer.script.emitter.entries import Empty, Known, MethodOf, Struct
from tracescript.producer.script.prelude.dicts import CounterOf, DefaultDict, OrderedOf

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.heap import Token


@builtin("collections.defaultdict")
def defaultdict_(e: Emitter, node: ast.Call) -> Entry:
    """`defaultdict(int)`, `defaultdict(list, d)`."""
    from tracescript.producer.script.containers.dicts import with_entries

    factory, *given = positional(e, node, 1, 2)
    site = e.site()
    kind = e.session.facts.defaults.get(site)
    kept: Entry = Empty(is_dict=True, at=node) if kind is None else e.empty(kind)
    for more in given:
        kept = with_entries(e, kept, more)
    return Struct(DefaultDict, {"kept": kept, "make": factory}, _token(e))


@builtin("collections.OrderedDict")
def ordered_dict(e: Emitter, node: ast.Call) -> Entry:
    """`OrderedDict()`, `OrderedDict(d)`, `OrderedDict(pairs, a=1)`."""
    from tracescript.producer.script.builtins.functions import dict_

    return Struct(OrderedOf, {"kept": dict_(e, node)}, _token(e))


@builtin("collections.Counter")
def counter(e: Emitter, node: ast.Call) -> Entry:
    """`Counter()`, `Counter(items)`, `Counter(d)`."""
    given = positional(e, node, 0, 1)
    made = Struct(CounterOf, {"kept": Empty(is_dict=True, at=node)}, _token(e))
    if not given:
        return made
    e.session.structs.call(e, MethodOf(Known(made), CounterOf.update), given, {})
    found = e.session.calls.last_self
    assert isinstance(found, Struct)
    return found


def _token(e: Emitter) -> frozenset[Token]:
    return frozenset({e.session.aliases.token(e.site())})


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
