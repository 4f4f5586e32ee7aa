"""Rows of the language table: programs give what CPython gives, the neighbour is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.script_table.rows import TABLES, rows
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


def test_the_page_lists_every_row():
    page = PAGE.read_text(encoding="utf-8")

    assert [says for says in ROWS if says.replace("|", "\\|") not in page] == []
