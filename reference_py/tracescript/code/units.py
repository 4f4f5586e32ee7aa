"""The text of one class, and where its functions stand in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeUnit:
    """One unit of the code section.

    `spans` holds (function name, first byte, byte after the last) by ascending place, in UTF-8
    bytes of `text`. Spec: CODE-1.
    """

    name: str
    text: str
    spans: tuple[tuple[str, int, int], ...]
