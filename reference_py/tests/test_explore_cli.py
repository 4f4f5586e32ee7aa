"""`tracescript trace --explore N`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import tracescript as ts
from tracescript.cli.main import cli

PROGRAM = """
from tracescript import nn


class Gate(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "explored_gate.py").write_text(PROGRAM, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_explored_on_the_command_line_keeps_both_arms(folder):
    given = ["trace", "explored_gate.py:Gate", "-i", "float32[2] 1 2", "-o", "gate.tsproto"]

    result = CliRunner().invoke(cli, [*given, "--explore", "2"])

    assert result.exit_code == 0, result.output
    assert "TraceWarning" not in result.output
    model = ts.load(folder / "gate.tsproto")
    assert [f.origin for f in model.ir.functions if f.name] == ["explored"]


def test_no_run_at_all_is_refused(folder):
    given = ["trace", "explored_gate.py:Gate", "-i", "float32[2] 1 2", "-o", "gate.tsproto"]

    assert CliRunner().invoke(cli, [*given, "--explore", "0"]).exit_code == 2
