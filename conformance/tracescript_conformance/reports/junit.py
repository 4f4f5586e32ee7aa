"""JUnit XML: a suite per category, a case per id."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tracescript_conformance.reports.scores import (
    ERRORS,
    NOT_COUNTED,
    PASSED,
    category,
    outcome_name,
)
from tracescript_conformance.verdict import code_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracescript.conformance.v1 import report_pb2

_TOTALS = (("failure", "failures"), ("error", "errors"), ("skipped", "skipped"))


def write(results: Iterable[report_pb2.Result], file: Path) -> None:
    """Write the results; skips and known failures as skipped, crashes and hangs as errors.

    A passed refusal with another code, or one that shows nothing, has a property that says so.
    """
    root = ET.Element("testsuites", name="tracescript conformance")
    suites: dict[str, ET.Element] = {}
    for result in results:
        name = category(result.case_id)
        if name not in suites:
            suites[name] = ET.SubElement(root, "testsuite", name=name)
        case = ET.SubElement(
            suites[name],
            "testcase",
            classname=name,
            name=result.case_id.partition("/")[2] or name,
            time=f"{result.milliseconds / 1e3:.4f}",
        )
        if result.outcome == PASSED:
            _reserve(case, result)
        else:
            tag = (
                "skipped"
                if result.outcome in NOT_COUNTED
                else "error"
                if result.outcome in ERRORS
                else "failure"
            )
            message = f"{outcome_name(result)}: {result.detail}"
            ET.SubElement(case, tag, message=message).text = result.reproduce
    for suite in suites.values():
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        for tag, attribute in _TOTALS:
            suite.set(attribute, str(sum(c.find(tag) is not None for c in cases)))
    ET.indent(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(ET.tostring(root, "utf-8", xml_declaration=True) + b"\n")


def _reserve(case: ET.Element, result: report_pb2.Result) -> None:
    """Mark a passed refusal that had another code, or that shows nothing, by a property."""
    found = code_name(result.found_code) if result.another_code else ""
    marks = {"unproven": result.sound_refused, "another code": found}
    if any(marks.values()):
        properties = ET.SubElement(case, "properties")
        for name, value in marks.items():
            if value:
                ET.SubElement(properties, "property", name=name, value=str(value))
