"""One short warning for each line where a trace lost something."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError, TraceWarning
from tracescript.ir.text import place_text
from tracescript.producer.source import caret_of_file
from tracescript.producer.trace.tape import OUT_OF_RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracescript import ir
    from tracescript.producer.trace.report import Decision, Explored, ShapeGuard
    from tracescript.producer.trace.tape import Frame, Read, Site, SizeFact

_PRINTED: Final = 10
"""Warnings printed in full; the rest is counted."""


def announce(
    decisions: list[tuple[Decision, Read | SizeFact, Frame]],
    guards: list[tuple[ShapeGuard, SizeFact]],
    explored: Sequence[Explored],
    mode: str,
) -> None:
    """Warn once for each line and kind, or raise in mode `error`. Spec: TRACE-7.

    Decisions that exploring had no run left for share one warning.

    Raises ProducerError with UNRECORDED_READ in mode `error` where there is any decision.
    """
    texts: dict[tuple[Any, ...], tuple[Site | None, str]] = {}
    left = [site for d, event, _ in decisions if d.why == OUT_OF_RUNS and (site := event.site)]
    if left:
        texts[()] = (left[0], _left_text(left, explored))
    for decision, event, frame in decisions:
        if decision.why == OUT_OF_RUNS:
            continue
        what = decision.predicate if _is_length(decision) else decision.kind
        key = (event.site and event.site.path, event.site and event.site.place.line, what)
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
            where=place_text(decision.place) if decision.place else "",
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


def _left_text(left: Sequence[Site], explored: Sequence[Explored]) -> str:
    """Say what exploring had no run left for: `16 runs used, 3 decisions left as guards`."""
    runs, needed = sum(e.runs for e in explored), sum(e.needed for e in explored)
    lines = list(dict.fromkeys(f"{s.place.file}:{s.place.line}" for s in left))
    more = f" and {len(lines) - _PRINTED} more" if len(lines) > _PRINTED else ""
    count = f"{len(left)} decision{'s' if len(left) > 1 else ''} left as guards"
    where = ", ".join(lines[:_PRINTED]) + more
    return f"explore: {runs} runs used, {count} (needs about {needed} runs): {where}"


def _decision_text(decision: Decision, site: Site | None, frame: Frame) -> str:
    where = f"{place_text(decision.place)}: " if decision.place else ""
    lines = [f"{where}{_first_line(decision)}"]
    if site is not None:
        lines += [f"  {line}" for line in caret_of_file(site.path, site.place).splitlines()]
    lines += _outcome(decision)
    lines.append(_called(decision.function, frame))
    if decision.why:
        lines.append(f"  not explored: {decision.why}")
    if decision.kind == "unrecorded":
        lines.append("  Loaders refuse this function unless guards are off.")
    else:
        lines.append(
            "  The file records this as a guard: on an input that needs another outcome a loader "
            "stops with GUARD_FAILED."
        )
    if _ADVICE[decision.kind] and decision.statement != "assert":
        advice = _LENGTH if _is_length(decision) else _ADVICE[decision.kind]
        lines.append(f"  {_EXPLORED if decision.why else advice}")
    return "\n".join(lines)


def _first_line(decision: Decision) -> str:
    if decision.kind == "branch" and decision.statement == "assert":
        held = "held" if decision.observed else "was False"
        return f"the trace checked an assertion once: {decision.predicate} {held}"
    if _is_length(decision):
        return f"the trace fixed a length: {decision.predicate} was {decision.observed}"
    return _FIRST[decision.kind].format(observed=_short(decision.observed))


def _is_length(decision: Decision) -> bool:
    return decision.kind == "int_read" and decision.predicate.startswith("len(")


def _outcome(decision: Decision) -> Iterable[str]:
    armless = decision.kept is None and decision.lost is None
    if armless and (decision.kind != "branch" or decision.statement == "assert"):
        return
    numbers = ""
    if len(decision.operands) == 2:  # noqa: PLR2004  # the sides of a comparison
        numbers = f" (operands {' and '.join(map(_short, decision.operands))})"
    text = f"  {decision.predicate} was {decision.observed}{numbers}"
    if not armless:
        kept = (
            f"the trace holds {_lines(decision.kept)}" if decision.kept else "nothing ran instead"
        )
        lost = f"{_lines(decision.lost)} is lost" if decision.lost else "no line is lost"
        text += f", so {kept}; {lost}"
    yield text


def _lines(place: ir.Place | None) -> str:
    if place is None:
        return "nothing"
    if place.end_line > place.line:
        return f"lines {place.line} to {place.end_line}"
    return f"line {place.line}"


def _called(function: str, frame: Frame) -> str:
    if frame.parent is None:
        return f"  in {function}"
    at = f" ({place_text(frame.site.place)})" if frame.site else ""
    root = list(frame.up())[-1].title.partition(".")[0]
    return f"  in {function}, called as {root}.{frame.path}{at}"


def _guard_text(guard: ShapeGuard, fact: SizeFact) -> str:
    where = f"{place_text(guard.place)}: " if guard.place else ""
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
    "int_read": "the trace turned a tensor or sizes into the number {observed}",
    "float_read": "the trace turned a tensor or sizes into the number {observed}",
    "tensor_read": "the trace copied the elements of a tensor into Python",
    "compare": "the trace compared tensors in Python: result {observed}",
    "unrecorded": "the trace lost sight of data",
}
_ADVICE: Final[Mapping[str, str]] = {
    "branch": "To keep both branches: ts.trace(..., explore=2), or ts.script this part.",
    "loop_condition": "To keep the loop: ts.script the function that holds it.",
    "int_read": "To keep it open: leave it a tensor, or ts.script this function.",
    "float_read": "To keep it open: leave it a tensor; compute sizes with `//`.",
    "tensor_read": "To keep them open: use array ops instead of lists.",
    "compare": "To keep it open: compare with ops and ts.script this function.",
    "unrecorded": "Use array ops here.",
}
_LENGTH: Final = "To keep it open: ts.script the function that takes the list."
_EXPLORED: Final = "To keep it open: ts.script this part."
