"""Our error codes and gRPC's status codes, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import DecodeError

from tracescript import errors
from tracescript.errors import FailedGuard, GuardError, InvalidModelError, RemoteError, TsError
from tracescript.v1 import error_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

DETAILS_KEY = "tracescript-error-bin"
MOST_TEXT = 400
"""Bytes of each text of an error: all of them together fit into the metadata that clients take."""

_STATUS = {
    "MODEL_NOT_FOUND": grpc.StatusCode.NOT_FOUND,
    "MODEL_NOT_READY": grpc.StatusCode.UNAVAILABLE,
    "NO_SUCH_METHOD": grpc.StatusCode.NOT_FOUND,
    "SESSION_NOT_FOUND": grpc.StatusCode.NOT_FOUND,
    "SESSION_EVICTED": grpc.StatusCode.FAILED_PRECONDITION,
    "BAD_REQUEST": grpc.StatusCode.INVALID_ARGUMENT,
    "BAD_INPUT": grpc.StatusCode.INVALID_ARGUMENT,
    "BAD_CHUNK": grpc.StatusCode.INVALID_ARGUMENT,
    "MESSAGE_LIMIT": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "OVERLOADED": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "PERMISSION_DENIED": grpc.StatusCode.PERMISSION_DENIED,
    "SHUTTING_DOWN": grpc.StatusCode.UNAVAILABLE,
    "SHAPE_GUARD_FAILED": grpc.StatusCode.FAILED_PRECONDITION,
    "GUARD_FAILED": grpc.StatusCode.FAILED_PRECONDITION,
    "GUARD_UNCHECKABLE": grpc.StatusCode.FAILED_PRECONDITION,
    "STEP_LIMIT": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "MEMORY_LIMIT": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "RECURSION_LIMIT": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "DEADLINE": grpc.StatusCode.DEADLINE_EXCEEDED,
    "CANCELLED": grpc.StatusCode.CANCELLED,
    "INTERNAL": grpc.StatusCode.INTERNAL,
}
_FILE = grpc.StatusCode.INVALID_ARGUMENT
_TRAP = grpc.StatusCode.FAILED_PRECONDITION


def status_of(code: str) -> grpc.StatusCode:
    """Return the gRPC status of one of our codes. Spec: RPC-6, whose table this is.

    Traps are FAILED_PRECONDITION, faults of a file INVALID_ARGUMENT, what this server lacks
    UNIMPLEMENTED.
    """
    if code in _STATUS:
        return _STATUS[code]
    if code.startswith("UNSUPPORTED_"):
        return grpc.StatusCode.UNIMPLEMENTED
    return _TRAP if errors.CLASSES.get(code) is errors.TrapError else _FILE


def _cut(text: str) -> str:
    """Return text that trailing metadata can carry: control characters escaped, not too long."""
    shown = errors.plain(text).encode("utf-8", "backslashreplace")
    if len(shown) <= MOST_TEXT:
        return shown.decode()
    return shown[: MOST_TEXT - 3].decode("utf-8", "ignore") + "..."


def message_of(error: TsError) -> error_pb2.Error:
    """Put an error into its message; long texts are cut, since gRPC limits metadata to 8 KiB."""
    made = error_pb2.Error(
        code=f"ERROR_CODE_{error.code}",
        rule=_cut(error.rule),
        where=_cut(error.where),
        hint=_cut(error.hint),
        message=_cut(error.what),
    )
    if isinstance(error, GuardError) and error.guard is not None:
        guard = error.guard
        made.guard.CopyFrom(
            error_pb2.FailedGuard(
                index=guard.index,
                is_shape_guard=guard.is_shape_guard,
                location=_cut(guard.location),
                predicate=_cut(guard.predicate),
                expected=_cut(guard.expected),
                found=_cut(guard.found),
            )
        )
    return made


def refuse(context: grpc.ServicerContext, error: TsError) -> None:
    """End an RPC with the status of an error; the error itself goes into the trailing metadata."""
    details = message_of(error).SerializeToString()
    context.set_trailing_metadata(((DETAILS_KEY, details),))
    place = f"{error.where}: " if error.where else ""
    context.abort(status_of(error.code), f"{error.code}: {_cut(place + error.what)}")


def rebuild(error: grpc.RpcError) -> TsError:
    """Make the error of the far side again from a failed RPC: its class, code, rule and hint."""
    call: Any = error
    for key, value in _pairs(call.trailing_metadata()):
        if key == DETAILS_KEY:
            try:
                return _error(error_pb2.Error.FromString(value))
            except DecodeError:
                break
    status = call.code().name
    return RemoteError(
        call.details() or status, code=_REMOTE.get(status, "INTERNAL"), status=status
    )


_REMOTE = {
    "UNAVAILABLE": "MODEL_NOT_READY",
    "DEADLINE_EXCEEDED": "DEADLINE",
    "CANCELLED": "CANCELLED",
    "RESOURCE_EXHAUSTED": "MESSAGE_LIMIT",
    "INVALID_ARGUMENT": "BAD_REQUEST",
}


def _pairs(metadata: Iterable[Any] | None) -> Iterable[tuple[str, Any]]:
    return ((m[0], m[1]) for m in metadata or ())


def _error(message: error_pb2.Error) -> TsError:
    code = error_pb2.ErrorCode.Name(message.code).removeprefix("ERROR_CODE_")
    place: dict[str, Any] = {
        "code": code,
        "where": message.where,
        "rule": message.rule,
        "hint": message.hint,
    }
    found = errors.CLASSES.get(code, RemoteError)
    if found is GuardError and message.HasField("guard"):
        sent = message.guard
        guard = FailedGuard(
            "",
            sent.index,
            sent.is_shape_guard,
            sent.location,
            sent.predicate,
            sent.expected,
            sent.found,
        )
        what = f"{sent.predicate}: expected {sent.expected} (traced), found {sent.found}"
        return GuardError(message.message, guard=guard, excerpt=f"  {what}", **place)
    if found is InvalidModelError:
        return InvalidModelError(message.message, **place)
    return found(message.message, **place)
