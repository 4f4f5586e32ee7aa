"""Counts: per profile, per category, and the names of outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.conformance.v1 import case_pb2, report_pb2
from tracescript_conformance.corpus import in_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracescript_conformance.corpus import Corpus

PASSED = report_pb2.OUTCOME_PASSED
SKIPPED = report_pb2.OUTCOME_SKIPPED
ERRORS = frozenset({report_pb2.OUTCOME_CRASHED, report_pb2.OUTCOME_TIMED_OUT})
NOT_COUNTED = frozenset({report_pb2.OUTCOME_SKIPPED, report_pb2.OUTCOME_KNOWN_FAILURE})


def outcome_name(result: report_pb2.Result) -> str:
    """Return the outcome without its prefix."""
    return report_pb2.Outcome.Name(result.outcome).removeprefix("OUTCOME_")


def category(case_id: str) -> str:
    """Return the first part of an id."""
    return case_id.partition("/")[0]


def scores(corpus: Corpus, results: Sequence[report_pb2.Result]) -> list[report_pb2.Score]:
    """Score every profile that was asked over all of its cases; only 100 % of MUST conforms."""
    passed = {r.case_id: r for r in results if r.outcome == PASSED}
    asked = {r.case_id for r in results}
    made = []
    for profile in corpus.manifest.profiles:
        entries = [e for e in corpus.manifest.entries if in_profile(e, profile)]
        if not any(e.id in asked for e in entries):
            continue
        must = [e for e in entries if e.level == case_pb2.LEVEL_MUST]
        good = [passed[e.id] for e in entries if e.id in passed]
        made.append(
            report_pb2.Score(
                profile=profile.name,
                passed=len(good),
                total=len(entries),
                conforms=bool(must) and all(e.id in passed for e in must),
                another_code=sum(r.another_code for r in good),
                unproven=sum(bool(r.sound_refused) for r in good),
                asked=sum(e.id in asked for e in entries),
            )
        )
    return made


def reservations(another_code: int, unproven: int) -> str:
    """Say of how many passed cases the refusal had another code, or shows nothing; or nothing."""
    words = [f"{another_code} with another code"] if another_code else []
    words += [f"{unproven} unproven"] if unproven else []
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Count:
    """How the cases of one category ended, and the worst error over its bound.

    `another_code` and `unproven` are among the passed: refusals with a code that the case does
    not name, and refusals that show nothing because no sound file is read.
    """

    passed: int
    another_code: int
    unproven: int
    failed: int
    skipped: int
    worst: float

    @property
    def total(self) -> int:
        """All cases that were asked."""
        return self.passed + self.failed + self.skipped


def count(results: Iterable[report_pb2.Result]) -> dict[str, Count]:
    """Count per category, in order of names. Known failures count as skipped."""
    groups: dict[str, list[report_pb2.Result]] = {}
    for result in results:
        groups.setdefault(category(result.case_id), []).append(result)
    made = {}
    for name, found in sorted(groups.items()):
        good = [r for r in found if r.outcome == PASSED]
        skipped = sum(r.outcome in NOT_COUNTED for r in found)
        worst = max(r.worst_ratio for r in found)
        made[name] = Count(
            passed=len(good),
            another_code=sum(r.another_code for r in good),
            unproven=sum(bool(r.sound_refused) for r in good),
            failed=len(found) - len(good) - skipped,
            skipped=skipped,
            worst=worst,
        )
    return made
