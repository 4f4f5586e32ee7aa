"""The command line: what a user types, what is printed, and the exit codes 0, 1 and 2."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tracescript.cli.main import main

PROGRAM = """
from tracescript import nn


class Gate(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        else:
            return -x


class Faulty(nn.Module):
    def forward(self, x):
        raise RuntimeError("out of order")


class Several(nn.Module):
    def forward(self, x):
        return {"twice": x * 2, "half": x / 2}, [x.sum()]


class Odd(nn.Module):
    def forward(self, x):
        try:
            return x
        except ValueError:
            return -x
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    (tmp_path / "gate_program.py").write_text(PROGRAM, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(capfd):
    def run(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(list(args))
        out, err = capfd.readouterr()
        return int(caught.value.code or 0), out, err

    return run


@pytest.fixture
def traced(folder, call) -> str:
    code, _, err = call(
        "trace", "gate_program.py:Gate", "-i", "float32[2] 1 2", "-o", "gate.tsproto"
    )
    assert code == 0
    assert "x.sum() > 0 was True" in err
    return "gate.tsproto"


def test_help_lists_every_command(call) -> None:
    code, out, _ = call("--help")

    assert code == 0
    for name in "demo trace script show check verify run serve infer conformance ops".split():
        assert f"\n  {name} " in out


def test_a_traced_file_runs_on_the_branch_it_saw(traced, call) -> None:
    code, out, _ = call("run", traced, "-i", "float32[2] 3 4", "--compare", "ref")

    assert code == 0
    assert "[3. 4.]" in out
    assert "py against ref: equal" in out


def test_the_other_branch_ends_with_exit_code_1_and_the_reason(traced, call) -> None:
    code, _, err = call("run", traced, "-i", "float32[2] -3 -4")

    assert code == 1
    assert "GUARD_FAILED" in err
    assert "Traceback" not in err


def test_run_writes_outputs_that_numpy_reads(traced, call, folder) -> None:
    code, _, _ = call("run", traced, "-i", "float32[2] 3 4", "-o", "out.npz")

    assert code == 0
    assert np.load("out.npz")["output"].tolist() == [3, 4]


def test_show_prints_every_part(traced, call) -> None:
    code, out, _ = call("show", traced)

    assert code == 0
    for word in ("signature", "modules", "graph", "code", "decisions", "weights"):
        assert f"\n{word}\n" in out
    assert "guard branch" in out
    assert "x.sum() > 0" in out


def test_check_and_verify_pass_on_a_good_file(traced, call) -> None:
    code, out, _ = call("check", traced)
    assert code == 0
    assert "valid" in out

    code, out, _ = call("verify", traced)
    assert code == 0
    assert out.count("passed") == 2


def test_check_refuses_a_damaged_file(traced, call) -> None:
    data = bytearray(Path(traced).read_bytes())
    data[60] ^= 1
    Path("bad.tsproto").write_bytes(data)

    code, _, err = call("check", "bad.tsproto", traced)

    assert code == 1
    assert "bad.tsproto: refused" in err


def test_script_compiles_both_branches(folder, call) -> None:
    code, _, _ = call("script", "gate_program.py:Gate", "-t", "x=float32[N]", "-o", "s.tsproto")
    assert code == 0

    code, out, _ = call("run", "s.tsproto", "-i", "float32[2] -3 -4")
    assert code == 0
    assert "[3. 4.]" in out


def test_a_program_outside_the_subset_is_shown_with_a_caret(folder, call) -> None:
    code, _, err = call("script", "gate_program.py:Odd", "-o", "odd.tsproto")

    assert code == 1
    assert "gate_program.py:25" in err
    assert "try" in err
    assert "^" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "args",
    [
        ["bogus"],
        ["run"],
        ["trace", "nothing", "-o", "x"],
        ["trace", "gate_program.py:Missing", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "float99[2]", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "float32[2] 1 2 3", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "float32[2] one two", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "int8[1] 300", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "bool[1] maybe", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "float32[2]", "-d", "x=B", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "float32[2]", "-d", "x.0=2B", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-i", "float32[2]", "-d", "x.0=B:7..3", "-o", "x"],
        ["trace", "gate_program.py:Gate", "-d", "x.0=A", "-d", "x.0=B", "-o", "x"],
        ["serve", "gate_program.py", "--port", "99999"],
        ["ops", "--profile", "odd"],
        ["run", "missing.tsproto"],
        ["ops", "--tier", "odd"],
    ],
)
def test_wrong_usage_ends_with_exit_code_2(folder, call, args) -> None:
    code, _, err = call(*args)

    assert code == 2
    assert "Traceback" not in err


def test_what_a_program_raises_is_told_in_one_line_with_its_place(folder, call) -> None:
    code, _, err = call("trace", "gate_program.py:Faulty", "-i", "float32[2]", "-o", "x")

    assert code == 1
    assert "gate_program.py:15: RuntimeError: out of order" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("text", ["def forward(:", "raise ValueError('at import')"])
def test_a_program_that_cannot_be_imported_is_told_in_one_line(folder, call, text) -> None:
    Path("odd_program.py").write_text(text, "utf-8")

    code, _, err = call("trace", "odd_program.py:f", "-o", "x")

    assert code == 1
    assert "odd_program.py:1: " in err
    assert "Traceback" not in err


def test_a_file_that_cannot_be_written_is_told_by_its_name(traced, call) -> None:
    code, _, err = call("trace", "gate_program.py:Gate", "-i", "float32[2]", "-o", "no/x.tsproto")

    assert code == 1
    assert err.splitlines()[-1] == "no/x.tsproto: No such file or directory"


def test_run_prints_each_part_of_a_nested_output(folder, call) -> None:
    call("trace", "gate_program.py:Several", "-i", "float32[2]", "-o", "s.tsproto")

    _, out, _ = call("run", "s.tsproto", "-i", "float32[2] 1 2")

    assert out.splitlines() == [
        "output_0['twice']: float32[2]",
        "  [2. 4.]",
        "output_0['half']: float32[2]",
        "  [0.5 1. ]",
        "output_1[0]: float32[]",
        "  3.",
    ]


def test_code_that_is_not_shown_on_a_terminal_keeps_its_lines(folder, call) -> None:
    call("trace", "gate_program.py:Several", "-i", "float32[2]", "-o", "s.tsproto")

    _, out, _ = call("show", "s.tsproto", "-p", "code")

    (line,) = [line for line in out.splitlines() if "def forward" in line]
    assert len(line) > 80
    assert line.endswith(":")


def test_ops_lists_filters_and_explains(call) -> None:
    code, out, _ = call("ops", "--profile", "nn")
    assert code == 0
    assert "conv2d" in out

    code, out, _ = call("ops", "clamp")
    assert code == 0
    assert "min(max(x, lo), hi)" in out

    code, out, _ = call("ops", "einsum")
    assert code == 0
    assert "`einsum(tensors: list[T]; equation: str) -> y: tensor[T]`" in out

    code, out, _ = call("ops", "topk")
    assert code == 0
    assert "* too many: x = int64[1] `1`, k = int `2` gives SHAPE_ERROR (by hand, NUM-64)" in out

    code, _, err = call("ops", "clmp")
    assert code == 1
    assert err.startswith("no op 'clmp'; did you mean clamp")


def test_serve_answers_infer_and_drains_on_sigterm(traced) -> None:
    command = [sys.executable, "-m", "tracescript"]
    server = subprocess.Popen(
        [*command, "serve", traced, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = [server.stdout.readline() for _ in range(2)]
        address = lines[1].split()[-1]
        asked = [*command, "infer", address, "gate", "-i", "float32[2] 5 6"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)

        assert answer.returncode == 0, answer.stderr
        assert "[5. 6.]" in answer.stdout
        os.kill(server.pid, signal.SIGTERM)
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.stdout.close()
