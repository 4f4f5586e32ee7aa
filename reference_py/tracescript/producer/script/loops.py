"""`for` and `while`: unrolled where what they run over is known part by part, else `loop` nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.core import statement
from tracescript.producer.script.entries import (
    Series,
    constant_of,
)
from tracescript.producer.script.exits import Loop
from tracescript.producer.script.facts import MOST_UNROLLED
from tracescript.producer.script.flow import branch
from tracescript.producer.script.iteration import series_at
from tracescript.producer.script.rolled import Rolled
from tracescript.producer.script.rounds import go_on
from tracescript.producer.script.targets import assign_to

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


@statement(Loop)
def loop(e: Emitter, node: Loop) -> None:
    """A loop whose exits are flags."""
    header = node.header
    if isinstance(header, ast.While):
        _while(e, node, header)
        return
    with e.looking_at(header.iter):
        series = series_at(e, header.iter)
    if series.parts is None and e.session.loops.is_unrolled(e.frame.source, header):
        series = _known_rounds(e, series)
    if series.parts is not None and len(series.parts) > MOST_UNROLLED:
        raise e.error(
            header.iter,
            f"this loop would be unrolled {len(series.parts)} times, at most {MOST_UNROLLED} are",
            hint="use a tensor",
        )
    if series.parts is not None:
        _unrolled(e, node, header, series.parts)
        return
    assert series.trip is not None
    Rolled(e, node, series).run()


def _known_rounds(e: Emitter, series: Series) -> Series:
    """Return the items of a series one by one; its length is a constant."""
    known, rounds = constant_of(series.trip) if series.trip is not None else (False, 0)
    assert known
    assert series.item is not None
    return Series(None, None, tuple(series.item(e.constant(k)) for k in range(max(rounds, 0))))


def _while(e: Emitter, node: Loop, header: ast.While) -> None:
    start = go_on(e, node)
    if start.constant is not None and not start.constant.value:
        return
    Rolled(e, node, None, start).run()
    if isinstance(header.test, ast.Constant) and header.test.value and not node.stop:
        e.is_dead = True


def _unrolled(e: Emitter, node: Loop, header: ast.For, parts: tuple[Entry, ...]) -> None:
    for k, part in enumerate(parts):
        go = go_on(e, node)
        if go.constant is None:
            rest = parts[k:]

            def arm(rest: tuple[Entry, ...] = rest) -> None:
                for flag in node.stop:
                    e.bind(flag, e.constant(False))
                _unrolled(e, node, header, rest)

            branch(e, go, (arm, lambda: None))
            return
        if not go.constant.value:
            return
        assign_to(e, header.target, part)
        e.run(node.body)
        if e.is_dead:
            return
