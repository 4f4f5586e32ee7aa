"""What a trace lost, as data and as one short warning for each line."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError, TraceWarning
from tracescript.ir import dims
from tracescript.producer.source import caret_of_file, position
from tracescript.producer.trace.tape import Read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracescript import ir
    from tracescript.producer.trace.body import Made
    from tracescript.producer.trace.tape import Frame, Site, SizeFact

_PRINTED: Final = 10
"""Warnings printed in full; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A trace decision: what the program asked, what it saw, which lines were kept and lost.

    `operands` are those of the op that made the predicate, where they are single numbers;
    `call_path` leads from the traced program to the function, `stack` are the user's lines around
    `place`; `times` counts how often this run asked.
    """

    function: str
    index: int
    kind: str
    predicate: str
    observed: Any
    operands: tuple[Any, ...]
    place: ir.Place | None
    statement: str
    kept: ir.Place | None
    lost: ir.Place | None
    call_path: tuple[str, ...]
    stack: tuple[ir.Place, ...]
    times: int
    remedy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShapeGuard:
    """A comparison of sizes that must hold: `text` is `x_0 != 1`."""

    function: str
    index: int
    kind: str
    text: str
    place: ir.Place | None
    remedy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TraceReport:
    """All that a trace fixed. `dims` has the range of each size that stayed open."""

    decisions: tuple[Decision, ...] = ()
    shape_guards: tuple[ShapeGuard, ...] = ()
    dims: tuple[tuple[str, tuple[int, int | None]], ...] = ()
    seconds: float = 0.0

    @property
    def unrecorded(self) -> tuple[Decision, ...]:
        """The reads that no loader can check."""
        return tuple(d for d in self.decisions if d.kind == "unrecorded")


_REMEDIES: Final[Mapping[str, tuple[str, ...]]] = {
    "branch": ("script", "where"),
    "loop_condition": ("script",),
    "int_read": ("keep it a tensor", "script"),
    "float_read": ("keep it a tensor",),
    "tensor_read": ("use array ops",),
    "compare": ("where", "script"),
    "unrecorded": ("use array ops",),
    "comparison": ("one trace for each shape", "script"),
    "unrolled_loop": ("script",),
    "iteration": ("script",),
    "size_read": ("use the size itself",),
}


def decisions_of(made: Mapping[Frame, Made]) -> list[tuple[Decision, Read | SizeFact, Frame]]:
    """Return the decisions of all functions, each function once, with event and frame."""
    found: list[tuple[Decision, Read | SizeFact, Frame]] = []
    seen: set[tuple[str, int]] = set()
    for frame, one in made.items():
        for index, decision in enumerate(one.scope.decisions):
            events = one.scope.reads[decision]
            if (one.function.name, index) not in seen:
                seen.add((one.function.name, index))
                found.append((_decision(one, index, decision, events), events[0], frame))
    return found


def _decision(
    made: Made, index: int, decision: ir.TraceDecision, events: list[Read | SizeFact]
) -> Decision:
    event, debug = events[0], decision.debug
    read = event if isinstance(event, Read) else None
    return Decision(
        function=made.function.name,
        index=index,
        kind=decision.kind,
        predicate=debug.predicate if debug else "",
        observed=read.observed if read else True,
        operands=_operands(read) if read else (),
        place=debug.place if debug else None,
        statement=debug.statement if debug else "",
        kept=debug.kept if debug else None,
        lost=debug.lost if debug else None,
        call_path=tuple(f.title for f in reversed(list(made.scope.frame.up()))),
        stack=tuple(s.place for s in read.stack) if read else (),
        times=len(events),
        remedy=_REMEDIES[decision.kind],
    )


def _operands(read: Read) -> tuple[Any, ...]:
    maker = read.wire.maker if read.wire is not None else None
    wires = [w for w in maker.inputs if w is not None] if maker is not None else []
    if not wires or any(w.sample is None for w in wires):
        return ()
    return tuple(_number(w.sample) for w in wires)


def _number(sample: Any) -> Any:
    return sample.item() if hasattr(sample, "item") else sample


def guards_of(made: Mapping[Frame, Made]) -> list[tuple[ShapeGuard, SizeFact]]:
    """Return the shape guards of all functions, each function once, with the fact behind it."""
    found: list[tuple[ShapeGuard, SizeFact]] = []
    seen: set[str] = set()
    for one in made.values():
        name = one.function.name
        if name not in seen:
            seen.add(name)
            for index, guard in enumerate(one.scope.shape_guards):
                text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
                place = guard.debug.place if guard.debug else None
                shown = ShapeGuard(name, index, guard.kind, text, place, _REMEDIES[guard.kind])
                found.append((shown, one.scope.facts[guard]))
    return found


def announce(
    decisions: list[tuple[Decision, Read | SizeFact, Frame]],
    guards: list[tuple[ShapeGuard, SizeFact]],
    mode: str,
) -> None:
    """Warn once for each line and kind, or raise in mode `error`. Spec: TRACE-7.

    Raises ProducerError with UNRECORDED_READ in mode `error` where there is any decision.
    """
    texts: dict[tuple[Any, ...], tuple[Site | None, str]] = {}
    for decision, event, frame in decisions:
        key = (event.site and event.site.path, event.site and event.site.place.line, decision.kind)
        texts.setdefault(key, (event.site, _decision_text(decision, event.site, frame)))
    for guard, fact in guards:
        if guard.kind in {"unrolled_loop", "iteration"}:
            key = (fact.site and fact.site.path, fact.site and fact.site.place.line, guard.kind)
            texts.setdefault(key, (fact.site, _guard_text(guard, fact)))
    if mode == "error" and decisions:
        decision, event, _ = decisions[0]
        raise ProducerError(
            f"the trace would lose control flow: {decision.predicate or decision.kind}",
            code="UNRECORDED_READ",
            rule="TRACE-7",
            where=position(decision.place) if decision.place else "",
            excerpt=caret_of_file(event.site.path, event.site.place) if event.site else "",
            hint='script this part with ts.script, or pass decisions="warn"',
        )
    if mode == "warn":
        _print(list(texts.values()))


def _print(texts: list[tuple[Site | None, str]]) -> None:
    for site, text in texts[:_PRINTED]:
        path, line = (site.path, site.place.line) if site else ("<unknown>", 0)
        warnings.warn_explicit(text, TraceWarning, path, line, registry={})
    rest = texts[_PRINTED:]
    if rest:
        files = len({site.path for site, _ in rest if site is not None})
        text = f"... and {len(rest)} more in {files} file{'s' if files > 1 else ''}: model.report"
        warnings.warn_explicit(text, TraceWarning, "<trace>", 0, registry={})


def _decision_text(decision: Decision, site: Site | None, frame: Frame) -> str:
    where = f"{position(decision.place)}: " if decision.place else ""
    lines = [f"{where}{_first_line(decision)}"]
    if site is not None:
        lines += [f"  {line}" for line in caret_of_file(site.path, site.place).splitlines()]
    lines += _outcome(decision)
    lines.append(_called(decision.function, frame))
    if decision.kind == "unrecorded":
        lines.append("  Loaders refuse this function unless guards are off.")
    else:
        lines.append(
            "  The file records this as a guard: on an input that needs another outcome a loader "
            "stops with GUARD_FAILED."
        )
    if _ADVICE[decision.kind] and decision.statement != "assert":
        lines.append(f"  {_ADVICE[decision.kind]}")
    return "\n".join(lines)


def _first_line(decision: Decision) -> str:
    if decision.kind == "branch" and decision.statement == "assert":
        return f"the trace checked an assertion once: {decision.predicate} held"
    return _FIRST[decision.kind].format(observed=_short(decision.observed))


def _outcome(decision: Decision) -> Iterable[str]:
    if decision.statement not in {"if", "while", "ternary"}:
        return
    numbers = ""
    if len(decision.operands) == 2:  # noqa: PLR2004  # the sides of a comparison
        numbers = f" (operands {' and '.join(map(_short, decision.operands))})"
    kept = f"the trace holds {_lines(decision.kept)}" if decision.kept else "nothing ran instead"
    lost = f"{_lines(decision.lost)} is lost" if decision.lost else "no line is lost"
    yield f"  {decision.predicate} was {decision.observed}{numbers}, so {kept}; {lost}"


def _lines(place: ir.Place | None) -> str:
    if place is None:
        return "nothing"
    if place.end_line > place.line:
        return f"lines {place.line} to {place.end_line}"
    return f"line {place.line}"


def _called(function: str, frame: Frame) -> str:
    if frame.parent is None:
        return f"  in {function}"
    at = f" ({position(frame.site.place)})" if frame.site else ""
    root = list(frame.up())[-1].title.partition(".")[0]
    return f"  in {function}, called as {root}.{frame.path}{at}"


def _guard_text(guard: ShapeGuard, fact: SizeFact) -> str:
    where = f"{position(guard.place)}: " if guard.place else ""
    lines = [f"{where}a loop over a size was unrolled: {guard.text}"]
    if fact.site is not None:
        lines += [
            f"  {line}" for line in caret_of_file(fact.site.path, fact.site.place).splitlines()
        ]
    lines.append("  On another size a loader stops with SHAPE_GUARD_FAILED.")
    lines.append("  To keep the loop: ts.script the function that holds it.")
    return "\n".join(lines)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.5g}"
    return str(value) if isinstance(value, (bool, int)) else "a tensor"


_FIRST: Final[Mapping[str, str]] = {
    "branch": "the trace kept one of two branches",
    "loop_condition": "the trace unrolled a `while` loop",
    "int_read": "the trace turned a tensor into the number {observed}",
    "float_read": "the trace turned a tensor into the number {observed}",
    "tensor_read": "the trace copied the elements of a tensor into Python",
    "compare": "the trace compared tensors in Python: result {observed}",
    "unrecorded": "the trace lost sight of data",
}
_ADVICE: Final[Mapping[str, str]] = {
    "branch": "To keep both branches: ts.script this part, or compute both and use `where`.",
    "loop_condition": "To keep the loop: ts.script the function that holds it.",
    "int_read": "To keep it open: leave it a tensor, or ts.script this function.",
    "float_read": "To keep it open: leave it a tensor.",
    "tensor_read": "To keep them open: use array ops instead of lists.",
    "compare": "To keep it open: compare with ops and ts.script this function.",
    "unrecorded": "Use array ops here.",
}
