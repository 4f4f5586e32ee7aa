"""Writes `match` as `if`: each case a test, its names, its guard, and the cases after it."""

from __future__ import annotations

import ast
import copy
import itertools
from typing import Final, TypeVar

N = TypeVar("N", bound=ast.AST)
_NUMBERS: Final = itertools.count(1)
SEQUENCE = "is a sequence of"
LONGER = "is a sequence of at least"
MAPPING = "is a mapping"
FIELD = "part by its place"
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
        self.is_name = isinstance(node.subject, ast.Name) and not _is_given(node, node.subject.id)
        self.subject = f"subject of match {next(_NUMBERS)}"
        if self.is_name and isinstance(node.subject, ast.Name):
            self.subject = node.subject.id

    def written(self) -> list[ast.stmt]:
        if self.is_name:
            return self.cases(self.node.cases)
        first = ast.Assign([ast.Name(self.subject, ast.Store())], self.node.subject)
        return [_at(first, self.node.subject), *self.cases(self.node.cases)]

    def cases(self, cases: list[ast.match_case]) -> list[ast.stmt]:
        """A case whose guard fails goes on with the cases after it, which stand there again."""
        if not cases:
            return []
        case, rest = cases[0], cases[1:]
        if isinstance(case.pattern, ast.MatchOr) and case.guard is None and _gives(case.pattern):
            alone = [ast.match_case(p, None, case.body) for p in case.pattern.patterns]
            return self.cases([*alone, *rest])
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
        if isinstance(pattern, ast.MatchMapping):
            return self.mapping(pattern, value, names)
        if isinstance(pattern, ast.MatchClass):
            return self.instance(pattern, value, names)
        return _call(REFUSED, [], pattern)

    def either(
        self, pattern: ast.MatchOr, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr | None:
        if _gives(pattern):  # which alternative fits tells what a name stands for
            return _call(REFUSED, [], pattern)
        tests = [self.test(p, value, names) for p in pattern.patterns]
        known = [t for t in tests if t is not None]
        return None if len(known) < len(tests) else _at(ast.BoolOp(ast.Or(), known), pattern)

    def sequence(
        self, pattern: ast.MatchSequence, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr:
        count = len(pattern.patterns)
        star = next((k for k, p in enumerate(pattern.patterns) if isinstance(p, ast.MatchStar)), -1)
        wanted = ast.Constant(count if star < 0 else count - 1)
        kind = SEQUENCE if star < 0 else LONGER
        tests: list[ast.expr | None] = [_call(kind, [value, wanted], pattern)]
        for k, p in enumerate(pattern.patterns):
            if isinstance(p, ast.MatchStar):
                end = None if k == count - 1 else ast.Constant(k + 1 - count)
                rest = ast.Subscript(value, ast.Slice(ast.Constant(k), end), ast.Load())
                listed = _at(ast.List([ast.Starred(rest, ast.Load())], ast.Load()), p)
                names += [(p.name, listed)] if p.name else []
                continue
            place = ast.Constant(k if star < 0 or k < star else k - count)
            part = _at(ast.Subscript(value, place, ast.Load()), p)
            tests.append(self.test(p, part, names))
        return _every(tests, pattern)

    def mapping(
        self, pattern: ast.MatchMapping, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr:
        tests: list[ast.expr | None] = [_call(MAPPING, [value], pattern)]
        for key, p in zip(pattern.keys, pattern.patterns, strict=True):
            tests.append(_at(ast.Compare(key, [ast.In()], [value]), p))
            tests.append(self.test(p, _at(ast.Subscript(value, key, ast.Load()), p), names))
        if pattern.rest is not None:
            keys = ast.Tuple(list(pattern.keys), ast.Load())
            k, v = (ast.Name(f"{x} of mapping", ast.Load()) for x in ("key", "value"))
            stores = [ast.Name(n.id, ast.Store()) for n in (k, v)]
            items = ast.Call(ast.Attribute(value, "items", ast.Load()), [], [])
            test = ast.Compare(k, [ast.NotIn()], [keys])
            over = ast.comprehension(ast.Tuple(list(stores), ast.Store()), items, [test], 0)
            names.append((pattern.rest, _at(ast.DictComp(k, v, [over]), pattern)))
        return _every(tests, pattern)

    def instance(
        self, pattern: ast.MatchClass, value: ast.expr, names: list[tuple[str, ast.expr]]
    ) -> ast.expr:
        test = ast.Call(ast.Name("isinstance", ast.Load()), [value, pattern.cls], [])
        tests: list[ast.expr | None] = [_at(test, pattern)]
        for k, p in enumerate(pattern.patterns):
            part = _call(FIELD, [value, pattern.cls, ast.Constant(k)], p)
            tests.append(self.test(p, part, names))
        for name, p in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            part = _at(ast.Attribute(value, name, ast.Load()), p)
            tests.append(self.test(p, part, names))
        return _every(tests, pattern)


def _gives(pattern: ast.pattern) -> bool:
    """Whether a pattern gives names a value."""
    return any(getattr(n, "name", None) or getattr(n, "rest", None) for n in ast.walk(pattern))


def _is_given(node: ast.Match, name: str) -> bool:
    """Whether a pattern or guard gives a name another value."""
    return any(
        name in {getattr(n, "name", None), getattr(n, "rest", None)}
        or (isinstance(n, ast.NamedExpr) and n.target.id == name)
        for case in node.cases
        for part in (case.pattern, case.guard)
        if part is not None
        for n in ast.walk(part)
    )


def _every(tests: list[ast.expr | None], node: ast.AST) -> ast.expr:
    known = [t for t in tests if t is not None]
    return known[0] if len(known) == 1 else _at(ast.BoolOp(ast.And(), known), node)


def _call(name: str, args: list[ast.expr], node: ast.AST) -> ast.expr:
    return _at(ast.Call(ast.Name(name, ast.Load()), args, []), node)
