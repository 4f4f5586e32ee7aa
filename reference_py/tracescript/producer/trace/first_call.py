"""Programs whose first call is not like later ones: it makes a cache, or rescales weights."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError, TraceWarning
from tracescript.producer.trace.eager import Eager
from tracescript.producer.trace.numbers import SymFloat, SymInt
from tracescript.producer.trace.refused import failures_told
from tracescript.producer.trace.scratch import unread
from tracescript.producer.trace.snapshot import Snapshot
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.run import Run, Session
    from tracescript.producer.trace.tape import Wire

_DEEP: Final = 6
"""Levels of containers and objects that are looked into."""


def steady(
    start: Callable[[], Session], calls: Mapping[str, Any], explore: int, decisions: str
) -> tuple[Session, list[Run]]:
    """Record the methods; if only the first call changes what no trace can repeat, a later one.

    What the first call left must not depend on its inputs. A program whose trace is refused is left
    as it was. Spec: TRACE-14, TRACE-19.

    Raises:
        ProducerError: that of the first call where a later one fails too.
    """
    session = start()
    try:
        return session, _recorded(session, calls, explore)
    except ProducerError as error:
        try:
            return _of_later(session, error, start, calls, explore, decisions)
        except ProducerError:
            if session.before is not None:
                session.before.restore()
            raise


def _of_later(
    session: Session,
    error: ProducerError,
    start: Callable[[], Session],
    calls: Mapping[str, Any],
    explore: int,
    decisions: str,
) -> tuple[Session, list[Run]]:
    """Record a later call than the one that was refused, where such calls can be others."""
    same = unread(session, start, calls, explore)
    if same is not None:
        return same
    if decisions == "error" or not _is_set_up(session):
        raise error
    _to_later(session, calls)
    again = start()
    try:
        runs = _recorded(again, calls, explore)
    except ProducerError:
        raise error from None
    again.first_call = f"{error.where}: {error.what}" if error.where else error.what
    if decisions == "warn":
        _warn(error)
    return again, runs


def _recorded(session: Session, calls: Mapping[str, Any], explore: int) -> list[Run]:
    session.before = Snapshot(session.view, session.tree)
    session.tree.met.append(session.before.add)
    if explore == 1:
        with failures_told(Eager(session, [], calls).succeeds):
            runs = [session.run(method, *given) for method, given in calls.items()]
    else:
        from tracescript.producer.explore.run import explore as explored

        found = [explored(session, m, a, k, explore) for m, (a, k) in calls.items()]
        session.explored = tuple(told for _, told in found)
        runs = [run for run, _ in found]
    session.has_drawn = session.before.has_drawn
    return runs


def _is_set_up(session: Session) -> bool:
    """Tell whether the call may have set up what later calls find, out of nothing of its inputs."""
    branches = session.tree.branches()
    if not session.uses_torch or any(is_model(branch.module) for branch in branches):
        return False
    if session.recorder.has_met_parameter_write:
        return True
    watched = session.tree.watched
    left = list(watched.left()) if watched is not None and session.last is not None else []
    return bool(left) and not any(_is_data(now, session.door, _DEEP) for now in left)


def _to_later(session: Session, calls: Mapping[str, Any]) -> None:
    """Put buffers back; finish the first call where it was cut short. Later calls find the rest."""
    from tracescript.producer.torch import first_call

    first_call.put_back(session.tree)
    if session.recorder.has_met_parameter_write:
        first_call.run(session.program, calls)
        first_call.put_back(session.tree)


def _warn(error: ProducerError) -> None:
    place = f"{error.where}: " if error.where else ""
    lines = [f"{place}the first call of the program is not like later ones: {error.what}"]
    lines += [f"  {line}" for line in error.excerpt.splitlines()]
    lines.append("  The trace holds what later calls do.")
    path, _, line = error.where.rpartition(":")[0].rpartition(":")
    where = (path, int(line)) if path and line.isdecimal() else ("<trace>", 0)
    warnings.warn_explicit("\n".join(lines), TraceWarning, *where, registry={})


def _is_data(value: Any, door: Door, depth: int) -> bool:
    """Tell whether a value may follow from the inputs of the call."""
    if isinstance(value, (bool, str, type(None))) or callable(value):
        return False
    if isinstance(value, (int, float, complex, SymInt, SymFloat)):
        return True
    if door.is_array(value):
        return door.was_read(value) and _follows(door.wire(value))
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return not depth or any(_is_data(part, door, depth - 1) for part in value)
    inside = getattr(value, "__dict__", None)
    return not depth or inside is None or _is_data(dict(inside), door, depth - 1)


def _follows(wire: Wire) -> bool:
    """Tell whether a value is computed from an input, or a buffer that the program writes."""
    todo, seen = [wire], set()
    while todo:
        at = todo.pop()
        if at in seen or not at.varies:
            continue
        seen.add(at)
        if at.slot is not None and not at.slot.written:
            continue
        if at.maker is None:
            return True
        todo += [given for given in at.maker.inputs if given is not None]
    return False
