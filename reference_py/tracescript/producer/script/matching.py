"""Writes `match` as `if`: each case a test, its names, its guard, and the cases after it."""

from __future__ import annotations

import ast
import copy
import itertools
from typing import Final, TypeVar

N = TypeVar("N", bound=ast.AST)
_NUMBERS: Final = itertools.count(1)
SEQUENCE = "is a sequence of"
REFUSED = "pattern that scripts do not have"


def without_match(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements in which `if` stands for every `match`, in nested blocks too."""
    out: list[ast.stmt] = []
    for s in body:
        if isinstance(s, ast.Match):
            out += _Match(s).written()
            continue
        made = copy.copy(s)
        if isinstance(made, ast.If | ast.For | ast.While):
            made.body, made.orelse = without_match(made.body), without_match(made.orelse)
        elif isinstance(made, ast.With):
            made.body = without_match(made.body)
        elif isinstance(made, ast.Try):
            made.body, made.finalbody = without_match(made.body), without_match(made.finalbody)
        out.append(made)
    return out


def _at(made: N, node: ast.AST) -> N:
    ast.copy_location(made, node)
    return ast.fix_missing_locations(made)


class _Match:
    def __init__(self, node: ast.Match) -> None:
        self.node = node
        self.subject = f"subject of match {next(_NUMBERS)}"

    def written(self) -> list[ast.stmt]:
        first = ast.Assign([ast.Name(self.subject, ast.Store())], self.node.subject)
        return [_at(first, self.node.subject), *self.cases(self.node.cases)]

    def cases(self, cases: list[ast.match_case]) -> list[ast.stmt]:
        """A case whose guard fails goes on with the cases after it, which stand there again."""
        if not cases:
            return []
        case, rest = cases[0], cases[1:]
        names: list[tuple[str, ast.expr]] = []
        place = _at(ast.Name(self.subject, ast.Load()), case.pattern)
        test = self.test(case.pattern, place, names)
        stores = [
            _at(ast.Assign([ast.Name(name, ast.Store())], value), case.pattern)
            for name, value in names
        ]
        body = without_match(case.body)
        if case.guard is not None:
            body = [_at(ast.If(case.guard, body, self.cases(rest)), case.guard)]
        if test is None:
            return [*stores, *body]
        return [_at(ast.If(test, [*stores, *body], self.cases(rest)), case.pattern)]

    def test(
        self, pattern: ast.pattern, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr | None:
        """Return the test of a pattern, None where it always fits; note the names it gives."""
        if isinstance(pattern, ast.MatchValue):
            return _at(ast.Compare(value, [ast.Eq()], [pattern.value]), pattern)
        if isinstance(pattern, ast.MatchSingleton):
            constant = ast.Constant(pattern.value)
            return _at(ast.Compare(value, [ast.Is()], [constant]), pattern)
        if isinstance(pattern, ast.MatchAs):
            inner = self.test(pattern.pattern, value, names) if pattern.pattern else None
            if pattern.name is not None:
                names.append((pattern.name, value))
            return inner
        if isinstance(pattern, ast.MatchOr):
            return self.either(pattern, value, names)
        if isinstance(pattern, ast.MatchSequence):
            return self.sequence(pattern, value, names)
        if isinstance(pattern, ast.MatchClass) and not pattern.patterns:
            return self.instance(pattern, value, names)
        return _call(REFUSED, [], pattern)

    def either(
        self, pattern: ast.MatchOr, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr | None:
        tests = [self.test(p, value, names) for p in pattern.patterns]
        known = [t for t in tests if t is not None]
        return None if len(known) < len(tests) else _at(ast.BoolOp(ast.Or(), known), pattern)

    def sequence(
        self, pattern: ast.MatchSequence, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr:
        if any(isinstance(p, ast.MatchStar) for p in pattern.patterns):
            return _call(REFUSED, [], pattern)
        tests: list[ast.expr | None] = [
            _call(SEQUENCE, [value, ast.Constant(len(pattern.patterns))], pattern)
        ]
        for k, p in enumerate(pattern.patterns):
            part = _at(ast.Subscript(value, ast.Constant(k), ast.Load()), p)
            tests.append(self.test(p, part, names))
        return _every(tests, pattern)

    def instance(
        self, pattern: ast.MatchClass, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr:
        test = ast.Call(ast.Name("isinstance", ast.Load()), [value, pattern.cls], [])
        tests: list[ast.expr | None] = [_at(test, pattern)]
        for name, p in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            part = _at(ast.Attribute(value, name, ast.Load()), p)
            tests.append(self.test(p, part, names))
        return _every(tests, pattern)


def _every(tests: list[ast.expr | None], node: ast.AST) -> ast.expr:
    known = [t for t in tests if t is not None]
    return known[0] if len(known) == 1 else _at(ast.BoolOp(ast.And(), known), node)


def _call(name: str, args: list[ast.expr], node: ast.AST) -> ast.expr:
    return _at(ast.Call(ast.Name(name, ast.Load()), args, []), node)
