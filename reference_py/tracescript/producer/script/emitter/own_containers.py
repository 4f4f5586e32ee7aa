"""Sets and dicts with defaults: the records of ours that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import DictType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Empty, Known, Struct
from tracescript.producer.script.emitter.facts import RestartError
from tracescript.producer.script.prelude.containers import FrozenSetOf
from tracescript.producer.script.prelude.dicts import DefaultDict, DictOf
from tracescript.producer.script.prelude.sequences import SequenceOf

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.facts import Facts

_OURS = FrozenSetOf | DictOf | SequenceOf


def is_set(entry: Entry) -> bool:
    """Whether an entry is a set that the program has made."""
    return isinstance(entry, Struct) and issubclass(entry.cls, FrozenSetOf)


def keys_of(entry: Entry) -> Entry:
    """Return what a set holds, in an order that nothing may see; other entries as they are."""
    if isinstance(entry, Known) and isinstance(entry.value, set | frozenset):
        return Known(sorted(entry.value, key=repr))
    return entry.fields["kept"] if isinstance(entry, Struct) and is_set(entry) else entry


def is_sequence_of(entry: Entry) -> bool:
    """Whether an entry is a deque, or a tuple whose length run time tells."""
    return isinstance(entry, Struct) and issubclass(entry.cls, SequenceOf)


def has_default(entry: Entry) -> bool:
    """Whether an entry is a defaultdict."""
    return isinstance(entry, Struct) and entry.cls is DefaultDict


def is_dict_of(entry: Entry) -> bool:
    """Whether an entry is a defaultdict, an OrderedDict or a Counter."""
    return isinstance(entry, Struct) and issubclass(entry.cls, DictOf)


def plain_dict(entry: Entry) -> Entry:
    """Return the dict that a defaultdict or the like is; other entries as they are."""
    if isinstance(entry, Struct) and is_dict_of(entry):
        return entry.fields["kept"]
    return entry


def python_class(cls: type) -> type:
    """Return the class that a record's class stands for, itself for one of the user's."""
    found = getattr(cls, "stands_for", cls) if issubclass(cls, _OURS) else cls
    return found if isinstance(found, type) else cls


def learn(e: Emitter, before: Struct, after: Struct) -> None:
    """Compile again where the first entry tells what a defaultdict holds. Raises RestartError."""
    kept = after.fields["kept"]
    was_read = any(owner.tokens & before.tokens for owner, _ in e.session.unsettled)
    if not was_read or not isinstance(before.fields["kept"], Empty) or not isinstance(kept, Value):
        return
    sites, kind = {t.site for t in before.tokens}, kept.type
    assert isinstance(kind, DictType)

    def note(facts: Facts) -> None:
        facts.defaults.update(dict.fromkeys(sites, kind))

    raise RestartError(note)
