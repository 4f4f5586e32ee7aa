"""Keeps the garbage collector from looking through a program while it is read."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def paused() -> Iterator[None]:
    """Collect no garbage meanwhile.

    A program is thousands of small objects that last, without cycles. Each few hundred new ones
    start the collector, which took up to a fifth of the time of `load`, and found nothing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
