"""`tracescript show FILE`: what is in a file, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from tracescript import api
from tracescript.code import writer
from tracescript.ir import dims
from tracescript.ir.text import constant_text, type_text
from tracescript.model.instance import Settings

if TYPE_CHECKING:
    from tracescript.ir import Place
    from tracescript.model import Model

PARTS = ("signature", "modules", "graph", "code", "decisions", "weights")


@click.command("show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "-p",
    "--part",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    help="Only these parts; default: all.",
)
def command(file: str, parts: tuple[str, ...]) -> None:
    """Print a file's signature, module tree, graphs, code, trace decisions and weights."""
    model, opened = api.open_model(file, verify="metadata", settings=Settings())
    console = Console(highlight=False)
    if not parts:
        console.print(
            f"[bold]{escape(file)}[/bold]  {opened.size} bytes, digest {opened.digest[:16]}"
        )
    for part in parts or PARTS:
        if len(parts) != 1:
            console.print(f"\n[bold]{part}[/bold]")
        _SHOW[part](model, console)


def _signature(model: Model, console: Console) -> None:
    for path in model.methods():
        module, _, name = path.rpartition(".")
        method = dict(model.modules())[module].method(name)
        if method is None:
            continue
        function = model.ir.function(method.function)
        visible = [i for i in function.inputs if i.kind in {"positional", "keyword_only"}]
        inputs = ", ".join(f"{i.name}: {type_text(i.type)}" for i in visible)
        states = len(method.states)
        outputs = function.outputs[: len(function.outputs) - states]
        results = ", ".join((f"{o.name}: " if o.name else "") + type_text(o.type) for o in outputs)
        note = f", {states} states" if states else ""
        console.print(
            f"{path}({inputs}) -> {results or 'None'}  # {function.origin}{note}", markup=False
        )
    for name, (low, high) in model.dims.items():
        console.print(f"  {name}: {low} to {'any' if high is None else high}", markup=False)


def _modules(model: Model, console: Console) -> None:
    console.print(repr(model), markup=False)


def _graph(model: Model, console: Console) -> None:
    console.print(model.inlined_graph, markup=False, soft_wrap=True)


def _code(model: Model, console: Console) -> None:
    for unit in writer.write_units(model.ir):
        if not console.is_terminal:
            console.print(unit.text, markup=False, soft_wrap=True)
            continue
        console.print(
            Syntax(
                unit.text, "python", theme="ansi_light", background_color="default", word_wrap=True
            )
        )


def _row(table: Table, *cells: str) -> None:
    """Add a row of plain text: names and predicates of a file may look like markup."""
    table.add_row(*map(Text, cells))


def _at(place: Place | None) -> str:
    return f"{place.file}:{place.line}" if place else ""


def _decisions(model: Model, console: Console) -> None:
    table = Table(
        "function", "kind", "where", "predicate", "observed", "lost", box=None, pad_edge=False
    )
    for function in model.ir.functions:
        for decision in function.decisions:
            debug = decision.debug
            observed = constant_text(decision.observed) if decision.observed else ""
            where, predicate, lost = (
                ("", "", "")
                if debug is None
                else (_at(debug.place), debug.predicate, _at(debug.lost))
            )
            _row(table, function.name, decision.kind, where, predicate, observed, lost)
        for guard in function.shape_guards:
            text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
            where = _at(guard.debug.place) if guard.debug else ""
            _row(table, function.name, f"shape {guard.kind}", where, text, "must hold", "")
    if table.row_count:
        console.print(table)
    else:
        console.print("none: nothing in this file depends on the inputs it was made with")


def _weights(model: Model, console: Console) -> None:
    table = Table("name", "type", "bytes", "", box=None, pad_edge=False)
    first: dict[Any, str] = {}
    total = 0
    for name, weight in model.named_weights():
        tied = first.setdefault(weight, name)
        size = weight.data_type.bits * _count(weight.shape) // 8
        total += 0 if tied != name else size
        shape = ", ".join(map(str, weight.shape))
        _row(
            table,
            name,
            f"{weight.data_type.value}[{shape}]",
            str(size),
            "" if tied == name else f"tied to {tied}",
        )
    console.print(table if table.row_count else "none")
    if table.row_count:
        console.print(f"{len(first)} weights, {total} bytes")


def _count(shape: tuple[int, ...]) -> int:
    result = 1
    for extent in shape:
        result *= extent
    return result


_SHOW = {
    "signature": _signature,
    "modules": _modules,
    "graph": _graph,
    "code": _code,
    "decisions": _decisions,
    "weights": _weights,
}
