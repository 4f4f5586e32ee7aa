"""The table of faults made by rule: `source.json`, the explanations, and the page from both.

`python -m mutants.table` writes the page, `source.md`; `--check` fails where it is stale.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mutants.answers import DIFFERENCES
from mutants.changes import changes
from mutants.registry import FOLDER, tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mutants.changes import Change

RESULTS = FOLDER / "source.json"
EXPLAINED = FOLDER / "explained"
KINDS = ("tested", "equivalent", "outside", "open")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why faults survive. `kind` is one of `KINDS`; `of` has the ids of the faults.

    Those of kind "tested", which no case can ask for, are noticed by `tests`.
    """

    kind: str
    reason: str
    of: tuple[str, ...]
    tests: tuple[str, ...] = ()


class Table:
    """What became of each fault that was tried, by module."""

    def __init__(self, tables: dict[str, Any], reasons: list[Reason]) -> None:
        self.modules = tables
        self.reasons = reasons

    @classmethod
    def load(cls) -> Table:
        """Read the results and the explanations."""
        tables = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
        reasons = [
            Reason(**(entry | {k: tuple(entry[k]) for k in ("of", "tests") if k in entry}))
            for file in sorted(EXPLAINED.glob("*.toml"))
            for entry in tomllib.loads(file.read_text("utf-8"))["because"]
        ]
        return cls(tables, reasons)

    def killers(self, module: str) -> dict[str, list[str]]:
        """Return by function the units that noticed faults of it."""
        return self.modules[module]["killers"]

    def state(self, change: Change) -> str:
        """Return what became of a change: "" where its function was not tried as it is now."""
        table = self.modules.get(change.module, _NOTHING)
        if table["functions"].get(change.function) != change.digest:
            return ""
        return table["alive"].get(change.id, "killed")

    def reason(self, fault: str) -> Reason | None:
        """Return why a fault survives."""
        return next((reason for reason in self.reasons if fault in reason.of), None)

    def is_explained(self, change: Change) -> bool:
        """Whether a change may survive."""
        return self.state(change) in DIFFERENCES or self.reason(change.id) is not None

    def is_open(self, change: Change) -> bool:
        """Whether a case could notice a change, for all that is known."""
        state, reason = self.state(change), self.reason(change.id)
        explained = reason is not None and reason.kind != "open"
        return not state or not (explained or state in {"killed", *DIFFERENCES})

    def note(self, found: Iterable[tuple[Change, str, str]], *, whole: bool) -> None:
        """Put in what became of changes, and write.

        `whole`: all of them were asked everything, so that their functions count as tried.
        """
        found = list(found)
        kills: dict[tuple[str, str], Counter[str]] = {}
        for change, state, unit in found:
            table = self.modules.setdefault(change.module, copy.deepcopy(_NOTHING))
            table["alive"].pop(change.id, None)
            if whole:
                table["functions"][change.function] = change.digest
            if state != "killed":
                table["alive"][change.id] = state
            elif " " in unit and "/" in unit:
                place = (change.module, change.function)
                kills.setdefault(place, Counter())[unit] += 1
        for (module, function), counts in kills.items():
            killers = self.modules[module]["killers"]
            before = killers.get(function, [])
            killers[function] = before + [u for u, _ in counts.most_common() if u not in before]
        for module in {change.module for change, _, _ in found}:
            _keep(self.modules[module], list(changes(module)))
        text = json.dumps(self.modules, indent=1, sort_keys=True, ensure_ascii=False)
        RESULTS.write_text(text + "\n", "utf-8")


_NOTHING: dict[str, Any] = {"tried": 0, "alive": {}, "killers": {}, "functions": {}}


def _keep(table: dict[str, Any], every: list[Change]) -> None:
    """Leave in a module's table what is about changes that can still be made."""
    for part in ("killers", "functions"):
        table[part] = {f: of for f, of in table[part].items() if f in {c.function for c in every}}
    table["alive"] = {i: state for i, state in table["alive"].items() if i in {c.id for c in every}}
    known, alive = table["functions"], table["alive"]
    table["tried"] = sum(known.get(c.function) == c.digest or c.id in alive for c in every)


_SENTENCES = {
    "tested": "No case can ask for it, and tests notice",
    "equivalent": "Nothing that a loader must do differs",
    "outside": "What differs is not part of what cases can ask",
    "open": "A case could notice, and none does yet",
    "": "Not explained",
}


def page(table: Table) -> str:
    """Return the page: numbers by module, then what is alive, by reason."""
    rows, total = [], Counter[str]()
    by_reason: dict[Reason | None, list[str]] = {}
    for module, result in sorted(table.modules.items()):
        counts = Counter[str]({"tried": result["tried"]})
        for fault, state in result["alive"].items():
            reason = table.reason(fault)
            if state in DIFFERENCES and not reason:
                counts[state] += 1
            else:
                counts[reason.kind if reason else "alive"] += 1
                shown = f"{fault} (no case runs it)" if state == "not reached" else fault
                by_reason.setdefault(reason, []).append(shown)
        rows.append(_row(f"`{module}`", counts))
        total += counts
    lines = [*_HEAD, _row("all", total), *rows, ""]
    for kind in (*KINDS, ""):
        groups = [(r, ids) for r, ids in by_reason.items() if (r.kind if r else "") == kind]
        if groups:
            lines += [f"## {_SENTENCES[kind]}", ""]
        for reason, ids in sorted(groups, key=lambda g: g[0].reason if g[0] else ""):
            lines += [f"{reason.reason}:" if reason else "No reason is known:", ""]
            lines += [f"Noticed by `{test}`." for test in (reason.tests if reason else ())]
            lines += [*(f"* `{fault}`" for fault in sorted(ids)), ""]
    return "\n".join(lines)


_HEAD = (
    "# Faults made by rule",
    "",
    "Written by `python -m mutants.table` from `source.json` and `explained/`; see",
    "[README.md](../README.md#mutants).",
    "",
    "Killed: a case fails. Other code, rule, values, words: every case passes, and some answer",
    "differs in what the specification leaves open: which code, rule or words a refusal has, or",
    "values within the bounds of the case. Tested, equivalent, outside, open: no answer differs,",
    "for the reasons below. The share is that of the killed among these, those open and those",
    "unexplained.",
    "",
    f"| module | tried | killed | {' | '.join((*DIFFERENCES, *KINDS))} | unexplained | share |",
    f"|{'---|' * (len(DIFFERENCES) + len(KINDS) + 5)}",
)


def _row(name: str, counts: Counter[str]) -> str:
    parts = (*DIFFERENCES, *KINDS, "alive")
    killed = counts["tried"] - sum(counts[part] for part in parts)
    whole = killed + counts["open"] + counts["alive"]
    share = f"{100 * killed / whole:.1f} %" if whole else "-"
    cells = [name, counts["tried"], killed, *(counts[part] for part in parts), share]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(prog="mutants.table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    file, made = FOLDER / "source.md", page(Table.load())
    if not options.check:
        file.write_text(made, "utf-8")
        return 0
    if file.read_text("utf-8") != made:
        print("source.md is stale: run python -m mutants.table")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
