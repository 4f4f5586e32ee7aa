"""Has CPython vouch for what executors must answer: the calls of SERVICE cases that infer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from oracles import text_programs
from tools.second_oracle import DisagreementError
from tools.text_oracle import program_of
from tracescript_conformance.messages import service_message
from tracescript_conformance.values import SHORT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.conformance.v1 import case_pb2

INFER = "/inference.GRPCInferenceService/ModelInfer"
_LAYOUT = {
    "BOOL": "?",
    **{f"FP{bits}": SHORT[f"f{bits}"][1] for bits in (16, 32, 64)},
    **{f"INT{bits}": SHORT[f"i{bits}"][1] for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": SHORT[f"u{bits}"][1] for bits in (8, 16, 32, 64)},
}
_TYPED = {"FP32": "fp32_contents", "BOOL": "bool_contents"}


def infers(step: case_pb2.ServiceStep) -> bool:
    """Whether a step is answered with values that a model computed."""
    return step.method == INFER and bool(step.responses)


def vouches(sources: Mapping[str, Mapping[str, Any] | None], case: case_pb2.ServiceCase) -> bool:
    """Whether CPython gives the values of every answer; sources by the name they are served under.

    Raises DisagreementError.
    """
    asked = [step for step in case.steps if infers(step)]
    for step in asked:
        request = service_message("inference.ModelInferRequest").FromString(step.requests[0])
        answer = service_message("inference.ModelInferResponse").FromString(step.responses[0])
        name, _, method = request.model_name.partition(":")
        method = method or request.parameters["method"].string_param
        source = sources.get(name)
        if source is None:
            return False
        given = _named(_inputs(request))
        try:
            got = text_programs.call(program_of(source), method or "forward", [], given)
        except text_programs.NoOracleError:
            return False
        _compare(answer, got)
    return bool(asked)


def _inputs(request: Any) -> list[tuple[str, Any]]:
    """Return the inputs of a request in order, from raw or from typed contents."""
    found = []
    for i, item in enumerate(request.inputs):
        if request.raw_input_contents:
            value = _decoded(item.datatype, list(item.shape), request.raw_input_contents[i])
        else:
            typed = getattr(item.contents, _TYPED[item.datatype])
            value = np.array(typed, _LAYOUT[item.datatype]).reshape(tuple(item.shape))
        found.append((item.name, value))
    return found


def _decoded(datatype: str, shape: list[int], raw: bytes) -> Any:
    if datatype != "BYTES":
        return np.frombuffer(raw, _LAYOUT[datatype]).reshape(shape)
    texts = []
    for _ in range(math.prod(shape)):
        end = 4 + int.from_bytes(raw[:4], "little")
        texts.append(raw[4:end].decode())
        raw = raw[end:]
    return texts if shape else texts[0]


def _named(inputs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return keyword arguments; `p.0` and `p.1` are the parts of a tuple p."""
    made: dict[str, Any] = {}
    for name, value in inputs:
        whole, _, part = name.partition(".")
        made[whole] = (*made.get(whole, ()), value) if part else value
    return made


def _compare(answer: Any, got: Sequence[Any]) -> None:
    """Compare the outputs that an answer must have with the program's. Raises DisagreementError."""
    for output, raw in zip(answer.outputs, answer.raw_output_contents, strict=True):
        value = got[int(output.name.partition(".")[2] or 0)]
        want = _decoded(output.datatype, list(output.shape), raw)
        have = value if isinstance(value, str | list) else np.asarray(value)
        same = have == want
        if isinstance(have, np.ndarray):
            same = have.dtype == want.dtype and have.shape == want.shape
            same = same and have.tobytes() == want.tobytes()
        if not same:
            raise DisagreementError(f"{output.name}: CPython: {want!r} expected, found {have!r}")
