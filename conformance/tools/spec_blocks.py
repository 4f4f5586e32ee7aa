"""Reads the fenced blocks of the specification: programs, cases, and what is neither.

The first word behind a fence says what its block is. A program, ```` ```tracescript NAME ````,
stands in models of cases under that name; ```` ```tscase ```` holds models and cases as
authored files do. Other words mark a block that nothing can run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FENCE = re.compile(r"^ *```")
_MARKS = ("grammar", "pseudocode", "message", "shell")
"""Blocks that are no programs: productions, meaning in words, what a tool prints, commands."""


class SpecBlockError(ValueError):
    """A fenced block that is neither a program, nor a case, nor marked."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """What the pages hold: programs by name, and the text of cases with the place it stands at."""

    programs: dict[str, str]
    cases: list[tuple[str, str]]


def read(spec: Path) -> Blocks:
    """Read every page of a folder. Raises SpecBlockError for a block that says not what it is."""
    found = Blocks({}, [])
    for page in sorted(spec.glob("*.md")):
        for line, info, text in _fenced(page.read_text("utf-8")):
            where = f"{page.name}:{line}"
            match info.split():
                case ["tracescript", name] if name not in found.programs:
                    found.programs[name] = text
                case ["tscase"]:
                    found.cases.append((where, text))
                case [mark] if mark in _MARKS:
                    pass
                case _:
                    raise SpecBlockError(
                        f"{where}: a block says what it is: 'tracescript NAME' with a new name, "
                        f"'tscase', or one of {', '.join(_MARKS)}; found {info!r}"
                    )
    return found


def _fenced(text: str) -> list[tuple[int, str, str]]:
    """Return line number, the words behind the fence and the text of each fenced block."""
    found, start, info, body = [], 0, "", []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not _FENCE.match(line):
            body.append(line)
        elif start:
            found.append((start, info, "".join(body)))
            start = 0
        else:
            start, info, body = number, line.strip().removeprefix("```"), []
    return found
