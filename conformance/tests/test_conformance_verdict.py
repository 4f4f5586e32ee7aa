"""The judge: a table of lies, each with the verdict that it must get."""

from __future__ import annotations

import pytest
from case_values import bundle, expected

from tracescript.conformance.v1 import case_pb2, report_pb2, testee_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance.verdict import judge

PASSED, FAILED = report_pb2.OUTCOME_PASSED, report_pb2.OUTCOME_FAILED


def step_case(*, fails=None, strict=True, guards=()):
    case = case_pb2.Case(id="a/b/c", needs=["core"])
    step = case.run.steps.add(method="forward")
    if fails:
        step.refusal.codes.append(fails)
        step.refusal.phase = error_pb2.PHASE_EXECUTE
        step.refusal.strict_code = strict
    else:
        step.expected.CopyFrom(expected("int 1"))
    for function, index in guards:
        step.failed_guards.add(function=function, index=index)
    return case


def verdict(case, *responses, claims=("core",)):
    return judge(case, responses, frozenset(claims), lambda artifact: artifact.content)


def run_response(*answers, refused=None):
    made = testee_pb2.RunResponse(answers=answers)
    if refused:
        made.refused.code = refused
    return testee_pb2.TesteeResponse(run=made)


RIGHT = testee_pb2.Answer(outputs=bundle("int 1"))
GUARD = error_pb2.ERROR_CODE_GUARD_FAILED
TRAP = testee_pb2.Answer(error=error_pb2.Error(code=GUARD, phase=error_pb2.PHASE_EXECUTE))
OTHER = testee_pb2.Answer(
    error=error_pb2.Error(code=error_pb2.ERROR_CODE_INDEX_ERROR, phase=error_pb2.PHASE_EXECUTE)
)
INTERNAL = testee_pb2.Answer(error=error_pb2.Error(code=error_pb2.ERROR_CODE_INTERNAL))


@pytest.mark.parametrize(
    ("case", "response", "outcome"),
    [
        (step_case(), run_response(RIGHT), PASSED),
        (step_case(), run_response(TRAP), FAILED),
        (step_case(), run_response(), FAILED),
        (step_case(), run_response(RIGHT, RIGHT), FAILED),
        (step_case(), run_response(testee_pb2.Answer()), FAILED),
        (step_case(), run_response(refused=error_pb2.ERROR_CODE_BAD_CALL), FAILED),
        (step_case(), testee_pb2.TesteeResponse(), FAILED),
        (step_case(fails=GUARD), run_response(TRAP), PASSED),
        (step_case(fails=GUARD), run_response(RIGHT), FAILED),
        (step_case(fails=GUARD), run_response(OTHER), FAILED),
        (step_case(fails=GUARD, strict=False), run_response(OTHER), PASSED),
        (step_case(fails=GUARD, strict=False), run_response(INTERNAL), FAILED),
        (step_case(guards=[(1, 0)]), run_response(RIGHT), FAILED),
    ],
)
def test_a_run_is_judged_by_its_answers(case, response, outcome):
    assert verdict(case, response).outcome == outcome


def reject_case(*codes, strict=False, phase=error_pb2.PHASE_VALIDATE):
    case = case_pb2.Case(id="a/b/c", needs=["loader"])
    case.reject.refusal.codes.extend(codes)
    case.reject.refusal.phase = phase
    case.reject.refusal.strict_code = strict
    return case


def refused(code, phase):
    made = testee_pb2.RunResponse()
    made.refused.code, made.refused.phase = code, phase
    return testee_pb2.TesteeResponse(run=made)


BAD_CALL, BAD_TYPE = error_pb2.ERROR_CODE_BAD_CALL, error_pb2.ERROR_CODE_BAD_TYPE


@pytest.mark.parametrize(
    ("case", "response", "outcome"),
    [
        (reject_case(BAD_CALL), refused(BAD_CALL, error_pb2.PHASE_VALIDATE), PASSED),
        (reject_case(BAD_CALL), refused(BAD_CALL, error_pb2.PHASE_DECODE), PASSED),
        (reject_case(BAD_CALL), refused(BAD_CALL, error_pb2.PHASE_EXECUTE), FAILED),
        (reject_case(BAD_CALL), refused(BAD_TYPE, error_pb2.PHASE_VALIDATE), PASSED),
        (reject_case(BAD_CALL, strict=True), refused(BAD_TYPE, error_pb2.PHASE_VALIDATE), FAILED),
        (
            reject_case(BAD_CALL, BAD_TYPE, strict=True),
            refused(BAD_TYPE, error_pb2.PHASE_VALIDATE),
            PASSED,
        ),
        (reject_case(BAD_CALL), refused(error_pb2.ERROR_CODE_INTERNAL, 0), FAILED),
        (reject_case(BAD_CALL), run_response(), FAILED),
    ],
)
def test_a_refusal_is_judged_by_whether_it_came_its_phase_and_its_code(case, response, outcome):
    assert verdict(case, response).outcome == outcome


def test_a_skip_is_a_broken_claim_where_everything_needed_is_claimed():
    skip = testee_pb2.TesteeResponse(skipped=testee_pb2.Skipped(reason="no"))

    assert verdict(step_case(), skip).outcome == report_pb2.OUTCOME_BROKEN_CLAIM
    assert verdict(step_case(), skip, claims=("loader",)).outcome == report_pb2.OUTCOME_SKIPPED


def test_a_fact_that_differs_is_named():
    case = case_pb2.Case(id="a/b/c")
    case.inspect.facts.add(key="methods", value="forward")
    response = testee_pb2.TesteeResponse(inspect=testee_pb2.InspectResponse())
    response.inspect.facts.add(key="methods", value="forward step")

    assert "forward step" in verdict(case, response).detail


def pair_case(shape=False):
    case = case_pb2.Case(id="a/b/c")
    item = case.diff_pair.inputs.add(eager=expected("int -1"), traced=expected("int 1"))
    item.failed_guard.function, item.failed_guard.index = 2, 0
    item.failed_guard.is_shape_guard = shape
    return case


def guard_answer(function, index):
    error = error_pb2.Error(code=GUARD, phase=error_pb2.PHASE_EXECUTE)
    error.guard.function, error.guard.index = function, index
    return testee_pb2.Answer(error=error)


OWN, WHOLE = testee_pb2.Answer(outputs=bundle("int 1")), testee_pb2.Answer(outputs=bundle("int -1"))


@pytest.mark.parametrize(
    ("answers", "outcome", "word"),
    [
        ((guard_answer(2, 0), OWN, WHOLE), PASSED, ""),
        ((guard_answer(2, 1), OWN, WHOLE), FAILED, "guard"),
        ((WHOLE, OWN, WHOLE), FAILED, "traced"),
        ((guard_answer(2, 0), WHOLE, WHOLE), FAILED, "guards off"),
        ((guard_answer(2, 0), OWN, OWN), FAILED, "whole"),
    ],
)
def test_a_pair_catches_dropped_guards_healed_traces_and_wrong_arms(answers, outcome, word):
    found = verdict(pair_case(), *(run_response(a) for a in answers))

    assert found.outcome == outcome
    assert word in found.detail


def test_a_wrong_code_is_marked_though_a_later_step_is_right():
    case = step_case(fails=GUARD, strict=False)
    case.run.steps.add(method="forward", expected=expected("int 1"))

    found = verdict(case, run_response(OTHER, RIGHT))

    assert (found.outcome, found.step, found.another_code) == (PASSED, 0, True)
    assert found.detail == "GUARD_FAILED expected, found INDEX_ERROR"
