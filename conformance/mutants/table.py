"""The table of faults made by rule: `source.json`, the explanations, and the page from both.

`python -m mutants.table` writes the page, `source.md`; `--check` fails where it is stale.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mutants.answers import DIFFERENCES
from mutants.registry import FOLDER, tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mutants.changes import Change

RESULTS = FOLDER / "source.json"
EXPLAINED = FOLDER / "explained"
KINDS = ("equivalent", "outside", "open")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why faults survive. `kind` is one of `KINDS`; `of` has ids, with `*` for any text."""

    kind: str
    reason: str
    of: tuple[str, ...]

    def fits(self, fault: str) -> bool:
        """Whether this is about a fault."""
        return any(fault == one or ("*" in one and _like(fault, one)) for one in self.of)


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


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
            Reason(entry["kind"], entry["reason"], tuple(entry["of"]))
            for file in sorted(EXPLAINED.glob("*.toml"))
            for entry in tomllib.loads(file.read_text("utf-8"))["because"]
        ]
        return cls(tables, reasons)

    def killers(self, module: str) -> dict[str, list[str]]:
        """Return by function the units that noticed faults of it."""
        return self.modules[module]["killers"]

    def state(self, change: Change) -> str:
        """Return what became of a change: "" where it was not tried."""
        table = self.modules.get(change.module)
        return "" if table is None else table["alive"].get(change.id, "killed")

    def reason(self, fault: str) -> Reason | None:
        """Return why a fault survives."""
        return next((reason for reason in self.reasons if reason.fits(fault)), None)

    def is_explained(self, change: Change) -> bool:
        """Whether a change may survive."""
        return self.state(change) in DIFFERENCES or self.reason(change.id) is not None

    def is_open(self, change: Change) -> bool:
        """Whether a case could notice a change, for all that is known."""
        reason = self.reason(change.id)
        explained = reason is not None and reason.kind != "open"
        return not explained and self.state(change) not in DIFFERENCES

    def note(self, found: Iterable[tuple[Change, str, str]], *, again: bool) -> None:
        """Put in what became of changes, and write. Unless `again`, their modules start anew."""
        found = list(found)
        if not again:
            tried = Counter(change.module for change, _, _ in found)
            for module, count in tried.items():
                self.modules[module] = {"tried": count, "alive": {}, "killers": {}}
        kills: dict[tuple[str, str], Counter[str]] = {}
        for change, state, unit in found:
            alive = self.modules[change.module]["alive"]
            alive.pop(change.id, None)
            if state != "killed":
                alive[change.id] = state
            elif " " in unit and "/" in unit:
                place = (change.module, change.function)
                kills.setdefault(place, Counter())[unit] += 1
        for (module, function), counts in kills.items():
            killers = self.modules[module]["killers"]
            before = killers.get(function, [])
            killers[function] = before + [u for u, _ in counts.most_common() if u not in before]
        text = json.dumps(self.modules, indent=1, sort_keys=True, ensure_ascii=False)
        RESULTS.write_text(text + "\n", "utf-8")


_SENTENCES = {
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
    "values within the bounds of the case. Equivalent, outside, open: no answer differs, for the",
    "reasons below. The share is that of the killed among them, those open and those unexplained.",
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
