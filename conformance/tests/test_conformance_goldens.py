"""Where expected values come from: never from our executor."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import pytest
from suite_runs import ROOT

EXECUTOR = ("tracescript.engine", "tracescript.kernels", "tracescript.passes", "tracescript.model")
BUILD = """
import base64, importlib.abc, json, sys, warnings

blocked = {blocked!r}

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == b or name.startswith(b + ".") for b in blocked):
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocker())
sys.path.insert(0, {root!r})
from tools import freeze, sources

made = json.load(open({models!r}))
sources._produced = lambda source: base64.b64decode(made[repr(source)])
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    files = freeze.build()
folder = freeze.CASES
print(json.dumps([p for p, d in files.items() if (folder / p).read_bytes() != d]))
print([name for name in sys.modules if any(name.startswith(b) for b in blocked)])
"""
RECORD = """
import base64, json, pathlib, sys, warnings
sys.path.insert(0, {root!r})
from tools import authored, sources

made, real = {{}}, sources._produced
def record(source):
    data = real(source)
    made[repr(source)] = base64.b64encode(data).decode()
    return data
sources._produced = record
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    authored.cases(pathlib.Path({root!r}))
json.dump(made, open({models!r}, "w"))
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


def _run(program: str, **names: object) -> list[str]:
    # Tests have a module `programs` of their own, which would hide the folder of that name.
    paths = [p for p in sys.path if not p.endswith("tests")]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program.format(**names)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), *paths))},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.torch
def test_the_corpus_is_built_byte_for_byte_with_the_executor_blocked(tmp_path):
    """Files of programs are recorded beforehand: a producer makes them, and no golden."""
    pytest.importorskip("torch")
    models = str(tmp_path / "models.json")
    _run(RECORD, root=str(ROOT), models=models)

    differing, loaded = _run(BUILD, root=str(ROOT), models=models, blocked=EXECUTOR)

    assert json.loads(differing) == []
    assert loaded == "[]"
