"""The sentences of the rules that cases name, for people who have the cases alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tools.op_calls import op_named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ROW = re.compile(r"\| ([A-Z]+-\d+) \| \[([^]]*)\]\([^)]*\) \| (.*) \|")
_OP = re.compile(r"OP\.(.+?)(?:\.([CE]\d+))?")


def text(spec: Path, rules: Iterable[str]) -> str:
    """Return page and sentence of each rule as JSON. Raises KeyError for a rule without one."""
    index = (spec / "generated" / "rules.md").read_text("utf-8")
    known = {rule: (f"spec/{page}", sentence) for rule, page, sentence in _ROW.findall(index)}
    found = {r: known[r] if r in known else _of_op(r) for r in sorted(set(rules))}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _of_op(rule: str) -> tuple[str, str]:
    """Return what an op does, or one of its constraints or errors."""
    match = _OP.fullmatch(rule)
    if match is None:
        raise KeyError(rule)
    name, part = match.groups()
    op = op_named(name)
    parts = [*op.get("constraints", []), *op.get("errors", [])]
    said = next(p["text"] for p in parts if p["id"] == part) if part else op["summary"]
    return f"spec/generated/ops/{name}.md", said
