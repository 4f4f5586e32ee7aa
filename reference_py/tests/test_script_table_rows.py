"""Rows of the language table: programs give what CPython gives, the neighbour is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.script_table.rows import ALL, TABLES, rows
from tests.script_table.run import differences, refusal

ROWS = {row.says: row for table in TABLES for row in rows(table)}
PAGE = Path(__file__).resolve().parents[2] / "spec" / "generated" / "script_table.md"


@pytest.mark.parametrize("engine", ["ref", "py"])
@pytest.mark.parametrize("says", [s for s, row in ROWS.items() if row.accepted])
def test_the_programs_of_a_row_give_what_cpython_gives(says, engine):
    row = ROWS[says]

    assert [differences(row, body, engine) for body in row.accepted] == [[] for _ in row.accepted]


@pytest.mark.parametrize("says", ROWS)
def test_the_neighbour_of_a_row_is_refused_with_this_text(says):
    error = refusal(ROWS[says])

    assert str(error) == ROWS[says].error.strip("\n")


@pytest.mark.parametrize("says", ROWS)
def test_a_refusal_has_a_code_a_line_a_caret_and_a_hint_on_one_screen(says):
    error = refusal(ROWS[says])

    assert error.code in {"UNSUPPORTED_PYTHON", "TYPE_INFERENCE", "UNKNOWN_CALL", "ALIASING"}
    assert error.where.startswith("<row.py>:")
    assert "^" in error.excerpt
    assert error.hint
    assert len(str(error).splitlines()) <= 12


def test_a_row_that_scripts_have_has_programs_and_another_none():
    assert [s for s, row in ROWS.items() if (row.status == "yes") != bool(row.accepted)] == []


def test_the_page_says_of_every_row_how_many_runs_were_equal_and_what_refuses():
    page = PAGE.read_text(encoding="utf-8")
    every = [row for table in ALL for row in rows(table)]
    kept = sum(bool(row.accepted) for row in every)

    assert [row.says for row in every if line(row) not in page] == []
    assert page.count("\n| ") == len(every) + len(ALL)
    assert f"{len(every)} rows: {kept} that scripts have, {len(every) - kept} refused" in page


def line(row):
    """Write the line of the page for a row that holds."""
    runs = f"{len(row.accepted) * len(row.args)} runs equal" if row.accepted else row.status
    code, rule = re.search(r"\[(\w+) (SCRIPT-\d+|OP\.\S+)\]\n", row.error).groups()
    says, runs = (text.replace("|", "\\|") for text in (row.says, runs))
    return f"\n| {says} | {runs} | {code} {rule} |\n"
