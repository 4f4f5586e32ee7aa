"""The README keeps its promises: the two commands, and the examples it shows."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_the_python_example_of_the_readme_runs_as_shown(tmp_path, monkeypatch) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"```python\n# gate\.py\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "readme_gate.py"
    source.write_text(block[1], "utf-8")
    import runpy
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runpy.run_path(str(source))

    assert (tmp_path / "gate.tsproto").exists()
