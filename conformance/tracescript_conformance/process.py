"""A testee as a child process: start, frames with a deadline, end. Nothing about cases here."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
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


def _end(group: int, *, politely: bool) -> None:
    """Ask the processes of a group to end, or end them; those that are gone are fine.

    On Windows a group is what a process started and is never asked.
    """
    if sys.platform == "win32":
        subprocess.run(  # noqa: S603  # a number
            ["taskkill", "/F", "/T", "/PID", str(group)],  # noqa: S607  # a part of Windows
            capture_output=True,
            check=False,
        )
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGTERM if politely else signal.SIGKILL)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process group: SIGTERM, one second, SIGKILL."""
    for politely, wait in ((True, 1.0), (False, 5.0)):
        _end(process.pid, politely=politely)
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
    """A running testee. Frames are a 4-byte little-endian length and a message.

    Pipes are read and written by a thread of their own, so that whoever asks can stop waiting.
    """

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = spawn(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        self._stdin, self._stdout = stdin, stdout
        self._asked: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        self._buffer = self._last = b""
        self._sent = False
        self._stderr = Tail(stderr)
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def ask(self, payload: bytes, seconds: float) -> bytes:
        """Send one frame and return the next one.

        Raises TesteeCrashedError or TesteeTimedOutError.
        """
        if self._buffer:
            raise TesteeCrashedError(f"wrote without being asked: {self._buffer[:60]!r}")
        self._last, self._sent = b"", False
        self._asked.put(struct.pack("<I", len(payload)) + payload)
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            what = "no answer in time" if self._sent else "the testee does not read its input"
            raise TesteeTimedOutError(what) from None
        if isinstance(answer, bytes):
            return answer
        if isinstance(answer, TesteeCrashedError):
            raise answer
        raise TesteeCrashedError(self._ended()) from answer

    def _talk(self) -> None:
        """Answer what is asked until a frame is wrong or nothing more is; then read to the end."""
        with self._stdout, contextlib.suppress(OSError, EOFError):
            for frame in iter(self._asked.get, None):
                try:
                    self._answers.put(self._exchange(memoryview(frame)))
                except (TesteeCrashedError, OSError, EOFError) as error:
                    self._answers.put(error)
                    break
            self._stdin.close()
            while True:
                self._read(_CHUNK)

    def _exchange(self, left: memoryview) -> bytes:
        while left:
            left = left[os.write(self._stdin.fileno(), left) :]
        self._sent = True
        (size,) = struct.unpack("<I", self._take(4))
        if size > LARGEST:
            start = struct.pack("<I", size) + self._buffer[:60]
            raise TesteeCrashedError(
                f"a frame of {size} bytes: does the testee print to stdout? it begins {start!r}"
            )
        return self._take(size)

    def _take(self, size: int) -> bytes:
        if len(self._buffer) < size:
            chunks, have = [self._buffer], len(self._buffer)
            while have < size:
                chunk = self._read(min(max(_CHUNK, size - have), 1 << 22))
                chunks.append(chunk)
                have += len(chunk)
            self._buffer = b"".join(chunks)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _read(self, most: int) -> bytes:
        chunk = os.read(self._stdout.fileno(), most)
        if not chunk:
            raise EOFError
        self._last = (self._last + chunk)[-_STDOUT_SHOWN:]
        return chunk

    def _ended(self) -> str:
        try:
            how = how_it_ended(self._process.wait(1))
        except subprocess.TimeoutExpired:
            return "stdin or stdout was closed"
        self._thread.join(0.2)
        return f"{how}; stdout ended with {self._last!r}" if self._last else how

    def stderr(self) -> str:
        """Return the last 4 KiB of what the testee wrote to stderr."""
        return self._stderr.text()

    def end(self, seconds: float = 5.0) -> bool:
        """Close stdin and wait; kill the process group if it stays. Returns whether it ended."""
        self._asked.put(None)
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
        self._asked.put(None)
        self._close()

    def _close(self) -> None:
        # What the testee started may still hold the pipes.
        _end(self._process.pid, politely=False)
        self._thread.join(0.2)
        self._stderr.text()
