"""Counts a request's parts on the raw bytes, before protobuf multiplies them in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.service.limits import ServiceLimits

PARSE_FREELY = 64 << 10
"""Below this many bytes a message cannot grow into much when parsed."""

_RAW, _INPUT, _OUTPUT, _PARAMETER = 7, 5, 6, 4
_CONTENTS = 5
_VARINT_BITS = 64


def bad(what: str, hint: str = "") -> ServiceError:
    """Return the error of a request that is not well formed."""
    return ServiceError(what, code="BAD_REQUEST", rule="RPC-3", hint=hint)


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(view) and shift < _VARINT_BITS:
        byte = view[at]
        at += 1
        value |= (byte & 127) << shift
        if not byte & 128:
            return value, at
        shift += 7
    raise bad("the request is no well-formed message: a varint does not end")


def fields(view: memoryview) -> Iterator[tuple[int, memoryview | None]]:
    """Yield (field number, content) of each field; the content is None unless length-delimited.

    Raises ServiceError for what is no wire format; groups are refused.
    """
    at, end = 0, len(view)
    while at < end:
        tag, at = _varint(view, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            _, at = _varint(view, at)
            yield number, None
            continue
        if kind not in {1, 2, 5} or number == 0:
            raise bad(f"the request is no well-formed message: field {number}, wire type {kind}")
        size, at = _varint(view, at) if kind == 2 else ((8 if kind == 1 else 4), at)  # noqa: PLR2004  # wire types
        if size > end - at:
            raise bad("the request is no well-formed message: a length goes past the end")
        yield number, view[at : at + size] if kind == 2 else None  # noqa: PLR2004  # wire type
        at += size


def check(data: bytes, limits: ServiceLimits) -> None:
    """Refuse a request with too many parts. Raises ServiceError BAD_REQUEST. Spec: RPC-3."""
    if len(data) <= PARSE_FREELY:
        return
    counts = dict.fromkeys((_RAW, _INPUT, _OUTPUT, _PARAMETER), 0)
    head = 0
    for number, content in fields(memoryview(data)):
        if number in counts:
            counts[number] += 1
            _within(counts[number], limits.parameters if number == _PARAMETER else limits.tensors)
        if number == _INPUT and content is not None:
            head += _input_head(content, limits)
        elif number != _RAW:
            head += 8 if content is None else len(content)
        if head > limits.head:
            raise bad(f"more than {limits.head} bytes beside the tensors")


def _within(count: int, limit: int) -> None:
    if count > limit:
        raise bad(f"more than {limit} tensors or parameters")


def _input_head(view: memoryview, limits: ServiceLimits) -> int:
    """Count the bytes of an input beside its contents; contents must be one packed field."""
    head = 0
    for number, content in fields(view):
        if number != _CONTENTS or content is None:
            head += 8 if content is None else len(content)
            continue
        for inner, (_, run) in enumerate(fields(content)):
            if inner >= limits.tensors or run is None:
                raise bad(
                    "typed contents of a large request must be packed",
                    "send raw_input_contents instead",
                )
    return head
