"""The rows of the language table: programs, calls, and the nearest programs that are refused."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.differential.check import function_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HEAD = """\
from __future__ import annotations
import math
import numpy as np
from typing import Optional
"""
TORCH_HEAD = "import torch\nfrom torch import Tensor, nn\nfrom torch.nn import functional as F\n"
TABLES = ("statements", "expressions", "calls", "containers", "changes")
ALL = (*TABLES, "torch")


@dataclass(frozen=True)
class Row:
    """One row: what it says, whether scripts have it, programs, calls, and a refused neighbour.

    `types` are the types of parameters that annotations leave open; `args` the text of calls.
    """

    table: str
    says: str
    status: str
    refused: str
    error: str = ""
    accepted: tuple[str, ...] = ()
    head: str = ""
    signature: str = "n: int"
    args: tuple[str, ...] = ("0", "1", "3", "4", "6")
    types: dict[str, str] = field(default_factory=dict)

    def source(self, body: str) -> str:
        """Return the text of a file that defines `f`."""
        lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
        head = HEAD + TORCH_HEAD if self.table == "torch" else HEAD
        return f"{head}{self.head}def f({self.signature}):\n{lines}\n"

    def function(self, body: str) -> Any:
        """Make `f`; compiling it finds its source as `row.py`."""
        return function_of(self.source(body), label="row.py")

    def calls(self) -> list[tuple[Any, ...]]:
        """Return the arguments of every call."""
        space = {}
        exec(f"{HEAD}{TORCH_HEAD if self.table == 'torch' else ''}", space)
        return [eval(f"({text},)", space) for text in self.args]


def rows(table: str) -> list[Row]:
    """Read the rows of one table."""
    text = Path(__file__).with_name(f"{table}.toml").read_text(encoding="utf-8")
    found = []
    for entry in tomllib.loads(text)["row"]:
        lists = {k: tuple(v) for k, v in entry.items() if isinstance(v, list)}
        found.append(Row(table, **{**entry, **lists}))
    return found
