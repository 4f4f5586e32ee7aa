"""Runs cases through a door: order, second pass, restarts, one Result each."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tracescript.conformance.v1 import case_pb2, report_pb2, testee_pb2
from tracescript_conformance.process import TesteeCrashedError, TesteeTimedOutError
from tracescript_conformance.requests import requests
from tracescript_conformance.verdict import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.conformance.v1 import manifest_pb2
    from tracescript_conformance.corpus import Corpus

MOST_RESTARTS = 3


class Door(Protocol):
    """A way to ask a testee."""

    hello: testee_pb2.HelloResponse

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Send one request and return its response."""


class TesteeLostError(Exception):
    """The testee was started again and again and never answered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes: the order's seed, whether a second pass follows, the command to repeat."""

    seed: int
    repeat: bool
    reproduce: str


def run(
    corpus: Corpus,
    entries: Sequence[manifest_pb2.ManifestEntry],
    door: Door,
    plan: Plan,
    progress: Callable[[report_pb2.Result], None],
) -> list[report_pb2.Result]:
    """Run all cases in a shuffled order, and once more in another one; sorted by id.

    A case whose two passes differ is FLAKY. Raises TesteeLostError, CorpusError.
    """
    results: dict[str, report_pb2.Result] = {}
    for entry, result in _pass(corpus, entries, door, plan, plan.seed):
        results[entry.id] = result
        progress(result)
    if plan.repeat:
        for entry, result in _pass(corpus, entries, door, plan, plan.seed + 1):
            first = results[entry.id]
            if first.outcome != result.outcome:
                names = [
                    report_pb2.Outcome.Name(r.outcome).removeprefix("OUTCOME_")
                    for r in (first, result)
                ]
                first.outcome = report_pb2.OUTCOME_FLAKY
                first.detail = f"{names[0]} in the first pass, {names[1]} in the second"
    return [results[entry.id] for entry in sorted(entries, key=lambda e: e.id)]


def _pass(
    corpus: Corpus,
    entries: Sequence[manifest_pb2.ManifestEntry],
    door: Door,
    plan: Plan,
    seed: int,
) -> Iterator[tuple[manifest_pb2.ManifestEntry, report_pb2.Result]]:
    order = list(entries)
    random.Random(seed).shuffle(order)  # noqa: S311  # an order, no secret
    answered, lost = False, 0
    for entry in order:
        case = corpus.case(entry)
        result = one(corpus, case, door)
        result.reproduce = f"{plan.reproduce} --case {entry.id}"
        if result.outcome == report_pb2.OUTCOME_CRASHED:
            lost += 1
        else:
            answered = True
        if lost >= MOST_RESTARTS and not answered:
            raise TesteeLostError(f"{lost} restarts and no answer: {result.detail}")
        yield entry, result


def one(corpus: Corpus, case: case_pb2.Case, door: Door) -> report_pb2.Result:
    """Run one case and return its Result."""
    started = time.perf_counter()
    verdict = _ask(corpus, case, door)
    return report_pb2.Result(
        case_id=case.id,
        revision=case.revision,
        outcome=verdict.outcome,  # type: ignore[arg-type]  # numbers of report_pb2.Outcome
        step=verdict.step,
        expected_code=verdict.expected_code,  # type: ignore[arg-type]
        found_code=verdict.found_code,  # type: ignore[arg-type]
        found_phase=verdict.found_phase,  # type: ignore[arg-type]
        worst_ratio=verdict.worst_ratio,
        worst_element=verdict.worst_element,
        milliseconds=(time.perf_counter() - started) * 1e3,
        detail=verdict.detail,
    )


def _ask(corpus: Corpus, case: case_pb2.Case, door: Door) -> Verdict:
    claims = frozenset(door.hello.claims)
    responses = []
    extra = (case.run.options.deadline_ms + case.trap.options.deadline_ms) / 1e3
    try:
        for request in requests(case, corpus.content):
            responses.append(door.ask(request, extra))  # noqa: PERF401  # each may raise
    except TesteeTimedOutError as error:
        return Verdict(report_pb2.OUTCOME_TIMED_OUT, str(error))
    except TesteeCrashedError as error:
        return Verdict(report_pb2.OUTCOME_CRASHED, str(error))
    return judge(case, responses, claims, corpus.content)
