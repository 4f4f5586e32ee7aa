"""results.jsonl and report.json: written by a run, read by `report`, `diff` and `judge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import json_format

from tracescript.conformance.v1 import report_pb2
from tracescript_conformance.plain import plain

if TYPE_CHECKING:
    from pathlib import Path

_RESULTS, _REPORT = "results.jsonl", "report.json"


class BadResultsError(Exception):
    """A file of results that cannot be read; says file and line."""


def write(report: report_pb2.Report, folder: Path) -> None:
    """Write results.jsonl (a Result a line) and report.json into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json_format.MessageToJson(r, indent=None) for r in report.results]
    (folder / _RESULTS).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    summary = report_pb2.Report()
    summary.CopyFrom(report)
    del summary.results[:]
    (folder / _REPORT).write_text(json_format.MessageToJson(summary) + "\n", "utf-8")


def read_results(file: Path) -> list[report_pb2.Result]:
    """Read a results.jsonl; texts are made plain. Raises BadResultsError."""
    found: dict[str, report_pb2.Result] = {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadResultsError(f"{file}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            result = json_format.Parse(line, report_pb2.Result(), ignore_unknown_fields=True)
        except (json_format.ParseError, RecursionError) as error:
            raise BadResultsError(
                f"{file}:{number}: no Result: {plain(str(error), 200)}"
            ) from error
        if not result.case_id or not result.outcome:
            names = ", ".join(report_pb2.Outcome.keys()[1:])
            raise BadResultsError(
                f"{file}:{number}: caseId and outcome expected, outcome one of {names}; "
                f"found {plain(line, 200)}"
            )
        if result.outcome not in report_pb2.Outcome.values():
            raise BadResultsError(f"{file}:{number}: no outcome {result.outcome}")
        for field in ("case_id", "detail", "worst_element", "reproduce", "sound_refused"):
            setattr(result, field, plain(getattr(result, field)))
        if result.case_id in found:
            raise BadResultsError(f"{file}:{number}: {result.case_id} a second time")
        found[result.case_id] = result
    if not found:
        raise BadResultsError(f"{file}: no results")
    return list(found.values())


def read(path: Path) -> report_pb2.Report:
    """Read a run: its folder, or a results.jsonl with the report.json beside it, if there is one.

    Raises BadResultsError.
    """
    file = path / _RESULTS if path.is_dir() else path
    results = read_results(file)
    report = report_pb2.Report()
    summary = file.with_name(_REPORT)
    if summary.is_file():
        try:
            json_format.Parse(summary.read_text("utf-8"), report, ignore_unknown_fields=True)
        except (json_format.ParseError, OSError, UnicodeDecodeError) as error:
            raise BadResultsError(f"{summary}: no Report: {plain(str(error), 200)}") from error
    del report.results[:]
    report.results.extend(sorted(results, key=lambda r: r.case_id))
    for field in ("name", "version", "language", "url"):
        setattr(report.testee, field, plain(getattr(report.testee, field), 100))
    report.testee.name = report.testee.name or file.resolve().parent.name
    report.door = plain(report.door, 100) or "walk"
    return report
