"""Finds what changed between two runs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript_conformance.reports.scores import PASSED, outcome_name

if TYPE_CHECKING:
    from tracescript.conformance.v1 import report_pb2

_ABSENT = "absent"
_ANOTHER_CODE = "PASSED with another code"
_UNPROVEN = "PASSED unproven"


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


def summary(found: list[Change]) -> str:
    """Count the changes; what passed before with another code, or showed nothing, by itself."""
    worse = [c for c in found if c.is_regression]
    odd = sum(c.before == _ANOTHER_CODE for c in worse)
    empty = sum(c.before == _UNPROVEN for c in found)
    lost = sum(c.after == _UNPROVEN for c in worse)
    words = [f"{len(found)} changed", f"{len(worse)} of them passed before"]
    words[1] += f" ({odd} with another code)" if odd else ""
    words += [f"{empty} were unproven"] if empty else []
    words += [f"{lost} show nothing any more"] if lost else []
    return ", ".join(words)


def _name(result: report_pb2.Result) -> str:
    if result.outcome == PASSED and result.sound_refused:
        return _UNPROVEN
    return (
        _ANOTHER_CODE if result.outcome == PASSED and result.another_code else outcome_name(result)
    )


def changes(before: report_pb2.Report, after: report_pb2.Report) -> list[Change]:
    """Return the cases whose outcomes differ, by id.

    A case that passed and does not any more, or is gone, is a regression, and so is a refusal that
    shows nothing any more; not so one that showed nothing before.
    """
    old = {r.case_id: r for r in before.results}
    new = {r.case_id: r for r in after.results}
    found = []
    for case_id in sorted(old.keys() | new.keys()):
        one, two = old.get(case_id), new.get(case_id)
        names = [_name(r) if r else _ABSENT for r in (one, two)]
        if names[0] != names[1]:
            worse = one is not None and one.outcome == PASSED and not one.sound_refused
            worse = worse and (two is None or two.outcome != PASSED or bool(two.sound_refused))
            found.append(Change(case_id, names[0], names[1], worse, two.detail if two else ""))
    return found
