"""The sentences of the specification's rules, where it lies beside the suite."""

from __future__ import annotations

import re
from pathlib import Path

_RULE = re.compile(r"\| ([A-Z]+-\d+) \| \[([^]]*)\]\([^)]*\) \| (.*) \|")
_INDEX = Path(__file__).parents[2] / "spec" / "generated" / "rules.md"


def op_page(rule: str) -> str:
    """Return the page about the op of a rule such as `OP.add`, or nothing."""
    file = _INDEX.parent / "ops" / f"{rule.removeprefix('OP.')}.md"
    return f"spec/generated/ops/{file.name}" if rule.startswith("OP.") and file.is_file() else ""


def sentences() -> dict[str, tuple[str, str]]:
    """Return page and sentence of each rule: `container.md` and what it says."""
    if not _INDEX.is_file():
        return {}
    found = _RULE.findall(_INDEX.read_text("utf-8"))
    return {rule: (page, sentence) for rule, page, sentence in found}
