"""One unit's text before it is understood: limits, forbidden characters, places and excerpts."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

from tracescript.errors import InvalidModelError

MOST_BYTES: Final = 16 << 20
LONGEST_LINE: Final = 1 << 16

_FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_EXCERPT = 160


class Source:
    """The text of one unit and its syntax tree.

    Raises:
        InvalidModelError: BAD_CODE for text that no unit may hold. Spec: CODE-2, CODE-3, CODE-4.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.split("\n")
        self._check()
        self.tree = self._parse()

    def _check(self) -> None:
        if len(self.text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
            raise self.at(1, 0, f"the unit has more than {MOST_BYTES} bytes", "CODE-3")
        if self.text and not self.text.endswith("\n"):
            raise self.at(
                len(self.lines), len(self.lines[-1]), "the last line has no end", "CODE-2"
            )
        for number, line in enumerate(self.lines, 1):
            if len(line.encode("utf-8", "surrogatepass")) > LONGEST_LINE:
                what = f"the line has more than {LONGEST_LINE} bytes"
                raise self.at(number, 0, what, "CODE-3")
        found = _FORBIDDEN.search(self.text)
        if found:
            number = self.text.count("\n", 0, found.start()) + 1
            column = found.start() - self.text.rfind("\n", 0, found.start()) - 1
            what = f"the character U+{ord(found[0]):04X} may not stand in code"
            hint = "indent with four spaces and end lines with LF; escape others inside strings"
            raise self.at(number, column, what, "CODE-4", hint)

    def _parse(self) -> ast.Module:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except SyntaxError as error:
            line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
            raise self.at(line, column, f"no code: {error.msg}", "CODE-5") from None
        except (RecursionError, MemoryError, ValueError, OverflowError) as error:
            reason = str(error) or type(error).__name__
            raise self.at(1, 0, f"no code that can be parsed: {reason}", "CODE-5") from None

    def segment(self, node: ast.expr) -> str:
        """Return the text of a node that stands on one line."""
        line = self.lines[node.lineno - 1].encode()
        return line[node.col_offset : node.end_col_offset].decode(errors="replace")

    def fault(self, node: ast.AST, what: str, rule: str, hint: str = "") -> InvalidModelError:
        """Make an error at a node of the tree."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        column = len(text.encode()[:column].decode(errors="ignore"))
        return self.at(line, column, what, rule, hint)

    def at(self, line: int, column: int, what: str, rule: str, hint: str = "") -> InvalidModelError:
        """Make an error at a line (from 1) and a column in characters (from 0)."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        begin = max(0, column - _EXCERPT // 2)
        shown = _FORBIDDEN.sub("?", text[begin : begin + _EXCERPT])
        return InvalidModelError(
            what,
            code="BAD_CODE",
            where=f"{self.name}:{line}:{column}",
            rule=rule,
            hint=hint,
            excerpt=f"    {shown}\n    {' ' * (column - begin)}^",
        )
