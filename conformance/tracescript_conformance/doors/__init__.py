"""Ways to reach a testee; each asks one request and returns its response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tracescript_conformance.plain import plain
from tracescript_conformance.process import TesteeNotStartedError

if TYPE_CHECKING:
    from collections.abc import Collection

    from tracescript.conformance.v1 import testee_pb2

PROTOCOL_MAJOR = 1
HELLO_SECONDS = 10.0
"""A process gets this long to start, however short the limit of a request is."""


class Door(Protocol):
    """A way to ask a testee."""

    hello: testee_pb2.HelloResponse

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Send one request and return its response; `extra` seconds on top of the limit.

        Raises TesteeCrashedError or TesteeTimedOutError; the next request meets a fresh testee.
        """

    def reaches(self, needs: Collection[str]) -> bool:
        """Whether a case that needs this can be asked through the door."""

    def stop(self) -> bool:
        """End the testee; returns whether it ended by itself."""


def greeted(response: testee_pb2.TesteeResponse) -> testee_pb2.HelloResponse:
    """Return the hello of a response. Raises TesteeNotStartedError."""
    if response.WhichOneof("response") != "hello":
        raise TesteeNotStartedError("hello was not answered with hello")
    if response.hello.protocol_major != PROTOCOL_MAJOR:
        raise TesteeNotStartedError(
            f"the testee speaks protocol {response.hello.protocol_major}, "
            f"this runner {PROTOCOL_MAJOR}"
        )
    for field in ("name", "version", "language", "format_version", "opset_version", "url"):
        setattr(response.hello, field, plain(getattr(response.hello, field), 100))
    return response.hello
