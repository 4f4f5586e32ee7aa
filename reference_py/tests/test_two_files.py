"""Adding an op touches two files: its page and its kernel. Few modules name tensor ops by hand."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tracescript.opset.table import opset

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "reference_py" / "tracescript"
NAMING = {
    "kernels/": "computes them",
    "producer/": "tables of special lowerings",
    "engine/py/": "shorter code and reuse of memory; every op runs without",
    "engine/extent.py": "rules have the names of ops",
    "engine/guards.py": "reads of a traced value",
    "opset/emit.py": "operators in decompositions",
    "opset/expressions.py": "operators in decompositions",
    "opset/fold.py": "operators on constants in decompositions",
    "opset/intrinsics.py": "functions in decompositions",
    "opset/learning.py": "sizes known from ops on sizes",
    "opset/shape_rules.py": "rules have the names of ops",
    "opset/rule_arguments.py": "as above",
    "opset/predicate_functions.py": "functions of expressions have the names of ops",
    "opset/value_functions.py": "functions of expressions have the names of ops",
    "opset/value_rules.py": "rules have the names of ops",
}
"""Where ops may be named, and why."""

TENSOR_OPS = {op.name for op in opset() if op.profile != "control"}
SPECIFIC = {name for name in TENSOR_OPS if "_" in name or any(c.isdigit() for c in name)}
MOST_WORDS = 3
"""Names such as `full`, `where` and `any` are words as well."""

MODULES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not str(path.relative_to(PACKAGE)).startswith(tuple(NAMING))
    and not path.name.endswith("_pb2.py")
]


def texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_that_is_not_about_ops_names_none(path: Path) -> None:
    named = texts(path) & TENSOR_OPS

    assert named & SPECIFIC == set()
    assert len(named) <= MOST_WORDS


@pytest.mark.parametrize("place", NAMING)
def test_a_place_where_ops_may_be_named_exists(place: str) -> None:
    assert (PACKAGE / place).exists()


def test_every_primitive_has_a_kernel_and_every_composite_a_definition() -> None:
    from tracescript.engine.links import CONTROL
    from tracescript.kernels import KERNELS

    bare = [
        op.name
        for op in opset()
        if not op.is_composite and op.name not in KERNELS and op.name not in CONTROL
    ]

    assert bare == ["struct.get"]
    assert all(op.decomposition for op in opset() if op.is_composite)


COPIED = (
    "spec",
    "proto",
    "reference_py/tracescript",
    "reference_py/tools",
    "conformance/tools",
    "conformance/oracles",
    "conformance/tracescript_conformance",
)
ADDED = Path(__file__).with_name("added_ops")
KERNELS = "reference_py/tracescript/kernels/shape.py"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sources, add pages to `spec/ops` and kernels to one module, and generate."""
    root = tmp_path_factory.mktemp("scratch")
    for part in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, root / part, ignore=ignored)
    for page in ADDED.glob("*.toml"):
        shutil.copy(page, root / "spec" / "ops")
    with (root / KERNELS).open("a", encoding="utf-8") as module:
        module.write((ADDED / "kernels.txt").read_text("utf-8"))
    done = run(root, "-m", "tools.generate", "--skip-protos")
    assert done.returncode == 0, done.stderr
    return root


def run(
    root: Path, *command: str, folder: str = "reference_py"
) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the sources, on that copy."""
    paths = os.pathsep.join(str(root / part) for part in ("reference_py", "conformance"))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=root / folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ops_added_by_their_pages_and_kernels_are_known_to_every_part_of_the_package(
    scratch: Path,
) -> None:
    done = run(scratch, str(Path(__file__).with_name("added_op.py")))

    numbers = {
        "spacing": [2.0**-51, -(2.0**-49)],  # twice the distances from 1 and from -4
        "ptp": [3.0, 8.0],
        "vander": [[4, 2, 1], [25, 5, 1]],
    }
    shown = [
        line
        for op, value in numbers.items()
        for _ in ("traced", "scripted")
        for line in (f"{op} {value}", f"{op} {value}", f"{op} True True")
    ]
    assert done.stdout.splitlines() == [
        *shown,  # both engines, its name in the code and in the graph
        str([2**3 + 1, (-3) ** 3 + 1]),
        "BAD_CALL OP vander C1",
        "True",
    ], done.stderr


def test_adding_ops_changed_nothing_by_hand_but_pages_and_a_kernel(scratch: Path) -> None:
    changed = {
        path.relative_to(scratch).as_posix()
        for part in COPIED
        for path in (scratch / part).rglob("*")
        if path.is_file() and not is_same(path, ROOT / path.relative_to(scratch))
    }

    pages = {f"spec/ops/{page.name}" for page in ADDED.glob("*.toml")}
    generated = {f"spec/generated/ops/{page.stem}.md" for page in ADDED.glob("*.toml")}
    assert changed == {
        *(pages | {KERNELS}),
        *(generated | {"spec/generated/ops.md", "reference_py/tracescript/opset/opset.binpb"}),
    }


def is_same(path: Path, original: Path) -> bool:
    return original.is_file() and path.read_bytes() == original.read_bytes()


@pytest.mark.torch
def test_added_ops_are_checked_against_the_oracles_that_their_pages_name(scratch: Path) -> None:
    pytest.importorskip("torch")
    names = [page.stem for page in sorted(ADDED.glob("*.toml"))]
    options = [word for name in names for word in ("--op", name)]
    done = run(scratch, "-m", "tools.verify_ops", "--quick", "--jobs", "1", *options)

    lines = [line.split()[:2] for line in done.stdout.splitlines()]
    assert [["ok", n] for n in names if n != "silent"] == [x for x in lines if x[0] == "ok"], done
    assert "without an oracle: silent: no torch, numpy or Python name" in done.stdout
    assert 'in spec/ops/silent.toml, under [verify], oracle = "..."' in done.stdout
    assert done.returncode == 1


@pytest.mark.torch
def test_the_examples_of_added_ops_become_cases(scratch: Path) -> None:
    pytest.importorskip("torch")
    made = (
        "from tools import op_cases as o; found = [d for d in o.definitions() if d['name'] in"
        " {'ptp', 'vander', 'cube'}]; o.definitions = lambda: found;"
        " print(*[c.id for c in o.all_cases() if c.HasField('run')])"
    )
    done = run(scratch, "-c", made, folder="conformance")

    assert done.stdout.split() == [
        "num/cube/of_two",
        "tensor/ptp/of_a_row",
        "tensor/vander/squares",
    ], done.stderr
