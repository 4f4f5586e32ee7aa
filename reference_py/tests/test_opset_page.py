"""What the page about the opset says holds for the op files and for the code."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tracescript.ir import DataType
from tracescript.opset import dtypes
from tracescript.opset.table import opset

PAGE = (Path(__file__).resolve().parents[2] / "spec" / "opset.md").read_text("utf-8")
MOST_PRIMITIVES = 80


def joined_types() -> dict[tuple[str, str], str]:
    """Return the two tables of joined types, which stand side by side on the page."""
    rows = [[c.strip() for c in line.split("|")[1:-1]] for line in PAGE.splitlines() if "|" in line]
    start = next(i for i, row in enumerate(rows) if row[:2] == ["", "uint8"])
    table = rows[start : start + 7]
    found = {}
    for width, columns in ((6, range(1, 6)), (5, range(8, 12))):
        first = 0 if width == 6 else 7
        for row in table[2:]:
            found |= {(row[first], table[0][c]): row[c] for c in columns if row[first]}
    return found


def test_the_table_of_joined_types_is_whole_and_what_the_producers_do():
    table = joined_types()

    ints, floats = (sorted(d.value for d in dtypes.SETS[name]) for name in ("int", "float"))
    assert set(table) == {*itertools.product(ints, ints), *itertools.product(floats, floats)}
    for (a, b), expected in table.items():
        assert dtypes.wider(DataType(a), DataType(b)) is DataType(expected), (a, b)


@pytest.mark.parametrize("name", ["int", "float", "complex"])
def test_the_members_of_a_set_are_those_on_the_page(name):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))

    assert set(row.split("|")[2].split()) == {d.value for d in dtypes.SETS[name]}


def test_the_classes_of_promotion_on_the_page_are_those_of_the_ops():
    section = PAGE[PAGE.index("## Promotion") : PAGE.index("## Versions")]

    listed = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert {op.promotion for op in opset()} == listed


def test_a_loader_of_core_and_nn_needs_few_kernels():
    primitives = [op for op in opset() if op.profile in {"core", "nn"} and not op.is_composite]

    assert len(primitives) <= MOST_PRIMITIVES
    assert f"at most {MOST_PRIMITIVES} primitives" in PAGE


def test_ops_whose_tier_the_page_explains_have_that_tier():
    row = re.compile(r"^\| ((?:`[\w.]+`(?:, )?)+) \| a? ?(primitive|composite)s? \|", re.MULTILINE)

    tiers = {
        name: tier for names, tier in row.findall(PAGE) for name in re.findall(r"`([\w.]+)`", names)
    }
    assert "conv3d" in tiers
    assert {n: opset()[n].is_composite for n in tiers} == {
        n: tier == "composite" for n, tier in tiers.items()
    }
