"""The code of a model as HTML: a block for each unit, coloured by kind of word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, String, Token

from tracescript.view.markup import text
from tracescript.view.parts import code_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir

_CLASSES = (
    (Comment, "c"),
    (Keyword, "k"),
    (Name.Decorator, "d"),
    (Name.Builtin.Pseudo, "b"),
    (Name.Class, "f"),
    (Name.Function, "f"),
    (Number, "n"),
    (String, "s"),
)


def places(model: ir.Model) -> dict[str, str]:
    """Return the fragment of the page where each function's code stands, by its name."""
    return {
        name: f"#unit-{k}" for k, unit in enumerate(code_units(model)) for name, *_ in unit.spans
    }


def code_section(model: ir.Model) -> Iterator[str]:
    """Yield all units, callers first."""
    for k, unit in enumerate(code_units(model)):
        yield f'<pre class="code" id="unit-{k}"><code>{"".join(_words(unit.text))}</code></pre>'


def _words(code: str) -> Iterator[str]:
    for kind, word in PythonLexer(stripnl=False).get_tokens(code):
        name = next((name for parent, name in _CLASSES if kind in parent), "")
        shown = text(word)
        yield f'<span class="{name}">{shown}</span>' if name and kind is not Token.Text else shown
