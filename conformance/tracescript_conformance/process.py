"""A testee as a child process: start, frames with a deadline, end. Nothing about cases here."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import struct
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 1 << 28
"""Bytes of an answer; no case expects a thousandth of it."""
_CHUNK = 1 << 16
_STDERR_SHOWN = 4096
_STDOUT_SHOWN = 60


class TesteeCrashedError(Exception):
    """The process ended, or wrote what is no frame."""


class TesteeTimedOutError(Exception):
    """No answer within the time."""


class TesteeNotStartedError(Exception):
    """The command cannot be run, or its hello failed."""


def spawn(command: Sequence[str], **streams: int) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own. Raises TesteeNotStartedError."""
    try:
        return subprocess.Popen(list(command), start_new_session=True, **streams)  # type: ignore[call-overload]  # noqa: S603  # the command is the user's
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise TesteeNotStartedError(f"cannot start {command[0]!r}: {why}") from error


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process group: SIGTERM, one second, SIGKILL."""
    for sign, wait in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait)
            return


def how_it_ended(status: int) -> str:
    """Say an exit status or a signal in words."""
    if status >= 0:
        return f"ended with exit status {status}"
    with contextlib.suppress(ValueError):
        return f"ended with signal {signal.Signals(-status).name}"
    return f"ended with signal {-status}"


class Tail:
    """Reads a stream to its end and keeps the last 4 KiB, however much comes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream, contextlib.suppress(OSError):
            while chunk := os.read(self._stream.fileno(), _CHUNK):
                self._kept = (self._kept + chunk)[-_STDERR_SHOWN:]

    def text(self) -> str:
        """Return what was kept; waits a moment for a stream that is about to end."""
        self._thread.join(0.2)
        return self._kept.decode("utf-8", "replace").strip()


class Child:
    """A running testee. Frames are a 4-byte little-endian length and a message."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = spawn(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        self._stdin, self._stdout = stdin, stdout
        for stream in (stdin, stdout):
            os.set_blocking(stream.fileno(), False)
        self._readable = selectors.DefaultSelector()
        self._readable.register(stdout, selectors.EVENT_READ)
        self._buffer = self._last = b""
        self._stderr = Tail(stderr)

    def ask(self, payload: bytes, seconds: float) -> bytes:
        """Send one frame and return the next one.

        Raises TesteeCrashedError or TesteeTimedOutError.
        """
        deadline = time.monotonic() + seconds
        self._last = b""
        if self._buffer:
            raise TesteeCrashedError(f"wrote without being asked: {self._buffer[:60]!r}")
        self._send(memoryview(struct.pack("<I", len(payload)) + payload), deadline)
        (size,) = struct.unpack("<I", self._take(4, deadline))
        if size > LARGEST:
            start = struct.pack("<I", size) + self._buffer[:60]
            raise TesteeCrashedError(
                f"a frame of {size} bytes: does the testee print to stdout? it begins {start!r}"
            )
        return self._take(size, deadline)

    def _send(self, left: memoryview, deadline: float) -> None:
        """Write as the testee reads; one that never reads runs into the deadline."""
        while left:
            try:
                left = left[os.write(self._stdin.fileno(), left) :]
            except BlockingIOError:
                self._wait_writable(deadline)
            except OSError as error:
                raise TesteeCrashedError(self._ended()) from error

    def _wait_writable(self, deadline: float) -> None:
        seconds = deadline - time.monotonic()
        with selectors.DefaultSelector() as writable:
            writable.register(self._stdin, selectors.EVENT_WRITE)
            if seconds <= 0 or not writable.select(seconds):
                raise TesteeTimedOutError("the testee does not read its input")

    def _take(self, size: int, deadline: float) -> bytes:
        if len(self._buffer) < size:
            chunks, have = [self._buffer], len(self._buffer)
            while have < size:
                chunk = self._read(min(max(_CHUNK, size - have), 1 << 22), deadline)
                chunks.append(chunk)
                have += len(chunk)
            self._buffer = b"".join(chunks)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _read(self, most: int, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0 or not self._readable.select(left):
            raise TesteeTimedOutError("no answer in time")
        chunk = os.read(self._stdout.fileno(), most)
        if not chunk:
            raise TesteeCrashedError(self._ended())
        self._last = (self._last + chunk)[-_STDOUT_SHOWN:]
        return chunk

    def _ended(self) -> str:
        try:
            how = how_it_ended(self._process.wait(1))
        except subprocess.TimeoutExpired:
            return "stdin or stdout was closed"
        with contextlib.suppress(OSError):
            self._last = (self._last + os.read(self._stdout.fileno(), _CHUNK))[-_STDOUT_SHOWN:]
        return f"{how}; stdout ended with {self._last!r}" if self._last else how

    def stderr(self) -> str:
        """Return the last 4 KiB of what the testee wrote to stderr."""
        return self._stderr.text()

    def end(self, seconds: float = 5.0) -> bool:
        """Close stdin and wait; kill the process group if it stays. Returns whether it ended."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        stopped = True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            stopped = False
            kill(self._process)
        self._close()
        return stopped

    def kill(self) -> None:
        """End the process group."""
        kill(self._process)
        self._close()

    def _close(self) -> None:
        self._readable.close()
        for stream in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                stream.close()
        # What the testee started may still hold the pipes.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._stderr.text()
