"""Numbers of two types, as `max` of an int and a float gives; what is done is done with each."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ScalarKind, TensorType, UnionType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.choices import choose
from tracescript.producer.script.containers.unions import put_together
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import OneOf
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.flow.narrowing import bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_NUMBERS = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT)


def is_mixed(e: Emitter, entry: Entry) -> bool:
    """Whether an entry is a number whose type run time tells, or a number or else a tensor."""
    if not isinstance(entry, OneOf):
        return False
    return all(
        is_tensor(x) or is_scalar(x, *_NUMBERS) for x in (bare(e, p) for p in entry.parts.values())
    )


@contextlib.contextmanager
def _mixing(e: Emitter) -> Iterator[None]:
    """Let arms give numbers of two types."""
    e.mixing += 1
    yield
    e.mixing -= 1


def each(e: Emitter, use: Callable[..., Entry], *entries: Entry) -> Entry:
    """Do with numbers of two types what is done with each: the result may have two types too."""
    for k, entry in enumerate(entries):
        if isinstance(entry, OneOf) and is_mixed(e, entry):

            def of_part(part: Entry, k: int = k) -> Entry:
                return each(e, use, *entries[:k], part, *entries[k + 1 :])

            with _mixing(e):
                return choose(e, entry, of_part)
    return use(*entries)


def number_or_tensor(e: Emitter, entry: Entry) -> Entry:
    """Return a result that is a number or else a tensor as a value of a union."""
    if not isinstance(entry, OneOf) or entry.kind is not None or not is_mixed(e, entry):
        return entry
    kinds = [v.type for x in entry.parts.values() if isinstance(v := bare(e, x), Value)]
    if not any(isinstance(k, TensorType) for k in kinds):
        return entry
    return put_together(e, entry, UnionType(tuple(kinds)))


def one_of(e: Emitter, test: Value, first: Any, second: Any) -> Entry:
    """Return what one of two functions gives, numbers of two types maybe."""
    if test.constant is not None:
        chosen: Entry = first() if test.constant.value else second()
        return chosen
    with _mixing(e):
        return branch(e, test, (first, second))


__all__ = ["each", "is_mixed", "number_or_tensor", "one_of"]
