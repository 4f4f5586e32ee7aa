"""A testee as a child process: start, frames with a deadline, end. Nothing about cases here."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import struct
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 1 << 30
_STDERR_SHOWN = 4096


class TesteeCrashedError(Exception):
    """The process ended, or wrote what is no frame."""


class TesteeTimedOutError(Exception):
    """No answer within the time."""


class TesteeNotStartedError(Exception):
    """The command cannot be run, or its hello failed."""


class Child:
    """A running testee. Frames are a 4-byte little-endian length and a message."""

    def __init__(self, command: Sequence[str]) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed in `end`
        try:
            self._process = subprocess.Popen(  # noqa: S603  # the command is the user's
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                start_new_session=True,
            )
        except OSError as error:
            self._stderr.close()
            raise TesteeNotStartedError(f"cannot start {command[0]!r}: {error.strerror}") from error
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._buffer = b""

    def ask(self, payload: bytes, seconds: float) -> bytes:
        """Send one frame and return the next one.

        Raises TesteeCrashedError or TesteeTimedOutError.
        """
        deadline = time.monotonic() + seconds
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(struct.pack("<I", len(payload)) + payload)
            self._process.stdin.flush()
        except OSError as error:
            raise TesteeCrashedError(self._ended()) from error
        (size,) = struct.unpack("<I", self._take(4, deadline))
        if size > LARGEST:
            start = struct.pack("<I", size) + self._buffer[:60]
            raise TesteeCrashedError(
                f"a frame of {size} bytes: does the testee print to stdout? it begins {start!r}"
            )
        return self._take(size, deadline)

    def _take(self, size: int, deadline: float) -> bytes:
        chunks, have = [self._buffer], len(self._buffer)
        assert self._process.stdout is not None
        while have < size:
            left = deadline - time.monotonic()
            if left <= 0 or not self._selector.select(left):
                raise TesteeTimedOutError("no answer in time")
            chunk = os.read(self._process.stdout.fileno(), max(65536, min(size - have, 1 << 22)))
            if not chunk:
                raise TesteeCrashedError(self._ended())
            chunks.append(chunk)
            have += len(chunk)
        data = b"".join(chunks)
        self._buffer = data[size:]
        return data[:size]

    def _ended(self) -> str:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "stdout was closed"
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return f"ended with {how}"

    def stderr(self) -> str:
        """Return the last 4 KiB of what the testee wrote to stderr."""
        end = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, end - _STDERR_SHOWN))
        return self._stderr.read().decode("utf-8", "replace").strip()

    def end(self, seconds: float = 5.0) -> bool:
        """Close stdin and wait; kill the process group if it stays. Returns whether it ended."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        stopped = True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            stopped = False
            self.kill()
        self._close()
        return stopped

    def kill(self) -> None:
        """End the process group: SIGTERM, one second, SIGKILL."""
        for sign, wait in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(wait)
                break
        self._close()

    def _close(self) -> None:
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
