"""Door `exec`: one process a request, `CMD ASK OUT`, messages in two files without frames."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import testee_pb2
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

ANSWERED, REFUSED, SKIPPED = 0, 10, 20
"""Exit statuses; anything else is a crash."""


class Exec:
    """A testee that is started for each request.

    Raises TesteeNotStartedError.
    """

    def __init__(self, command: Sequence[str], seconds: float, suite_version: str) -> None:
        self._command = list(command)
        self._seconds = seconds
        request = testee_pb2.HelloRequest(
            protocol_major=PROTOCOL_MAJOR, suite_version=suite_version
        )
        try:
            start = max(0.0, HELLO_SECONDS - seconds)
            self.hello = greeted(self.ask(testee_pb2.TesteeRequest(hello=request), start))
        except (TesteeCrashedError, TesteeTimedOutError) as error:
            raise TesteeNotStartedError(f"no hello from {command[0]!r}: {error}") from error

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Start the command with one request; see `Door`."""
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
            ask, out = Path(folder) / "ask", Path(folder) / "out"
            ask.write_bytes(request.SerializeToString())
            status, said = self._run([*self._command, str(ask), str(out)], extra)
            return _response(request, status, said, out)

    def _run(self, command: list[str], extra: float) -> tuple[int, str]:
        null = subprocess.DEVNULL
        process = spawn(command, stdin=null, stdout=null, stderr=subprocess.PIPE)
        assert process.stderr is not None
        tail = Tail(process.stderr)
        try:
            status = process.wait(self._seconds + extra)
            return status, tail.text()
        except subprocess.TimeoutExpired as error:
            kill(process)
            said = tail.text()
            what = f"no answer in time; stderr: {said}" if said else "no answer in time"
            raise TesteeTimedOutError(what) from error

    @staticmethod
    def reaches(needs: Collection[str]) -> bool:
        """Whether a case can be asked: those of executors need a server."""
        return "service" not in needs

    def stop(self) -> bool:
        """Nothing runs between requests."""
        return True


def _response(
    request: testee_pb2.TesteeRequest, status: int, said: str, out: Path
) -> testee_pb2.TesteeResponse:
    if status not in {ANSWERED, REFUSED, SKIPPED}:
        ended = how_it_ended(status)
        raise TesteeCrashedError(f"{ended}; stderr: {said}" if said else ended)
    response = testee_pb2.TesteeResponse()
    if out.is_file():
        if out.stat().st_size > LARGEST:
            raise TesteeCrashedError(f"an answer of {out.stat().st_size} bytes")
        try:
            response.ParseFromString(out.read_bytes())
        except DecodeError as error:
            raise TesteeCrashedError("the answer is no TesteeResponse") from error
    elif status == ANSWERED:
        raise TesteeCrashedError("ended with exit status 0 and wrote no answer")
    if status == SKIPPED and response.WhichOneof("response") != "skipped":
        response.skipped.reason = said or "skipped"
    if status == REFUSED and response.WhichOneof("response") is None:
        kind = request.WhichOneof("request") or "run"
        getattr(response, kind).refused.message = said
    return response
