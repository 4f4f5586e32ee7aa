"""Reads the numbered sentences of the specification, whom they bind, and the constraints of ops."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracescript.v1 import error_pb2

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ID = re.compile(r"\[TS-([A-Z]+)-0*(\d+)\]")
_START = re.compile(r"^(?:[*|#>-] ?|\s*$)")
_BINDS = re.compile(r"^\| (producer|project|executor|library) \|[^|]*\| (.*) \|$", re.MULTILINE)
_ANY = 9999
_PREFIX = "ERROR_CODE_"
_CODES = {name.removeprefix(_PREFIX) for name in error_pb2.ErrorCode.keys()}  # noqa: SIM118  # a wrapper


@dataclass(frozen=True, slots=True)
class Requirement:
    """A numbered sentence: where it stands, its text, and the codes that its breach has."""

    id: str
    page: str
    text: str
    codes: tuple[str, ...]
    binds: str = "loader"
    """Whom it binds: loader, executor, library, producer, project."""

    @property
    def must(self) -> bool:
        """Whether it is a requirement, and no recommendation."""
        return "MUST" in self.text


def requirements(spec: Path) -> dict[str, Requirement]:
    """Return all requirements by id, in the order of the pages."""
    found = {}
    for page in sorted(spec.glob("*.md")):
        for block in _blocks(page.read_text("utf-8")):
            for area, number in _ID.findall(block):
                made = _requirement(f"{area}-{number}", page.name, block)
                found[made.id] = made
    for rule, binds in _bound(spec, found).items():
        found[rule] = replace(found[rule], binds=binds)
    return found | _constraints(spec)


def _bound(spec: Path, known: Iterable[str]) -> dict[str, str]:
    """Return the rules that bind others than loaders, from the table of the first page.

    An entry is an area, a rule, or `A-1 to A-7`. Raises KeyError for one that names no rule.
    """
    bound: dict[str, str] = {}
    for binds, listed in _BINDS.findall((spec / "README.md").read_text("utf-8")):
        for entry in re.split(r"[;,] ", listed):
            first, _, last = entry.partition(" to ")
            area, _, number = first.partition("-")
            low, high = int(number or 0), int(last.partition("-")[2] or number or _ANY)
            rules = [
                rule
                for rule in known
                for found, _, n in [rule.partition("-")]
                if found == area and low <= int(n) <= high
            ]
            if not rules:
                raise KeyError(entry)
            bound |= dict.fromkeys(rules, binds)
    return bound


def _blocks(text: str) -> list[str]:
    """Return bullets and paragraphs, each on one line."""
    blocks: list[str] = []
    for line in text.splitlines():
        if _START.match(line) or not blocks:
            blocks.append(line)
        else:
            blocks[-1] += f" {line.strip()}"
    return blocks


def _requirement(rule: str, page: str, block: str) -> Requirement:
    area, number = rule.split("-")
    tag = next(m for m in _ID.finditer(block) if m[1] == area and int(m[2]) == int(number))
    start = max((m.end() for m in _ID.finditer(block) if m.end() < tag.start()), default=0)
    after = _ID.search(block, tag.end())
    part = block[start : after.start() if after else len(block)]
    sentence = block[start : tag.start()].lstrip("*- .")
    codes = sorted(set(re.findall(r"\b[A-Z][A-Z_]{4,}\b", part)) & _CODES)
    return Requirement(rule, page, sentence.strip(), tuple(codes))


def _constraints(spec: Path) -> dict[str, Requirement]:
    found = {}
    for file in sorted((spec / "ops").glob("*.toml")):
        op = tomllib.loads(file.read_text("utf-8"))
        for number, constraint in enumerate(op.get("constraints", []), 1):
            rule = f"OP.{op['name']}.C{number}"
            text = f"MUST hold: {constraint.get('rule') or constraint.get('text') or constraint}"
            found[rule] = Requirement(rule, f"ops/{file.name}", text, ("BAD_CALL",))
    return found
