"""What a case asks of a testee: one request, three for a pair; expected values stay here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.conformance.v1 import case_pb2, testee_pb2
from tracescript.v1 import error_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

    Content = Callable[[case_pb2.Artifact], bytes]


def requests(case: case_pb2.Case, content: Content) -> list[testee_pb2.TesteeRequest]:
    """Return the requests of a case in order; `content` gives an artifact's bytes."""
    kind = case.WhichOneof("kind")
    model = testee_pb2.ModelSource(content=content(case.artifacts[0]))
    if kind == "run":
        request = _run(model, list(case.run.steps), case.run.options)
        request.run.full_verify = case.run.full_verify
        return [request]
    if kind == "trap":
        steps = (
            [case.trap.step, case.trap.after] if case.trap.HasField("after") else [case.trap.step]
        )
        return [_run(model, steps, case.trap.options)]
    if kind == "reject":
        full = case.reject.full_verify
        return [testee_pb2.TesteeRequest(run=testee_pb2.RunRequest(model=model, full_verify=full))]
    if kind == "inspect":
        keys = [fact.key for fact in case.inspect.facts]
        return [testee_pb2.TesteeRequest(inspect=testee_pb2.InspectRequest(model=model, keys=keys))]
    if kind == "round_trip":
        form = case.round_trip.form
        return [testee_pb2.TesteeRequest(save=testee_pb2.SaveRequest(model=model, form=form))]
    if kind == "recompile":
        save = testee_pb2.SaveRequest(
            model=model, form=case_pb2.ROUND_TRIP_IDENTICAL, recompile=True
        )
        return [testee_pb2.TesteeRequest(save=save)]
    return _pair(case, content)


def _run(
    model: testee_pb2.ModelSource, steps: list[case_pb2.Step], options: case_pb2.CallOptions
) -> testee_pb2.TesteeRequest:
    calls = [testee_pb2.Call(method=s.method, inputs=s.inputs) for s in steps]
    return testee_pb2.TesteeRequest(
        run=testee_pb2.RunRequest(model=model, calls=calls, options=options)
    )


def _pair(case: case_pb2.Case, content: Content) -> list[testee_pb2.TesteeRequest]:
    """Traced with guards, traced without, and the whole program, on the same inputs."""
    pair = case.diff_pair
    steps = [case_pb2.Step(method=pair.method, inputs=i.inputs) for i in pair.inputs]
    traced, whole = (testee_pb2.ModelSource(content=content(a)) for a in case.artifacts[:2])
    modes = (error_pb2.GUARD_MODE_ERROR, error_pb2.GUARD_MODE_IGNORE, error_pb2.GUARD_MODE_ERROR)
    return [
        _run(model, steps, case_pb2.CallOptions(guards=mode))
        for model, mode in zip((traced, traced, whole), modes, strict=True)
    ]
