"""A testee without any library, wrong on purpose: `python -S raw_testee.py FAULT [ASK OUT]`.

It answers hello and then does what its fault says; with ASK and OUT it is asked through files.
"""

# ruff: noqa: PTH123 - pathlib takes long to import

import os
import struct
import sys
import time

HELLO = b"\x12\x02\x08\x01"  # TesteeResponse.hello.protocol_major = 1
ACCEPTED = b"\x1a\x00"  # TesteeResponse.run without answers
SKIPPED = b"\x32\x00"


def take(size):
    data = b""
    while len(data) < size:
        chunk = os.read(0, size - len(data))
        if not chunk:
            sys.exit(0)
        data += chunk
    return data


def ask():
    return take(struct.unpack("<I", take(4))[0])


def say(data, size=None):
    data = struct.pack("<I", len(data) if size is None else size) + data
    while data:
        data = data[os.write(1, data) :]


def sequence(request):
    """The first field of a request, as it stands there: tag and varint."""
    end = 1
    while request[end] > 127:
        end += 1
    return request[: end + 1]


def through_pipes(fault):
    first = ask()
    say(sequence(first) + HELLO)
    if fault == "never_reads":
        time.sleep(60)
    while True:
        request = ask()
        if fault == "floods_stdout":
            while True:
                os.write(1, b"x" * 65536)
        if fault == "floods_stderr":
            for _ in range(200):
                os.write(2, b"noise " * 10000)
        if fault == "huge_frame":
            say(b"", 0xFFFFFFF0)
        if fault == "half_a_frame":
            say(b"\x08", 100)
            sys.exit(0)
        if fault == "garbage":
            say(b"\xff\xff\xff")
        if fault == "trickles":
            os.write(1, b"\x09")
            time.sleep(60)
        if fault == "dies_by_a_signal":
            os.kill(os.getpid(), 9)
        if fault == "says_more_than_asked":
            say(sequence(request) + ACCEPTED)
        if fault == "leaves_a_grandchild" and os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        say(sequence(request) + (SKIPPED if fault == "skips" else ACCEPTED))


def through_files(fault, path, out):
    with open(path, "rb") as file:
        is_hello = b"\x12" in file.read(4)
    if is_hello:
        with open(out, "wb") as file:
            file.write(HELLO)
        return 0
    if fault == "sleeps":
        time.sleep(60)
    if fault == "garbage":
        with open(out, "wb") as file:
            file.write(b"\xff\xff\xff")
    return {"refuses": 10, "skips": 20, "fails": 3}.get(fault, 0)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(through_files(*sys.argv[1:4]))
    through_pipes(sys.argv[1])
