"""Random damage to bytes and to messages, for the fuzzer. Everything follows from one generator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from google.protobuf.message import Message

_EDGES = (0, 1, 2, 3, 63, 64, 127, 128, 255, 256, 2**20, 2**31, 2**32 - 1, 2**62, 2**63, 2**64 - 1)
_RANGES = {
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.TYPE_SINT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_ENUM: (0, 2**31 - 1),
}
_LONGEST = 9
_SPLICE = 64


def damage(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Flip a bit, cut, insert, delete, overwrite, repeat, or splice in a piece of another input."""
    at = rng.randrange(len(data) + 1)
    end = at + rng.randrange(1, _LONGEST)
    other = rng.choice(others)
    start = rng.randrange(len(other) + 1)
    random_bytes = rng.randbytes(end - at)
    flipped = bytes((data[at] ^ 1 << rng.randrange(8),)) if at < len(data) else b""
    repeated = data[at : at + rng.randrange(1, 2 + len(data))]
    before, rest, after = data[:at], data[at:], data[end:]
    return rng.choice(
        (
            before + flipped + data[at + 1 :],
            before,
            before + random_bytes + rest,
            before + after,
            before + random_bytes + after,
            before + repeated + rest,
            before + other[start : start + rng.randrange(1, _SPLICE)] + after,
        )
    )


def _messages(root: Message) -> list[Message]:
    """List a message and all messages inside it."""
    found = [root]
    for message in found:
        for field, value in message.ListFields():
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                found += value if field.is_repeated else [value]
    return found


def _number(field: FieldDescriptor, old: int, rng: random.Random) -> int:
    low, high = _RANGES[field.type]
    wanted = rng.choice((old - 1, old + 1, rng.choice(_EDGES), -rng.choice(_EDGES)))
    return min(max(wanted, low), high)


def _scalar(field: FieldDescriptor, old: Any, rng: random.Random) -> Any:
    if field.type in _RANGES:
        return _number(field, old, rng)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return not old
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return rng.choice((0.0, -0.0, 1.5, float("inf"), float("nan"), -float("nan")))
    if field.type == FieldDescriptor.TYPE_BYTES:
        return rng.choice((b"", bytes(32), old + b"x", old[1:]))
    return rng.choice(("", "x", old + old, old[1:], old[:-1], "\0", "a/b", "\u202e", "x" * 1025))


def _change_repeated(values: Any, field: FieldDescriptor, rng: random.Random) -> None:
    """Delete, repeat, swap, add or change an element."""
    copies = [_copy(value) for value in values]
    at, other = (rng.randrange(len(copies)) if copies else 0 for _ in range(2))
    is_message = field.type == FieldDescriptor.TYPE_MESSAGE
    new = GetMessageClass(field.message_type)() if is_message else _zero(field)
    changed = new if is_message else _scalar(field, copies[at] if copies else new, rng)
    swapped = [copies[at], copies[other]] if copies else []
    made = rng.choice(
        (
            copies[:at] + copies[at + 1 :],
            copies[:at] + copies[at : at + 1] + copies[at:],
            swapped + copies[2:],
            [*copies, changed],
            [*copies[:at], changed, *copies[at + 1 :]],
        )
    )
    del values[:]
    values.extend(made)


def _copy(value: Any) -> Any:
    return (
        type(value).FromString(value.SerializeToString()) if hasattr(value, "ListFields") else value
    )


def _zero(field: FieldDescriptor) -> Any:
    kinds = {FieldDescriptor.TYPE_STRING: "", FieldDescriptor.TYPE_BYTES: b""}
    return kinds.get(field.type, 0)


def change(root: Message, rng: random.Random) -> None:
    """Change one field somewhere inside a message: number, text, arm, element or presence."""
    message = rng.choice(_messages(root))
    if not message.DESCRIPTOR.fields:
        return
    # Fields that are set are likelier to matter than those that are not.
    present = [field for field, _ in message.ListFields()]
    field = rng.choice(present if present and rng.randrange(5) else message.DESCRIPTOR.fields)
    if field.is_repeated:
        _change_repeated(getattr(message, field.name), field, rng)
    elif not rng.randrange(10):
        message.ClearField(field.name)
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        getattr(message, field.name).SetInParent()
    else:
        setattr(message, field.name, _scalar(field, getattr(message, field.name), rng))
