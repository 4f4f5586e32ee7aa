"""Step 1: what tracing loses, how the file says so, and the cure."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from tracescript import api
from tracescript.cli.demo.programs import Gate
from tracescript.errors import GuardError, TraceWarning

if TYPE_CHECKING:
    from tracescript.cli.demo.stage import Stage

POSITIVE = np.array([1.0, 2.0, 3.0], np.float32)
NEGATIVE = np.array([-1.0, -2.0, -3.0], np.float32)


def show_gate(stage: Stage) -> None:
    """Trace the gate, meet the untaken branch, script it."""
    stage.title("1  The decision gate: a branch that tracing loses")
    stage.quote("if x.sum() > 0:\n    return x\nelse:\n    return -x", "python")
    stage.say("Tracing runs it once, on [1, 2, 3]. The branch not taken is lost, and we say so:")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TraceWarning)
        traced = api.trace(Gate(), (POSITIVE,), name="gate")
    stage.quote("\n".join(str(w.message) for w in caught))
    stage.expect("one warning", len(caught), 1)
    file = stage.folder / "gate_traced.tsproto"
    api.save(traced, file)
    stage.say(f"\nSaved as {file.name}. Its graph and code carry the loss as a guard:")
    stage.quote(traced.graph)
    stage.quote(traced.code, "python")
    _other_branch(stage, str(file))
    _cure(stage)


def _other_branch(stage: Stage, file: str) -> None:
    loaded = api.load(file)
    stage.say("\nThe loaded trace, called with [-1, -2, -3], stops instead of answering wrong:")
    try:
        loaded(NEGATIVE)
    except GuardError as error:
        stage.quote(str(error))
        stage.expect("stopped with GUARD_FAILED", error.code, "GUARD_FAILED")
    else:
        stage.expect("stopped", "it answered", "an error")
    lossy = api.load(file, guards="ignore")(NEGATIVE)
    stage.expect(f"guards='ignore' gives the traced arm: {lossy}", lossy.tolist(), [-1, -2, -3])


def _cure(stage: Stage) -> None:
    scripted = api.script(Gate(), types={"x": "float32[N]"}, name="gate")
    file = stage.folder / "gate_scripted.tsproto"
    api.save(scripted, file)
    stage.say(f"\nScripting compiles the source instead, so both branches are in {file.name}:")
    stage.quote(scripted.graph)
    stage.quote(scripted.code, "python")
    loaded = api.load(file)
    stage.expect("script gives [1, 2, 3] for [-1, -2, -3]", loaded(NEGATIVE).tolist(), [1, 2, 3])
    stage.expect("script gives [1, 2, 3] for [1, 2, 3]", loaded(POSITIVE).tolist(), [1, 2, 3])
