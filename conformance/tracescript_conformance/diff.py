"""Finds what changed between two runs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript_conformance.reports.scores import PASSED, outcome_name

if TYPE_CHECKING:
    from tracescript.conformance.v1 import report_pb2

_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Change:
    """One case whose outcome is another one now."""

    case_id: str
    before: str
    after: str
    is_regression: bool
    detail: str

    def line(self) -> str:
        """Write the change on one line."""
        word = "worse " if self.is_regression else ""
        told = f"  {self.detail}" if self.detail else ""
        return f"{word}{self.case_id}: {self.before} -> {self.after}{told}"


def changes(before: report_pb2.Report, after: report_pb2.Report) -> list[Change]:
    """Return the cases whose outcomes differ, by id; a passed case that is gone is a regression."""
    old = {r.case_id: r for r in before.results}
    new = {r.case_id: r for r in after.results}
    found = []
    for case_id in sorted(old.keys() | new.keys()):
        one, two = old.get(case_id), new.get(case_id)
        names = [outcome_name(r) if r else _ABSENT for r in (one, two)]
        if names[0] != names[1]:
            worse = one is not None and one.outcome == PASSED
            found.append(Change(case_id, names[0], names[1], worse, two.detail if two else ""))
    return found
