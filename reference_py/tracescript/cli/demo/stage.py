"""What the demo's steps share: the folder, the console, and checks that must not surprise."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from textwrap import indent
from typing import TYPE_CHECKING, Any

from rich.syntax import Syntax

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console


class SurpriseError(Exception):
    """A step of the demo did not give what it must."""


@dataclass
class Stage:
    """Where the demo prints and writes."""

    console: Console
    folder: Path
    started: float = field(default_factory=time.perf_counter)

    def title(self, text: str) -> None:
        """Begin a step."""
        self.console.print()
        seconds = time.perf_counter() - self.started
        self.console.rule(f"[bold]{text}[/bold]  [dim]{seconds:.1f} s[/dim]", align="left")

    def say(self, text: str) -> None:
        """Print a line of explanation."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def quote(self, text: str, language: str = "text") -> None:
        """Print a program's text or output, set apart; coloured and wrapped on a terminal."""
        if not self.console.is_terminal:
            self.console.print(indent(text.rstrip(), "    "), markup=False, soft_wrap=True)
            return
        block = Syntax(
            text.rstrip(),
            language,
            theme="ansi_dark",
            background_color="default",
            padding=(0, 4),
            word_wrap=True,
        )
        self.console.print(block)

    def expect(self, what: str, got: Any, wanted: Any) -> None:
        """Print a fact that was checked. Raises SurpriseError where it is not as it must be."""
        if got != wanted:
            raise SurpriseError(f"{what}: {wanted!r} expected, found {got!r}")
        mark = "✓" if self.console.encoding.startswith("utf") else "ok"
        self.console.print(f"  [green]{mark}[/green] {what}", highlight=False, soft_wrap=True)
