"""Loaders with one thing wrong inside, in this process: the suite's own cases must notice each."""

from __future__ import annotations

import fnmatch
from types import SimpleNamespace

import numpy as np
import pytest

from tracescript import testee
from tracescript.conformance.v1 import report_pb2
from tracescript.engine import guards, ref
from tracescript.errors import TsError
from tracescript.v1 import error_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance.schedule import one

CORPUS = corpora.load()


class Door:
    """Asks the loader without a process."""

    def __init__(self, engine):
        self._loader = testee.Loader(engine)
        self.hello = self._loader.hello(None)

    def ask(self, request, extra=0.0):
        return testee.answer(self._loader, request)


def failures(*patterns, engine="ref"):
    """Run the cases that match; return the ids of those that do not pass."""
    door = Door(engine)
    entries = [
        e for e in CORPUS.manifest.entries if any(fnmatch.fnmatch(e.id, p) for p in patterns)
    ]
    assert entries
    results = [one(CORPUS, CORPUS.case(e), door) for e in entries]
    # A mutant that breaks the loader proves nothing: it has to be wrong, not to fall over.
    assert [r.detail for r in results if r.found_code == error_pb2.ERROR_CODE_INTERNAL] == []
    return [r.case_id for r in results if r.outcome != report_pb2.OUTCOME_PASSED]


def test_the_unchanged_loader_passes():
    assert failures("loss/*", "flow/*") == []


def test_dropped_guards_are_noticed(monkeypatch):
    monkeypatch.setattr(ref, "holds", lambda decision, value: True)

    found = failures("loss/*")

    assert "loss/gate/traced_stops_where_the_other_arm_is_needed" in found
    assert "loss/pairs/gate_traced_against_scripted" in found


def test_guards_that_always_fail_are_noticed(monkeypatch):
    monkeypatch.setattr(ref, "holds", lambda decision, value: False)

    assert failures("loss/gate/*")


def test_only_the_first_guard_checked_is_noticed(monkeypatch):
    def first(function):
        found = real(function)
        return {v: [i for i in places if i == 0] for v, places in found.items()}

    real = ref._by_value
    monkeypatch.setattr(ref, "_by_value", first)

    assert any(i.startswith("loss/programs/three_gates") for i in failures("loss/programs/*"))


@pytest.mark.parametrize("always", [0, 1])
def test_one_arm_always_taken_is_noticed(always, monkeypatch):
    def node(self, scope, node, env):
        if node.op == "if":
            node = SimpleNamespace(
                op="if", inputs=node.inputs, blocks=[node.blocks[always]] * 2, outputs=node.outputs
            )
        return (yield from real(self, scope, node, env))

    runner = _runner("node")
    real = runner.node
    monkeypatch.setattr(runner, "node", node)
    found = failures("loss/cell/*", "flow/if/*")

    assert "loss/cell/traced_around_scripted_is_right" in found
    assert "flow/if/three_ways" in found


def _runner(method):
    """The class of the reference engine that has a method of this name and runs nodes."""
    return next(
        c
        for c in vars(ref).values()
        if isinstance(c, type) and method in vars(c) and "loop" in vars(c)
    )


@pytest.mark.parametrize(
    "change", ["first_condition_ignored", "one_trip_more", "one_trip_less", "not_carried"]
)
def test_a_wrong_loop_is_noticed(change, monkeypatch):
    def loop(self, scope, node, inputs, env):
        trip, condition, *carried = inputs
        if change == "first_condition_ignored":
            condition = True
        elif change == "one_trip_more" and trip is not None:
            trip += 1
        elif change == "one_trip_less" and trip is not None:
            trip -= 1
        results = yield from real(self, scope, node, [trip, condition, *carried], env)
        return carried if change == "not_carried" else results

    runner = _runner("loop")
    real = runner.loop
    monkeypatch.setattr(runner, "loop", loop)

    assert any(i.startswith("flow/loop/") for i in failures("flow/*"))


def test_a_guard_mode_that_heals_is_noticed(monkeypatch):
    """With guards off, the value of the program instead of the recorded arm's."""

    def call(self, instance, request):
        outputs, failed = real(self, instance, request)
        for entry in outputs.table:
            if entry.HasField("tensor") and instance.settings.guards == "ignore":
                array = np.frombuffer(entry.tensor.content, np.float32)
                entry.tensor.content = (array if array.sum() > 0 else -array).tobytes()
        return outputs, failed

    real = testee.Loader.call
    monkeypatch.setattr(testee.Loader, "call", call)

    assert "loss/gate/traced_with_guards_off_is_not_healed" in failures("loss/gate/*")


def test_nan_that_differs_from_nan_is_noticed(monkeypatch):
    monkeypatch.setattr(guards, "_equal", lambda observed, now: bool(np.all(observed == now)))

    assert "loss/programs/an_observation_of_nan_holds_for_nan" in failures("loss/programs/*")


def test_a_state_written_before_success_is_noticed(monkeypatch):
    """The count goes up although the call failed."""
    from tracescript.v1 import data_pb2

    def call(self, instance, request):
        failed = getattr(instance, "failed", 0)
        try:
            outputs, found = real(self, instance, request)
        except TsError:
            instance.failed = failed + 1
            raise
        for entry in outputs.table:
            if entry.WhichOneof("kind") == "int_value":
                entry.CopyFrom(data_pb2.Data(int_value=entry.int_value + failed))
        return outputs, found

    real = testee.Loader.call
    monkeypatch.setattr(testee.Loader, "call", call)

    found = failures("loss/programs/a_failed_guard*", "trap/scalar/*", "trap/state/*")

    assert "loss/programs/a_failed_guard_changes_no_state" in found
    assert "trap/scalar/sum_beyond_64_bits" in found
    assert "trap/state/a_later_trap_takes_the_earlier_writes_back" in found


@pytest.mark.parametrize(
    ("module", "name", "pattern"),
    [
        ("tracescript.validator", "validate", "graph/*"),
        ("tracescript.validator", "link", "link/opset/*"),
        ("tracescript.code.reader", "check_code", "code_bad/*"),
    ],
)
def test_a_check_left_out_is_noticed(module, name, pattern, monkeypatch):
    import importlib

    from tracescript import api

    nothing = lambda *args, **kwargs: None
    monkeypatch.setattr(importlib.import_module(module), name, nothing)
    if hasattr(api, name):
        monkeypatch.setattr(api, name, nothing)

    assert failures(pattern)
