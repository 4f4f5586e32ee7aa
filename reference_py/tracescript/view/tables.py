"""The module tree, the weights, and what tracing fixed, as rows of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.errors import plain
from tracescript.ir import dims
from tracescript.ir.text import constant_text, place_text
from tracescript.ir.values import Weight
from tracescript.model import show
from tracescript.model.alike import places_of, tensors
from tracescript.view.folding import Row, rows
from tracescript.view.sizes import sizes, weight_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript import ir


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A row of the tree with what it holds; numbers are for one of `row.count` alike modules."""

    row: Row
    class_name: str
    parameters: int
    bytes: int
    notes: str

    @property
    def label(self) -> str:
        """The class, with the number of alike modules: `12 x BertLayer`."""
        return f"{self.row.count} x {self.class_name}" if self.row.count > 1 else self.class_name


def module_lines(
    model: ir.Model, *, unfold: bool = False, depth: int | None = None
) -> Iterator[ModuleLine]:
    """Yield the module tree; a module listed before has no numbers."""
    size = sizes(model.root)
    for row in rows(model.root, unfold=unfold, depth=depth):
        held = size[row.module]
        notes = f"same as {row.again or 'the root'}" if row.again else notes_of(model, row.module)
        count = 0 if row.again else held.parameters
        name = row.module.class_name
        yield ModuleLine(row, name, count, 0 if row.again else held.bytes, notes)


def notes_of(model: ir.Model, module: ir.Module) -> str:
    """Say how a module's methods were made, and how much of that depends on the example."""
    functions = [model.function(m.function) for m in module.methods]
    notes = ["/".join(dict.fromkeys(f.origin for f in functions))] if functions else []
    fixed = [(len(f.decisions), len(f.shape_guards)) for f in functions]
    for count, what in zip(map(sum, zip(*fixed, strict=True)), _FIXED, strict=False):
        if count:
            notes.append(f"{count} {what}{'s' if count > 1 else ''}")
    return ", ".join(notes)


_FIXED = ("trace decision", "shape guard")


@dataclass(frozen=True, slots=True)
class WeightLine:
    """A weight, or `count` weights at the same place of alike modules."""

    name: str
    type: str
    elements: int
    bytes: int
    count: int = 1
    tied: str = ""


def weight_lines(root: ir.Module, *, unfold: bool = False) -> Iterator[WeightLine]:
    """Yield every parameter and fixed buffer; numbers are for one of `count`."""
    places = places_of(root)
    for row in rows(root, unfold=unfold):
        if row.again:
            continue
        for name, weight in tensors(row.module):
            if not isinstance(weight, Weight):
                continue
            path = f"{row.path}.{name}" if row.path else name
            shown = f"{row.shown}.{name}" if row.shown else name
            first = places[weight][0]
            shape = ", ".join(map(str, weight.shape))
            yield WeightLine(
                shown,
                f"{weight.data_type.value}[{shape}]",
                math.prod(weight.shape),
                weight_bytes(weight),
                row.times,
                "" if first == path else first,
            )


@dataclass(frozen=True, slots=True)
class Fixed:
    """Something that tracing fixed: a trace decision or a shape guard.

    `predicate` is what a loader checks in words of the source, `source` the line of the source
    where the file carries it, `lost` the place that the file does not hold.
    """

    function: str
    kind: str
    predicate: str
    observed: str
    where: str
    scope: str
    source: str
    lost: str


def fixed(model: ir.Model) -> Iterator[Fixed]:
    """Yield trace decisions and shape guards, functions in the order of the file."""
    lines = {s.name: s.text.splitlines() for s in model.sources}
    for function in show.reachable(model, model.root):
        for decision in function.decisions:
            observed = constant_text(decision.observed) if decision.observed else ""
            predicate = decision.debug.predicate if decision.debug else ""
            yield _fixed(function, decision.kind, predicate, observed, decision.debug, lines)
        for guard in function.shape_guards:
            text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
            yield _fixed(function, f"shape {guard.kind}", text, "", guard.debug, lines)


def _fixed(
    function: ir.Function,
    kind: str,
    predicate: str,
    observed: str,
    debug: ir.GuardDebug | None,
    lines: dict[str, list[str]],
) -> Fixed:
    place, lost = (debug.place, debug.lost) if debug else (None, None)
    text = lines.get(place.file, []) if place else []
    source = text[place.line - 1].strip() if place and 0 < place.line <= len(text) else ""
    return Fixed(
        function.name,
        kind,
        predicate,
        observed,
        place_text(place) if place else "",
        place.scope if place else "",
        source,
        place_text(lost) if lost else "",
    )


def fixed_text(entry: Fixed) -> str:
    """Say in one line what was fixed: `x.sum() > 0 was True`, `B == 2 must hold`."""
    if entry.kind.startswith("shape "):
        return f"{entry.predicate} must hold"
    if not entry.observed:
        return entry.predicate or "data was lost from sight"
    return f"{entry.predicate or 'the value'} was {entry.observed}"


def aligned(table: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> Iterator[str]:
    """Write rows in columns as wide as needed, never cut; columns in `right` end together."""
    cells = [[plain(cell).replace("\n", "\\n").replace("\t", "\\t") for cell in r] for r in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(
            cell.rjust(width) if k in right else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
