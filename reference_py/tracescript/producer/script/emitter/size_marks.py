"""Which entries are sizes of a tensor, through loops and branches: texts of them are others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import OptionalType, TupleType
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.emitter.heap import parts_of_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.ir.types import Type
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

SIZES, PLAIN = frozenset({"sizes"}), frozenset({"plain"})


class TupleKinds:
    """What tuples of ints in values are: sizes of tensors, plain ones, or both."""

    def __init__(self) -> None:
        self._kinds: dict[Value, frozenset[str]] = {}

    def of(self, value: Value) -> frozenset[str]:
        """Return what the tuples of ints in a value may be."""
        if not holds_ints(value.type) or _is_empty(value):
            return frozenset()
        return self._kinds.get(value, PLAIN)

    def note(self, value: Value, kinds: frozenset[str]) -> None:
        """Say what the tuples of ints in a value may be."""
        if holds_ints(value.type):
            self._kinds[value] = kinds

    def through(self, inputs: Sequence[Value | None], outputs: Sequence[Value]) -> None:
        """The results of a node hold what its inputs hold."""
        outputs = [v for v in outputs if holds_ints(v.type)]
        if not outputs:
            return
        given = [v for v in inputs if v is not None and holds_ints(v.type)]
        found = frozenset(k for v in given for k in self.of(v)) if given else PLAIN
        self._kinds.update(dict.fromkeys(outputs, found))

    def begin(
        self, starts: Sequence[Value], params: Sequence[Value], learned: dict[int, frozenset[str]]
    ) -> None:
        """Parameters of a loop's body hold what their starts do, and what rounds have shown."""
        for k, (start, param) in enumerate(zip(starts, params, strict=True)):
            self.note(param, self.of(start) | learned.get(k, frozenset()))

    def is_settled(
        self, params: Sequence[Value], ends: Sequence[Value], learned: dict[int, frozenset[str]]
    ) -> bool:
        """Whether a round ends with no more than it began with; `learned` gets the rest."""
        more = {
            k: self.of(end) | self.of(param)
            for k, (param, end) in enumerate(zip(params, ends, strict=True))
            if not self.of(end) <= self.of(param)
        }
        learned.update(more)
        return not more


def holds_ints(kind: Type) -> bool:
    """Whether values of a type are, or hold, tuples of ints."""
    if isinstance(kind, OptionalType):
        return holds_ints(kind.element)
    if isinstance(kind, TupleType) and all(k == constants.INT for k in kind.elements):
        return True
    return any(map(holds_ints, parts_of_type(kind)))


def _is_empty(value: Value) -> bool:
    return value.constant is not None and value.constant.value in (None, ())


def copy_marks(e: Emitter, source: Entry, target: Entry) -> None:
    """Mark what stands in the places of sizes as sizes."""
    for a, b in _pairs(source, target):
        if a in e.session.sizes:
            e.session.sizes.add(b)
        if a in e.session.unsure_sizes:
            e.session.unsure_sizes.add(b)


def mark_unsure(e: Emitter, entry: Entry) -> None:
    """Mark what may be sizes or a plain tuple, so that nobody asks for its text."""
    e.session.unsure_sizes.update(a for a, _ in _pairs(entry, entry) if isinstance(a, Items))


def join_marks(e: Emitter, a: Entry, b: Entry, made: Entry) -> None:
    """Mark what is one of two entries: as sizes where both are, as unsure where one is."""
    if not are_alike(e, a, b):
        mark_unsure(e, made)
        return
    copy_marks(e, a, made)
    copy_marks(e, b, made)


def are_alike(e: Emitter, a: Entry, b: Entry) -> bool:
    """Whether the same places of two entries are sizes."""
    return all(
        (x in e.session.sizes) == (y in e.session.sizes)
        for x, y in _pairs(a, b)
        if isinstance(x, Items)
    )


def _pairs(a: Entry, b: Entry) -> Iterator[tuple[Entry, Entry]]:
    yield a, b
    if isinstance(a, Items) and isinstance(b, Items):
        for x, y in zip(a.parts, b.parts, strict=False):
            yield from _pairs(x, y)
