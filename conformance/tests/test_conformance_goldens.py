"""Where expected values come from: never from our executor."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from suite_runs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXECUTOR = ("tracescript.engine", "tracescript.kernels", "tracescript.passes", "tracescript.model")
NEEDED = ("v1", "conformance", "errors", "ir", "opset", "code", "wire")
"""Parts of the package that the corpus is built with: messages, and the texts of code sections."""
SOURCES = ("oracles", "tools", "programs", "authored", "tracescript_conformance", "suite.toml")

# Python runs a module of this name before anything else, in every process that the build starts.
SITE = f"""
import importlib.abc, sys

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.startswith("tracescript.") and name.split(".")[1] not in {NEEDED!r}:
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocker())
"""
BUILD = """
import base64, json, pathlib, sys, warnings
from tools import freeze, sources

models, out = sys.argv[1:]
made = json.load(open(models))
sources._produced = lambda source: base64.b64decode(made[repr(source)])
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    files = freeze.build()
assert not freeze.CASES.exists()
for path, data in files.items():
    pathlib.Path(out, path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(out, path).write_bytes(data)
"""
RECORD = """
import base64, json, pathlib, sys, warnings
from tools import authored, sources

made, real = {}, sources._produced
def record(source):
    data = real(source)
    made[repr(source)] = base64.b64encode(data).decode()
    return data
sources._produced = record
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    authored.cases(pathlib.Path(sys.argv[1]))
json.dump(made, open(sys.argv[2], "w"))
"""


def test_nothing_that_makes_goldens_imports_the_executor():
    found = []
    for folder in ("oracles", "tools", "programs"):
        for file in sorted((ROOT / folder).glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = [a.name for a in getattr(node, "names", [])]
                module = getattr(node, "module", None) or ""
                full = [module, *names, *(f"{module}.{name}" for name in names)]
                if isinstance(node, ast.Import | ast.ImportFrom) and any(
                    name == e or name.startswith(f"{e}.") for name in full for e in EXECUTOR
                ):
                    found.append(f"{file.name}: {ast.unparse(node)}")

    assert found == []


def test_no_oracle_knows_more_of_tracescript_than_its_messages():
    messages = ("tracescript.v1", "tracescript.conformance.v1")
    found = []
    for file in sorted((ROOT / "oracles").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in getattr(node, "names", [])]
            module = getattr(node, "module", None) or ""
            known = [module] if isinstance(node, ast.ImportFrom) else names
            found += [
                f"{file.name}: {name}"
                for name in known
                if name.split(".")[0] == "tracescript" and not name.startswith(messages)
            ]

    assert found == []


@pytest.fixture
def tree(tmp_path):
    """Return a copy of what the corpus is built from, without the corpus and the executor."""
    for name in SOURCES:
        source, copy = ROOT / name, tmp_path / "conformance" / name
        copy.parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy)
    (tmp_path / "spec").symlink_to(ROOT.parent / "spec")
    (tmp_path / "sitecustomize.py").write_text(SITE)
    return tmp_path


def _run(program: str, root: Path, *args: str, first: tuple[str, ...] = ()) -> Any:
    # Tests have a module `programs` of their own, which would hide the folder of that name.
    paths = [p for p in sys.path if not p.endswith(("tests", "conformance"))]
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *args],
        cwd=root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((*first, str(root), *paths))},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.torch
def test_the_corpus_is_built_byte_for_byte_without_the_executor_and_the_corpus(tree):
    """Files of programs are recorded beforehand: a producer makes them, and no golden."""
    pytest.importorskip("torch")
    models, out = tree / "models.json", tree / "out"
    recorded = _run(RECORD, ROOT, str(ROOT), str(models))
    assert recorded.returncode == 0, recorded.stderr

    built = _run(BUILD, tree / "conformance", str(models), str(out), first=(str(tree),))

    assert built.returncode == 0, built.stderr
    made, frozen = (
        {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (out, ROOT / "cases")
    )
    assert made.keys() == frozen.keys()
    assert [path for path, data in made.items() if frozen[path] != data] == []


@pytest.mark.parametrize(
    "golden",
    [
        "import tracescript.engine.py",
        "__import__('importlib').import_module('tracescript.kernels')",
        "import tracescript; tracescript.load",
        "from tracescript import testee",
        "import subprocess as s, sys; s.run([sys.executable, '-c', 'import tracescript.engine'])",
        "import subprocess as s, sys; s.run([sys.executable, '-m', 'tracescript.testee'])",
    ],
    ids=["engine", "kernels by name", "api", "testee", "a process", "a testee as a process"],
)
def test_a_golden_that_asks_the_executor_gets_no_answer(tree, golden):
    oracle = tree / "conformance" / "oracles" / "pcg.py"
    oracle.write_text(f"{oracle.read_text('utf-8')}\n{golden}\n")

    ran = _run("import oracles.pcg", tree / "conformance", first=(str(tree),))

    assert "is blocked" in ran.stderr, ran
