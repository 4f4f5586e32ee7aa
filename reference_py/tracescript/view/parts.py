"""The parts of a model that `tracescript show` prints, as lines of plain text."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from tracescript.code import writer
from tracescript.errors import plain
from tracescript.ir.text import type_text
from tracescript.model import show
from tracescript.view.graph_lines import called_order, folded_graphs
from tracescript.view.tables import aligned, fixed, fixed_text, module_lines, weight_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript import ir


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is shown: repeated modules one by one, and levels of the module tree."""

    unfold: bool = False
    depth: int | None = None


def signature(model: ir.Model, _: Detail) -> Iterator[str]:
    """Yield what can be called, and the dimensions that may vary."""
    for path, module in model.root.walk():
        for method in module.methods:
            if method.exported or module is model.root:
                yield _method(model, f"{path}.{method.name}" if path else method.name, method)
    for name, (low, high) in show.dimensions(model).items():
        yield f"  {name}: {low} to {'any' if high is None else high}"


def _method(model: ir.Model, path: str, method: ir.Method) -> str:
    function = model.function(method.function)
    visible = [i for i in function.inputs if i.kind in {"positional", "keyword_only"}]
    inputs = ", ".join(f"{i.name}: {type_text(i.type)}" for i in visible)
    states = len(method.states)
    outputs = function.outputs[: len(function.outputs) - states]
    results = ", ".join((f"{o.name}: " if o.name else "") + type_text(o.type) for o in outputs)
    note = f", {states} states" if states else ""
    return f"{path}({inputs}) -> {results or 'None'}  # {function.origin}{note}"


def modules(model: ir.Model, detail: Detail) -> Iterator[str]:
    """Yield the module tree with parameters and bytes; repeated modules folded."""
    table = [("module", "class", "parameters", "bytes", "")]
    for line in module_lines(model, unfold=detail.unfold, depth=detail.depth):
        name = "  " * line.row.depth + (line.row.name or "(model)")
        times = f"{line.row.count} x " if line.row.count > 1 else ""
        numbers = [f"{times}{n:,}" if n else "" for n in (line.parameters, line.bytes)]
        table.append((name, line.label, numbers[0], numbers[1], line.notes))
    return aligned(table, frozenset({2, 3}))


def graph(model: ir.Model, detail: Detail) -> Iterator[str]:
    """Yield the graphs; folded: callers first, weights by path, a chain of calls as one line."""
    text = show.inlined_graph(model) if detail.unfold else folded_graphs(model)
    yield from text.splitlines()


def code(model: ir.Model, _: Detail) -> Iterator[str]:
    """Yield the code units, callers first."""
    yield from "\n".join(unit.text for unit in code_units(model)).splitlines()


def code_units(model: ir.Model) -> list[ir.CodeUnit]:
    """Return the code units that the root's methods run, callers first, structs at the end."""
    place = {f.name: k for k, f in enumerate(called_order(model))}
    units = [
        (min((place[n] for n, *_ in unit.spans if n in place), default=None), unit)
        for unit in writer.write_units(model)
    ]
    ordered = sorted((u for u in units if u[0] is not None), key=itemgetter(0))
    return [unit for _, unit in ordered] + [unit for _, unit in units if not unit.spans]


def decisions(model: ir.Model, _: Detail) -> Iterator[str]:
    """Yield trace decisions and shape guards with their source; alike ones once."""
    seen: dict[tuple[str, ...], int] = {}
    for entry in fixed(model):
        first = f"{entry.where or entry.function}: {entry.kind}: {fixed_text(entry)}"
        source = [f"    {entry.source}"] if entry.source else []
        where = f"  in {entry.function}"
        lost = f"; lost: {entry.lost}" if entry.lost else ""
        key = (first, *source, where + lost)
        seen[key] = seen.get(key, 0) + 1
    for key, count in seen.items():
        yield from (plain(line).replace("\n", "\\n") for line in key[:-1])
        yield plain(key[-1]) + (f"  ({count} times)" if count > 1 else "")
    if not seen:
        yield "none: nothing in this file depends on the inputs it was made with"


def weights(model: ir.Model, detail: Detail) -> Iterator[str]:
    """Yield parameters and fixed buffers; those of repeated modules folded."""
    table = [("name", "type", "bytes", "")]
    for line in weight_lines(model.root, unfold=detail.unfold):
        times = f"{line.count} x " if line.count > 1 else ""
        tied = f"tied to {line.tied}" if line.tied else ""
        table.append((line.name, line.type, f"{times}{line.bytes:,}", tied))
    return aligned(table, frozenset({2})) if len(table) > 1 else iter(["none"])


PARTS: Final[Mapping[str, Callable[[ir.Model, Detail], Iterator[str]]]] = {
    "signature": signature,
    "modules": modules,
    "graph": graph,
    "code": code,
    "decisions": decisions,
    "weights": weights,
}
"""By name, in the order in which they are shown."""
