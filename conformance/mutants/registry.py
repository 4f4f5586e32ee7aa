"""The faults written by hand: where to change the loader, and what, as data."""

from __future__ import annotations

import fnmatch
import sys
from dataclasses import dataclass, fields
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).resolve().parent
_KEYS = {
    "id",
    "at",
    "breaks",
    "old",
    "new",
    "body",
    "value",
    "engine",
    "also",
    "part",
    "op",
    "result",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. Cases that prove the rules it breaks must notice; `*` in a rule is any text.

    Of rules that `proofs.toml` names tests for, these must notice.

    `at` is `module:function` or `module:Class.method` below `tracescript`; `old` stands there once
    and becomes `new`. Or `body` is the function's whole new body. Or `at` is `module:CONSTANT` and
    `value` its new value. Or `op` is an op and `result` an expression of what its kernel gives: of
    `y`, the right result, the inputs `a`, `b`, `c`, the attributes `o`, and `np`.

    `also` names a second fault to put in, where two places check one rule; one that is `part` of
    such a pair changes nothing by itself and does not run alone.
    """

    id: str
    breaks: tuple[str, ...]
    at: str = ""
    old: str = ""
    new: str = ""
    body: str = ""
    value: str = ""
    engine: str = "ref"
    also: str = ""
    part: bool = False
    op: str = ""
    result: str = ""


class MutantError(ValueError):
    """A fault that cannot be put in: unknown keys, or text that is not there once."""


def mutants(*patterns: str) -> list[Mutant]:
    """Return the faults that run alone and whose ids match, sorted. Raises MutantError."""
    return [
        m
        for m in every().values()
        if not m.part and (not patterns or any(fnmatch.fnmatch(m.id, p) for p in patterns))
    ]


def every() -> dict[str, Mutant]:
    """Return all faults by id, parts of pairs included. Raises MutantError."""
    found: dict[str, Mutant] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for table in tomllib.loads(file.read_text("utf-8"))["mutant"]:
            unknown = table.keys() - {f.name for f in fields(Mutant)}
            if unknown or not table.get("breaks"):
                raise MutantError(f"{file.name}: {table.get('id')}: {sorted(unknown)} or no rules")
            if table["id"] in found:
                raise MutantError(f"{file.name}: {table['id']} is there twice")
            made = Mutant(**(table | {"breaks": tuple(table["breaks"])}))
            found[made.id] = made
    return dict(sorted(found.items()))
