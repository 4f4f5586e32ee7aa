"""Door `grpc`: a server, for loaders behind `TesteeService` and for executors.

A command is started with `{port}` and `{models}` filled in; without one, a server that runs
already is asked.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import case_pb2, testee_pb2
from tracescript_conformance import service
from tracescript_conformance.doors import HELLO_SECONDS, PROTOCOL_MAJOR, greeted
from tracescript_conformance.process import (
    LARGEST,
    Tail,
    TesteeCrashedError,
    TesteeNotStartedError,
    TesteeTimedOutError,
    how_it_ended,
    kill,
    spawn,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_SERVICE = "tracescript.conformance.v1.TesteeService"
_START_SECONDS = 60.0
"""A server of ours may have to load every model before it answers."""
_CONNECT_SECONDS = 5.0
_METHODS = {"hello": "Hello", "run": "Run", "inspect": "Inspect", "save": "Save"}
_OPTIONS = [
    ("grpc.max_receive_message_length", LARGEST),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_retries", 0),
]


class Grpc:
    """A testee or an executor behind gRPC.

    Raises TesteeNotStartedError.
    """

    def __init__(
        self,
        command: Sequence[str],
        seconds: float,
        suite_version: str,
        *,
        target: str = "",
        models: str = "",
    ) -> None:
        self._command, self._seconds = list(command), seconds
        self._target, self._models = target, models
        self._process: subprocess.Popen[bytes] | None = None
        self._connect()
        request = testee_pb2.HelloRequest(
            protocol_major=PROTOCOL_MAJOR, suite_version=suite_version
        )
        try:
            start = max(0.0, HELLO_SECONDS - seconds)
            response = self._one(testee_pb2.TesteeRequest(hello=request), start)
            self._is_testee = response.WhichOneof("response") != "skipped"
            self.hello = greeted(response) if self._is_testee else service.hello(self._channel)
            if not self._is_testee and self._process is not None and os.name == "posix":
                self.hello.claims.append("terminate")
        except (TesteeCrashedError, TesteeTimedOutError) as error:
            self.stop()
            raise TesteeNotStartedError(f"no hello from the server: {error}") from error
        except TesteeNotStartedError:
            self.stop()
            raise

    def _connect(self) -> None:
        target = self._target
        if self._command:
            port = _free_port()
            target = f"127.0.0.1:{port}"
            places = {"{port}": str(port), "{models}": self._models}
            filled = [_filled(word, places) for word in self._command]
            streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
            self._process = spawn(filled, stderr=subprocess.PIPE, **streams)
            assert self._process.stderr is not None
            self._stderr = Tail(self._process.stderr)
        self._channel: Any = grpc.insecure_channel(target, _OPTIONS)
        ready = grpc.channel_ready_future(self._channel)
        wait = _START_SECONDS if self._command else min(_START_SECONDS, _CONNECT_SECONDS)
        deadline = time.monotonic() + wait
        while True:
            with contextlib.suppress(grpc.FutureTimeoutError):
                ready.result(timeout=0.1)
                return
            ended = self._ended()
            if ended or time.monotonic() > deadline:
                ready.cancel()
                self.stop()
                raise TesteeNotStartedError(f"no server at {target}: {ended or 'no answer'}")

    def reaches(self, needs: Collection[str]) -> bool:
        """Whether a case that needs this can be asked: executors run no loader's cases.

        A server that somebody else started, or one on Windows, gets no SIGTERM.
        """
        can_end = "terminate" not in needs or "terminate" in self.hello.claims
        return self._is_testee != ("service" in needs) and can_end

    def terminate(self) -> None:
        """Ask the server's process to end."""
        assert self._process is not None, "a door that claims `terminate` has a process"
        self._process.terminate()

    def ended(self, seconds: float) -> str:
        """Wait for the end of the server's process; return what is wrong with it, or nothing."""
        assert self._process is not None, "a door that claims `terminate` has a process"
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return "asked to end, the server did not"
        return f"asked to end, the server ended with exit status {status}" if status else ""

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Send one request and return its response; see `Door`."""
        if self._process is not None and self._process.poll() is not None:
            self.stop()
            self._connect()
        return self._one(request, extra)

    def _one(self, request: testee_pb2.TesteeRequest, extra: float) -> testee_pb2.TesteeResponse:
        kind = request.WhichOneof("request") or "hello"
        method = self._channel.unary_unary(f"/{_SERVICE}/{_METHODS[kind]}")
        response = testee_pb2.TesteeResponse()
        body: Any = getattr(response, kind)
        try:
            data = method(getattr(request, kind).SerializeToString(), timeout=self._seconds + extra)
            body.ParseFromString(data)
            body.SetInParent()
        except DecodeError as error:
            raise TesteeCrashedError(f"the answer is no {_METHODS[kind]}Response") from error
        except grpc.RpcError as error:
            return self._failed(error)
        return response

    def _failed(self, error: Any) -> testee_pb2.TesteeResponse:
        """Tell a skip from a hang from a crash; a server that hangs is ended."""
        status, details = error.code(), error.details() or ""
        if status == grpc.StatusCode.UNIMPLEMENTED:
            skipped = testee_pb2.Skipped(reason=details or "not implemented")
            return testee_pb2.TesteeResponse(skipped=skipped)
        ended = self._ended()
        if status == grpc.StatusCode.DEADLINE_EXCEEDED:
            if self._process is not None:
                kill(self._process)
            raise TesteeTimedOutError("no answer in time") from error
        raise TesteeCrashedError(ended or f"{status.name}: {details}") from error

    def _ended(self) -> str:
        if self._process is None:
            return ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            ended = how_it_ended(self._process.wait(0.05))
            said = self._stderr.text()
            return f"{ended}; stderr: {said}" if said else ended
        return ""

    def play(self, case: case_pb2.ServiceCase) -> service.Played:
        """Play the steps of a SERVICE case. Raises TesteeCrashedError, TesteeTimedOutError."""
        if self._process is not None and self._process.poll() is not None:
            self.stop()
            self._connect()
        played = service.play(self._channel, case, self._seconds, self)
        ended = self._ended()
        if ended and not any(step.terminate for step in case.steps):
            raise TesteeCrashedError(ended)
        return played

    def stop(self) -> bool:
        """Close the channel, end a server of ours; returns whether SIGTERM was enough."""
        self._channel.close()
        if self._process is None:
            return True
        self._process.terminate()
        stopped = True
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            stopped = False
            kill(self._process)
        self._process = None
        self._stderr.text()
        return stopped


def _filled(word: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        word = word.replace(name, value)
    return word


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
