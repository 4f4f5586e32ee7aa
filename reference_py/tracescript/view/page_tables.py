"""The module tree, the decisions and the weights as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.view.markup import text
from tracescript.view.tables import ModuleLine, fixed, fixed_text, module_lines, weight_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracescript import ir

_OPEN_LEVELS = 2
_DEEPEST = 60
"""Levels of the tree; a browser stops at some hundreds of elements inside each other."""


def module_tree(model: ir.Model, places: Mapping[str, str]) -> Iterator[str]:
    """Yield the tree, folded, as details that open."""
    lines = list(module_lines(model, depth=_DEEPEST))
    whole = lines[0]
    yield '<div class="tree">'
    depths = [line.row.depth for line in lines] + [0]
    for line, below in zip(lines, depths[1:], strict=True):
        depth = line.row.depth
        label = _module(line, places, whole)
        if below > depth:
            state = " open" if depth < _OPEN_LEVELS else ""
            yield f"<details{state}><summary>{label}</summary>"
        else:
            yield f'<div class="leaf">{label}</div>'
            yield "</details>" * (depth - below)
    yield "</div>"


def _module(line: ModuleLine, places: Mapping[str, str], whole: ModuleLine) -> str:
    row = line.row
    function = next((m.function for m in row.module.methods if m.function in places), "")
    label = text(line.label)
    if function:
        label = f'<a href="{places[function]}">{label}</a>'
    times = f"{row.count} x " if row.count > 1 else ""
    numbers = f"{times}{line.parameters:,}" if line.parameters else ""
    share = f"{line.bytes * row.times / whole.bytes:.1%}" if line.bytes else ""
    mark = ' class="fixed"' if "decision" in line.notes or "guard" in line.notes else ""
    is_news = line is whole or line.notes != whole.notes.partition(",")[0]
    notes = f" <i{mark}>{text(line.notes)}</i>" if line.notes and is_news else ""
    return (
        f'<span class="row"><span><b title="{text(row.shown)}">{text(row.name or "(model)")}</b> '
        f'{label}{notes}</span><span class="size" title="{times}{line.bytes:,} bytes">{numbers} '
        f"<small>{share}</small></span></span>"
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table of cells that are HTML already."""
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f"<th>{head}</th>" for head in heads)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
    yield "</tbody></table></div>"


def decision_table(model: ir.Model, places: Mapping[str, str]) -> Iterator[str]:
    """Yield trace decisions and shape guards."""
    rows = []
    for entry in fixed(model):
        what = f"<code>{text(fixed_text(entry))}</code>"
        if entry.source:
            what += f'<br><code class="source">{text(entry.source)}</code>'
        name = text(entry.function)
        place = places.get(entry.function)
        function = f'<a href="{place}">{name}</a>' if place else name
        where = text(entry.where) + (f"<br>lost: {text(entry.lost)}" if entry.lost else "")
        rows.append((text(entry.kind), what, where, function))
    if rows:
        yield from _table(("kind", "what must hold again", "source", "function"), rows)
    else:
        yield '<p class="none">none: nothing depends on the inputs the file was made with</p>'


def _breakable(path: str) -> str:
    """Return a path that a browser may break behind dots and underscores only."""
    return text(path).replace(".", ".<wbr>").replace(".<wbr>.<wbr>", "..").replace("_", "_<wbr>")


def weight_table(model: ir.Model) -> Iterator[str]:
    """Yield parameters and fixed buffers, those of repeated modules folded."""
    rows = []
    for line in weight_lines(model.root):
        times = f"{line.count} x " if line.count > 1 else ""
        tied = f'<br><i class="fixed">tied to {text(line.tied)}</i>' if line.tied else ""
        rows.append((_breakable(line.name) + tied, text(line.type), f"{times}{line.bytes:,}"))
    if rows:
        yield from _table(("name", "type", "bytes"), rows)
    else:
        yield '<p class="none">none</p>'
