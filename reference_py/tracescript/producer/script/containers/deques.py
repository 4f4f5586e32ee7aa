"""`collections.deque`, and tuples of as many items as run time tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.builtins.table import builtin
from tracescript.producer.script.containers.sequences import copied
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Empty, Series, Struct
from tracescript.producer.script.flow.iteration import as_list, series_of
from tracescript.producer.script.prelude import sequences as prelude
from tracescript.producer.script.prelude.sequences import DequeOf, TupleOf

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@builtin("collections.deque")
def deque(e: Emitter, node: ast.Call) -> Entry:
    """`deque()`, `deque(items)`, `deque(items, maxlen=n)`."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    given = dict(zip(("iterable", "maxlen"), args, strict=False)) | kwargs
    if len(args) > 2 or set(given) - {"iterable", "maxlen"}:  # noqa: PLR2004  # those two
        raise e.error(
            node, "deque() takes items and maxlen", code="TYPE_INFERENCE", rule="SCRIPT-10"
        )
    items, limit = given.get("iterable"), given.get("maxlen", e.constant(None))
    kept: Entry = Empty(at=node) if items is None else _own_list(e, items)
    if not is_none(limit):
        limit = e.as_int(limit, "maxlen")
        kept = kept if isinstance(kept, Empty) else e.prelude(prelude.last, kept, limit)
    token = e.session.aliases.token(e.site())
    return Struct(DequeOf, {"kept": kept, "limit": limit}, frozenset({token}))


def _own_list(e: Emitter, items: Entry) -> Entry:
    if isinstance(items, Value) and isinstance(items.type, ListType):
        return copied(e, items)
    made = as_list(e, series_of(e, items))
    return made if isinstance(made, Empty) else e.value(made)


def tuple_of(kept: Value) -> Struct:
    """Return a tuple of the items of a list."""
    return Struct(TupleOf, {"kept": kept})


def columns(e: Emitter, rows: Entry) -> Series | None:
    """`zip(*rows)` of as many rows as run time tells; None for other rows."""
    if not isinstance(rows, Value) or rows.constant is not None:
        return None
    if not isinstance(rows.type, ListType) or not isinstance(
        rows.type.element, ListType | TensorType
    ):
        return None
    found = rows
    trip = e.value(e.prelude(prelude.shortest, found))
    return Series(
        trip, lambda i: tuple_of(e.value(e.prelude(prelude.column, found, i))), None, "zip"
    )
