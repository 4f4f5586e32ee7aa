"""Views of dicts: what `keys()`, `values()` and `items()` give shows the dict as it is."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    MethodOf,
    Series,
    Struct,
)
from tracescript.producer.script.emitter.own_containers import is_set
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.prelude.containers import SetOf

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_OF_SETS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)


def view(e: Emitter, d: Value | Empty, what: str) -> Series:
    """`d.keys()`, `d.values()` and `d.items()`."""
    if isinstance(d, Empty):
        return Series(None, None, (), what, held=(d,))
    if what == "items":
        keys, values = e.op("dict.keys", [d]), e.op("dict.values", [d])
        return Series(
            e.op("list.len", [keys]),
            lambda i: Items((e.op("list.get", [keys, i]), e.op("list.get", [values, i]))),
            None,
            what,
            (d,),
            held=(d,),
        )
    listed = e.op(f"dict.{what}", [d])
    over = (d,) if what == "values" else ()
    return replace(series_of(e, listed), what=what, over=over, held=(d,), listed=listed)


def known_view(d: Struct, parts: tuple[Entry, ...], what: str) -> Series:
    """A view of a dict whose keys are known when compiling."""
    return Series(None, None, parts, what, held=(d,))


def dict_of_keys(keys: Series) -> Value | None:
    """Return the dict whose keys a view shows; None of a dict that is known when compiling."""
    held = keys.held[0] if keys.what == "keys" and keys.held else None
    is_dict = isinstance(held, Value) and isinstance(held.type, DictType)
    return held if is_dict and isinstance(held, Value) else None


def as_sets(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> tuple[Entry, Entry]:
    """`d.keys() & xs` is an operator of sets, whatever is run over on the other side."""
    if not issubclass(kind, _OF_SETS) or not (are_keys(left) or are_keys(right)):
        return left, right
    return _as_set(e, left), _as_set(e, right)


def are_keys(entry: Entry) -> bool:
    """Whether an entry is what `keys()` of a dict gives."""
    return isinstance(entry, Series) and entry.what == "keys"


def _as_set(e: Emitter, entry: Entry) -> Struct:
    from tracescript.producer.script.containers.sets import set_of

    is_plain = isinstance(entry, Struct) and entry.cls is SetOf
    return entry if is_plain and isinstance(entry, Struct) else set_of(e, entry)


def compared(e: Emitter, relation: str, left: Entry, right: Entry) -> tuple[Entry, Entry] | None:
    """Return what is compared in place of views: sets of keys, dicts; None for other entries."""
    from tracescript.producer.script.containers.sets import as_set

    views = [x for x in (left, right) if isinstance(x, Series) and x.is_view]
    if not views:
        return None
    left, right = as_set(e, left), as_set(e, right)
    if all(are_keys(x) or is_set(x) for x in (left, right)):
        return _as_set(e, left), _as_set(e, right)
    kinds = {x.what for x in views}
    if relation in {"eq", "ne"} and kinds == {"items"} and len(views) > 1:
        return views[0].held[0], views[1].held[0]
    if relation in {"eq", "ne"} and len(views) == 1 and kinds == {"keys"}:
        return e.constant(0), e.constant(1)
    raise e.error(
        None,
        f"cannot compare {e.describe(left)} with {e.describe(right)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="compare lists, list(d.values()), or the dicts",
    )


def are_disjoint(e: Emitter, keys: Series, args: list[Entry]) -> Entry:
    """`d.keys().isdisjoint(xs)`."""
    method = MethodOf(Known(_as_set(e, keys)), SetOf.isdisjoint)
    return e.session.structs.call(e, method, args, {})


__all__ = [
    "are_disjoint",
    "are_keys",
    "as_sets",
    "compared",
    "dict_of_keys",
    "known_view",
    "view",
]
