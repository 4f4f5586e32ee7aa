"""Runs cases through doors: order, parts, second pass, restarts, one Result each."""

from __future__ import annotations

import random
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.conformance.v1 import case_pb2, report_pb2
from tracescript_conformance.plain import plain
from tracescript_conformance.process import TesteeCrashedError, TesteeTimedOutError
from tracescript_conformance.requests import requests
from tracescript_conformance.verdict import SKIPPED, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.conformance.v1 import manifest_pb2
    from tracescript_conformance.corpus import Corpus
    from tracescript_conformance.doors import Door

MOST_RESTARTS = 3
_NAMED_BEFORE = 3


class TesteeLostError(Exception):
    """The testee was started again and again and never answered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes: the order's seed, whether a second pass follows, how to ask one case again.

    `options` and `testee` are the words of a command line before and behind `--case ID`. A result
    that `ends` says so about is the last one that is asked for.
    """

    seed: int
    repeat: bool
    options: str
    testee: str
    ends: Callable[[report_pb2.Result], bool] | None = None

    def reproduce(self, case_id: str) -> str:
        """Return the command line that runs one case alone."""
        return f"{self.options} --case {case_id} {self.testee}".rstrip()


def run(
    corpus: Corpus,
    entries: Sequence[manifest_pb2.ManifestEntry],
    doors: Sequence[Door],
    plan: Plan,
    progress: Callable[[report_pb2.Result], None],
) -> list[report_pb2.Result]:
    """Run all cases in a shuffled order, and once more in another one; sorted by id.

    Each door gets the cases whose id falls to it, the same ones in every run. A case whose two
    passes differ is FLAKY. `progress` is told every result of both passes, one at a time. A run
    that the plan ends has the results up to there.
    Raises TesteeLostError, TesteeNotStartedError, CorpusError.
    """
    parts: list[list[manifest_pb2.ManifestEntry]] = [[] for _ in doors]
    for entry in entries:
        parts[zlib.crc32(entry.id.encode()) % len(doors)].append(entry)
    lock = threading.Lock()
    over = threading.Event()

    def told(result: report_pb2.Result) -> bool:
        with lock:
            if not over.is_set():
                progress(result)
            if plan.ends is not None and plan.ends(result):
                over.set()
            return over.is_set()

    def part(door: Door, mine: list[manifest_pb2.ManifestEntry]) -> list[report_pb2.Result]:
        return _part(corpus, mine, door, plan, told)

    if len(doors) == 1:
        results = part(doors[0], parts[0])
    else:
        with ThreadPoolExecutor(len(doors)) as pool:
            results = [r for found in pool.map(part, doors, parts) for r in found]
    return sorted(results, key=lambda r: r.case_id)


def _part(
    corpus: Corpus,
    entries: list[manifest_pb2.ManifestEntry],
    door: Door,
    plan: Plan,
    told: Callable[[report_pb2.Result], bool],
) -> list[report_pb2.Result]:
    """Run both passes through one door; `told` a result says whether the run is over."""
    results: dict[str, report_pb2.Result] = {}
    for result in _pass(corpus, entries, door, plan, plan.seed):
        results[result.case_id] = result
        if told(result):
            return list(results.values())
    for result in _pass(corpus, entries, door, plan, plan.seed + 1) if plan.repeat else ():
        first = results[result.case_id]
        if report_pb2.OUTCOME_FLAKY not in {first.outcome, result.outcome}:
            _compare(first, result)
        elif first.outcome != report_pb2.OUTCOME_FLAKY:
            results[result.case_id] = result
        if told(results[result.case_id]):
            break
    return list(results.values())


def _compare(first: report_pb2.Result, second: report_pb2.Result) -> None:
    """Mark a case FLAKY whose two passes ended differently."""
    if first.outcome != second.outcome:
        names = [
            report_pb2.Outcome.Name(r.outcome).removeprefix("OUTCOME_") for r in (first, second)
        ]
        why = first.detail or second.detail
        first.outcome = report_pb2.OUTCOME_FLAKY
        first.detail = f"{names[0]} in the first pass, {names[1]} in the second: {why}"


def _pass(
    corpus: Corpus,
    entries: Sequence[manifest_pb2.ManifestEntry],
    door: Door,
    plan: Plan,
    seed: int,
) -> Iterator[report_pb2.Result]:
    order = list(entries)
    random.Random(seed).shuffle(order)  # noqa: S311  # an order, no secret
    answered, lost = False, 0
    for i, entry in enumerate(order):
        result = one(corpus, corpus.case(entry), door)
        result.reproduce = plan.reproduce(entry.id)
        if result.outcome == report_pb2.OUTCOME_CRASHED:
            lost += 1
            if lost >= MOST_RESTARTS and not answered:
                raise TesteeLostError(
                    f"{lost} cases asked and no answer to any, so the run ends. The last:\n"
                    f"{entry.id}: {result.detail}\n  again: {result.reproduce}"
                )
            _alone(corpus, entry, door, result, order[max(0, i - _NAMED_BEFORE) : i])
        answered |= result.outcome != report_pb2.OUTCOME_CRASHED
        yield result


def _alone(
    corpus: Corpus,
    entry: manifest_pb2.ManifestEntry,
    door: Door,
    crashed: report_pb2.Result,
    before: Sequence[manifest_pb2.ManifestEntry],
) -> None:
    """Run a case that crashed once more in a fresh process; one that passes then is FLAKY."""
    again = one(corpus, corpus.case(entry), door)
    if again.outcome == report_pb2.OUTCOME_PASSED:
        crashed.outcome = report_pb2.OUTCOME_FLAKY
        names = ", ".join(e.id for e in before) or "nothing"
        crashed.detail = f"crashed after {names}, passes alone: {crashed.detail}"


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
        worst_element=plain(verdict.worst_element),
        milliseconds=(time.perf_counter() - started) * 1e3,
        detail=plain(verdict.detail),
        refused_file=verdict.refused_file,
        another_code=verdict.another_code,
    )


def _ask(corpus: Corpus, case: case_pb2.Case, door: Door) -> Verdict:
    responses = []
    extra = (case.run.options.deadline_ms + case.trap.options.deadline_ms) / 1e3
    try:
        if case.WhichOneof("kind") == "service":
            return _play(case, door)
        for request in requests(case, corpus.content):
            responses.append(door.ask(request, extra))  # noqa: PERF401  # each may raise
    except TesteeTimedOutError as error:
        return Verdict(report_pb2.OUTCOME_TIMED_OUT, str(error))
    except TesteeCrashedError as error:
        return Verdict(report_pb2.OUTCOME_CRASHED, str(error))
    return judge(case, responses, frozenset(door.hello.claims), corpus.content)


def _play(case: case_pb2.Case, door: Any) -> Verdict:
    """Play a SERVICE case; only the door to a server can."""
    from tracescript_conformance import service_verdict

    if not hasattr(door, "play"):
        return Verdict(SKIPPED, "only executors behind the gRPC door are asked this")
    return service_verdict.judge(case.service, door.play(case.service))
