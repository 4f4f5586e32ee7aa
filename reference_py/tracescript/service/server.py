"""The server: a folder of models on a loopback port, drained when it stops."""

from __future__ import annotations

import threading
import time
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from tracescript.errors import ServiceError
from tracescript.model.instance import Settings
from tracescript.service import registry as registries
from tracescript.service.call import Calls
from tracescript.service.handlers import Handlers
from tracescript.service.limits import ServiceLimits

if TYPE_CHECKING:
    from os import PathLike

_SPARE_THREADS = 16
_GLANCE = 0.02
"""Seconds between two looks at the calls that still run."""
_LAST_SECONDS = 1.0
"""What a cancelled call gets to send its reply."""


class Server:
    """Serves a folder `name/version/model.tsproto`, or one file, over gRPC.

    Binds to loopback unless told otherwise; port 0 takes a free one, see `address`. A context
    manager: leaving it drains the calls that run.

    Raises:
        ServiceError: no model is ready, or the address cannot be bound.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        host: str = "127.0.0.1",
        port: int = 8001,
        limits: ServiceLimits | None = None,
        engine: str = "py",
        guards: str = "error",
    ) -> None:
        self.limits = limits or ServiceLimits()
        settings = Settings(engine, guards, self.limits.call)
        self.registry = registries.load(Path(path), settings)
        if not self.registry.ready:
            reasons = "; ".join(f"{f.name}/{f.version}: {f.reason}" for f in self.registry.failed)
            raise ServiceError(
                f"no model in {path} is ready" + (f": {reasons}" if reasons else ""),
                code="MODEL_NOT_READY",
                rule="RPC-1",
                hint="a model lies at NAME/VERSION/model.tsproto below the folder",
            )
        self.calls = Calls(self.limits)
        threads = self.limits.inflight + self.limits.queue + _SPARE_THREADS
        self._server = grpc.server(
            futures.ThreadPoolExecutor(threads, "tracescript"),
            maximum_concurrent_rpcs=threads,
            options=[
                ("grpc.max_receive_message_length", self.limits.message),
                ("grpc.max_send_message_length", self.limits.message + (1 << 20)),
                ("grpc.so_reuseport", 0),
                ("grpc.max_metadata_size", 16 << 10),
            ],
        )
        for handler in Handlers(self.registry, self.calls, self.limits).generic():
            self._server.add_generic_rpc_handlers((handler,))
        try:
            bound = self._server.add_insecure_port(f"{host}:{port}")
        except RuntimeError as error:
            raise _unbound(host, port) from error
        if not bound:
            raise _unbound(host, port)
        self.address = f"{host}:{bound}"
        self._stopped = threading.Event()

    def start(self) -> Server:
        """Begin to answer."""
        self._server.start()
        return self

    def stop(self, seconds: float | None = None) -> None:
        """Refuse new calls, let those that run finish within `seconds`, then cancel them."""
        self.calls.drain()
        end = time.monotonic() + (self.limits.drain_seconds if seconds is None else seconds)
        # The port stays open meanwhile, so that new calls and health checks get an answer.
        while self.calls.busy and time.monotonic() < end:
            time.sleep(_GLANCE)
        self.calls.cancel_all()
        self._server.stop(_LAST_SECONDS).wait()
        self._stopped.set()

    def wait(self) -> None:
        """Block until `stop` was called and is done."""
        # Another thread may receive a signal: its handler runs once the main thread runs again.
        while not self._stopped.wait(_GLANCE):
            pass

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _unbound(host: str, port: int) -> ServiceError:
    return ServiceError(
        f"cannot listen on {host}:{port}",
        code="OVERLOADED",
        rule="RPC-1",
        hint="another process may have the port; --port 0 takes a free one",
    )
