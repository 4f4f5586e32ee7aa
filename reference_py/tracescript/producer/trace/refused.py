"""Errors of the program that only a trace makes, told at the user's line."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tracescript.errors import TsError
from tracescript.producer.trace import places, watching
from tracescript.producer.trace.places import error_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType


@contextlib.contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a TypeError of the program that a traced number may have caused into a refused read.

    C code that takes no number but Python's own raises it. Raises ProducerError with
    UNRECORDED_READ. Spec: TRACE-2.
    """
    try:
        yield
    except TypeError as error:
        frame = _innermost(error.__traceback__, needs_number=True)
        if frame is None:
            raise
        hint = (
            "such a call would read a traced number unseen: give it int(n) or float(n), which "
            "the file records"
        )
        what = f"TypeError: {error}"
        raise error_at(places.site_of(frame), "UNRECORDED_READ", what, hint) from error


@contextlib.contextmanager
def failures_told(runs_untraced: Callable[[], bool]) -> Iterator[None]:
    """Turn what a program raises in a trace alone into a refusal; `runs_untraced` asks it.

    Raises ProducerError with UNSUPPORTED_PYTHON.
    """
    try:
        yield
    except TsError:
        raise
    except Exception as error:
        if not runs_untraced():
            raise
        frame = _innermost(error.__traceback__, needs_number=False)
        site = None if frame is None else places.site_of(frame)
        what = f"the program runs, its trace does not: {type(error).__name__}: {error}"
        hint = "write this call with other functions, or script the program"
        raise error_at(site, "UNSUPPORTED_PYTHON", what, hint) from error


def _innermost(traceback: TracebackType | None, *, needs_number: bool) -> FrameType | None:
    """Return the innermost frame of the program, or of those that hold a traced number."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        holds = not needs_number or watching.holds(dict(frame.f_locals), watching.SYMBOLS)
        if places.is_users(frame) and holds:
            found = frame
        traceback = traceback.tb_next
    return found
