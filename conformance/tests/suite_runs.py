"""Runs the suite's command line against a faulty testee, and reads what it wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FAULTY = ROOT / "tests" / "faulty_testee.py"


@dataclass(frozen=True)
class Ran:
    code: int
    output: str
    results: dict[str, Any]

    def outcomes(self) -> set[str]:
        return {r["outcome"].removeprefix("OUTCOME_") for r in self.results.values()}


def command(*args: str) -> Ran:
    """Run `python -m tracescript_conformance ARGS`."""
    run = subprocess.run(
        [sys.executable, "-m", "tracescript_conformance", *args],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(run.returncode, run.stdout + run.stderr, {})


def run(fault: str, folder: Path, *args: str) -> Ran:
    """Run cases against one faulty testee."""
    ran = command("run", "--out", str(folder), *args, "--", sys.executable, str(FAULTY), fault)
    file = folder / "results.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return Ran(ran.code, ran.output, {r["caseId"]: r for r in map(json.loads, lines)})
