"""The README keeps its promises: the two commands, and the examples it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAIN_JOB = (
    "python3 -m venv .venv && .venv/bin/python -m pip install . "
    "&& .venv/bin/python -m tracescript demo"
)
TESTS = (
    'python3 -m venv .venv && .venv/bin/python -m pip install -e ".[test]" '
    "&& .venv/bin/python -m pytest"
)


def test_the_readme_holds_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert MAIN_JOB in readme
    assert TESTS in readme


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert TESTS in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.skipif(
    sys.version_info < (3, 11), reason="CPython has positions of instructions from 3.11 on"
)
def test_the_python_example_of_the_readme_prints_what_is_shown(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    program = re.search(r"```python\n(# gate\.py\n.*?)```", readme, re.DOTALL)
    shown = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    assert program is not None
    warning, printed = shown
    (tmp_path / "gate.py").write_text(program[1], "utf-8")

    ran = subprocess.run(
        [sys.executable, "gate.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "reference_py")},
    )

    assert ran.stdout.rstrip() == printed.rstrip()
    assert ran.stderr.replace(f"{tmp_path}{os.sep}", "").startswith(warning)
