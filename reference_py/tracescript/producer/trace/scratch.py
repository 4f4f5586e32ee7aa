"""Attributes in which modules keep plain numbers during a call, and that no call reads before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.trace.run import Run, Session

_UNARY: Final = "bool len iter next int float index complex hash str repr neg pos abs invert round"
_OTHER: Final = "call getitem setitem delitem contains eq ne lt le gt ge enter exit format fspath"
_BINARY: Final = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_NUMBERS: Final = (bool, int, float, type(None))


class _WasRead(Exception):  # noqa: N818  # no error: an answer
    """The program used what an attribute held before the call."""


def _read(*_: Any, **__: Any) -> Any:
    raise _WasRead


_REFLECTED: Final = (f"r{name}" for name in _BINARY.split())
_USES: Final = (*_UNARY.split(), *_OTHER.split(), *_BINARY.split(), *_REFLECTED, "getattr")
_Untouched: Final = type("_Untouched", (), {f"__{name}__": _read for name in _USES})
"""A value that tells when it is used."""


def unread(
    session: Session, start: Callable[[], Session], calls: Mapping[str, Any], explore: int
) -> tuple[Session, list[Run]] | None:
    """Record the program again without the numbers in attributes that its run changed.

    Returns that run if it did the same: what those attributes hold lives in one call only. Else
    None, the attributes as the first run left them. Spec: TRACE-14.
    """
    watched = session.tree.watched if session.last is not None else None
    changes = watched.attributes.changes() if watched is not None else []
    if not changes or explore > 1 or len(calls) > 1 or not session.uses_torch:
        return None
    if not all(isinstance(now, _NUMBERS) and isinstance(old, _NUMBERS) for *_, old, now in changes):
        return None
    from tracescript.producer.torch import first_call

    first_call.put_back(session.tree)
    again = start()
    again.before = session.before
    again.scratch = frozenset((id(module), name) for module, name, _, _ in changes)
    for module, name, _, _ in changes:
        setattr(module, name, _Untouched())
    try:
        runs = [again.run(method, *given) for method, given in calls.items()]
        again.has_drawn = session.before is not None and session.before.has_drawn
        is_same = _alike(session.last, runs[0])
    except Exception:  # noqa: BLE001  # what a program does with a value it cannot use
        is_same = False
    for module, name, _, now in changes:
        setattr(module, name, plain(now))
    return (again, runs) if is_same else None


def _alike(one: Run | None, other: Run) -> bool:
    """Tell whether two runs recorded the same events and gave the same results."""
    from tracescript.producer.explore.alike import alike
    from tracescript.producer.explore.paths import path_of
    from tracescript.producer.trace.outcomes import Outcomes

    assert one is not None, "the first run returned"
    a, b = (path_of(run, Outcomes()).items for run in (one, other))
    same = len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    return same and _equal(one.outputs, other.outputs)


def _equal(a: Any, b: Any) -> bool:
    """Tell whether two results are the same, NaN equal to NaN."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return isinstance(b, dict) and _equal(list(a.items()), list(b.items()))
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(_equal, a, b))
    return repr(a) == repr(b)
