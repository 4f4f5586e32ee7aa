"""Opens a file: digests, header, canonical messages. Weights stay where they are."""

from __future__ import annotations

import hashlib
import itertools
import mmap
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from google.protobuf.message import DecodeError, Message

from tracescript.ir import limits
from tracescript.v1 import file_pb2
from tracescript.wire import scan, table_counts
from tracescript.wire.faults import fault, over_limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEATURES: Final = frozenset({"function.recursion", "opset.custom", "scalar.complex"})
"""What a file may require of this reader."""

AnyMessage = TypeVar("AnyMessage", bound=Message)


def view_of(source: str | os.PathLike[str] | bytes | BinaryIO, *, use_mmap: bool) -> memoryview:
    """Return the bytes of a path, a bytes object or a binary file object, read-only.

    A path is mapped, unless `use_mmap` is false: then it is read, which survives that somebody
    shortens the file meanwhile.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return memoryview(source).toreadonly().cast("B")
    if not isinstance(source, (str, os.PathLike)):
        return _read(source)
    with open(source, "rb") as file:  # noqa: PTH123  # a Path costs more than to open the file
        if use_mmap and os.fstat(file.fileno()).st_size:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return _read(file)


def _read(file: BinaryIO) -> memoryview:
    """Read to the end, unless the first bytes say that it is none of ours: a device has no end."""
    head = file.read(len(scan.SIGNATURE))
    if head != scan.SIGNATURE:
        return memoryview(head)
    return memoryview(b"".join((head, file.read())))


@dataclass(frozen=True, slots=True)
class Container:
    """An open file up to its messages: the sections are digest-checked copies.

    `end` is where the metadata ends and `newer` says that the format minor is above this reader's.
    """

    view: memoryview
    sections: Mapping[int, bytes]
    end: int
    header: file_pb2.Header
    newer: bool

    @property
    def digest(self) -> str:
        """The file's digest in hexadecimal."""
        return self.sections[scan.HEADER_DIGEST].hex()

    @property
    def alignment(self) -> int:
        """Alignment of payloads in bytes."""
        return self.header.alignment or scan.DEFAULT_ALIGNMENT

    def message(
        self, number: int, kind: type[AnyMessage], tables: table_counts.Tables
    ) -> AnyMessage | None:
        """Parse a section, or return None if the file has none.

        Raises:
            FormatError: BAD_MESSAGE, NOT_CANONICAL.
            UnsupportedError: FILE_LIMIT.

        Spec: CONTAINER-15, CONTAINER-20.
        """
        content = self.sections.get(number)
        if content is None:
            return None
        where = scan.section_name(number)
        table_counts.check_tables(memoryview(content), tables, where)
        message = _parse(content, kind, where)
        _check_canonical(message, content, where, newer=self.newer)
        return message


def _parse(content: bytes, kind: type[AnyMessage], where: str) -> AnyMessage:
    try:
        return kind.FromString(content)
    except (DecodeError, UnicodeDecodeError) as error:
        what = f"found bytes that are no {kind.__name__} message"
        raise fault("BAD_MESSAGE", what, where, "CONTAINER-15") from error


def _check_canonical(message: Message, content: bytes, where: str, *, newer: bool) -> None:
    if not newer:
        # A known field with a wrong wire type counts as unknown and would come back as it was.
        message.DiscardUnknownFields()
    again = message.SerializeToString(deterministic=True)
    if again == content:
        return
    at = first_difference(again, content)
    what = f"found another encoding than the canonical one at byte {at}"
    raise fault("NOT_CANONICAL", what, where, "CONTAINER-15")


def first_difference(a: bytes, b: bytes) -> int:
    """Return the first position where two byte strings differ."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def open_container(
    source: str | os.PathLike[str] | bytes | BinaryIO, *, use_mmap: bool
) -> Container:
    """Walk a file and check its header and the digests of its sections.

    Raises:
        FormatError: NOT_TSPROTO, TRUNCATED, BAD_LAYOUT, DIGEST_MISMATCH, BAD_MESSAGE,
            NOT_CANONICAL.
        UnsupportedError: UNSUPPORTED_VERSION, UNSUPPORTED_FEATURE, FILE_LIMIT.
    """
    view = view_of(source, use_mmap=use_mmap)
    sections, end = scan.scan(view)
    content = sections[scan.HEADER]
    _check_digest(content, sections[scan.HEADER_DIGEST], "header_digest", "CONTAINER-9")
    header = _parse(content, file_pb2.Header, "header")
    if header.format_major != scan.FORMAT_MAJOR:
        what = f"found format {header.format_major}, expected {scan.FORMAT_MAJOR}"
        raise fault("UNSUPPORTED_VERSION", what, "header.format_major", "CONTAINER-11")
    newer = header.format_minor > scan.FORMAT_MINOR
    _check_canonical(header, content, "header", newer=newer)
    _check_header(header)
    _check_sections(header, sections)
    return Container(view, sections, end, header, newer)


def _check_digest(content: bytes | memoryview, expected: bytes, where: str, rule: str) -> None:
    found = hashlib.sha256(content).digest()
    if found != expected:
        what = f"found SHA-256 {found.hex()}, expected {expected.hex()}"
        raise fault("DIGEST_MISMATCH", what, where, rule)


def _check_header(header: file_pb2.Header) -> None:
    for name in ("required_features", "profiles", "metadata"):
        entries: Sequence[Any] = getattr(header, name)
        where = f"header.{name}"
        if len(entries) > limits.MAX_LIST:
            raise over_limit(where, "entries", len(entries), limits.MAX_LIST)
        keys = [entry.key if name == "metadata" else entry for entry in entries]
        if any(a >= b for a, b in itertools.pairwise(keys)):
            what = f"found {keys!r:.200}, expected them sorted, each once"
            raise fault("NOT_CANONICAL", what, where, "CONTAINER-14")
    unknown = [name for name in header.required_features if name not in FEATURES]
    if header.shards or header.shard_index:
        unknown.append("shards")
    if unknown:
        known = ", ".join(sorted(FEATURES))
        what = f"found the required features {', '.join(unknown)}, expected some of {known}"
        raise fault("UNSUPPORTED_FEATURE", what, "header.required_features", "CONTAINER-13")
    alignment = header.alignment or scan.DEFAULT_ALIGNMENT
    if not scan.is_alignment(alignment):
        what = f"found {alignment}, expected a power of two in 64..65536"
        raise fault("BAD_LAYOUT", what, "header.alignment", "CONTAINER-7")


def _check_sections(header: file_pb2.Header, sections: Mapping[int, bytes]) -> None:
    present = [number for number in sections if number >= scan.MODEL]
    listed = [entry.field_number for entry in header.sections]
    if listed != present:
        what = f"found the list {listed[:16]}, expected the fields present, {present}"
        raise fault("BAD_LAYOUT", what, "header.sections", "CONTAINER-6")
    for i, entry in enumerate(header.sections):
        content = sections[entry.field_number]
        if entry.length != len(content):
            what = f"found length {entry.length}, expected {len(content)}"
            raise fault("BAD_LAYOUT", what, f"header.sections[{i}].length", "CONTAINER-6")
        where = scan.section_name(entry.field_number)
        _check_digest(content, entry.sha256, where, "CONTAINER-10")
