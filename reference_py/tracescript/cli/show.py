"""`tracescript show FILE`: what is in a file, for a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.text import Text

from tracescript import api
from tracescript.model.instance import Settings
from tracescript.view import picture
from tracescript.view.page import page
from tracescript.view.parts import PARTS, Detail
from tracescript.view.pictures import opened_picture
from tracescript.view.sizes import bytes_text, sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript import ir

_LINES = 80
"""Lines of a part where all parts are shown."""


@click.command("show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "-p",
    "--part",
    "parts",
    type=click.Choice(list(PARTS)),
    multiple=True,
    help="Only these parts, whole; default: the first lines of all.",
)
@click.option("-m", "--module", metavar="PATH", help="Only this module and what is below it.")
@click.option("--unfold", is_flag=True, help="Show repeated modules, weights and calls one by one.")
@click.option("--depth", type=click.IntRange(min=0), help="Levels of the module tree.")
@click.option("--lines", type=click.IntRange(min=1), help="Lines of each part.")
@click.option("--svg", type=click.Path(dir_okay=False), help="Draw the graph into this file.")
@click.option("--html", type=click.Path(dir_okay=False), help="Write a page with everything.")
@click.option(
    "--levels", type=click.IntRange(min=0), default=1, help="Levels of calls drawn open; default 1."
)
def command(
    file: str,
    parts: tuple[str, ...],
    module: str | None,
    unfold: bool,
    depth: int | None,
    lines: int | None,
    svg: str | None,
    html: str | None,
    levels: int,
) -> None:
    """Print a file's signature, module tree, graphs, code, trace decisions and weights.

    Modules that repeat are folded: encoder.layer.0..11 stands for twelve.
    """
    opened = api.open_model(file, verify="metadata", settings=Settings())[1]
    model = _below(opened.model, module)
    name = f"{Path(file).name} {module or ''}".strip()
    if svg:
        _written(svg, picture.svg(opened_picture(model, levels), name))
    if html:
        producer = " ".join(model.producer)
        facts = {
            "file": bytes_text(opened.size),
            "producer": producer,
            "digest": opened.digest[:16],
        }
        _written(html, page(model, name, facts))
    if svg or html:
        return
    console = Console(highlight=False, emoji=False)
    if not parts:
        console.print(
            f"[bold]{escape(file)}[/bold]  {opened.size} bytes, digest {opened.digest[:16]}"
        )
        held = sizes(model.root)[model.root]
        console.print(f"{held.parameters:,} parameters, {bytes_text(held.bytes)} of weights")
    limit = lines or (None if parts else _LINES)
    for part in parts or PARTS:
        if len(parts) != 1:
            console.print(f"\n[bold]{part}[/bold]")
        shown = list(PARTS[part](model, Detail(unfold, depth)))
        _print(console, part, shown[:limit])
        if limit is not None and len(shown) > limit:
            more = f"... {len(shown) - limit} more lines: --part {part} shows all"
            console.print(more, style="dim")


def _written(file: str, content: str) -> None:
    Path(file).write_text(content, "utf-8")
    click.echo(f"written: {file}", err=True)


def _below(model: ir.Model, path: str | None) -> ir.Model:
    """Return the model with the module of a dotted path as its root."""
    if path is None:
        return model
    module = model.root
    for k, name in enumerate(path.split(".")):
        child = module.child(name)
        if child is None:
            at = ".".join(path.split(".")[:k]) or "the model"
            names = ", ".join(s.name for s in module.submodules) or "none"
            raise click.BadParameter(f"{at} has no module {name!r}; it has: {names}")
        module = child
    return replace(model, root=module, examples=())


def _print(console: Console, part: str, lines: Sequence[str]) -> None:
    """Print plain text: names and predicates of a file may look like markup."""
    text = "\n".join(lines)
    if part == "code" and console.is_terminal:
        console.print(
            Syntax(text, "python", theme="ansi_light", background_color="default", word_wrap=True)
        )
    else:
        console.print(Text(text), soft_wrap=True)
