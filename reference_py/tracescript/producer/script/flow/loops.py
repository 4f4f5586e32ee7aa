"""`for` and `while`: unrolled where what they run over is known part by part, else `loop` nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.core import statement
from tracescript.producer.script.emitter.entries import Items, Series, constant_of
from tracescript.producer.script.emitter.facts import MOST_UNROLLED
from tracescript.producer.script.expressions.targets import assign_to
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.flow.by_place import by_place
from tracescript.producer.script.flow.iteration import series_at
from tracescript.producer.script.flow.opening import opened
from tracescript.producer.script.flow.rolled import Rolled
from tracescript.producer.script.flow.rounds import go_on
from tracescript.producer.script.source.exits import Loop

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter


@statement(Loop)
def loop(e: Emitter, node: Loop) -> None:
    """A loop whose exits are flags."""
    header = node.header
    if isinstance(header, ast.While):
        _while(e, node, header)
        return
    with e.looking_at(header.iter):
        unfolded = opened(e, node)
    if unfolded is not None:
        loop(e, unfolded)
        return
    with e.looking_at(header.iter):
        placed = by_place(e, node)
    if placed is not None:
        Rolled(e, *placed).run()
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
        at = header.target
        key = e.frame.key(f"run over by the loop at {at.lineno}:{at.col_offset} {id(header)}")
        e.scope[key] = Items(series.parts)
        _unrolled(e, node, header, key)
        e.scope.pop(key, None)
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


def _unrolled(e: Emitter, node: Loop, header: ast.For, key: str, first: int = 0) -> None:
    """Run the rounds one after another; `key` is where the parts are, as rounds leave them."""
    parts = e.scope[key]
    assert isinstance(parts, Items)
    for k in range(first, len(parts.parts)):
        go = go_on(e, node)
        if go.constant is None:

            def arm(k: int = k) -> None:
                for flag in node.stop:
                    e.bind(flag, e.constant(False))
                _unrolled(e, node, header, key, k)

            branch(e, go, (arm, lambda: None))
            return
        if not go.constant.value:
            return
        now = e.scope[key]
        assert isinstance(now, Items)
        assign_to(e, header.target, now.parts[k])
        e.run(node.body)
        if e.is_dead:
            return
