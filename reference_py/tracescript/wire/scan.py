"""The container: signature, top-level walk and layout arithmetic. Knows no message and no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tracescript.ir.limits import MAX_FILE, MAX_SECTION
from tracescript.wire import varint
from tracescript.wire.faults import fault

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNATURE: Final = b"\x0a\x0etsproto\r\n\x1a\n\x01\x00\x00"
"""The first 16 bytes of every file: field 1 with its tag, length and 14 bytes of content."""

HEADER: Final = 2
HEADER_DIGEST: Final = 3
MODEL: Final = 4
WEIGHTS: Final = 5
CODE: Final = 6
DEBUG: Final = 7
EXAMPLES: Final = 8
EXTRA_FILES: Final = 9
LAST_SECTION: Final = 13
PADDING: Final = 14
BLOB: Final = 15

NAMES: Final = {
    HEADER: "header",
    HEADER_DIGEST: "header_digest",
    MODEL: "model",
    WEIGHTS: "weights",
    CODE: "code",
    DEBUG: "debug",
    EXAMPLES: "examples",
    EXTRA_FILES: "extra_files",
}

FORMAT_MAJOR: Final = 1
FORMAT_MINOR: Final = 0
LANGUAGE: Final = (1, 0)
"""Version of the code language that the code section is in."""
DEFAULT_ALIGNMENT: Final = 64
MAX_ALIGNMENT: Final = 65_536

_DELIMITED = 2
_EPOCH = 13
_LONGEST_HEAD = 11
_UNREACHABLE: Final = (1, 130, 16_387)
"""Sizes that no padding field with a minimal length has."""


def section_name(number: int) -> str:
    """Name a top-level field for people."""
    return NAMES.get(number, f"section {number}")


def tag(number: int) -> bytes:
    """Return the one byte that starts a top-level field."""
    return bytes((number << 3 | _DELIMITED,))


def head(number: int, length: int) -> bytes:
    """Return tag and length of a top-level field."""
    return tag(number) + varint.encode(length)


def padding(need: int) -> bytes:
    """Return the padding field that takes exactly `need` bytes, as `layout` found it."""
    if not need:
        return b""
    for length_size in (1, 2, 3):
        body = need - 1 - length_size
        if body >= 0 and varint.size(body) == length_size:
            return head(PADDING, body) + bytes(body)
    raise AssertionError(need)


class Place(NamedTuple):
    """Where a payload lies: start of its framing, bytes of padding, its own start and end."""

    framing: int
    padding: int
    start: int
    end: int


def layout(position: int, lengths: Sequence[int], alignment: int) -> tuple[list[Place], int]:
    """Compute the place of each payload from the lengths alone, and where the file ends.

    Spec: CONTAINER-4.
    """
    places = []
    head_sizes = {length: 1 + varint.size(length) for length in set(lengths)}
    for length in lengths:
        head_size = head_sizes[length]
        need = -(position + head_size) % alignment
        if need in _UNREACHABLE:
            need += alignment
        start = position + need + head_size
        places.append(Place(position, need, start, start + length))
        position = start + length
    return places, position


def framing(place: Place) -> bytes:
    """Return the bytes that must stand before a payload."""
    return padding(place.padding) + head(BLOB, place.end - place.start)


def is_alignment(number: int) -> bool:
    """Tell whether payloads may be aligned so. Spec: CONTAINER-7."""
    return not number & (number - 1) and DEFAULT_ALIGNMENT <= number <= MAX_ALIGNMENT


def check_framing(view: memoryview, place: Place, where: str) -> None:
    """Compare the bytes before a payload with the only ones that are allowed.

    Raises:
        FormatError: BAD_LAYOUT, CONTAINER-4.
    """
    if view[place.framing : place.start] != framing(place):
        what = f"found other bytes than the padding and length expected at {place.framing}"
        raise fault("BAD_LAYOUT", what, where, "CONTAINER-4")


def _check_signature(view: memoryview) -> None:
    found = bytes(view[: len(SIGNATURE)])
    if found == SIGNATURE:
        return
    hint = ""
    if found[:_EPOCH] == SIGNATURE[:_EPOCH]:
        hint = "the file has a newer container layout; update the reader"
    elif found.replace(b"\r\n", b"\n").startswith(SIGNATURE[:_EPOCH].replace(b"\r\n", b"\n")):
        hint = "the file was changed by a text-mode transfer; copy it again in binary mode"
    what = f"found {found.hex(' ') or 'no bytes'}, expected {SIGNATURE.hex(' ')}"
    raise fault("NOT_TSPROTO", what, "signature", "CONTAINER-1", hint)


def _read_length(view: memoryview, position: int, where: str) -> tuple[int, int]:
    """Return the minimal varint after a tag and the position behind it."""
    start = position
    try:
        length, position = varint.read(view[position : position + _LONGEST_HEAD], 0)
    except ValueError as error:
        raise fault(
            "BAD_LAYOUT", "found a length of more than ten bytes", where, "CONTAINER-3"
        ) from error
    except IndexError as error:
        what = f"found the end of the file inside a length at {start}"
        raise fault("TRUNCATED", what, where, "CONTAINER-3") from error
    if position != varint.size(length):
        what = f"found a length of {position} bytes, expected {varint.size(length)}"
        raise fault("BAD_LAYOUT", what, where, "CONTAINER-3")
    if length >= MAX_FILE:
        what = f"found a length of {length}, expected less than {MAX_FILE}"
        raise fault("BAD_LAYOUT", what, where, "CONTAINER-3")
    return length, start + position


def scan(view: memoryview) -> tuple[dict[int, bytes], int]:
    """Walk the metadata fields of a file.

    Returns a copy of each field's content by number, and the position where they end. What is
    checked later is this copy, so a file that changes meanwhile cannot pass one check and fail
    another. No payload byte is touched.

    Raises:
        FormatError: NOT_TSPROTO, BAD_LAYOUT, TRUNCATED.
        UnsupportedError: FILE_LIMIT.

    Spec: CONTAINER-1, CONTAINER-2, CONTAINER-3.
    """
    _check_signature(view)
    sections: dict[int, bytes] = {}
    size, position, last = len(view), len(SIGNATURE), 1
    while position < size and view[position] >> 3 <= LAST_SECTION:
        number, kind = view[position] >> 3, view[position] & 7
        where = section_name(number)
        if kind != _DELIMITED or number <= last:
            what = (
                f"found field {number} of wire type {kind} at {position}, "
                f"expected a field above {last} of wire type {_DELIMITED}"
            )
            raise fault("BAD_LAYOUT", what, where, "CONTAINER-2")
        length, start = _read_length(view, position + 1, where)
        if length > MAX_SECTION:
            what = f"found {length} bytes, expected at most {MAX_SECTION}"
            raise fault("FILE_LIMIT", what, where, "CONTAINER-20")
        if start + length > size:
            what = f"found {size - start} bytes, expected {length}"
            raise fault("TRUNCATED", what, where, "CONTAINER-2")
        sections[number] = bytes(view[start : start + length])
        position, last = start + length, number
    _check_required(sections, position, size)
    return sections, position


def _check_required(sections: dict[int, bytes], position: int, size: int) -> None:
    for number in (HEADER, HEADER_DIGEST, MODEL, WEIGHTS):
        if number not in sections:
            code = (
                "TRUNCATED"
                if position >= size and number > max(sections, default=1)
                else "BAD_LAYOUT"
            )
            what = f"found no field {number}, expected it before {position}"
            raise fault(code, what, section_name(number), "CONTAINER-2")
