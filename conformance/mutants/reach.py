"""Records which lines of the loader each case runs, so that a fault is asked of those cases only.

Every cache of the loader is emptied before each case. The record is kept in the folder for
temporary files: of each case as long as it stays as it is, of all as long as the loader
and what asks it do.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutants import patch
from mutants.killing import Door

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mutants.killing import Suite

_ROOT = Path(patch.__file__).resolve().parents[2]
LOADER = _ROOT / "reference_py" / "tracescript"
_ASKING = _ROOT / "conformance" / "tracescript_conformance"
ENGINES = ("ref", "py")
_A_FEW = 4
PARTS = ("wire", "validator", "engine", "code", "kernels", "passes")


class Reach:
    """The units that run each line; a unit is an engine and a case, as `py num/add/float32`."""

    def __init__(self, units: list[str], lines: dict[str, str]) -> None:
        self.units = units
        """By bit; "" where the case has changed since, or is gone."""
        self.lines = {line: int(bits, 16) for line, bits in lines.items()}
        """By line, as `wire.scan 17`, a bit for each unit."""

    def of(self, module: str, lines: Iterable[int]) -> list[str]:
        """Return the units that run one of these lines."""
        bits = 0
        for line in lines:
            bits |= self.lines.get(f"{module} {line}", 0)
        return self._named(bits)

    def rarest(self, lines: Iterable[str]) -> list[str]:
        """Return units that run these lines: for each line a few, first those of rare lines."""
        found = {self.lines.get(line, 0) for line in lines}
        made: dict[str, None] = {}
        for bits in sorted(found, key=int.bit_count):
            some = sorted(self._named(bits), key=shuffled)[:_A_FEW]
            made.update(dict.fromkeys(some))
        return list(made)

    def _named(self, bits: int) -> list[str]:
        return [unit for i, unit in enumerate(self.units) if unit and bits >> i & 1]

    def add(self, unit: str, lines: Iterable[str]) -> None:
        """Note the lines that one more unit runs."""
        bit = 1 << len(self.units)
        self.units.append(unit)
        for line in lines:
            self.lines[line] = self.lines.get(line, 0) | bit


def engines(part: str) -> tuple[str, ...]:
    """Return the engines that use a part in ways of their own."""
    return ENGINES if part in {"engine", "kernels", "passes"} else ENGINES[:1]


def reach(suite: Suite, part: str, asked: Iterable[str]) -> Reach:
    """Return the record of a part of the loader as it is now; what it lacks of cases is added."""
    kept = Path(tempfile.gettempdir()) / f"tracescript-reach-{part}-{_digest()}.json"
    exact = _exact(suite, engines(part))
    units, lines = json.loads(kept.read_text("utf-8")) if kept.is_file() else ([], {})
    as_it_was = {text: unit for unit, text in exact.items()}
    found = Reach([as_it_was.get(text, "") for text in units], lines)
    _record(suite, part, asked, found)
    if len(found.units) > len(units):
        lines = {line: f"{bits:x}" for line, bits in found.lines.items()}
        kept.write_text(json.dumps([[exact.get(u, "") for u in found.units], lines]), "utf-8")
    return found


def _exact(suite: Suite, used: Iterable[str]) -> dict[str, str]:
    """Return each unit with the digest of its case, under which it is kept."""
    digests = {case.id: case.sha256.hex() for case in suite.corpus.manifest.entries}
    return {f"{e} {case}": f"{e} {case} {digest}" for e in used for case, digest in digests.items()}


def shuffled(text: str) -> bytes:
    """Return what sorts texts in an order that has nothing to do with them, always the same."""
    return hashlib.sha256(text.encode()).digest()


def modules(*names: str) -> list[str]:
    """Return the modules below `tracescript` that are in parts or modules of these names."""
    files = (f.relative_to(LOADER) for part in PARTS for f in (LOADER / part).rglob("*.py"))
    every = sorted(".".join(f.with_suffix("").parts).removesuffix(".__init__") for f in files)
    return [m for m in every if not names or any(f"{m}.".startswith(f"{n}.") for n in names)]


def _digest() -> str:
    """Return the digest of all that decides which lines a case runs, but the case."""
    made = hashlib.sha256()
    every = (*LOADER.rglob("*.py"), *LOADER.rglob("*.binpb"), *_ASKING.rglob("*.py"))
    for file in sorted(every):
        made.update(str(file.relative_to(_ROOT)).encode() + file.read_bytes())
    return made.hexdigest()[:16]


def _record(suite: Suite, part: str, asked: Iterable[str], found: Reach) -> None:
    names = {}
    for name in modules(part):
        names[str(importlib.import_module(f"tracescript.{name}").__file__)] = name
    known = set(found.units)
    for engine in engines(part):
        door = Door(engine)
        for case in asked:
            if f"{engine} {case}" not in known:
                patch.forget()
                found.add(f"{engine} {case}", _traced(suite, door, case, names))


def _traced(suite: Suite, door: Door, case: str, names: dict[str, str]) -> list[str]:
    hits: set[tuple[str, int]] = set()

    def enter(frame: Any, event: str, argument: Any) -> Any:
        del event, argument
        name = names.get(frame.f_code.co_filename)
        if name is None:
            return None

        def step(frame: Any, event: str, argument: Any) -> Any:
            del event, argument
            hits.add((name, frame.f_lineno))
            return step

        return step(frame, "", None)

    sys.settrace(enter)
    try:
        suite.passes(case, door)
    finally:
        sys.settrace(None)
    return [f"{name} {line}" for name, line in sorted(hits)]
