"""Names that a part of `and` or `or` assigns: they have a value where that part was evaluated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.entries import Partly
from tracescript.producer.script.flow.arms import REACHED
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arm = Callable[[], Entry]


def noted(e: Emitter, parts: list[ast.expr], rest: Arm, settled: Arm) -> tuple[Arm, Arm]:
    """Return the arms of `and` or `or`; where the rest assigns names, a flag says that it ran."""
    if not any(isinstance(n, ast.NamedExpr) for p in parts[1:] for n in nodes_of(p)):
        return rest, settled
    keys = [_key(e, p) for p in parts[1:]]

    def ran() -> Entry:
        e.scope[keys[0]] = e.constant(True)
        return rest()

    def left() -> Entry:
        e.scope.update(dict.fromkeys(keys, e.constant(False)))
        return settled()

    return ran, left


def settle(e: Emitter, test: ast.expr, holds: bool) -> None:
    """Give names their values that a test surely has assigned."""
    keys = [k for part in _evaluated(test, holds) if (k := _key(e, part)) in e.scope]
    before = {k: e.scope[k] for k in keys}
    e.scope.update(dict.fromkeys(keys, e.constant(True)))
    for name, entry in list(e.scope.items()):
        if isinstance(entry, Partly) and not entry.flags.isdisjoint(f"!{k}" for k in keys):
            left = entry.flags - {f"!{k}" for k in keys}
            if left:
                e.scope[name] = Partly(entry.value, left, entry.is_wrapped, entry.note)
            else:
                is_own = not entry.is_wrapped
                e.scope[name] = entry.value if is_own else e.unwrap(entry.value, is_proved=True)
    e.scope.update(before)


def _key(e: Emitter, part: ast.expr) -> str:
    """Return the key of the flag that says that a part was evaluated; it holds a blank."""
    return e.frame.key(f"{REACHED}{part.lineno} {part.col_offset}")


def _evaluated(test: ast.expr, holds: bool) -> Iterator[ast.expr]:
    """Yield the later parts of `and` and `or` that were evaluated if a test came out so."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _evaluated(test.operand, not holds)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == holds:
        yield from test.values[1:]
        for part in test.values:
            yield from _evaluated(part, holds)
