"""Named tests that prove the rules which no file and no answer shows: `proofs.toml`.

Rules of producers, of a loader's library and of the project itself are proven so. A name is
`FILE::FUNCTION` below the root of the repository; whether pytest would collect it is told from the
source, so that nothing has to be installed to ask.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

from tools.requirements import tomllib

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("reference_py/tests", "conformance/tests")
"""Where pytest looks, as `testpaths` in pyproject.toml says."""


def proofs() -> dict[str, list[str]]:
    """Return by rule the tests that prove it."""
    file = ROOT / "conformance" / "proofs.toml"
    tests: dict[str, list[str]] = tomllib.loads(file.read_text("utf-8"))
    return tests


def missing(tests: list[str]) -> list[str]:
    """Return those of the tests that pytest would not collect, or would skip."""
    return [test for test in tests if test.partition("::")[2] not in _collected(test)]


def _collected(test: str) -> frozenset[str]:
    name = test.partition("::")[0]
    file = ROOT / name
    inside = any(name.startswith(f"{folder}/") for folder in _FOLDERS)
    if not (inside and file.name.startswith("test_") and file.is_file()):
        return frozenset()
    return _functions(file)


@functools.cache
def _functions(file: Path) -> frozenset[str]:
    """Return the tests of a file that nothing skips for good."""
    return frozenset(
        node.name
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not any("mark.skip(" in ast.unparse(mark) for mark in node.decorator_list)
    )
