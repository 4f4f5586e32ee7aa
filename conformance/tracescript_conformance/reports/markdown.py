"""A Markdown summary: profiles and categories of one or several runs, ready for a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracescript_conformance import known
from tracescript_conformance.reports.scores import PASSED, count, outcome_name, reservations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tracescript.conformance.v1 import report_pb2

_MOST_LISTED = 20
_NONE = "-"


def write(reports: Sequence[report_pb2.Report], file: Path) -> None:
    """Write the summary of some runs into a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text(reports) + "\n", "utf-8")


def text(reports: Sequence[report_pb2.Report]) -> str:
    """Return the summary of some runs."""
    names = [_cell(_title(report)) for report in reports]
    first = reports[0]
    lines = ["# TraceScript conformance", ""]
    digest = first.root_digest.hex()[:12] or "unknown"
    lines += [f"Suite {first.suite_version or 'unknown'}, corpus `{digest}`.", ""]
    lines += _table(["profile", *names], _profiles(reports))
    lines += ["", *_table(["category", *names], _categories(reports))]
    for name, report in zip(names, reports, strict=True):
        odd = [r for r in report.results if not known.is_expected(r)]
        if odd:
            lines += ["", f"## {name}: {len(odd)} unexpected", ""]
            lines += [
                f"- {_cell(r.case_id)} {outcome_name(r)}: {_cell(r.detail)}"
                for r in odd[:_MOST_LISTED]
            ]
            lines += [f"- and {len(odd) - _MOST_LISTED} more"] if len(odd) > _MOST_LISTED else []
        lines += _doubts(name, report)
    return "\n".join(lines)


def _doubts(name: str, report: report_pb2.Report) -> Iterable[str]:
    """Name refusals that passed with another code, and those that show nothing."""
    good = [r for r in report.results if r.outcome == PASSED]
    wrong = [f"{_cell(r.case_id)}: {_cell(r.detail)}" for r in good if r.another_code]
    empty = [
        f"{_cell(r.case_id)}: {_cell(r.sound_refused)} is not read either"
        for r in good
        if r.sound_refused
    ]
    for found, what in (
        (wrong, "passed with another code"),
        (empty, "unproven: no sound file is read"),
    ):
        if found:
            yield from ("", f"## {name}: {len(found)} {what}", "")
            yield from (f"- {line}" for line in found[:_MOST_LISTED])
            if len(found) > _MOST_LISTED:
                yield f"- and {len(found) - _MOST_LISTED} more"


def _title(report: report_pb2.Report) -> str:
    return f"{report.testee.name} {report.testee.version}".strip() or "testee"


def _profiles(reports: Sequence[report_pb2.Report]) -> Iterable[list[str]]:
    found = [{s.profile: s for s in report.scores} for report in reports]
    for name in dict.fromkeys(name for scores in found for name in scores):
        cells = []
        for scores in found:
            score = scores.get(name)
            if score is None:
                cells.append(_NONE)
                continue
            notes = [f"{score.asked} asked"] if score.asked < score.total else []
            notes.append(reservations(score.another_code, score.unproven))
            told = ", ".join(filter(None, notes))
            conforms = " ✓" if score.conforms else ""
            cells.append(f"{score.passed} / {score.total}{conforms}{told and f' ({told})'}")
        yield [name, *cells]


def _categories(reports: Sequence[report_pb2.Report]) -> Iterable[list[str]]:
    counts = [count(report.results) for report in reports]
    for name in sorted({name for found in counts for name in found}):
        cells = []
        for found in counts:
            one = found.get(name)
            if one is None:
                cells.append(_NONE)
                continue
            notes = [reservations(one.another_code, one.unproven)]
            notes += [f"worst {one.worst:.2g}"] if one.worst else []
            told = ", ".join(filter(None, notes))
            cells.append(f"{one.passed} / {one.total}{told and f' ({told})'}")
        yield [_cell(name), *cells]


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _cell(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    return re.sub(r"([\\`*_\[\]<>|#!~])", r"\\\1", text).replace("&", "&amp;")
