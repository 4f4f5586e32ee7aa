"""`tracescript serve PATH`."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from tracescript.engine.choose import NAMES
from tracescript.engine.limits import Limits
from tracescript.service import Server, ServiceLimits

if TYPE_CHECKING:
    from types import FrameType


_TURN = 0.0005
"""Seconds, a tenth of Python's own."""


@click.command("serve")
@click.argument("path", type=click.Path(exists=True))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="0 takes a free port.",
)
@click.option("--engine", type=click.Choice(NAMES), default="py", show_default=True)
@click.option(
    "--max-message", default=64 << 20, show_default=True, help="Bytes of a request or reply."
)
@click.option("--max-steps", default=Limits().steps, show_default=True, help="Steps of one call.")
@click.option(
    "--max-memory", default=Limits().memory, show_default=True, help="Tensor bytes of one call."
)
@click.option(
    "--max-deadline", default=Limits().seconds, show_default=True, help="Seconds of one call."
)
@click.option(
    "--drain", default=30.0, show_default=True, help="Seconds for running calls at the end."
)
def command(
    path: str,
    host: str,
    port: int,
    engine: str,
    max_message: int,
    max_steps: int,
    max_memory: int,
    max_deadline: float,
    drain: float,
) -> None:
    """Serve a folder NAME/VERSION/model.tsproto, or one file, over gRPC; SIGTERM drains."""
    call = Limits(steps=max_steps, memory=max_memory, seconds=max_deadline)
    limits = ServiceLimits(message=max_message, drain_seconds=drain, call=call)
    server = Server(path, host=host, port=port, limits=limits, engine=engine)
    for failed in server.registry.failed:
        click.echo(f"not served: {failed.name} version {failed.version}: {failed.reason}", err=True)
    for served in server.registry.ready:
        click.echo(f"ready: {served.name} version {served.version}, digest {served.digest[:16]}")

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        threading.Thread(target=server.stop, name="drain").start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # Calls that compute hold the interpreter for this long; health checks wait for all of them.
    sys.setswitchinterval(_TURN)
    server.start()
    click.echo(f"listening on {server.address}")
    server.wait()
    click.echo("stopped")
