"""The report a person reads while and after a run."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tracescript_conformance import known
from tracescript_conformance.reports.scores import (
    ERRORS,
    NOT_COUNTED,
    PASSED,
    SKIPPED,
    count,
    outcome_name,
    reservations,
)

if TYPE_CHECKING:
    from rich.console import Console

    from tracescript.conformance.v1 import report_pb2

_MOST_SHOWN = 50
_MOST_DOUBTS = 5
_LONGEST = 160


class Live:
    """A bar with counts and speed while cases run; silent where nobody watches."""

    def __init__(self, console: Console, total: int) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self._task = self._bar.add_task("cases", total=total)
        self._started = time.monotonic()
        self._passed = self._failed = self._skipped = 0

    def __enter__(self) -> Live:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, result: report_pb2.Result) -> None:
        """Count one result."""
        if self._bar.disable:
            return
        self._passed += result.outcome == PASSED
        self._skipped += result.outcome in NOT_COUNTED
        self._failed += result.outcome != PASSED and result.outcome not in NOT_COUNTED
        done = self._passed + self._failed + self._skipped
        speed = done / max(time.monotonic() - self._started, 1e-3)
        words = f"[green]{self._passed}[/] passed [red]{self._failed}[/] failed "
        words += f"[yellow]{self._skipped}[/] skipped, {speed:.0f}/s"
        self._bar.update(self._task, advance=1, description=words)


def write(console: Console, report: report_pb2.Report, stories: dict[str, str]) -> None:
    """Print a line per category, the odd outcomes with their stories, and the scores."""
    _table(console, report)
    odd = [r for r in report.results if not known.is_expected(r)]
    for result in odd[:_MOST_SHOWN]:
        console.print()
        console.print(f"[bold red]{outcome_name(result)}[/] ", end="", highlight=False)
        story = stories.get(result.case_id, "")
        detail = (
            result.detail.replace("\\n", "\n    ") if result.outcome in ERRORS else result.detail
        )
        for line in (f"{result.case_id}: {story}", f"  {detail}"):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if result.reproduce:
            line = f"  again: {result.reproduce}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(odd) > _MOST_SHOWN:
        line = f"\n... and {len(odd) - _MOST_SHOWN} more; --out DIR or --html FILE has all"
        console.print(line, highlight=False)
    _most_common(console, "ends of those that failed", odd)
    skipped = [r for r in report.results if r.outcome == SKIPPED]
    _most_common(console, "reasons to skip", skipped)
    if skipped and not any(r.outcome == PASSED for r in report.results):
        console.print("\nnothing passed: skips are no failures, and prove nothing", highlight=False)
    _doubts(console, [r for r in report.results if r.outcome == PASSED])
    console.print()
    for score in (s for s in report.scores if s.asked == s.total):
        word = "[green]conforms[/]" if score.conforms else "does not conform"
        doubts = reservations(score.another_code, score.unproven)
        passed = f"{score.passed} of {score.total} passed{doubts and f' ({doubts})'}"
        console.print(f"{score.profile}: {passed}, {word}", highlight=False, soft_wrap=True)
    parts = [f"{s.profile} ({s.asked} of {s.total})" for s in report.scores if s.asked < s.total]
    if parts:
        line = f"asked in part, not scored: {', '.join(parts)}"
        console.print(line, highlight=False, soft_wrap=True)


def _most_common(console: Console, what: str, found: list[report_pb2.Result]) -> None:
    """Name the details that come again and again; details that are all different say nothing."""
    counts = Counter(r.detail for r in found).most_common(_MOST_DOUBTS)
    if counts and counts[0][1] > 1:
        console.print(f"\nmost common {what}:", highlight=False)
        for detail, n in counts:
            line = f"  {n:5} {detail[:_LONGEST]}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _table(console: Console, report: report_pb2.Report) -> None:
    names = ("category", "passed", "other code", "unproven", "failed", "skipped", "worst / bound")
    table = Table(*names, box=None, pad_edge=False)
    for name, found in count(report.results).items():
        numbers = (found.passed, found.another_code, found.unproven, found.failed, found.skipped)
        table.add_row(name, *map(str, numbers), f"{found.worst:.3g}")
    console.print(table)


def _doubts(console: Console, good: list[report_pb2.Result]) -> None:
    """Name refusals that passed with another code, and those that show nothing."""
    wrong = [f"{r.case_id}: {r.detail}" for r in good if r.another_code]
    empty = [f"{r.case_id}: {r.sound_refused} is not read either" for r in good if r.sound_refused]
    for found, what in (
        (wrong, "passed with another code than the case names"),
        (empty, "passed and show nothing: no sound file beside them is read"),
    ):
        if found:
            console.print(f"\n{len(found)} refusals {what}", highlight=False)
            for line in found[:_MOST_DOUBTS]:
                console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
            if len(found) > _MOST_DOUBTS:
                console.print(f"  ... and {len(found) - _MOST_DOUBTS} more", highlight=False)
