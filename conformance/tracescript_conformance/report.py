"""Reports made from results: scores, results.jsonl, report.json, JUnit XML, terminal tables."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from google.protobuf import json_format
from rich.table import Table

from tracescript.conformance.v1 import case_pb2, report_pb2
from tracescript_conformance.corpus import in_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rich.console import Console

    from tracescript_conformance.corpus import Corpus

_PASSED = report_pb2.OUTCOME_PASSED
_ERRORS = {report_pb2.OUTCOME_CRASHED, report_pb2.OUTCOME_TIMED_OUT}
_SKIPPED = {report_pb2.OUTCOME_SKIPPED, report_pb2.OUTCOME_KNOWN_FAILURE}


def outcome_name(result: report_pb2.Result) -> str:
    """Return the outcome without its prefix."""
    return report_pb2.Outcome.Name(result.outcome).removeprefix("OUTCOME_")


def scores(corpus: Corpus, results: Sequence[report_pb2.Result]) -> list[report_pb2.Score]:
    """Score every profile over all of its cases; only 100 % of MUST conforms."""
    passed = {r.case_id for r in results if r.outcome == _PASSED}
    made = []
    for profile in corpus.manifest.profiles:
        entries = [e for e in corpus.manifest.entries if in_profile(e, profile)]
        must = [e for e in entries if e.level == case_pb2.LEVEL_MUST]
        made.append(
            report_pb2.Score(
                profile=profile.name,
                passed=sum(e.id in passed for e in entries),
                total=len(entries),
                conforms=all(e.id in passed for e in must),
            )
        )
    return made


def write_files(report: report_pb2.Report, folder: Path) -> None:
    """Write results.jsonl (a Result a line) and report.json into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json_format.MessageToJson(r, indent=None, always_print_fields_with_no_presence=False)
        for r in report.results
    ]
    (folder / "results.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    summary = report_pb2.Report()
    summary.CopyFrom(report)
    del summary.results[:]
    (folder / "report.json").write_text(json_format.MessageToJson(summary) + "\n", "utf-8")


def write_junit(results: Iterable[report_pb2.Result], file: Path) -> None:
    """Write JUnit XML: a suite per category, a case per id."""
    root = ET.Element("testsuites", name="tracescript conformance")
    suites: dict[str, ET.Element] = {}
    for result in results:
        category, _, rest = result.case_id.partition("/")
        suite = suites.get(category)
        if suite is None:
            suite = suites[category] = ET.SubElement(root, "testsuite", name=category)
        case = ET.SubElement(
            suite,
            "testcase",
            classname=category,
            name=rest,
            time=f"{result.milliseconds / 1e3:.4f}",
        )
        if result.outcome in _SKIPPED:
            ET.SubElement(case, "skipped", message=f"{outcome_name(result)}: {result.detail}")
        elif result.outcome in _ERRORS:
            ET.SubElement(case, "error", message=f"{outcome_name(result)}: {result.detail}")
        elif result.outcome != _PASSED:
            ET.SubElement(case, "failure", message=f"{outcome_name(result)}: {result.detail}")
    for suite in suites.values():
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        for tag, attribute in (
            ("failure", "failures"),
            ("error", "errors"),
            ("skipped", "skipped"),
        ):
            suite.set(attribute, str(sum(c.find(tag) is not None for c in cases)))
    ET.indent(root)
    file.write_bytes(ET.tostring(root, "utf-8", xml_declaration=True) + b"\n")


def print_report(console: Console, report: report_pb2.Report, stories: dict[str, str]) -> None:
    """Print a line per category, the failures with their stories, and the scores."""
    table = Table(
        "category", "passed", "failed", "skipped", "worst error / bound", box=None, pad_edge=False
    )
    groups: dict[str, list[report_pb2.Result]] = {}
    for result in report.results:
        groups.setdefault(result.case_id.partition("/")[0], []).append(result)
    for category, found in sorted(groups.items()):
        passed = sum(r.outcome == _PASSED for r in found)
        skipped = sum(r.outcome in _SKIPPED for r in found)
        worst = max(r.worst_ratio for r in found)
        table.add_row(
            category, str(passed), str(len(found) - passed - skipped), str(skipped), f"{worst:.3g}"
        )
    console.print(table)
    for result in report.results:
        if result.outcome != _PASSED and result.outcome not in _SKIPPED:
            console.print(
                f"\n[bold]{outcome_name(result)}[/bold] {result.case_id}: "
                f"{stories.get(result.case_id, '')}",
                highlight=False,
            )
            console.print(f"  {result.detail}", markup=False, highlight=False)
            console.print(f"  again: {result.reproduce}", markup=False, highlight=False)
    console.print()
    for score in report.scores:
        word = "conforms" if score.conforms else "does not conform"
        console.print(
            f"{score.profile}: {score.passed} of {score.total} passed, {word}", highlight=False
        )
