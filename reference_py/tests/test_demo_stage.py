"""What the demo prints where there is no terminal, or none that knows more than ASCII."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from tracescript.cli.demo.stage import Stage, SurpriseError


def printed(stage: Stage) -> str:
    stage.console.file.seek(0)
    return stage.console.file.read()


def stage_in(encoding: str) -> Stage:
    file = io.TextIOWrapper(io.BytesIO(), encoding, newline="")
    return Stage(Console(file=file, width=80), Path())


def test_a_quoted_line_is_neither_wrapped_nor_padded() -> None:
    stage = stage_in("utf-8")
    line = "x = " + " + ".join(["[y]"] * 40)

    stage.quote(line, "python")

    assert printed(stage) == f"    {line}\n"


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "✓"), ("ascii", "ok")])
def test_a_checked_fact_has_a_mark_that_the_output_can_show(encoding, mark) -> None:
    stage = stage_in(encoding)

    stage.expect("two and two", 2 + 2, 4)

    assert printed(stage) == f"  {mark} two and two\n"


def test_a_fact_that_is_not_so_ends_the_demo_with_found_and_expected() -> None:
    with pytest.raises(SurpriseError, match="two and two: 5 expected, found 4"):
        stage_in("utf-8").expect("two and two", 2 + 2, 5)
