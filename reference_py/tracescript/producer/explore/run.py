"""Explores one method of a traced program."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript.producer.explore.merge import merged
from tracescript.producer.explore.paths import path_of, raised_path
from tracescript.producer.explore.refusals import own_raise
from tracescript.producer.explore.regions import BASE
from tracescript.producer.explore.search import Search
from tracescript.producer.trace.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.explore.paths import Path
    from tracescript.producer.trace.outcomes import Outcomes
    from tracescript.producer.trace.report import Explored
    from tracescript.producer.trace.run import Run, Session


def explore(
    session: Session, method: str, args: Sequence[Any], kwargs: Mapping[str, Any], limit: int
) -> tuple[Run, Explored]:
    """Run a method down its paths, `limit` times at most, and merge them into one run.

    Afterwards the program is as it was after the first run. Spec: TRACE-15 to TRACE-19.

    Raises:
        ProducerError: NONDETERMINISTIC_TRACE where runs differ before a branch, TYPE_INFERENCE
            where the arms of a branch give results of different structure.
    """
    before = Snapshot(session.view, session.tree)
    session.tree.met.append(before.add)
    after: list[Snapshot] = []

    def record(outcomes: Outcomes) -> Path:
        before.restore()
        try:
            return path_of(session.run(method, args, kwargs, outcomes), outcomes)
        except Exception as error:
            raised = own_raise(error)
            if raised is None:
                raise
            return raised_path(session.recorder.root, outcomes, raised, error)
        finally:
            if not after:
                after.append(Snapshot(session.view, session.tree))

    search = Search(record, limit)
    try:
        search.explore()
        frame = merged(search)
    finally:
        session.tree.met.remove(before.add)
        if after:
            after[0].restore()
    run = search.worlds.runs[BASE].run
    assert run is not None, "the first path returned"
    by_name = dict(frame.args)
    inputs = [(name, value, by_name[name]) for name, value, _ in run.inputs]
    return replace(run, frame=frame, inputs=inputs), search.told()
