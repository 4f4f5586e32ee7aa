"""Calls that failed while the program went on: whether they do depends on data and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.errors import TsError
from tracescript.producer.trace import places
from tracescript.producer.trace.tape import Read

if TYPE_CHECKING:
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Site

_HINT: Final = "ask before the call, by sizes or by data: that is a guard of the file"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call of the library on values of the trace, and what it raised there."""

    call: str
    error: Exception
    site: Site | None


def note(recorder: Recorder, call: str, error: Exception) -> None:
    """Remember that a call failed; it may end the program, which tells more than this."""
    if all(known.error is not error for known in recorder.failures):
        recorder.failures.append(Failure(call, error, recorder.here()))


def settle(recorder: Recorder) -> None:
    """Record or refuse, once the program has returned, that it went on after a call failed.

    Raises ProducerError with UNRECORDED_READ, or what the trace refused. Spec: TRACE-1.
    """
    for failure in recorder.failures:
        if not recorder.strict:
            recorder.root.events.append(Read("unrecorded", None, None, failure.site, failure.call))
            continue
        if isinstance(failure.error, TsError):
            raise failure.error
        kind = type(failure.error).__name__
        what = f"{failure.call} fails ({kind}: {failure.error}), and the program goes on"
        raise places.error_at(failure.site, "UNRECORDED_READ", what, _HINT) from failure.error
