"""Takes a file apart and puts it together again: header, sections, payloads, digests repaired."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from tools import encode
from tracescript.v1 import (
    code_pb2,
    debug_pb2,
    example_pb2,
    file_pb2,
    model_pb2,
    tensor_pb2,
)

SECTIONS: dict[str, tuple[int, Any]] = {
    "model": (4, model_pb2.Model),
    "weights": (5, tensor_pb2.WeightTable),
    "code": (6, code_pb2.Code),
    "debug": (7, debug_pb2.DebugInfo),
    "examples": (8, example_pb2.Examples),
    "extra_files": (9, file_pb2.ExtraFiles),
}
_BLOB, _FIRST_SECTION = 15, 4
_PAYLOADS = 14


@dataclass(slots=True)
class Parts:
    """A file as header, sections by field number, and payloads; `raw_header` wins if it is set."""

    header: file_pb2.Header
    sections: dict[int, bytes]
    payloads: list[bytes]
    raw_header: bytes = b""
    messages: dict[str, Any] = field(default_factory=dict)

    def message(self, name: str) -> Any:
        """Return a section, or the header, as a message that edits may change.

        `listed` is the header with its list of sections, written as it is in the end.
        """
        if name == "header":
            return self.header
        if name == "listed" and name not in self.messages:
            self.messages[name] = file_pb2.Header.FromString(self.listed_header())
        if name not in self.messages:
            number, kind = SECTIONS[name]
            self.messages[name] = kind.FromString(self.sections.get(number, b""))
        return self.messages[name]

    def names(self) -> set[str]:
        """Return the names of the sections that the file has."""
        return {name for name, (number, _) in SECTIONS.items() if number in self.sections}

    def settle(self) -> None:
        """Serialize the messages that were asked for."""
        listed = self.messages.pop("listed", None)
        if listed is not None:
            self.raw_header = encode.serialized(listed)
        for name, message in self.messages.items():
            number = SECTIONS[name][0]
            if number in self.sections or message.ByteSize():
                self.sections[number] = encode.serialized(message)
        self.messages.clear()

    def assemble(self) -> bytes:
        """Return the file; section list and digests fit what is there."""
        self.settle()
        return encode.file_bytes(self.sections, self.payloads, self.header, self.raw_header)

    def listed_header(self) -> bytes:
        """Return the header's bytes as they would be written now."""
        self.settle()
        return encode.header_bytes(self.sections, self.header)


def fields(data: bytes) -> list[tuple[int, int, int, int]]:
    """Walk the top level: (field number, start of the tag, start of the content, end)."""
    found, at = [], 0
    while at < len(data):
        number, start, shift, length = data[at] >> 3, at, 0, 0
        at += 1
        while True:
            length |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:  # noqa: PLR2004  # the last byte of a varint
                break
        found.append((number, start, at, at + length))
        at += length
    return found


def take_apart(data: bytes) -> Parts:
    """Return the parts of a sound file."""
    sections: dict[int, bytes] = {}
    payloads = []
    for number, _, begin, end in fields(data):
        if number == _BLOB:
            payloads.append(data[begin:end])
        elif number != _PAYLOADS:
            sections[number] = data[begin:end]
    header = file_pb2.Header.FromString(sections[2])
    kept = {n: c for n, c in sections.items() if n >= _FIRST_SECTION}
    return Parts(header, kept, payloads)


def with_our_name(data: bytes) -> bytes:
    """Name the suite as producer: a version of the reference must not move frozen bytes."""
    parts = take_apart(data)
    parts.header.producer.CopyFrom(file_pb2.Producer(name="tracescript conformance"))
    return parts.assemble()


def sha256(content: bytes) -> bytes:
    """Return the digest of a payload or section."""
    return hashlib.sha256(content).digest()
