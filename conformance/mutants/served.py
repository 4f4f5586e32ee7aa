"""Asks SERVICE cases of an executor in this process: for faults in what answers over gRPC."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tracescript import service
from tracescript.conformance.v1 import report_pb2
from tracescript_conformance.doors.grpc import Grpc
from tracescript_conformance.schedule import one
from tracescript_conformance.served import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracescript.conformance.v1 import case_pb2
    from tracescript_conformance.corpus import Corpus

_SECONDS = 20.0
_MOST = 40


class _Here(Grpc):
    """The door to an executor of this process, which takes `terminate` as SIGTERM."""

    def __init__(self, server: service.Server) -> None:
        self._server = server
        super().__init__([], _SECONDS, "1.0.0", target=server.address)

    def terminate(self) -> None:
        """Begin to drain, as the signal's handler does."""
        threading.Thread(target=self._server.stop, daemon=True).start()

    def ended(self, seconds: float) -> str:
        """Wait until the executor has stopped."""
        waiting = threading.Thread(target=self._server.wait, daemon=True)
        waiting.start()
        waiting.join(seconds)
        return "asked to end, the server did not" if waiting.is_alive() else ""


class Served:
    """The SERVICE cases of a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._entries = {e.id: e for e in corpus.manifest.entries if "service" in e.needs}
        self.cases = {i: corpus.case(entry) for i, entry in self._entries.items()}

    def proving(self, rules: Iterable[str]) -> dict[str, list[str]]:
        """Return by rule the ids of the cases that prove it, the small ones first.

        Those of hundreds of calls at once are left out: client and server share a process here.
        """
        few = (c for c in self.cases.values() if all(s.copies <= _MOST for s in c.service.steps))
        small = sorted(few, key=_weight)
        found = {rule: [c.id for c in small if rule in c.rules] for rule in rules}
        return {rule: cases for rule, cases in found.items() if cases}

    def killers(self, rules: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Return by rule the first of its cases that does not pass."""
        return {rule: f[0] for rule, cases in rules.items() if (f := self.failing(cases))}

    def failing(self, cases: Sequence[str]) -> list[str]:
        """Run cases up to the first that does not pass; each finds a fresh executor."""
        with tempfile.TemporaryDirectory() as folder:
            place(self._corpus, [self._entries[case] for case in cases], Path(folder))
            return next(([case] for case in cases if not self._passes(case, folder)), [])

    def _passes(self, case: str, folder: str) -> bool:
        try:
            server = service.Server(folder, port=0).start()
        except Exception:  # noqa: BLE001  # an executor that does not start passes nothing
            return False
        try:
            door = _Here(server)
            result = one(self._corpus, self.cases[case], door)
            door.stop()
        finally:
            server.stop(0.1)
        return result.outcome == report_pb2.OUTCOME_PASSED


def _weight(case: case_pb2.Case) -> tuple[int, str]:
    """Return how much a case takes, roughly: bytes, calls, milliseconds."""
    steps = case.service.steps
    return sum(s.padding_bytes + 1000 * s.copies + s.ByteSize() for s in steps), case.id
