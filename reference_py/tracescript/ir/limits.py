"""The sizes of a file and a model beyond which a reader refuses them. Spec: CONTAINER-20."""

from __future__ import annotations

from typing import Final

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
MAX_ELEMENTS: Final = 1 << 58
"""Elements of a tensor, its extents of 0 left out: of the widest type they take 2^62 bytes."""
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
"""Bytes of a string constant."""
MAX_LIST: Final = 1_024
"""Features, profiles and metadata entries."""
MAX_EXTRA: Final = 256 << 20
"""Bytes of one extra file, and of all of them."""
