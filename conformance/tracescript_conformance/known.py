"""Lists of known failures: patterns with reasons. A listed case that passes is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.conformance.v1 import report_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_LINE = re.compile(
    r"(?P<not>!)?(?P<pattern>[^\s#]+)(?:\s+(?P<outcome>[A-Z_]+))?\s*(?:#\s*(?P<reason>.*))?"
)
_FAILURES = frozenset(
    {
        report_pb2.OUTCOME_FAILED,
        report_pb2.OUTCOME_BROKEN_CLAIM,
        report_pb2.OUTCOME_CRASHED,
        report_pb2.OUTCOME_TIMED_OUT,
        report_pb2.OUTCOME_FLAKY,
    }
)


class KnownListError(Exception):
    """A line that cannot be read, has no reason, or matches no case."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: `*` matches within a part of an id, `**` over parts; `!` takes out."""

    text: str
    negated: bool
    outcome: int
    reason: str

    def matches(self, case_id: str) -> bool:
        """Whether the pattern covers a case."""
        parts = re.split(r"(\*\*|\*)", self.text)
        made = "".join({"**": ".*", "*": "[^/]*"}.get(p, re.escape(p)) for p in parts)
        return re.fullmatch(made, case_id) is not None


def text_of(path: Path) -> str:
    """Return the text of a list, without a byte order mark. Raises KnownListError."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownListError(f"{path}: {error}") from error


def read(path: Path) -> list[Pattern]:
    """Read a list. Raises KnownListError with the line."""
    found = []
    for number, raw in enumerate(text_of(path).splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(("#", "suite ")):
            continue
        match = _LINE.fullmatch(line)
        if match is None or not (match["reason"] or "").strip():
            raise KnownListError(
                f"{path}:{number}: pattern and '# reason' expected, found {line!r}"
            )
        name = f"OUTCOME_{match['outcome'] or 'FAILED'}"
        if name not in report_pb2.Outcome.DESCRIPTOR.values_by_name:
            raise KnownListError(f"{path}:{number}: no outcome {match['outcome']!r}")
        found.append(
            Pattern(
                match["pattern"],
                bool(match["not"]),
                report_pb2.Outcome.Value(name),
                match["reason"],
            )
        )
    return found


def check(patterns: Iterable[Pattern], ids: Iterable[str]) -> None:
    """Refuse a list that speaks of cases nobody has. Raises KnownListError."""
    known = list(ids)
    for pattern in patterns:
        if not any(map(pattern.matches, known)):
            raise KnownListError(f"{pattern.text} matches no case")


def apply(patterns: list[Pattern], results: Iterable[report_pb2.Result]) -> None:
    """Mark known failures and unexpected passes in place; the last matching line counts."""
    for result in results:
        hits = [p for p in patterns if p.matches(result.case_id)]
        if not hits or hits[-1].negated:
            continue
        if result.outcome == report_pb2.OUTCOME_PASSED:
            result.outcome = report_pb2.OUTCOME_UNEXPECTED_PASS
            result.detail = f"listed as failing: {hits[-1].reason}"
        elif result.outcome in _FAILURES and result.outcome == hits[-1].outcome:
            result.outcome = report_pb2.OUTCOME_KNOWN_FAILURE


def surprise(patterns: list[Pattern]) -> Callable[[report_pb2.Result], bool]:
    """Return a function that tells a result which fails the run, given a list."""

    def told(result: report_pb2.Result) -> bool:
        marked = report_pb2.Result()
        marked.CopyFrom(result)
        apply(patterns, [marked])
        return not is_expected(marked)

    return told


def updated(text: str, results: Iterable[report_pb2.Result]) -> str:
    """Return a list that fits results: reasons and comments stay, new failures ask for a reason.

    A line goes where cases that it covers were asked and none of them fails. A case that passes
    under a line that stays is taken out of it.
    """
    failing, passing = {}, set()
    for result in results:
        if result.outcome in {*_FAILURES, report_pb2.OUTCOME_KNOWN_FAILURE}:
            failing[result.case_id] = result
        elif result.outcome in {report_pb2.OUTCOME_PASSED, report_pb2.OUTCOME_UNEXPECTED_PASS}:
            passing.add(result.case_id)
    lines = [line for line in text.splitlines() if _stays(line, failing.keys(), passing)]
    patterns = [p for line in lines if (p := _pattern(line)) is not None]
    for case_id in sorted(passing):
        hits = [p for p in patterns if p.matches(case_id)]
        if hits and not hits[-1].negated:
            lines.append(f"!{case_id}  # passes")
    for case_id, result in sorted(failing.items()):
        if result.outcome != report_pb2.OUTCOME_KNOWN_FAILURE:
            name = report_pb2.Outcome.Name(result.outcome).removeprefix("OUTCOME_")
            lines.append(
                f"{case_id} {name}  # TODO reason"
                if name != "FAILED"
                else f"{case_id}  # TODO reason"
            )
    return "".join(f"{line}\n" for line in lines)


def _stays(line: str, failing: Iterable[str], passing: Iterable[str]) -> bool:
    pattern = _pattern(line)
    if pattern is None:
        return True
    covered = [i for i in (*failing, *passing) if pattern.matches(i)]
    return not covered or pattern.negated or any(pattern.matches(i) for i in failing)


def _pattern(line: str) -> Pattern | None:
    """Read a line; None for a comment, a heading or nothing."""
    stripped = line.strip()
    match = _LINE.fullmatch(stripped)
    if not stripped or stripped.startswith(("#", "suite ")) or match is None:
        return None
    return Pattern(match["pattern"], bool(match["not"]), 0, match["reason"] or "")


def is_expected(result: report_pb2.Result) -> bool:
    """Whether a result does not fail the run."""
    return result.outcome in {
        report_pb2.OUTCOME_PASSED,
        report_pb2.OUTCOME_SKIPPED,
        report_pb2.OUTCOME_KNOWN_FAILURE,
    }
