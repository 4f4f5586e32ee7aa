"""Door `stdio`: a child process, one request in flight, frames both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import testee_pb2
from tracescript_conformance.process import (
    Child,
    TesteeCrashedError,
    TesteeNotStartedError,
    TesteeTimedOutError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PROTOCOL_MAJOR = 1
HELLO_SECONDS = 10.0
"""A process gets this long to start, however short the limit of a request is."""


class Stdio:
    """A testee behind its standard input and output; restarted when it crashed or hung."""

    def __init__(self, command: Sequence[str], seconds: float, suite_version: str) -> None:
        self.command = list(command)
        self.seconds = seconds
        self._suite_version = suite_version
        self._child: Child | None = None
        self._sequence = 0
        self.hello = testee_pb2.HelloResponse()

    def start(self) -> testee_pb2.HelloResponse:
        """Start the process and say hello. Raises TesteeNotStartedError."""
        self._child = Child(self.command)
        request = testee_pb2.HelloRequest(
            protocol_major=PROTOCOL_MAJOR, suite_version=self._suite_version
        )
        try:
            start = max(0.0, HELLO_SECONDS - self.seconds)
            response = self.ask(testee_pb2.TesteeRequest(hello=request), start)
        except (TesteeCrashedError, TesteeTimedOutError) as error:
            raise TesteeNotStartedError(f"no hello from {self.command[0]!r}: {error}") from error
        if response.WhichOneof("response") != "hello":
            self.stop()
            raise TesteeNotStartedError("hello was not answered with hello")
        if response.hello.protocol_major != PROTOCOL_MAJOR:
            self.stop()
            raise TesteeNotStartedError(
                f"the testee speaks protocol {response.hello.protocol_major}, "
                f"this runner {PROTOCOL_MAJOR}"
            )
        self.hello = response.hello
        return self.hello

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Send one request; `extra` seconds come on top of the time limit.

        Raises TesteeCrashedError or TesteeTimedOutError; the process is ended then, and the next
        request starts a fresh one.
        """
        if self._child is None:
            self.start()
        assert self._child is not None
        self._sequence += 1
        request.sequence = self._sequence
        try:
            data = self._child.ask(request.SerializeToString(), self.seconds + extra)
            response = testee_pb2.TesteeResponse.FromString(data)
            if response.sequence != self._sequence:
                what = f"answer {response.sequence} to request {self._sequence}"
                raise TesteeCrashedError(f"out of order: {what}")
        except DecodeError as error:
            self._drop()
            raise TesteeCrashedError("the answer is no TesteeResponse") from error
        except (TesteeCrashedError, TesteeTimedOutError) as error:
            said = self._child.stderr()
            self._drop()
            raise type(error)(f"{error}; stderr: {said}" if said else str(error)) from error
        return response

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def stop(self) -> bool:
        """End the process by closing its input; returns whether it ended by itself."""
        if self._child is None:
            return True
        stopped = self._child.end()
        self._child = None
        return stopped
