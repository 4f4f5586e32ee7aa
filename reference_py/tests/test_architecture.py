"""The house keeps its shape: sizes, names, layers' start-up cost, one home for every fact."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = [
    path
    for folder in ("reference_py", "conformance")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.name.endswith("_pb2.py") and "__pycache__" not in path.parts
]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "base", "manager", "misc"}


def test_every_file_has_at_most_300_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in CODE
        if (n := len(p.read_text("utf-8").splitlines())) > 300
    }

    assert long == {}


def test_every_function_has_at_most_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 50
    ]

    assert long == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [p for p in CODE if p.stem in FORBIDDEN_NAMES] == []


def test_the_top_level_is_fixed() -> None:
    allowed = {
        "README.md", "spec", "proto", "reference_py", "conformance", "pyproject.toml",
        "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".ci", ".gitignore",
    }  # fmt: skip
    assert set(tracked("ls-tree", "--name-only", "HEAD")) <= allowed


def test_no_model_file_is_committed() -> None:
    assert tracked("ls-files", "*.tsproto") == []


def tracked(*command: str) -> list[str]:
    """Return what git lists, a name a line. Skips where the sources are no checkout."""
    listed = subprocess.run(
        ["git", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return listed.stdout.splitlines()


def test_importing_the_package_loads_no_library() -> None:
    program = (
        "import sys, tracescript, tracescript.v1, tracescript_conformance;"
        "names = ('numpy', 'grpc', 'scipy', 'torch', 'google.protobuf');"
        "print([m for m in names if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"


def test_using_trace_script_save_and_load_loads_neither_torch_nor_grpc_nor_scipy() -> None:
    program = (
        "import sys, numpy as np, tracescript as ts\n"
        "def f(x):\n    return x + x\n"
        "m = ts.trace(f, (np.ones(3, np.float32),)); m(np.ones(3, np.float32))\n"
        "print([m for m in ('grpc', 'scipy', 'torch') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("torch", ("producer/torch/",)),
        ("grpc", ("service/", "cli/")),
        ("scipy", ("kernels/", "opset/dtypes.py")),
        ("ml_dtypes", ("kernels/", "opset/dtypes.py")),
        ("grandalf", ("view/layout.py",)),
    ],
)
def test_a_heavy_library_is_imported_only_in_its_home(library: str, homes: tuple[str, ...]) -> None:
    package = ROOT / "reference_py" / "tracescript"
    strangers = [
        str(path.relative_to(package))
        for path in CODE
        if package in path.parents
        and library in _imports(path)
        and not str(path.relative_to(package)).startswith(homes)
    ]

    assert strangers == []


@pytest.mark.parametrize("layer", ["ir", "passes", "producer", "engine", "nn", "code"])
def test_protobuf_messages_stay_out_of_the_layers_that_work_on_the_model(layer: str) -> None:
    folder = ROOT / "reference_py" / "tracescript" / layer
    strangers = [str(p) for p in folder.rglob("*.py") if re.search(r"_pb2\b", p.read_text("utf-8"))]

    assert strangers == []


def test_the_runner_imports_of_ours_only_generated_messages() -> None:
    folder = ROOT / "conformance" / "tracescript_conformance"
    pattern = re.compile(r"^\s*(?:from|import) (tracescript\.\S+)", re.MULTILINE)
    found = {m for p in folder.rglob("*.py") for m in pattern.findall(p.read_text("utf-8"))}

    assert all(m in {"tracescript.v1", "tracescript.conformance.v1"} for m in found), found


def test_goldens_cannot_come_from_our_executor() -> None:
    forbidden = re.compile(
        r"^\s*(?:from|import) tracescript\.(engine|kernels|passes|model|api)\b", re.MULTILINE
    )
    folders = [ROOT / "conformance" / f for f in ("oracles", "programs")]
    strangers = [
        str(p) for f in folders for p in f.rglob("*.py") if forbidden.search(p.read_text("utf-8"))
    ]

    assert strangers == []


def test_every_error_code_of_the_schema_has_one_class() -> None:
    from tracescript import errors
    from tracescript.v1 import error_pb2

    codes = {name.removeprefix("ERROR_CODE_") for name in error_pb2.ErrorCode.keys()}

    assert codes - {"UNSPECIFIED"} == set(errors.CLASSES)
