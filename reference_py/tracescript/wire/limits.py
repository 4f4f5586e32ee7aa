"""The sizes that a reader refuses to go beyond. Checked before memory is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracescript.wire import varint
from tracescript.wire.faults import over_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_FILE: Final = 1 << 62
"""Bytes of a file, and of any one length in it."""
MAX_SECTION: Final = 256 << 20
"""Bytes of one metadata section."""
MAX_TABLE: Final = 1 << 20
"""Entries of a table of the model, the weight table or the debug section."""
MAX_VALUES: Final = 1 << 24
"""Values, and nodes, of one function; entries of one data bundle."""
MAX_BLOCKS: Final = 1 << 20
MAX_BLOCK_DEPTH: Final = 10_000
MAX_PORTS: Final = 65_536
"""Inputs or outputs of one node or function."""
MAX_RANK: Final = 64
MAX_ELEMENTS: Final = 1 << 60
MAX_DEPTH: Final = 64
"""Depth of types, dimension expressions, constants and data, through their indices."""
MAX_TYPE_PARTS: Final = 65_536
"""Parts of one type or dimension expression, counted as if nothing were shared."""
MAX_DATA_PARTS: Final = 1 << 24
"""Parts of one constant or datum, counted as if nothing were shared."""
MAX_TOTAL_PARTS: Final = 1 << 26
"""Parts of all entries of one table, counted as if nothing were shared."""
MAX_INLINE_DEPTH: Final = 256
"""Length of a chain of call sites in the debug section."""
MAX_STRING: Final = 16 << 20
MAX_LIST: Final = 1_024
"""Features, profiles and metadata entries."""
MAX_EXTRA: Final = 256 << 20
"""Bytes of one extra file, and of all of them."""


@dataclass(frozen=True, slots=True)
class Tables:
    """How many entries the repeated message fields of a message may have, and of theirs."""

    limits: Mapping[int, tuple[str, int]]
    inner: Mapping[int, Tables] = field(default_factory=dict)
    threshold: int = 2 * MAX_TABLE
    """Bytes below which counting is not worth it: each entry takes two bytes at least."""


FUNCTION_TABLES: Final = Tables(
    {5: ("values", MAX_VALUES), 6: ("blocks", MAX_BLOCKS)}, threshold=4 * MAX_TABLE
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
