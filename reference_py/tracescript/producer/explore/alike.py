"""Compares runs: the same beginning up to a decision, and the longest common end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir import ListType, TensorType
from tracescript.opset.relations import join
from tracescript.producer.explore.paths import Enter, Leave, keys_of, outputs_of
from tracescript.producer.trace.places import error_at
from tracescript.producer.trace.tape import ModelCall, Op, Raise, Read, SizeFact, Wire

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.ir import Type
    from tracescript.producer.explore.paths import Item, Path, Wires

    Pair = tuple[Wire, Wire]


def alike(a: Item, b: Item) -> bool:
    """Tell whether two items are the same in all but their operands."""
    if type(a) is not type(b) or not _same_place(a, b) or len(outputs_of(a)) != len(outputs_of(b)):
        return False
    if isinstance(a, Op) and isinstance(b, Op):
        same = a.attributes == b.attributes or repr(a.attributes) == repr(b.attributes)
        return a.op == b.op and same and len(a.inputs) == len(b.inputs)
    if isinstance(a, ModelCall) and isinstance(b, ModelCall):
        return a.function == b.function and len(a.inputs) == len(b.inputs)
    if isinstance(a, Read) and isinstance(b, Read):
        ways = [[site.place for site in read.stack] for read in (a, b)]
        same = a.kind == b.kind and repr(a.observed) == repr(b.observed)
        return same and ways[0] == ways[1]
    if isinstance(a, SizeFact) and isinstance(b, SizeFact):
        return (a.kind, a.comparison) == (b.kind, b.comparison)
    if isinstance(a, Raise) and isinstance(b, Raise):
        return (a.kind, a.message) == (b.kind, b.message)
    assert isinstance(a, (Enter, Leave)), "no other kind is left"
    assert isinstance(b, (Enter, Leave)), "of one kind"
    one, other = a.frame, b.frame
    if isinstance(a, Leave):
        return one.title == other.title and len(one.outputs) == len(other.outputs)
    names = [[name for name, _ in frame.args] for frame in (one, other)]
    return one.module is other.module and one.title == other.title and names[0] == names[1]


def _same_place(a: Item, b: Item) -> bool:
    if a.site is None or b.site is None:
        return a.site is b.site
    return a.site.place == b.site.place


def keys_of_both(a: Item, b: Item) -> list[tuple[str, object]]:
    """Return the operands of two like items; a slot that either touched counts."""
    return list(dict.fromkeys([*keys_of(a), *keys_of(b)]))


def share_beginning(wires: Wires, new: Path, old: Path, ask: int) -> None:
    """Make everything up to a decision the same value in both runs.

    Raises ProducerError with NONDETERMINISTIC_TRACE where they differ before it. Spec: TRACE-15.
    """
    stop = old.asks[ask]
    if len(new.items) <= stop:
        raise _differs(old.items[stop], new.items[-1])
    for a, b in zip(old.items[:stop], new.items, strict=False):
        if not alike(a, b) or not _same_operands(wires, a, b):
            raise _differs(a, b)
        for before, after in zip(outputs_of(a), outputs_of(b), strict=True):
            wires.unify(after, before)
        if isinstance(a, Enter) and isinstance(b, Enter):
            wires.same_frame(b.frame, a.frame)
    asked, again = old.items[stop], new.items[stop]
    if not isinstance(again, Read) or again.ask != ask or not _same_place(asked, again):
        raise _differs(asked, again)


def _same_operands(wires: Wires, a: Item, b: Item) -> bool:
    keys = [key for key in keys_of(a) if key[0] != "slot"]
    pairs = [(wires.at(a, key), wires.at(b, key)) for key in keys]
    return all(p is q or (isinstance(p, int) and p == q) for p, q in pairs)


def _differs(a: Item, b: Item) -> ProducerError:
    what = "two runs on the same inputs did different things before they reached a branch"
    hint = "hidden state, a random number, or an object that changes? see tracing.md"
    return error_at(b.site or a.site, "NONDETERMINISTIC_TRACE", what, hint)


def common_end(wires: Wires, x: Path, y: Path, start: tuple[int, int]) -> int:
    """Return the length of the longest common end of two runs behind `start`.

    Operands may differ: each such pair becomes one value that depends on the branch, so it must
    have a common type, and what an item of the end defines must be used alike.
    """
    wanted: set[Pair] = set()
    longest = min(len(x.items) - start[0], len(y.items) - start[1])
    for length in range(longest):
        a, b = x.items[-1 - length], y.items[-1 - length]
        if not alike(a, b) or not _fits_outputs(a, b):
            return length
        produced = dict(zip(outputs_of(a), outputs_of(b), strict=True))
        back = set(produced.values())
        if any((p in produced or q in back) and produced.get(p) is not q for p, q in wanted):
            return length
        wanted = {pair for pair in wanted if pair[0] not in produced}
        pairs = _pairs(wires, a, b)
        if pairs is None:
            return length
        wanted |= pairs
    return longest


def _pairs(wires: Wires, a: Item, b: Item) -> set[Pair] | None:
    """Return the operands in which two items differ; None where no one value can be both."""
    found: set[Pair] = set()
    for key in keys_of_both(a, b):
        p, q = wires.at(a, key), wires.at(b, key)
        if p is q or (isinstance(p, int) and p == q):
            continue
        if not isinstance(p, Wire) or not isinstance(q, Wire):
            return None
        both = join(p.type, q.type)
        if both is None or not (isinstance(a, Leave) or same_rank(p.type, q.type)):
            return None
        found.add((p, q))
    return found


def _fits_outputs(a: Item, b: Item) -> bool:
    return all(same_rank(p.type, q.type) for p, q in zip(outputs_of(a), outputs_of(b), strict=True))


def same_rank(a: Type, b: Type) -> bool:
    """Tell whether types are equal but for extents."""
    if isinstance(a, TensorType) and isinstance(b, TensorType):
        ranks = [None if t.shape is None else len(t.shape) for t in (a, b)]
        return a.data_type is b.data_type and ranks[0] == ranks[1]
    if isinstance(a, ListType) and isinstance(b, ListType):
        return join(a, b) is not None
    return a == b


def level_end(x: Path, y: Path, start: int, longest: int) -> int:
    """Return the longest end that begins in no frame opened by an arm."""
    for end in range(longest, 0, -1):
        stops = len(x.items) - end, len(y.items) - end
        level = x.depths[stops[0]]
        lowest = min(x.depths[start : stops[0] + 1] + y.depths[start : stops[1] + 1])
        if level == y.depths[stops[1]] == lowest:
            return end
    return 0
