"""Judges what an executor answered to the steps of a SERVICE case. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError, Message

from tracescript_conformance.messages import service_pool
from tracescript_conformance.verdict import FAILED, PASSED, Verdict, code_name

if TYPE_CHECKING:
    from tracescript.conformance.v1 import case_pb2
    from tracescript_conformance.service import Played, Reply

STATUS = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND"),
    *("ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION"),
    *("ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"),
    "UNAUTHENTICATED",
)
"""Names of gRPC's status codes by number."""


def judge(case: case_pb2.ServiceCase, played: Played) -> Verdict:
    """Compare every reply of every step with what the case expects."""
    for i, (step, replies, health) in enumerate(
        zip(case.steps, played.replies, played.health, strict=True)
    ):
        for reply in replies:
            wrong = _reply(step, reply)
            if wrong:
                expected = step.codes[0] if step.codes else 0
                return Verdict(FAILED, wrong, i, expected, reply.code)
        wanted = sum(r.status == step.status and r.code in step.codes[:1] for r in replies)
        if wanted < step.least:
            what = f"{code_name(step.codes[0])} of {step.least} calls expected, found of {wanted}"
            return Verdict(FAILED, what, i, step.codes[0])
        if health * 1e3 > step.health_within_ms > 0:
            what = f"a health check took {health * 1e3:.0f} ms, {step.health_within_ms} allowed"
            return Verdict(FAILED, what, i)
    return Verdict(FAILED, f"afterwards: {played.alive}") if played.alive else Verdict(PASSED)


def _reply(step: case_pb2.ServiceStep, reply: Reply) -> str:
    """Return what is wrong with one reply, or nothing."""
    if reply.status not in {step.status, *step.other_statuses}:
        return f"{STATUS[step.status]} expected, found {STATUS[reply.status]} {reply.details}"[:400]
    if reply.status == step.status and step.codes and reply.code not in step.codes:
        return f"{code_name(step.codes[0])} expected, found {code_name(reply.code)}"
    if step.within_ms and reply.seconds * 1e3 > step.within_ms:
        return f"took {reply.seconds * 1e3:.0f} ms, {step.within_ms} allowed"
    if step.responses and reply.status == step.status:
        return _response(step.method, step.responses[0], reply.response)
    return ""


def _response(method: str, expected: bytes, found: bytes) -> str:
    try:
        _, message = message_classes(method)
    except KeyError:
        return "" if expected == found else f"another answer of {len(found)} bytes"
    try:
        return difference(message.FromString(expected), message.FromString(found), "answer")
    except DecodeError:
        return f"the answer is no {message.DESCRIPTOR.name}"


def message_classes(method: str) -> tuple[Any, Any]:
    """Return the classes of requests and answers of `/package.Service/Method`. Raises KeyError."""
    from google.protobuf import message_factory

    _, _, path = method.partition("/")
    service, _, name = path.partition("/")
    found = service_pool().FindServiceByName(service).methods_by_name[name]
    make = message_factory.GetMessageClass
    return make(found.input_type), make(found.output_type)


def difference(expected: Any, found: Any, where: str) -> str:
    """Say where the first present field of `expected` differs in `found`, or nothing."""
    if not isinstance(expected, Message):
        return "" if expected == found else f"{where}: {expected!r} expected, found {found!r}"[:400]
    for field, value in expected.ListFields():
        place, have = f"{where}.{field.name}", getattr(found, field.name)
        if hasattr(value, "keys"):
            parts = [(f"{place}[{k!r}]", value[k], have.get(k)) for k in value]
            if any(h is None for _, _, h in parts):
                return f"{place}: keys {sorted(value)} expected, found {sorted(have)}"
        elif hasattr(value, "append"):
            if len(value) != len(have):
                return f"{place}: {len(value)} expected, found {len(have)}"
            pairs = zip(value, have, strict=True)
            parts = [(f"{place}[{i}]", v, h) for i, (v, h) in enumerate(pairs)]
        else:
            parts = [(place, value, have)]
        for name, one, other in parts:
            wrong = difference(one, other, name)
            if wrong:
                return wrong
    return ""
