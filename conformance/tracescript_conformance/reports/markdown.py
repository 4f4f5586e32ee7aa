"""A Markdown summary: profiles and categories of one or several runs, ready for a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracescript_conformance import known
from tracescript_conformance.reports.scores import count, outcome_name

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
    return "\n".join(lines)


def _title(report: report_pb2.Report) -> str:
    return f"{report.testee.name} {report.testee.version}".strip() or "testee"


def _profiles(reports: Sequence[report_pb2.Report]) -> Iterable[list[str]]:
    found = [{s.profile: s for s in report.scores} for report in reports]
    for name in dict.fromkeys(name for scores in found for name in scores):
        cells = []
        for scores in found:
            score = scores.get(name)
            conforms = " ✓" if score and score.conforms else ""
            cells.append(f"{score.passed} / {score.total}{conforms}" if score else _NONE)
        yield [name, *cells]


def _categories(reports: Sequence[report_pb2.Report]) -> Iterable[list[str]]:
    counts = [count(report.results) for report in reports]
    for name in sorted({name for found in counts for name in found}):
        cells = []
        for found in counts:
            one = found.get(name)
            worst = f" (worst {one.worst:.2g})" if one and one.worst else ""
            cells.append(f"{one.passed} / {one.total}{worst}" if one else _NONE)
        yield [_cell(name), *cells]


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _cell(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    return re.sub(r"([\\`*_\[\]<>|#!~])", r"\\\1", text).replace("&", "&amp;")
