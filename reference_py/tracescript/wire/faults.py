"""Makes the errors of this layer: the code gives the class, the place is a path in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message

    from tracescript.errors import TsError


def fault(code: str, what: str, where: str, rule: str, hint: str = "") -> TsError:
    """Return the error that carries `code`; the caller raises it."""
    return CLASSES[code](what, code=code, where=where, rule=rule, hint=hint)


def bad_index(where: str, found: int, low: int, high: int) -> TsError:
    """Return the error for a reference outside `low..high`, both included."""
    allowed = f"{low}..{high}" if low <= high else "none, the table has no earlier entry"
    return fault("BAD_INDEX", f"found index {found}, expected {allowed}", where, "CONTAINER-17")


def unset(code: str, where: str, what: str) -> TsError:
    """Return the error for a message that leaves out the one arm it needs."""
    return fault(code, f"found no {what}, expected one", where, "CONTAINER-19")


def over_limit(where: str, what: str, found: int, limit: int) -> TsError:
    """Return the error for something larger than this loader takes."""
    return fault(
        "FILE_LIMIT", f"found {found} {what}, expected at most {limit}", where, "CONTAINER-20"
    )


def check_sentinel(table: Sequence[Message], where: str) -> None:
    """Require the empty entry 0 of a table.

    Raises:
        InvalidModelError: BAD_INDEX, CONTAINER-17.
    """
    if not table or table[0].ByteSize():
        what = "found no empty entry, expected one in front of the table"
        raise fault("BAD_INDEX", what, f"{where}[0]", "CONTAINER-17")
