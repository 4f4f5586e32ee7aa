"""Work shared out to threads: as many as OpenBLAS takes by default."""

from __future__ import annotations

import contextvars
import functools
import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

_WORTH_A_THREAD: Final = 100.0
"""Microseconds of work: several times what it takes to hand some to another thread and to wait."""
_STATE: Final = threading.local()


def at_hand(microseconds: float) -> int:
    """Return how many threads so much work is worth, 0 where it is worth none; 1 within a task."""
    if getattr(_STATE, "within", False):
        return 1
    return min(_threads(), int(microseconds / _WORTH_A_THREAD))


def each(parts: Sequence[T], task: Callable[[T], Any], microseconds: float) -> None:
    """Call a task on each part, in turn or, where `at_hand` says so, on several threads.

    Parts are the same whatever the threads, so results are. What one task writes no other may
    touch. Work that a task shares out in turn stays on its thread.
    """
    count = min(len(parts), at_hand(microseconds))
    if count <= 1:
        for part in parts:
            task(part)
        return
    left = deque(parts)
    pool = _pool(os.getpid(), _threads() - 1)
    others = [
        pool.submit(contextvars.copy_context().run, _take, task, left) for _ in range(count - 1)
    ]
    try:
        _take(task, left)
    finally:
        left.clear()
        errors = [other.exception() for other in others if not other.cancel()]
    for error in errors:
        if error is not None:
            raise error


def _take(task: Callable[[T], Any], left: deque[T]) -> None:
    """Call a task on parts until none is left, without warnings of overflow and NaN."""
    _STATE.within = True
    try:
        with np.errstate(all="ignore"):
            while left:
                try:
                    part = left.popleft()
                except IndexError:
                    return
                task(part)
    finally:
        _STATE.within = False


@functools.cache
def _threads() -> int:
    """Return the threads that OpenBLAS takes by default."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(name, "")
        if text.isdecimal() and int(text) > 0:
            return int(text)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@functools.lru_cache(maxsize=1)
def _pool(process: int, threads: int) -> ThreadPoolExecutor:
    """Return the threads of this process: a fork has none of its parent's."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(threads, f"kernels-{process}")
