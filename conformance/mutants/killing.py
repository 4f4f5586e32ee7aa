"""Runs cases against faulty loaders, each in a child of this process, until one notices."""

from __future__ import annotations

import fnmatch
import gc
import itertools
import json
import os
import resource
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript import testee
from tracescript.conformance.v1 import report_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance.schedule import one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tracescript.conformance.v1 import case_pb2, testee_pb2

SECONDS = 20
"""A case that takes longer has noticed: the loader hangs."""
_BUSY_SECONDS = 5
"""As much processor time is noticed too, and this much of a whole child, in one call say."""
_CHILD_SECONDS = 120
_ROOM = 4 << 30


class HangsError(BaseException):
    """A case took too long. Not an Exception, so that no loader answers with it."""


class Door:
    """Asks a loader of this process."""

    def __init__(self, engine: str) -> None:
        self._loader = testee.Loader(engine)
        self.hello = self._loader.hello(None)  # type: ignore[arg-type]  # it looks at nothing
        self.said: list[testee_pb2.TesteeResponse] = []

    def ask(
        self, request: testee_pb2.TesteeRequest, extra: float = 0.0
    ) -> testee_pb2.TesteeResponse:
        """Send one request and return its response."""
        del extra
        self.said.append(testee.answer(self._loader, request))
        return self.said[-1]


@dataclass(frozen=True, slots=True)
class Task:
    """A fault to be put in, and what then is found out about it in the child."""

    id: str
    put_in: Callable[[], None]
    ask: Callable[[Suite], dict[str, str]]


class Suite:
    """All cases of the corpus that need no server, read once."""

    def __init__(self) -> None:
        self.corpus = corpora.load()
        found = (self.corpus.case(entry) for entry in self.corpus.manifest.entries)
        self.cases: dict[str, case_pb2.Case] = {
            case.id: case for case in found if not case.HasField("service")
        }

    def proving(self, patterns: Iterable[str]) -> dict[str, list[str]]:
        """Return by rule the ids of the cases that prove it; rules may be patterns with `*`."""
        found: dict[str, list[str]] = {}
        for case_id, case in self.cases.items():
            for rule in case.rules:
                found.setdefault(rule, []).append(case_id)
        return {
            rule: found.get(rule, [])
            for pattern in patterns
            for rule in (fnmatch.filter(sorted(found), pattern) or [pattern])
        }

    def passes(self, case_id: str, door: Door) -> bool:
        """Run one case. A hang does not pass."""
        door.said.clear()
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        signal.setitimer(signal.ITIMER_PROF, _BUSY_SECONDS)
        try:
            result = one(self.corpus, self.cases[case_id], door)
        except (HangsError, RecursionError, MemoryError):
            return False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
        return result.outcome == report_pb2.OUTCOME_PASSED

    def killers(self, engine: str, rules: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Return by rule the first of its cases that does not pass."""
        door = Door(engine)
        passed: dict[str, bool] = {}
        found = {}
        for rule, cases in rules.items():
            for case_id in cases:
                if case_id not in passed:
                    passed[case_id] = self.passes(case_id, door)
                if not passed[case_id]:
                    found[rule] = case_id
                    break
        return found


def warm(suite: Suite, engines: Iterable[str], cases: Iterable[str]) -> list[str]:
    """Run cases on the sound loader, so that children find everything imported.

    Returns the ids that fail: there must be none.
    """
    watch()
    return [
        f"{engine}: {i}"
        for engine in engines
        for door in [Door(engine)]
        for i in cases
        if not suite.passes(i, door)
    ]


def run(suite: Suite, tasks: Iterable[Task], workers: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield for each task what was found out about it, as they end; tasks are taken when due."""
    waiting = iter(tasks)
    running: dict[int, tuple[str, int]] = {}
    gc.freeze()
    while True:
        for task in itertools.islice(waiting, workers - len(running)):
            pid, end = _child(suite, task)
            running[pid] = (task.id, end)
        if not running:
            return
        pid, status = os.wait()
        name, end = running.pop(pid)
        with os.fdopen(end) as pipe:
            said = pipe.read()
        if os.waitstatus_to_exitcode(status) != 0 or not said:
            yield name, {"": "the loader died"}
            continue
        answer: dict[str, Any] = json.loads(said)
        if "error" in answer:
            print(f"{name} cannot be put in: {answer['error']}")
        yield name, answer.get("found", {})


def _child(suite: Suite, task: Task) -> tuple[int, int]:
    read, write = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    os.close(read)
    watch()
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (_CHILD_SECONDS, _CHILD_SECONDS))
    answer: dict[str, Any]
    try:
        task.put_in()
    except Exception as error:  # noqa: BLE001  # handed to the parent
        answer = {"error": f"{type(error).__name__}: {error}"}
    else:
        answer = {"found": _asked(suite, task)}
    os.write(write, json.dumps(answer).encode())
    os._exit(0)


def _asked(suite: Suite, task: Task) -> dict[str, str]:
    try:
        return task.ask(suite)
    except BaseException as error:  # noqa: BLE001  # even the answer cannot be made
        return {"": f"the loader broke: {type(error).__name__}"}


def watch() -> None:
    """Let a case that takes too long end in this process."""
    signal.signal(signal.SIGALRM, _hangs)
    signal.signal(signal.SIGPROF, _hangs)


def _hangs(number: int, frame: Any) -> None:
    raise HangsError(number, frame)
