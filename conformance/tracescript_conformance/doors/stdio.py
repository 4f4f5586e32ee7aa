"""Door `stdio`: a child process, one request in flight, frames both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import testee_pb2
from tracescript_conformance.doors import HELLO_SECONDS, PROTOCOL_MAJOR, greeted
from tracescript_conformance.process import (
    Child,
    TesteeCrashedError,
    TesteeNotStartedError,
    TesteeTimedOutError,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Stdio:
    """A testee behind its standard input and output; restarted when it crashed or hung.

    Raises TesteeNotStartedError.
    """

    def __init__(self, command: Sequence[str], seconds: float, suite_version: str) -> None:
        self._command = list(command)
        self._seconds = seconds
        self._suite_version = suite_version
        self._child: Child | None = None
        self._sequence = 0
        self.hello = self._start()

    def _start(self) -> testee_pb2.HelloResponse:
        self._child = Child(self._command)
        request = testee_pb2.HelloRequest(
            protocol_major=PROTOCOL_MAJOR, suite_version=self._suite_version
        )
        try:
            start = max(0.0, HELLO_SECONDS - self._seconds)
            response = self._one(testee_pb2.TesteeRequest(hello=request), start)
            return greeted(response)
        except (TesteeCrashedError, TesteeTimedOutError) as error:
            raise TesteeNotStartedError(f"no hello from {self._command[0]!r}: {error}") from error
        except TesteeNotStartedError:
            self.stop()
            raise

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Send one request and return its response; see `Door`."""
        if self._child is None:
            self._start()
        return self._one(request, extra)

    def _one(self, request: testee_pb2.TesteeRequest, extra: float) -> testee_pb2.TesteeResponse:
        assert self._child is not None
        self._sequence += 1
        request.sequence = self._sequence
        try:
            data = self._child.ask(request.SerializeToString(), self._seconds + extra)
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

    @staticmethod
    def reaches(needs: Collection[str]) -> bool:
        """Whether a case can be asked: those of executors need a server."""
        return "service" not in needs

    def stop(self) -> bool:
        """End the process by closing its input; returns whether it ended by itself."""
        if self._child is None:
            return True
        stopped = self._child.end()
        self._child = None
        return stopped
