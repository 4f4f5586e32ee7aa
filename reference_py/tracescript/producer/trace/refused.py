"""C code that takes no number but Python's own: its error, told at the user's line."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tracescript.producer.trace import places, watching
from tracescript.producer.trace.places import error_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType


@contextlib.contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a TypeError of the program that a traced number may have caused into a refused read.

    Raises ProducerError with UNRECORDED_READ. Spec: TRACE-2.
    """
    try:
        yield
    except TypeError as error:
        frame = _at_hand(error.__traceback__)
        if frame is None:
            raise
        hint = (
            "such a call would read a traced number unseen: give it int(n) or float(n), which "
            "the file records"
        )
        what = f"TypeError: {error}"
        raise error_at(places.site_of(frame), "UNRECORDED_READ", what, hint) from error


def _at_hand(traceback: TracebackType | None) -> FrameType | None:
    """Return the innermost frame of the program that holds a traced number."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        if places.is_users(frame) and watching.holds(dict(frame.f_locals), watching.SYMBOLS):
            found = frame
        traceback = traceback.tb_next
    return found
