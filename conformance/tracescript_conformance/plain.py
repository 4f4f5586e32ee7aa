"""Makes text from testees and files fit for terminals, XML and tables."""

from __future__ import annotations

import re

_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
MOST = 2000


def plain(text: str, most: int = MOST) -> str:
    r"""Write controls, direction marks and what XML forbids as \x1b; cut what is too long."""
    shown = _ODD.sub(lambda m: m[0].encode("unicode_escape", "surrogatepass").decode(), text)
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."
