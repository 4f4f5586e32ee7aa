"""Whether another round of a loop begins."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.expressions.logic import condition, negated
from tracescript.producer.script.flow.branches import branch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.source.exits import Loop


def go_on(e: Emitter, node: Loop) -> Value:
    """Whether another round begins: no flag is set, then the test holds."""
    tests = [_unset(e, flag) for flag in node.stop]
    if isinstance(node.header, ast.While):
        test = node.header.test
        tests.append(lambda: condition(e, test))
    return _every(e, tests)


def _unset(e: Emitter, flag: str) -> Callable[[], Value]:
    return lambda: negated(e, e.value(e.lookup(flag)))


def _every(e: Emitter, tests: list[Callable[[], Value]]) -> Value:
    if not tests:
        return e.constant(True)
    first = tests[0]()
    if len(tests) == 1:
        return first
    if first.constant is not None:
        return _every(e, tests[1:]) if first.constant.value else first
    return e.value(branch(e, first, (lambda: _every(e, tests[1:]), lambda: e.constant(False))))
