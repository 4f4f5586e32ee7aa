"""Protobuf's variable-length integers and field walk, as far as the container needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT = 0
_DELIMITED = 2
_GROUP, _GROUP_END = 3, 4
_FIXED = {1: 8, 5: 4}
_MORE = 0x80
_LOW = 0x7F


def encode(n: int) -> bytes:
    """Write a non-negative number in as few bytes as possible."""
    if n <= _LOW:
        return bytes((n,))
    out = bytearray()
    while n > _LOW:
        out.append(n & _LOW | _MORE)
        n >>= 7
    out.append(n)
    return bytes(out)


def size(n: int) -> int:
    """Count the bytes that `encode` takes."""
    return max(1, (n.bit_length() + 6) // 7)


def read(data: memoryview | bytes, position: int) -> tuple[int, int]:
    """Return the number at `position` and the position after it.

    Raises ValueError if it is longer than ten bytes, IndexError at the end of the data.
    """
    value = 0
    for i in range(10):
        byte = data[position + i]
        value |= (byte & _LOW) << 7 * i
        if byte < _MORE:
            return value, position + i + 1
    raise ValueError("more than ten bytes")


def fields(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield (number, begin, end) of each length-delimited field; stop at the first flaw.

    What is in a group belongs to the group, so it is passed over.
    """
    position = depth = 0
    try:
        while position < len(data):
            tag, position = read(data, position)
            kind = tag & 7
            length = _FIXED.get(kind, 0)
            if kind == _VARINT:
                _, position = read(data, position)
            elif kind == _DELIMITED:
                length, position = read(data, position)
                if not depth:
                    yield tag >> 3, position, position + length
            elif kind in {_GROUP, _GROUP_END}:
                depth += 1 if kind == _GROUP else -1
            elif kind not in _FIXED:
                return
            position += length
    except (ValueError, IndexError):
        return
