"""Which entries are sizes of a tensor or a tuple, through loops and branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import ListType, OptionalType, TensorType, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.emitter.type_parts import parts_of_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

SIZES, PLAIN, TUPLE = frozenset({"sizes"}), frozenset({"plain"}), frozenset({"tuple"})


class Kinds:
    """What values of one kind are, and values in values: sizes, plain ones, or several of these.

    `holds` says of a type whether its values are or hold any: tuples of ints, which are sizes or
    plain; or lists of ints, which are sizes of unknown rank, tuples of unknown length, or plain.
    """

    def __init__(self, holds: Callable[[Type], bool]) -> None:
        self._holds = holds
        self._kinds: dict[Value, frozenset[str]] = {}

    def of(self, value: Value) -> frozenset[str]:
        """Return what a value, or what it holds, may be."""
        if not self._holds(value.type):
            return frozenset()
        return self._kinds.get(value, frozenset() if _is_empty(value) else PLAIN)

    def note(self, value: Value, kinds: frozenset[str]) -> None:
        """Say what a value, or what it holds, may be."""
        if (kinds != PLAIN or value in self._kinds) and self._holds(value.type):
            self._kinds[value] = kinds

    def through(self, inputs: Sequence[Value | None], outputs: Sequence[Value]) -> None:
        """The results of a node hold what its inputs hold."""
        if not self._kinds:
            return
        outputs = [v for v in outputs if self._holds(v.type)]
        if not outputs:
            return
        given = [v for v in inputs if v is not None and self._holds(v.type)]
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


def may_be_tuple(kind: Type) -> bool:
    """Whether values of a type may be tuples in the program: lists of ints or tensors."""
    return isinstance(kind, ListType) and (
        kind.element == constants.INT or isinstance(kind.element, TensorType)
    )


def holds_marked_lists(kind: Type) -> bool:
    """Whether values of a type are, or hold, lists that may be tuples."""
    if isinstance(kind, OptionalType):
        return holds_marked_lists(kind.element)
    return may_be_tuple(kind) or any(map(holds_marked_lists, parts_of_type(kind)))


def holds_int_lists(kind: Type) -> bool:
    """Whether values of a type are, or hold, lists of ints."""
    if isinstance(kind, OptionalType):
        return holds_int_lists(kind.element)
    return kind == ListType(constants.INT) or any(map(holds_int_lists, parts_of_type(kind)))


def is_tuple_like(e: Emitter, entry: Entry) -> bool:
    """Whether a list in the graph is a tuple in the program: sizes, or a tuple of unknown length.

    Raises ProducerError for a value that may be one or a list. Spec: SCRIPT-4.
    """
    kinds = _kinds(e, entry)
    if "plain" in kinds and kinds != PLAIN:
        raise e.error(
            None,
            "this is a list or a tuple, by what happened before",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="make it a list on both paths: list(x.shape)",
        )
    return bool(kinds) and kinds != PLAIN


def _kinds(e: Emitter, entry: Entry) -> frozenset[str]:
    """Return what a list of ints or tensors may be; that of anything else is plain."""
    if not isinstance(entry, Value) or not may_be_tuple(entry.type):
        return PLAIN
    return e.session.list_kinds.of(entry)


def is_plain_tuple(e: Emitter, entry: Entry) -> bool:
    """Whether a list in the graph is a tuple that is not the sizes of a tensor."""
    return _kinds(e, entry) == TUPLE


def as_tuple_list(e: Emitter, entry: Entry) -> Value | None:
    """Return a tuple of ints or of tensors as a list in the graph; None for anything else."""
    if isinstance(entry, Value) and isinstance(entry.type, TupleType):
        entry = e.parts(entry)
    if not isinstance(entry, Items) or entry.is_list:
        return None
    kinds = [e.type_of_items(p) for p in entry.parts]
    is_ints = all(k == constants.INT for k in kinds)
    if not is_ints and not all(isinstance(k, TensorType) for k in kinds):
        return None
    values = [e.value(p) for p in entry.parts]
    made = e.make_list(values) if values else e.empty(ListType(constants.INT))
    e.session.list_kinds.note(made, SIZES if is_sizes(e, entry) else TUPLE)
    return made


def is_sizes(e: Emitter, entry: Entry) -> bool:
    """Whether an entry is the sizes of a tensor."""
    if isinstance(entry, Value):
        return _kinds(e, entry) == SIZES
    return entry in e.session.sizes


def note_sizes(e: Emitter, entry: Entry) -> None:
    """Say that an entry is the sizes of a tensor."""
    if isinstance(entry, Value):
        e.session.list_kinds.note(entry, SIZES)
    else:
        e.session.sizes.add(entry)


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
