"""Plays the steps of a SERVICE case against an executor and judges what came back.

A plain client: requests are bytes, and nothing of any executor is known but its messages.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import grpc
from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import testee_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance.messages import service_message
from tracescript_conformance.process import TesteeNotStartedError, TesteeTimedOutError

if TYPE_CHECKING:
    from tracescript.conformance.v1 import case_pb2

ERROR_KEY = "tracescript-error-bin"
_PADDING_FIELD = b"\xfa\x7f"  # field 2047, length-delimited
_GLANCE = 0.02
_GLANCES = 300
_ARRIVAL = 0.4
"""Seconds after which the calls beside are taken to have reached the server."""
_HEALTH = "/grpc.health.v1.Health/Check"
_LAST_BYTE = 128


@dataclass(frozen=True, slots=True)
class Reply:
    """How one call ended: gRPC status, our code (0 without one), the answer, seconds."""

    status: int
    code: int
    response: bytes
    seconds: float
    details: str


@dataclass(frozen=True, slots=True)
class Played:
    """The replies of each step, the slowest health check of each, and what is wrong afterwards."""

    replies: list[list[Reply]]
    health: list[float]
    alive: str


class _Call:
    """One call in flight."""

    def __init__(self, channel: Any, step: case_pb2.ServiceStep, seconds: float) -> None:
        data = b"".join(step.requests[:1])
        if step.padding_bytes:
            length = _varint(step.padding_bytes)
            data += _PADDING_FIELD + length + bytes(step.padding_bytes)
        self._started = time.perf_counter()
        self._seconds = 0.0
        self._ended = threading.Event()
        self._own_limit = None if step.deadline_ms else seconds
        timeout = step.deadline_ms / 1e3 or seconds
        self._future: Any = channel.unary_unary(step.method).future(data, timeout=timeout)
        self._future.add_done_callback(self._done)
        if step.cancel_after_ms:
            timer = threading.Timer(step.cancel_after_ms / 1e3, self._future.cancel)
            timer.daemon = True
            timer.start()

    def _done(self, _: object) -> None:
        self._seconds = time.perf_counter() - self._started
        self._ended.set()

    @property
    def running(self) -> bool:
        return not self._future.done()

    def reply(self) -> Reply:
        """Wait for the end. Raises TesteeTimedOutError where the runner's own limit was hit."""
        status = self._future.code()
        self._ended.wait(1.0)
        if self._own_limit is not None and self._seconds >= self._own_limit:
            raise TesteeTimedOutError("no answer in time")
        response = self._future.result() if status == grpc.StatusCode.OK else b""
        metadata = dict(self._future.trailing_metadata() or ())
        try:
            code = error_pb2.Error.FromString(metadata.get(ERROR_KEY, b"")).code
        except DecodeError:
            code = error_pb2.ERROR_CODE_UNSPECIFIED
        details = self._future.details() or ""
        return Reply(status.value[0], code, response, self._seconds, details)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= _LAST_BYTE:
        out.append(number & (_LAST_BYTE - 1) | _LAST_BYTE)
        number >>= 7
    return bytes([*out, number])


class Server(Protocol):
    """The process of an executor, as far as a case asks it to end."""

    def terminate(self) -> None:
        """Ask it to end, as SIGTERM does."""

    def ended(self, seconds: float) -> str:
        """Wait for its end; return what is wrong with it, or nothing."""


def play(
    channel: Any, case: case_pb2.ServiceCase, seconds: float, server: Server | None = None
) -> Played:
    """Play the steps: in order, or beside the one before where a step is `concurrent`.

    Only a case that needs `terminate` asks for the server's process.
    """
    calls: list[list[_Call]] = []
    health: list[float] = []
    for step in case.steps:
        if not step.concurrent:
            _wait(calls)
        if step.terminate:
            assert server is not None, "such a case needs `terminate`"
            time.sleep(_ARRIVAL)
            server.terminate()
            _until_not_serving(channel)
        calls.append([_Call(channel, step, seconds) for _ in range(max(1, step.copies))])
        health.append(_slowest_health(channel, calls[-1]) if step.health_within_ms else 0.0)
    replies = [[call.reply() for call in step] for step in calls]
    if server is not None and any(step.terminate for step in case.steps):
        return Played(replies, health, server.ended(seconds))
    return Played(replies, health, _alive(channel))


def _until_not_serving(channel: Any) -> None:
    """Give the server time to take notice; one that never does is judged by the call."""
    for _ in range(_GLANCES):
        if _alive(channel) in {"health: not serving", "health: UNAVAILABLE"}:
            return
        time.sleep(_GLANCE)


def _wait(calls: list[list[_Call]]) -> None:
    for call in (call for step in calls for call in step):
        call.reply()


def _slowest_health(channel: Any, calls: list[_Call]) -> float:
    slowest = 0.0
    while any(call.running for call in calls):
        started = time.perf_counter()
        _alive(channel)
        slowest = max(slowest, time.perf_counter() - started)
        time.sleep(_GLANCE)
    return slowest


def _alive(channel: Any) -> str:
    """Ask the health service; return what is wrong, or nothing."""
    asked = service_message("grpc.health.v1.HealthCheckRequest")()
    try:
        data = channel.unary_unary(_HEALTH)(asked.SerializeToString(), timeout=5.0)
        found = service_message("grpc.health.v1.HealthCheckResponse").FromString(data)
    except grpc.RpcError as error:
        failed: Any = error
        return f"health: {failed.code().name}"
    except DecodeError:
        return "health: no HealthCheckResponse"
    return "" if found.status == found.SERVING else "health: not serving"


def hello(channel: Any) -> testee_pb2.HelloResponse:
    """Ask an executor without TesteeService who it is. Raises TesteeNotStartedError."""
    asked = service_message("inference.ServerMetadataRequest")()
    method = channel.unary_unary("/inference.GRPCInferenceService/ServerMetadata")
    try:
        data = method(asked.SerializeToString(), timeout=10.0)
        found = service_message("inference.ServerMetadataResponse").FromString(data)
    except (grpc.RpcError, DecodeError) as error:
        what = "the server knows neither TesteeService nor GRPCInferenceService"
        raise TesteeNotStartedError(what) from error
    return testee_pb2.HelloResponse(name=found.name, version=found.version, claims=["service"])
