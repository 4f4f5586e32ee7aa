"""Words for what cannot be explored: exceptions of an arm, arms that return different things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import TsError
from tracescript.ir import Place
from tracescript.ir.text import type_text
from tracescript.producer.explore.paths import Leave
from tracescript.producer.source import file_name
from tracescript.producer.trace import conditions, places
from tracescript.producer.trace.places import error_at
from tracescript.producer.trace.tape import Raise, Site

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.producer.explore.paths import Path
    from tracescript.producer.trace.tape import Read


def own_raise(error: Exception) -> Raise | None:
    """Return an exception that a `raise` or `assert` of the user's program raised; else None."""
    trail = error.__traceback__
    while trail is not None and trail.tb_next is not None:
        trail = trail.tb_next
    if trail is None or isinstance(error, TsError):
        return None
    code = trail.tb_frame.f_code
    if not places.raises(trail.tb_frame, trail.tb_lineno):
        return None
    place = Place(file_name(code.co_filename), trail.tb_lineno, scope=code.co_name)
    is_text = len(error.args) == 1 and isinstance(error.args[0], str)
    message = error.args[0] if is_text else str(error)
    return Raise(type(error).__name__, message, Site(place, code.co_filename))


def different_results(read: Read, taken: Path, other: Path) -> ProducerError:
    """Make the error about two arms whose results have no common type."""
    found = f"{_results(taken)} where it is {read.observed}, {_results(other)} otherwise"
    lines = ""
    if read.site is not None:
        _, kept, lost = conditions.arms(read.site, observed=bool(read.observed))
        lines = " and ".join(f"line {p.line}" for p in (kept, lost) if p is not None)
        lines = f" ({lines})" if lines else ""
    what = f"the arms of this branch{lines} give results of different structure: {found}"
    return error_at(read.site, "TYPE_INFERENCE", what, "return the same structure from both arms")


def _results(path: Path) -> str:
    last = path.items[-1]
    if not isinstance(last, Leave):
        return "an exception"
    return f"({', '.join(type_text(wire.type) for wire in last.frame.outputs)})"
