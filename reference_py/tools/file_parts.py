"""Takes a file apart and puts it together again with fitting digests: for tests and the fuzzer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from tracescript.v1 import code_pb2, debug_pb2, example_pb2, file_pb2, model_pb2, tensor_pb2
from tracescript.wire import scan

MESSAGES: Final[dict[int, Any]] = {
    scan.MODEL: model_pb2.Model,
    scan.WEIGHTS: tensor_pb2.WeightTable,
    scan.CODE: code_pb2.Code,
    scan.DEBUG: debug_pb2.DebugInfo,
    scan.EXAMPLES: example_pb2.Examples,
    scan.EXTRA_FILES: file_pb2.ExtraFiles,
}
"""The message of each section."""


@dataclass(slots=True)
class Parts:
    """A file as header, sections by number (from the model on) and payloads in order."""

    header: file_pb2.Header
    sections: dict[int, bytes]
    payloads: list[bytes]


def take_apart(content: bytes) -> Parts:
    """Return the parts of a sound file."""
    view = memoryview(content)
    sections, end = scan.scan(view)
    header = file_pb2.Header.FromString(sections[scan.HEADER])
    table = tensor_pb2.WeightTable.FromString(sections[scan.WEIGHTS])
    lengths = [storage.length for storage in table.storages[1:]]
    places, _ = scan.layout(end, lengths, header.alignment or scan.DEFAULT_ALIGNMENT)
    rest = {number: sections[number] for number in sections if number >= scan.MODEL}
    return Parts(header, rest, [content[place.start : place.end] for place in places])


def section_list(sections: dict[int, bytes]) -> list[file_pb2.Section]:
    """Return the header's entries for sections."""
    return [
        file_pb2.Section(
            field_number=number, length=len(content), sha256=hashlib.sha256(content).digest()
        )
        for number, content in sections.items()
    ]


def field(number: int, content: bytes) -> bytes:
    """Return a top-level field."""
    return scan.head(number, len(content)) + content


def assemble(parts: Parts) -> bytes:
    """Return the file, with the header's section list and digest made to fit."""
    header = file_pb2.Header()
    header.CopyFrom(parts.header)
    del header.sections[:]
    header.sections.extend(section_list(parts.sections))
    return assemble_raw(header.SerializeToString(deterministic=True), parts)


def assemble_raw(header: bytes, parts: Parts) -> bytes:
    """Return the file with these bytes as header, whatever they are; only its digest fits."""
    out = bytearray(scan.SIGNATURE)
    out += field(scan.HEADER, header)
    out += field(scan.HEADER_DIGEST, hashlib.sha256(header).digest())
    for number, content in parts.sections.items():
        out += field(number, content)
    alignment = parts.header.alignment or scan.DEFAULT_ALIGNMENT
    if not scan.is_alignment(alignment):
        alignment = scan.DEFAULT_ALIGNMENT
    places, _ = scan.layout(len(out), [len(payload) for payload in parts.payloads], alignment)
    for place, payload in zip(places, parts.payloads, strict=True):
        out += scan.framing(place) + payload
    return bytes(out)
