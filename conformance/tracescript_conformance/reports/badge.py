"""SVG badges, drawn offline: one for each profile of each run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tracescript.conformance.v1 import report_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LETTER = 6.1
_GREEN, _AMBER, _GREY = "#1a7f37", "#9a6700", "#57606a"
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" \
aria-label="{label}">
<title>{label}</title>
<clipPath id="r{width}"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r{width})">
<rect width="{left}" height="20" fill="#24292f"/>
<rect x="{left}" width="{right}" height="20" fill="{color}"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{left_middle}" y="14" textLength="{left_text}">{name}</text>
<text x="{right_middle}" y="14" textLength="{right_text}">{value}</text>
</g>
</svg>
"""


def write(reports: Sequence[report_pb2.Report], folder: Path) -> None:
    """Write `badge-PROFILE.svg`; with several runs, the testee's name stands in the file's name."""
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", report.testee.name) or "testee"
        middle = f"{name}-" if len(reports) > 1 else ""
        for score in report.scores:
            file = folder / f"badge-{middle}{score.profile}.svg"
            file.write_text(draw(report, score), "utf-8")


def draw(report: report_pb2.Report, score: report_pb2.Score) -> str:
    """Draw one badge: profile, suite version, passed of all; what was judged by itself says so."""
    version = ".".join(report.suite_version.split(".")[:2])
    name = f"TraceScript {score.profile} {version}".rstrip()
    value = f"{score.passed}/{score.total}"
    flaky = sum(r.outcome == report_pb2.OUTCOME_FLAKY for r in report.results)
    value += f" · {score.unproven} unproven" if score.unproven else ""
    value += f" · {flaky} flaky" if flaky else ""
    value += " · self-judged" if report.door == "walk" else ""
    color = _GREEN if score.conforms else _AMBER if score.passed else _GREY
    left_text, right_text = len(name) * _LETTER, len(value) * _LETTER
    left, right = round(left_text) + 12, round(right_text) + 12
    return _SVG.format(
        label=escape(f"{name}: {value}", {'"': "&quot;"}),
        name=escape(name),
        value=escape(value),
        width=left + right,
        left=left,
        right=right,
        left_middle=left / 2,
        right_middle=left + right / 2,
        left_text=round(left_text),
        right_text=round(right_text),
        color=color,
    )
