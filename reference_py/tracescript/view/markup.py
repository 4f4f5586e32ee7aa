"""Text of a file on its way into SVG or HTML: nothing in it is markup any more."""

from __future__ import annotations

import html
import re

from tracescript.errors import plain

_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def text(value: str) -> str:
    """Return text for an element or a quoted attribute: marks of markup and controls escaped."""
    shown = _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", plain(value))
    return html.escape(shown, quote=True)


def clipped(value: str, longest: int) -> str:
    """Return text of at most `longest` characters, the end cut."""
    return value if len(value) <= longest else value[: longest - 1] + "…"
