"""Attributes in which modules keep what they find during a call, and that no call reads before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.trace.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tracescript.producer.trace.run import Run, Session

_UNARY: Final = "bool len iter next int float index complex hash str repr neg pos abs invert round"
_OTHER: Final = "call getitem setitem delitem contains eq ne lt le gt ge enter exit format fspath"
_MORE: Final = "getattr setattr delattr reversed"
_BINARY: Final = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_MISSING: Final = object()


class _WasRead(Exception):  # noqa: N818  # no error: an answer
    """The program used what an attribute held before the call."""


def _read(*_: Any, **__: Any) -> Any:
    raise _WasRead


_REFLECTED: Final = (f"r{name}" for name in _BINARY.split())
_USES: Final = (*_UNARY.split(), *_OTHER.split(), *_BINARY.split(), *_REFLECTED, *_MORE.split())
_MEMBERS: Final = {f"__{name}__": _read for name in _USES} | {"__class__": property(_read)}
_Untouched: Final = type("_Untouched", (), _MEMBERS)
"""A value that tells when it is used, or asked for its class."""


def unread(
    session: Session, start: Callable[[], Session], calls: Mapping[str, Any], explore: int
) -> tuple[Session, list[Run]] | None:
    """Record the program again without what attributes hold that its run set anew.

    Returns that run if it did the same: what those attributes hold lives in one call only. Else
    None, with the program as the first run left it. Spec: TRACE-14.
    """
    watched, before = session.tree.watched, session.before
    if session.last is None or watched is None or before is None:
        return None
    changes = watched.attributes.changes()
    if not changes or explore > 1 or len(calls) > 1 or not session.uses_torch:
        return None
    from tracescript.producer.torch import first_call

    held = [(vars(module), name) for module, name, *_ in changes]
    if not all(first_call.is_data(of.get(name, _MISSING)) for of, name in held):
        return None
    left = [first_call.settled(of[name]) for of, name in held]
    after = Snapshot(session.view, session.tree)
    trials = [[_Untouched() for _ in left]]
    if any(type(now) is not type(old) for now, (*_, old, _) in zip(left, changes, strict=True)):
        trials.append(left)  # `type` and `is` use a value unseen
    found = None
    for values in trials:
        before.restore()
        for (of, name), value in zip(held, values, strict=True):
            of[name] = value
        found = _same(session, start(), calls, changes)
        if found is None:
            after.restore()
            break
    for (of, name), now in zip(held, left, strict=True):
        if found is None or type(of.get(name)) is _Untouched:
            of[name] = now
        elif name in of:
            of[name] = first_call.settled(of[name])
    return found


def _same(
    session: Session, again: Session, calls: Mapping[str, Any], changes: Iterable[tuple[Any, ...]]
) -> tuple[Session, list[Run]] | None:
    """Record the program again; return that where it is like the first run."""
    again.before = session.before
    again.scratch = frozenset((id(module), name) for module, name, *_ in changes)
    try:
        runs = [again.run(method, *given) for method, given in calls.items()]
        is_same = _alike(session.last, runs[0])
    except Exception:  # noqa: BLE001  # what a program does with a value it cannot use
        return None
    again.has_drawn = session.before is not None and session.before.has_drawn
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
