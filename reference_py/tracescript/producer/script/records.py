"""Which classes are records, and their fields."""

from __future__ import annotations

import dataclasses


def field_names(cls: type) -> tuple[str, ...] | None:
    """Return the fields of a named tuple or data class, None for another class."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return tuple(cls._fields)
    if dataclasses.is_dataclass(cls):
        return tuple(f.name for f in dataclasses.fields(cls))
    return None
