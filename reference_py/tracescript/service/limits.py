"""What the executor allows: messages, concurrency, and the budget of each call."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from tracescript.engine.limits import Limits


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """Limits of one server. Passing one gives RESOURCE_EXHAUSTED unless noted. Spec: RPC-4.

    `message` and the two counts bound a request before it is parsed; `inflight` calls run at a
    time, `queue` more wait; `call` is the budget of each call, which a request may only lower.
    """

    message: int = 64 << 20
    tensors: int = 1024
    parameters: int = 256
    head: int = 1 << 20
    name: int = 128
    inflight: int = field(default_factory=lambda: 2 * (os.cpu_count() or 1))
    queue: int = 64
    drain_seconds: float = 30.0
    call: Limits = field(default_factory=Limits)
