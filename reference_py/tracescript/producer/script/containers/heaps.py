"""`heapq` and `bisect`: functions of lists, some of which change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ListType
from tracescript.producer.script.aliasing.changes import rebind
from tracescript.producer.script.builtins.table import builtin
from tracescript.producer.script.emitter.entries import Empty, Items
from tracescript.producer.script.prelude import heaps

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def _given(e: Emitter, node: ast.Call, *names: str) -> dict[str, Entry]:
    """Return a call's arguments by their names."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    found = dict(zip(names, args, strict=False)) | kwargs
    if len(args) > len(names) or set(found) - set(names):
        raise e.error(
            node,
            f"the arguments are {', '.join(names)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    return found


def _list(e: Emitter, xs: Entry, like: Sequence[Entry] = ()) -> Value:
    if isinstance(xs, Empty) and like:
        return e.empty(ListType(e.value(like[0]).type))
    return e.value(xs)


def _change(e: Emitter, node: ast.Call, function: Any, *names: str) -> tuple[Entry, ...]:
    """Change the list that is the first argument; return what the function of ours gives."""
    given = _given(e, node, *names)
    before, *more = (given[n] for n in names)
    if isinstance(before, Empty) and not more:
        raise e.error(
            node, "the list is empty", code="TYPE_INFERENCE", rule="SCRIPT-4", hint="annotate it"
        )
    made = e.prelude(function, _list(e, before, more), *more)
    parts = made.parts if isinstance(made, Items) else (made,)
    for item in more:
        e.session.aliases.escape(e.value(item), e.where())
    rebind(e, node.args[0], before, parts[-1])
    return parts[:-1]


@builtin("_heapq.heappush")
def heappush(e: Emitter, node: ast.Call) -> Entry:
    """`heappush(heap, item)`."""
    _change(e, node, heaps.pushed, "heap", "item")
    return e.constant(None)


@builtin("_heapq.heappop")
def heappop(e: Emitter, node: ast.Call) -> Entry:
    """`heappop(heap)`."""
    return _change(e, node, heaps.popped, "heap")[0]


@builtin("_heapq.heapreplace")
def heapreplace(e: Emitter, node: ast.Call) -> Entry:
    """`heapreplace(heap, item)`."""
    return _change(e, node, heaps.replaced, "heap", "item")[0]


@builtin("_heapq.heappushpop")
def heappushpop(e: Emitter, node: ast.Call) -> Entry:
    """`heappushpop(heap, item)`."""
    return _change(e, node, heaps.pushed_and_popped, "heap", "item")[0]


@builtin("_heapq.heapify")
def heapify(e: Emitter, node: ast.Call) -> Entry:
    """`heapify(xs)`."""
    _change(e, node, heaps.heaped, "x")
    return e.constant(None)


@builtin("heapq.nlargest")
def nlargest(e: Emitter, node: ast.Call) -> Entry:
    """`nlargest(n, xs, key)`."""
    return e.prelude(heaps.greatest, **_given(e, node, "n", "iterable", "key"))


@builtin("heapq.nsmallest")
def nsmallest(e: Emitter, node: ast.Call) -> Entry:
    """`nsmallest(n, xs, key)`."""
    return e.prelude(heaps.least, **_given(e, node, "n", "iterable", "key"))


_PLACE = ("a", "x", "lo", "hi", "key")


@builtin("_bisect.bisect_left")
def bisect_left(e: Emitter, node: ast.Call) -> Entry:
    """`bisect_left(a, x)`."""
    return e.prelude(heaps.left, **_given(e, node, *_PLACE))


@builtin("_bisect.bisect_right")
def bisect_right(e: Emitter, node: ast.Call) -> Entry:
    """`bisect(a, x)`."""
    return e.prelude(heaps.right, **_given(e, node, *_PLACE))


def _insert(e: Emitter, node: ast.Call, find: Any) -> Entry:
    given = _given(e, node, *_PLACE)
    before, item = given["a"], given["x"]
    if isinstance(before, Empty):
        given["a"] = _list(e, before, [item])
    given["x"] = _keyed(e, node, given)
    place = e.prelude(find, **given)
    made = e.prelude(heaps.inserted, _list(e, before, [item]), place, item)
    e.session.aliases.escape(e.value(item), e.where())
    rebind(e, node.args[0], before, made)
    return e.constant(None)


@builtin("_bisect.insort_left")
def insort_left(e: Emitter, node: ast.Call) -> Entry:
    """`insort_left(a, x)`."""
    return _insert(e, node, heaps.left)


@builtin("_bisect.insort_right")
def insort_right(e: Emitter, node: ast.Call) -> Entry:
    """`insort(a, x)`."""
    return _insert(e, node, heaps.right)


def _keyed(e: Emitter, node: ast.Call, given: dict[str, Entry]) -> Entry:
    """What `insort` looks for: the key of the item."""
    from tracescript.producer.script.calls.dispatch import call_entry

    key = given.get("key")
    return given["x"] if key is None else call_entry(e, key, [given["x"]], {}, node)
