"""Counts the entries of tables before they are parsed: too many would take the memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracescript.ir.limits import MAX_BLOCKS, MAX_TABLE, MAX_VALUES
from tracescript.wire import varint
from tracescript.wire.faults import over_limit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Tables:
    """How many entries the repeated message fields of a message may have, and of theirs."""

    limits: Mapping[int, tuple[str, int]]
    inner: Mapping[int, Tables] = field(default_factory=dict)
    threshold: int = 2 * MAX_TABLE
    """Bytes below which counting is not worth it: each entry takes two bytes at least."""


BLOCK_TABLES: Final = Tables({2: ("nodes", MAX_VALUES)}, threshold=2 * MAX_VALUES)
FUNCTION_TABLES: Final = Tables(
    {5: ("values", MAX_VALUES), 6: ("blocks", MAX_BLOCKS)},
    {6: BLOCK_TABLES},
    threshold=4 * MAX_TABLE,
)
MODEL_TABLES: Final = Tables(
    {
        number: (name, MAX_TABLE)
        for number, name in enumerate(
            [
                "opsets",
                "ops",
                "types",
                "symbols",
                "dim_exprs",
                "constants",
                "states",
                "functions",
                "modules",
            ],
            2,
        )
    },
    {9: FUNCTION_TABLES},
)
WEIGHT_TABLES: Final = Tables({1: ("weights", MAX_TABLE), 2: ("storages", MAX_TABLE)})
DEBUG_TABLES: Final = Tables(
    {1: ("sources", MAX_TABLE), 2: ("locations", MAX_VALUES), 3: ("functions", MAX_TABLE)}
)
CODE_TABLES: Final = Tables({3: ("units", MAX_TABLE)})
EXAMPLE_TABLES: Final = Tables({1: ("examples", MAX_TABLE)})
EXTRA_TABLES: Final = Tables({1: ("files", MAX_TABLE)})


def check_tables(data: memoryview, tables: Tables, where: str) -> None:
    """Count the entries of the tables in an unparsed message.

    A parser takes up to fifty times the size of many empty entries, so they are counted before it
    runs. Bytes that are no message are left for the parser to refuse.

    Raises:
        UnsupportedError: FILE_LIMIT, CONTAINER-20.
    """
    if len(data) < tables.threshold:
        return
    counts = dict.fromkeys(tables.limits, 0)
    for number, begin, end in varint.fields(data):
        if number not in counts:
            continue
        counts[number] += 1
        name, limit = tables.limits[number]
        if counts[number] > limit:
            raise over_limit(f"{where}.{name}", "entries", counts[number], limit)
        if number in tables.inner:
            inside = f"{where}.{name}[{counts[number] - 1}]"
            check_tables(data[begin:end], tables.inner[number], inside)
