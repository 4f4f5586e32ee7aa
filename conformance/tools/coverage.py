"""Joins the specification's numbered sentences to cases, tests and faults: `-m tools.coverage`.

`--check` fails where a MUST that binds loaders or executors has no positive case, no negative one
although it can be broken, or no fault that its own cases notice; where one that binds producers, a
loader's library or the project has no test that pytest would collect, and of the first two no fault
that these tests notice; where a case, test, fault or waiver names a sentence that is not there;
where the cases expect an error code nowhere, set an attribute of an op nowhere, or leave a cell of
an elementwise op empty (`tools/cells.py`); and where `matrix.json` and `matrix.html` are stale. A
hole is waived in `waivers.toml`, each with its reason.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import cells
from tools.matrix_page import page
from tools.op_cases import definitions
from tools.proofs import missing, proofs
from tools.requirements import Requirement, requirements, tomllib
from tracescript_conformance import corpus as corpora

if TYPE_CHECKING:
    from tracescript.conformance.v1 import case_pb2

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT.parent / "spec"
PARTS = ("positive", "negative", "mutant", "tests")
_NEEDED = {
    "loader": ("positive", "negative", "mutant"),
    "executor": ("positive", "negative", "mutant"),
    "library": ("tests", "mutant"),
    "producer": ("tests", "mutant"),
    "project": ("tests",),
}
"""What proves a rule, by whom it binds. What the project does is no program to put a fault into."""


@dataclass(slots=True)
class Row:
    """A sentence with the ids of what proves it, and the reasons why something is not there."""

    requirement: Requirement
    positive: list[str] = field(default_factory=list)
    negative: list[str] = field(default_factory=list)
    mutant: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    waived: dict[str, str] = field(default_factory=dict)

    def holes(self) -> list[str]:
        """Return the parts that a MUST needs and that nothing fills."""
        parts = _NEEDED[self.requirement.binds]
        needed = [p for p in parts if p != "negative" or self.requirement.codes]
        return [p for p in needed if self.requirement.must and not getattr(self, p)]


def rows() -> tuple[dict[str, Row], list[str]]:
    """Return the matrix by id, and complaints about what does not fit it."""
    table = {rule: Row(found) for rule, found in requirements(SPEC).items()}
    wrong: list[str] = []
    for case in _cases():
        for rule in case.rules:
            for row in _rows_of(table, rule):
                _enter(row, case)
            if not _is_known(table, rule):
                wrong.append(f"{case.id} names {rule}, which the specification does not have")
    _enter_mutants(table, wrong)
    _enter_tests(table, wrong)
    _waive(table, wrong)
    for rule, row in table.items():
        wrong += [f"{rule} has no {part}" for part in row.holes() if part not in row.waived]
    return table, wrong


def _cases() -> list[case_pb2.Case]:
    corpus = corpora.load()
    return [corpus.case(entry) for entry in corpus.manifest.entries]


def _rows_of(table: dict[str, Row], rule: str) -> list[Row]:
    """Return the rows that a case's rule is about: a case of an op shows its constraints kept."""
    found = [table[rule]] if rule in table else []
    if rule.startswith("OP."):
        found += [row for name, row in table.items() if name.startswith(f"{rule}.C")]
    return found


def _is_known(table: dict[str, Row], rule: str) -> bool:
    if not rule.startswith("OP."):
        return rule in table
    return (SPEC / "ops" / f"{re.sub(r'[.][CE][0-9]+$', '', rule[3:])}.toml").is_file()


def _enter(row: Row, case: case_pb2.Case) -> None:
    gives, refuses = _outcomes(case)
    if gives and case.id not in row.positive:
        row.positive.append(case.id)
    if refuses and case.id not in row.negative:
        row.negative.append(case.id)


def _outcomes(case: case_pb2.Case) -> tuple[bool, bool]:
    """Return whether a case shows something that works, and something that is refused."""
    kind = case.WhichOneof("kind")
    if kind == "reject":
        return False, True
    if kind == "trap":
        return case.trap.HasField("after"), True
    if kind == "run":
        fails = [step.WhichOneof("outcome") == "refusal" for step in case.run.steps]
        return not all(fails), any(fails)
    if kind == "diff_pair":
        return True, any(item.HasField("failed_guard") for item in case.diff_pair.inputs)
    if kind == "service":
        text = str(case.service)
        return True, "code" in text or "refusal" in text
    return True, False


def _enter_mutants(table: dict[str, Row], wrong: list[str]) -> None:
    faults = json.loads((ROOT / "mutants" / "hand.json").read_text("utf-8"))
    for name, killers in faults.items():
        for rule in killers:
            if not _is_known(table, rule):
                wrong.append(f"fault {name} breaks {rule}, which the specification does not have")
            for row in _rows_of(table, rule):
                row.mutant.append(name)


def _enter_tests(table: dict[str, Row], wrong: list[str]) -> None:
    for rule, tests in proofs().items():
        if rule not in table or "tests" not in _NEEDED[table[rule].requirement.binds]:
            wrong.append(f"proofs.toml: {rule} is no rule that tests prove")
            continue
        wrong += [f"proofs.toml: {rule}: no test {test}" for test in missing(tests)]
        table[rule].tests = tests


def _waive(table: dict[str, Row], wrong: list[str]) -> None:
    for waiver in _waivers("rule"):
        row = table.get(waiver["rule"])
        if row is None:
            wrong.append(f"waiver of {waiver['rule']}: no such sentence")
            continue
        for part in waiver["lacks"]:
            row.waived[part] = waiver["reason"]
            if part not in row.holes():
                wrong.append(f"waiver of {waiver['rule']}: {part} is there")


def _waivers(key: str) -> list[dict[str, Any]]:
    """Return the waivers of one sort, each of which has a reason."""
    found = tomllib.loads((ROOT / "waivers.toml").read_text("utf-8"))["waiver"]
    return [w for w in found if key in w and w["reason"]]


def asked_of_ops() -> tuple[list[cells.Asked], list[str]]:
    """Return what is asked of ops beside their rules, and complaints about holes and waivers."""
    corpus = corpora.load()
    found = cells.asked(corpus, definitions(), _cases())
    wrong = []
    for asked in found:
        reasons = {w[asked.sort]: w["reason"] for w in _waivers(asked.sort)}
        asked.waived = {hole: reasons[hole] for hole in asked.holes if hole in reasons}
        left = set(asked.holes) - asked.waived.keys()
        wrong += [f"{asked.sort} {hole}: {asked.lacks(hole)}" for hole in sorted(left)]
        needless = reasons.keys() - asked.holes.keys()
        wrong += [f"waiver of {asked.sort} {hole}: nothing is missing" for hole in sorted(needless)]
    return found, wrong


def as_json(table: dict[str, Row]) -> list[dict[str, Any]]:
    """Return the matrix as plain data."""
    return [
        {
            "id": row.requirement.id,
            "page": row.requirement.page,
            "text": row.requirement.text,
            "must": row.requirement.must,
            "binds": row.requirement.binds,
            **{part: sorted(getattr(row, part)) for part in PARTS},
            "waived": row.waived,
        }
        for row in table.values()
    ]


def main() -> int:
    """Write the matrix, or compare it with the committed one and list the holes."""
    parser = argparse.ArgumentParser(prog="coverage", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a hole")
    check = parser.parse_args().check
    table, wrong = rows()
    asked, missing = asked_of_ops()
    wrong += missing
    data = as_json(table)
    whole_page = page(data, [a.as_json() for a in asked])
    joined = {"requirements": data, "ops": [a.as_json() for a in asked]}
    made = {
        ROOT / "matrix.json": json.dumps(joined, indent=1, ensure_ascii=False) + "\n",
        ROOT / "matrix.html": whole_page,
    }
    for file, text in made.items():
        if not check:
            file.write_text(text, "utf-8")
        elif not file.is_file() or file.read_text("utf-8") != text:
            wrong.append(f"{file.name} is stale: run python -m tools.coverage")
    print("\n".join(wrong))
    musts = [row for row in table.values() if row.requirement.must]
    whole = sum(not row.holes() for row in musts)
    print(f"{len(musts)} requirements, {whole} without a hole")
    for a in asked:
        print(f"{a.wanted} {a.title}, {a.wanted - a.missing} shown")
    print(f"{len(wrong)} complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
