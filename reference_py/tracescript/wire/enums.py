"""Enum numbers of the messages and the names that stand for them in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import DataType, ScalarKind
from tracescript.wire.faults import fault

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import TypeVar

    Name = TypeVar("Name", bound=Hashable)

OPSET: Final = "tracescript"
"""The name that a file gives our own opset; the graph says ''."""
ORIGINS: Final = dict(enumerate(["traced", "scripted", "explored", "imported", "authored"], 1))
INPUT_KINDS: Final = dict(enumerate(["positional", "keyword_only", "bound", "state"], 1))
DECISION_KINDS: Final = dict(
    enumerate(
        [
            "branch",
            "loop_condition",
            "int_read",
            "float_read",
            "tensor_read",
            "compare",
            "unrecorded",
        ],
        1,
    )
)
GUARD_KINDS: Final = dict(enumerate(["comparison", "unrolled_loop", "iteration", "size_read"], 1))
COMPARISONS: Final = dict(enumerate(("==", "!=", "<", "<="), 1))
STATE_KINDS: Final = dict(enumerate(["buffer", "attribute", "random"], 1))
DIM_OPERATORS: Final = dict(enumerate(("+", "*", "//", "ceil_div", "%", "min", "max", "neg"), 1))
SCALAR_KINDS: Final = dict(enumerate(ScalarKind, 1))
DATA_TYPES: Final = {data_type.number: data_type for data_type in DataType}


def invert(names: Mapping[int, Name]) -> dict[Name, Any]:
    """Return the numbers by name; typed so that generated classes take them."""
    return {name: number for number, name in names.items()}


class Enums:
    """Turns numbers into names; an unknown number means one thing in an old file, another in a new.

    Spec: CONTAINER-18.
    """

    def __init__(self, *, newer: bool) -> None:
        self.newer = newer

    def name(self, names: Mapping[int, Name], number: int, where: str) -> Name:
        """Return the name of a number.

        Raises:
            InvalidModelError: BAD_ENUM, CONTAINER-18.
            UnsupportedError: UNSUPPORTED_FEATURE, if the file's format is newer than this reader.
        """
        found = names.get(number)
        if found is not None:
            return found
        code = "UNSUPPORTED_FEATURE" if self.newer and number else "BAD_ENUM"
        if code == "UNSUPPORTED_FEATURE" and names is DATA_TYPES:
            code = "UNSUPPORTED_DATA_TYPE"
        what = f"found number {number}, expected {min(names)}..{max(names)}"
        raise fault(code, what, where, "CONTAINER-18")
