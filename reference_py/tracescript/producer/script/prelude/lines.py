"""The lines of a text, written in the language that scripts accept."""

from __future__ import annotations

from typing import Any

ENDS = "\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"


def splitlines(s: str, keepends: bool = False) -> Any:
    """Parts between the ends of lines; a text that ends with one has no empty last line."""
    parts: list[str] = []
    at = 0
    while at < len(s):
        end = at
        while end < len(s) and s[end] not in ENDS:
            end += 1
        behind = end + 2 if s[end : end + 2] == "\r\n" else min(end + 1, len(s))
        parts.append(s[at:behind] if keepends else s[at:end])
        at = behind
    return parts
