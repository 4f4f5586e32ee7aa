"""The sentences of the specification's rules, which lie beside the cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = "rules.json"


def sentences(folder: Path) -> dict[str, tuple[str, str]]:
    """Return page and sentence of each rule that a case of a corpus names.

    A corpus without the file has none; what it should hold is in SHA256SUMS.
    """
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {rule: (page, sentence) for rule, (page, sentence) in found.items()}
