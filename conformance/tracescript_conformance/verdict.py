"""Judges the answers to a case. Pure: what the case expects and what came back, to a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracescript.conformance.v1 import case_pb2, report_pb2, testee_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance.compare import compare
from tracescript_conformance.sections import MODEL, section

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PASSED = report_pb2.OUTCOME_PASSED
FAILED = report_pb2.OUTCOME_FAILED
SKIPPED = report_pb2.OUTCOME_SKIPPED
BROKEN_CLAIM = report_pb2.OUTCOME_BROKEN_CLAIM


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a case, the step that decided, and one line for people."""

    outcome: int
    detail: str = ""
    step: int = 0
    expected_code: int = 0
    found_code: int = 0
    found_phase: int = 0
    worst_ratio: float = 0.0
    worst_element: str = ""
    refused_file: bool = False
    another_code: bool = False


def code_name(code: int) -> str:
    """Return a code without its prefix, or its number if it is none of ours."""
    if not code:
        return "no code"
    try:
        return error_pb2.ErrorCode.Name(code).removeprefix("ERROR_CODE_")
    except ValueError:
        return f"code {code}"


def _phase_name(phase: int) -> str:
    found = error_pb2.Phase.DESCRIPTOR.values_by_number.get(phase)
    return found.name.removeprefix("PHASE_") if found else str(phase)


def judge(
    case: case_pb2.Case,
    responses: Sequence[testee_pb2.TesteeResponse],
    claims: frozenset[str],
    content: Callable[[case_pb2.Artifact], bytes],
) -> Verdict:
    """Compare the responses to a case's requests with what it expects."""
    kind = case.WhichOneof("kind")
    for response in responses:
        skipped = _skip(response)
        if skipped is not None:
            broken = bool(claims) and set(case.needs) <= claims
            return Verdict(BROKEN_CLAIM if broken else SKIPPED, skipped)
    wanted = {
        "run": "run",
        "trap": "run",
        "reject": "run",
        "diff_pair": "run",
        "inspect": "inspect",
    }.get(kind, "save")
    for response in responses:
        found = response.WhichOneof("response")
        if found != wanted:
            return Verdict(FAILED, f"answered with {found or 'nothing'}, {wanted} expected")
    if kind == "reject":
        return _reject(case.reject.refusal, responses[0].run)
    if kind == "run":
        return _steps(list(case.run.steps), responses[0].run)
    if kind == "trap":
        after = [case.trap.after] if case.trap.HasField("after") else []
        return _steps([case.trap.step, *after], responses[0].run)
    if kind == "inspect":
        return _facts(case.inspect.facts, responses[0].inspect)
    if kind == "diff_pair":
        return _pair(case.diff_pair, responses)
    if kind == "recompile":
        return _recompiled(content(case.artifacts[0]), responses[0].save)
    return _bytes(content(case.artifacts[-1]), responses[0].save)


def _skip(response: testee_pb2.TesteeResponse) -> str | None:
    if response.WhichOneof("response") == "skipped":
        return response.skipped.reason or "skipped"
    if response.WhichOneof("response") == "run":
        for answer in response.run.answers:
            if answer.WhichOneof("outcome") == "skipped":
                return answer.skipped.reason or "skipped"
    return None


def _refused(error: error_pb2.Error, what: str = "refused the file") -> Verdict:
    words = (code_name(error.code), error.rule, error.message)
    detail = f"{what}: {' '.join(filter(None, words))}"
    found = Verdict(FAILED, detail, found_code=error.code, found_phase=error.phase)
    return replace(found, refused_file=True)


def _matches(refusal: case_pb2.Refusal, error: error_pb2.Error, step: int) -> Verdict:
    """A refusal passes if it came; a wrong code fails only where the case is strict about it."""
    expected = refusal.codes[0] if refusal.codes else 0

    def verdict(outcome: int, detail: str = "") -> Verdict:
        return Verdict(outcome, detail, step, expected, error.code, error.phase)

    if error.code == error_pb2.ERROR_CODE_INTERNAL:
        return verdict(FAILED, f"INTERNAL: {error.message}")
    if refusal.phase and error.phase and error.phase > refusal.phase:
        return verdict(FAILED, f"noticed only in phase {_phase_name(error.phase)}")
    if refusal.codes and error.code not in refusal.codes:
        detail = f"{code_name(expected)} expected, found {code_name(error.code)}"
        if refusal.strict_code:
            return verdict(FAILED, detail)
        return replace(verdict(PASSED, detail), another_code=True)
    if refusal.placed and not error.where:
        return verdict(FAILED, f"{code_name(error.code)} does not say where")
    return verdict(PASSED)


def _reject(refusal: case_pb2.Refusal, run: testee_pb2.RunResponse) -> Verdict:
    if run.HasField("refused"):
        return replace(_matches(refusal, run.refused, 0), refused_file=True)
    expected = refusal.codes[0] if refusal.codes else 0
    return Verdict(FAILED, f"accepted; {code_name(expected)} expected", expected_code=expected)


def _steps(steps: list[case_pb2.Step], run: testee_pb2.RunResponse) -> Verdict:
    if run.HasField("refused"):
        return _refused(run.refused)
    if len(run.answers) != len(steps):
        many = "1 answer" if len(steps) == 1 else f"{len(steps)} answers"
        return Verdict(FAILED, f"{many} expected, found {len(run.answers)}")
    worst, odd = Verdict(PASSED), None
    for i, (step, answer) in enumerate(zip(steps, run.answers, strict=True)):
        last = _step(step, answer, i)
        if last.outcome != PASSED:
            return last
        if last.worst_ratio >= worst.worst_ratio:
            worst = last
        odd = odd or (last if last.another_code else None)
    if odd:
        return replace(odd, worst_ratio=worst.worst_ratio, worst_element=worst.worst_element)
    return worst


def _step(step: case_pb2.Step, answer: testee_pb2.Answer, index: int) -> Verdict:
    got = answer.WhichOneof("outcome")
    if step.WhichOneof("outcome") == "refusal":
        expected = step.refusal.codes[0] if step.refusal.codes else 0
        if got == "error":
            return _matches(step.refusal, answer.error, index)
        what = f"returned values; {code_name(expected)} expected"
        return Verdict(FAILED, what, step=index, expected_code=expected)
    if got != "outputs":
        detail = (
            f"{code_name(answer.error.code)} {answer.error.message}"
            if got == "error"
            else "no outputs"
        )
        return Verdict(
            FAILED, f"values expected, found {detail}", step=index, found_code=answer.error.code
        )
    found = compare(step.expected, answer.outputs)
    if found.what:
        return Verdict(
            FAILED,
            f"{found.where}: {found.what}",
            index,
            worst_ratio=found.worst_ratio,
            worst_element=found.where,
        )
    wrong = _guards([(g.function, g.index, g.is_shape_guard) for g in step.failed_guards], answer)
    if wrong:
        return Verdict(FAILED, wrong, index)
    return Verdict(PASSED, "", index, worst_ratio=found.worst_ratio, worst_element=found.where)


def _guards(expected: list[tuple[int, int, bool]], answer: testee_pb2.Answer) -> str:
    found = [(g.function, g.index, g.is_shape_guard) for g in answer.failed_guards]
    return "" if found == expected else f"failed guards {expected} expected, found {found}"


def _facts(facts: Any, response: testee_pb2.InspectResponse) -> Verdict:
    if response.HasField("refused"):
        return _refused(response.refused)
    found = {fact.key: fact.value for fact in response.facts}
    for fact in facts:
        if found.get(fact.key) != fact.value:
            return Verdict(
                FAILED, f"{fact.key}: {fact.value!r} expected, found {found.get(fact.key)!r}"
            )
    return Verdict(PASSED)


def _pair(pair: case_pb2.DiffPairCase, responses: Sequence[testee_pb2.TesteeResponse]) -> Verdict:
    """The traced file stops where its guard fails and runs its own arm with guards off."""
    plans: list[list[case_pb2.Step]] = [[], [], []]
    for item in pair.inputs:
        guarded = case_pb2.Step(method=pair.method)
        if item.HasField("failed_guard"):
            shape = item.failed_guard.is_shape_guard
            code = (
                error_pb2.ERROR_CODE_SHAPE_GUARD_FAILED
                if shape
                else error_pb2.ERROR_CODE_GUARD_FAILED
            )
            guarded.refusal.codes.append(code)
            guarded.refusal.strict_code = True
        else:
            guarded.expected.CopyFrom(item.eager)
        plans[0].append(guarded)
        traced = item.traced if item.HasField("traced") else item.eager
        plans[1].append(case_pb2.Step(method=pair.method, expected=traced))
        plans[2].append(case_pb2.Step(method=pair.method, expected=item.eager))
    worst = Verdict(PASSED)
    for name, plan, response in zip(
        ("traced", "guards off", "whole"), plans, responses, strict=True
    ):
        found = _steps(plan, response.run)
        if found.outcome != PASSED:
            return replace(found, detail=f"{name}: {found.detail}")
        if found.worst_ratio > worst.worst_ratio:
            worst = found
    return _pair_guards(pair, responses[0].run) or worst


def _pair_guards(pair: case_pb2.DiffPairCase, run: testee_pb2.RunResponse) -> Verdict | None:
    """The guard that stopped the call must be the one that the case names."""
    for i, (item, answer) in enumerate(zip(pair.inputs, run.answers, strict=True)):
        if item.HasField("failed_guard"):
            want = (item.failed_guard.function, item.failed_guard.index)
            have = (answer.error.guard.function, answer.error.guard.index)
            if want != have:
                return Verdict(FAILED, f"traced: guard {want} expected, found {have}", i)
    return None


def _recompiled(original: bytes, response: testee_pb2.SaveResponse) -> Verdict:
    """Only the model section counts: source places are no part of the text."""
    if response.HasField("refused"):
        return _refused(response.refused)
    try:
        found = section(response.content, MODEL)
    except ValueError as error:
        return Verdict(FAILED, f"no .tsproto file: {error}")
    again = testee_pb2.SaveResponse(content=found)
    return _bytes(section(original, MODEL), again)


def _bytes(expected: bytes, response: testee_pb2.SaveResponse) -> Verdict:
    if response.HasField("refused"):
        return _refused(response.refused)
    if response.content == expected:
        return Verdict(PASSED)
    pairs = zip(expected, response.content, strict=False)
    at = next(
        (i for i, (a, b) in enumerate(pairs) if a != b), min(len(expected), len(response.content))
    )
    return Verdict(
        FAILED,
        f"bytes differ from offset {at}; {len(expected)} expected, {len(response.content)} found",
    )
