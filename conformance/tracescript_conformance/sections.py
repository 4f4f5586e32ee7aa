"""Finds a section in a file's bytes, for answers that are compared by one section."""

from __future__ import annotations

MODEL = 4
_LAST_BYTE = 128


def section(data: bytes, number: int) -> bytes:
    """Return the content of a top-level field. Raises ValueError where there is none."""
    at = 0
    while at < len(data):
        found, length, shift = data[at] >> 3, 0, 0
        at += 1
        while at < len(data):
            byte = data[at]
            length |= (byte & 127) << shift
            shift, at = shift + 7, at + 1
            if byte < _LAST_BYTE:
                break
        if found == number:
            return data[at : at + length]
        at += length
    raise ValueError(f"no section {number}")
