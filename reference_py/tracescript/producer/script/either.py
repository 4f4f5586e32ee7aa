"""Functions that name no library in a file that imports torch and numpy: what both say of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import ProducerError
from tracescript.ir.text import place_text
from tracescript.producer.script.emitter.facts import Facts
from tracescript.producer.script.emitter.same import fingerprint, first_difference
from tracescript.producer.source import caret, source_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.run import Scripted


@dataclass(frozen=True, slots=True)
class Attempt:
    """A program compiled by one library's rules: what came of it, or why nothing did.

    `lacks` are attributes that the program uses and the library's arrays do not have.
    """

    library: str
    result: Scripted | ProducerError
    lacks: frozenset[str]

    @classmethod
    def of(cls, library: str, compiled: Callable[[Facts], Scripted]) -> Attempt:
        """Compile a program by the rules of `numpy` or `torch`."""
        facts = Facts()
        try:
            result: Scripted | ProducerError = compiled(facts)
        except ProducerError as error:
            result = error
        kind = np.ndarray if library == "numpy" else sys.modules["torch"].Tensor
        lacks = frozenset(n for n in facts.attributes if not hasattr(kind, n))
        return cls(library, result, lacks)


def agreed(attempts: list[Attempt], function: Any) -> Scripted:
    """Return what a function means by the rules of all libraries whose arrays have what it uses.

    Raises ProducerError where that is more than one thing. Spec: SCRIPT-9.
    """
    fitting = [a for a in attempts if not a.lacks] or attempts[:1]
    results = [a.result for a in fitting]
    refused = [r for r in results if isinstance(r, ProducerError)]
    if len(refused) == len(results):
        raise refused[0]
    made = [r for r in results if not isinstance(r, ProducerError)]
    if len(results) == 1 or (not refused and _is_same(*made)):
        return made[0]
    raise _unsure(made, refused, function)


def _is_same(one: Scripted, other: Scripted) -> bool:
    """Whether two models compute the same; Python functions get arrays of the library's."""
    if one.hosts or other.hosts:
        return False
    return [*map(fingerprint, one.model.functions)] == [*map(fingerprint, other.model.functions)]


def _unsure(made: list[Scripted], refused: list[ProducerError], function: Any) -> ProducerError:
    name = getattr(function, "__name__", "function")
    what = f"{name} names neither torch nor numpy, its file imports both"
    hint = "say whose arrays it takes: annotate a parameter, `x: torch.Tensor` or `x: np.ndarray`"
    if refused:
        error = refused[0]
        what = f"{what}, and only one library's rules fit: {error.what}"
        where, excerpt = error.where, error.excerpt
    else:
        what = f"{what}, and they mean different things by this"
        place, source = first_difference(made[0].model, made[1].model), source_of(function)[0]
        where = "" if place is None else place_text(place)
        shown = place is not None and place.file == source.name
        excerpt = caret(source.lines, place) if place is not None and shown else ""
    return ProducerError(
        what, code="TYPE_INFERENCE", where=where, rule="SCRIPT-9", hint=hint, excerpt=excerpt
    )
