"""Adding an op touches two files: its page and its kernel. Few modules name tensor ops by hand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tracescript.opset.table import opset

PACKAGE = Path(__file__).resolve().parents[1] / "tracescript"
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


def test_an_op_added_by_its_page_and_its_kernel_is_known_to_every_part_of_the_package() -> None:
    script = Path(__file__).with_name("added_op.py")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    numbers = str([2.0**-51, -(2.0**-49)])  # twice the distances from 1 and from -4
    shown = [numbers, numbers, "True True"]
    assert done.stdout.splitlines() == [
        *shown,  # traced: both engines, its name in the code and in the graph
        *shown,  # scripted
        str([2.0**-23]),
        "BAD_CALL OP spacing C1",
        "True",
    ], done.stderr
