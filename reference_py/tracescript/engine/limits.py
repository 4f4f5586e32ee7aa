"""The limits of one call and the budget that enforces them, shared by every engine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from tracescript.errors import LimitError

_SLICE_SECONDS = 0.005
_GROWTH = 8
_FIRST_SLICE = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use. Spec: EXEC-5.

    A step is one loop iteration begun or one function call entered, counted on the stored graph.
    `memory` is in bytes of live tensors, texts and containers, `seconds` wall-clock, `depth` nested
    function calls.
    """

    steps: int = 10_000_000
    memory: int = 1 << 30
    seconds: float = 30.0
    depth: int = 200


DEFAULT: Final = Limits()
"""The limits of a call that names none."""


class Budget:
    """What is left of the limits while one call runs; made by the caller, used by the engine.

    Another thread stops the call by setting `cancelled`. Engines either call `step` for every
    step, or take `left` into a local variable, count it down, ask for more with `renew` once it is
    below zero, and write the rest back. `renew` looks at the clock and sizes the next slice so that
    it lasts about 5 ms.

    `deadline` is in seconds of `time.monotonic`, by default what the limits allow from now.
    """

    __slots__ = (
        "_granted",
        "_renewed",
        "_slice",
        "cancelled",
        "deadline",
        "depth",
        "gathered",
        "ledger",
        "left",
        "limits",
        "memory",
    )

    def __init__(self, limits: Limits = DEFAULT, deadline: float = 0.0) -> None:
        now = time.monotonic()
        self.limits = limits
        self.deadline = deadline or now + limits.seconds
        self.cancelled = False
        self.ledger: Any = None
        self.gathered: Any = None
        self.memory = self.depth = 0
        self._renewed = now
        self._slice = self._granted = self.left = min(_FIRST_SLICE, limits.steps)

    @property
    def steps(self) -> int:
        """Steps taken so far."""
        return self._granted - self.left

    def check(self) -> None:
        """Stop the call if it was cancelled or its deadline has passed. Raises LimitError."""
        if self.cancelled:
            raise LimitError("the caller cancelled the call", code="CANCELLED", rule="EXEC-5")
        if time.monotonic() > self.deadline:
            raise LimitError(
                f"the call ran longer than {self.limits.seconds:g} s",
                code="DEADLINE",
                rule="EXEC-5",
                hint="raise the limit with limits=Limits(seconds=...)",
            )

    def step(self) -> None:
        """Count one step. Raises LimitError with STEP_LIMIT, DEADLINE or CANCELLED."""
        self.left -= 1
        if self.left < 0:
            self.left = self.renew(self.left)

    def renew(self, left: int) -> int:
        """Return the steps that may be taken before the next call of `renew`.

        `left` is what remains of the last slice, negative where steps beyond it have been begun.
        Raises LimitError with STEP_LIMIT, DEADLINE or CANCELLED.
        """
        used = self._granted - left
        if used > self.limits.steps:
            raise LimitError(
                f"the call took more than {self.limits.steps} steps",
                code="STEP_LIMIT",
                rule="EXEC-5",
                hint="a loop may not end; or raise the limit with limits=Limits(steps=...)",
            )
        self.check()
        now = time.monotonic()
        fitting = int(self._slice * _SLICE_SECONDS / max(now - self._renewed, 1e-9))
        self._renewed = now
        self._slice = max(1, min(fitting, self._slice * _GROWTH, self.limits.steps - used))
        granted = min(self._slice, self.limits.steps - used)
        self._granted = used + granted
        return granted

    def tick(self, left: int) -> int:
        """Look at the clock now, for loops whose iterations are long; return the steps left."""
        if left < 0:
            return self.renew(left)
        self.check()
        return left

    def enter(self, count: int = 1) -> None:
        """Begin `count` nested function calls. Raises LimitError with RECURSION_LIMIT."""
        self.depth += count
        if self.depth > self.limits.depth:
            raise LimitError(
                f"function calls are nested more than {self.limits.depth} deep",
                code="RECURSION_LIMIT",
                rule="EXEC-5",
                hint="a recursion may not end; or raise the limit with limits=Limits(depth=...)",
            )

    def leave(self, count: int = 1) -> None:
        """End `count` nested function calls."""
        self.depth -= count

    def fits(self, count: int) -> None:
        """Refuse to allocate `count` more bytes than are allowed. Raises LimitError."""
        if self.memory + count > self.limits.memory:
            raise LimitError(
                f"the call needs {self.memory + count} bytes of memory, "
                f"{self.limits.memory} are allowed",
                code="MEMORY_LIMIT",
                rule="EXEC-5",
                hint="raise the limit with limits=Limits(memory=...)",
            )

    def reserve(self, count: int) -> None:
        """Account for `count` more live bytes before they are allocated. Raises LimitError."""
        self.fits(count)
        self.memory += count

    def release(self, count: int) -> None:
        """Give back bytes that are no longer live."""
        self.memory -= count
