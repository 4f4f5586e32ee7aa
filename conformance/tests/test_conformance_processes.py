"""Testees as processes: pipes that nobody reads or closes, and how a process is ended."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest
from test_conformance_doors import BAD, CORPUS, RAW, asked, case

from tracescript_conformance import process, schedule
from tracescript_conformance.doors.stdio import Stdio


def test_a_testee_that_never_reads_its_input_times_out():
    door = Stdio([*RAW, "never_reads"], 0.5, "1.0.0")
    large = schedule.requests(case(BAD), CORPUS.content)[0]
    large.run.model.content = bytes(1 << 20)
    try:
        with pytest.raises(process.TesteeTimedOutError, match="does not read"):
            door.ask(large)
    finally:
        door.stop()


def test_a_grandchild_that_holds_the_pipes_does_not_hold_the_runner():
    outcome, _, stopped = asked(Stdio([*RAW, "leaves_a_grandchild"], 5.0, "1.0.0"))

    assert (outcome, stopped) == ("FAILED", True)


def test_on_windows_a_testee_that_hangs_is_ended_with_all_it_started(tmp_path, monkeypatch):
    """A stand-in for `taskkill` kills and notes what it was told; nothing else ends a process."""
    stand_in, told = tmp_path / "taskkill", tmp_path / "told"
    stand_in.write_text(f'#!/bin/sh\necho "$*" >> {told}\nkill -9 "$4"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "killpg")
    monkeypatch.delattr(signal, "SIGKILL")

    found = asked(Stdio([*RAW, "trickles"], 1.0, "1.0.0"))

    assert found[:2] == ("TIMED_OUT", "no answer in time")
    assert re.fullmatch(r"(/F /T /PID \d+\n)+", told.read_text())
