"""One call from values to values: admission, budget, cancellation, statistics."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tracescript.engine.limits import Budget
from tracescript.errors import LimitError, ServiceError
from tracescript.model.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.engine.protocol import Run
    from tracescript.service.limits import ServiceLimits
    from tracescript.service.registry import Served


_PATIENCE: Final = 0.05
"""Seconds until a call that waits looks again whether its client is still there."""


@dataclass
class Count:
    """Calls and nanoseconds of one model, for ModelStatistics."""

    success: int = 0
    success_ns: int = 0
    fail: int = 0
    fail_ns: int = 0


class Calls:
    """Runs calls under a server's limits; safe from several threads."""

    def __init__(self, limits: ServiceLimits) -> None:
        self.limits = limits
        self._slots = threading.BoundedSemaphore(limits.inflight)
        self._lock = threading.Lock()
        self._waiting = 0
        self._draining = False
        self._running: set[_Running] = set()
        self._models: dict[tuple[str, str], Model] = {}
        self.counts: dict[tuple[str, str], Count] = {}

    def run(
        self,
        served: Served,
        method: str,
        inputs: Mapping[str, Any],
        *,
        guards: str,
        seconds: float | None,
        on_cancel: Any,
    ) -> Run:
        """Run a method on a fresh instance: state starts from the file's, changes are dropped.

        `on_cancel(callback)` registers what stops the call when the client goes away.

        Raises ServiceError OVERLOADED or SHUTTING_DOWN, LimitError, and what the call raises.
        """
        limit = self.limits.call
        allowed = limit.seconds if seconds is None else min(limit.seconds, seconds)
        budget = Budget(replace(limit, seconds=allowed))
        running = _Running(budget)
        on_cancel(running.cancel)
        started = time.perf_counter_ns()
        ok = False
        try:
            with self._admitted(budget, running):
                model = self._model(served, guards).instance()
                run = model.call_reporting(method, (), inputs, budget)
            ok = True
            return run
        finally:
            self._count(served, ok, time.perf_counter_ns() - started)

    def _model(self, served: Served, guards: str) -> Model:
        """Return the model with this guard mode; each is prepared once."""
        if guards == served.model.settings.guards:
            return served.model
        with self._lock:
            key = (served.digest, guards)
            if key not in self._models:
                settings = replace(served.model.settings, guards=guards)
                self._models[key] = Model(served.model.ir, settings)
            return self._models[key]

    def _admitted(self, budget: Budget, running: _Running) -> _Admitted:
        with self._lock:
            if self._draining:
                raise ServiceError(
                    "the server is shutting down", code="SHUTTING_DOWN", rule="RPC-7"
                )
            if self._waiting >= self.limits.inflight + self.limits.queue:
                raise ServiceError(
                    f"{self.limits.inflight} calls run and {self.limits.queue} wait",
                    code="OVERLOADED",
                    rule="RPC-4",
                    hint="try again later",
                )
            self._waiting += 1
            self._running.add(running)
        try:
            while not self._slots.acquire(timeout=_PATIENCE):
                budget.check()
        except LimitError:
            self._leave(running, acquired=False)
            raise
        return _Admitted(self, running)

    def _leave(self, running: _Running, *, acquired: bool = True) -> None:
        if acquired:
            self._slots.release()
        with self._lock:
            self._waiting -= 1
            self._running.discard(running)

    def _count(self, served: Served, ok: bool, nanoseconds: int) -> None:
        with self._lock:
            count = self.counts.setdefault((served.name, served.version), Count())
            if ok:
                count.success += 1
                count.success_ns += nanoseconds
            else:
                count.fail += 1
                count.fail_ns += nanoseconds

    def drain(self) -> None:
        """Refuse new calls; those admitted go on."""
        with self._lock:
            self._draining = True

    @property
    def draining(self) -> bool:
        """Whether new calls are refused."""
        return self._draining

    @property
    def busy(self) -> bool:
        """Whether a call runs or waits."""
        return bool(self._running)

    def cancel_all(self) -> None:
        """Stop every running call at its next budget check."""
        with self._lock:
            running = list(self._running)
        for one in running:
            one.cancel()


class _Running:
    """A call that can be stopped from another thread. Spec: RPC-9."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def cancel(self) -> None:
        self._budget.cancelled = True


class _Admitted:
    """Holds a slot for the length of a `with` block."""

    def __init__(self, calls: Calls, running: _Running) -> None:
        self._calls, self._running = calls, running

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._calls._leave(self._running)  # noqa: SLF001  # one mechanism in two classes
