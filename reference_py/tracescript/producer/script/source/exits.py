"""Removes return, break, continue and loop-else: what is left runs to its end.

The rest of a block moves into the arm that does not exit where one arm always exits; flags are used
only inside loops or where an arm may exit. Names made here hold a blank, so none can be a user's.
"""

from __future__ import annotations

import ast
import copy
import itertools
from typing import Final

from tracescript.producer.script.source.matching import without_match

DONE = "done "
RETURNED = "return "
EXITS = (ast.Return, ast.Break, ast.Continue)

Kinds = tuple[type[ast.stmt], ...]
_NUMBERS: Final = itertools.count(1)


class Loop(ast.stmt):
    """A `while` or `for` without exits: `stop` are the flags that end it."""

    _fields = ("header", "body")

    def __init__(self, header: ast.While | ast.For, body: list[ast.stmt], stop: list[str]) -> None:
        super().__init__()
        self.header = header
        self.body = body
        self.stop = stop
        ast.copy_location(self, header)


class Unless(ast.stmt):
    """The rest of a block, run unless one of the flags is set."""

    _fields = ("body",)

    def __init__(self, flags: list[str], body: list[ast.stmt], at: ast.stmt) -> None:
        super().__init__()
        self.flags = flags
        self.body = body
        ast.copy_location(self, at)


class SetFlag(ast.stmt):
    """`flag = value` for a flag made here."""

    def __init__(self, flag: str, value: bool, at: ast.stmt) -> None:
        super().__init__()
        self.flag = flag
        self.value = value
        ast.copy_location(self, at)


class SetResult(ast.stmt):
    """The value of a `return`."""

    _fields = ("value",)

    def __init__(self, value: ast.expr | None, at: ast.stmt) -> None:
        super().__init__()
        self.value = value
        ast.copy_location(self, at)


class Enter(ast.stmt):
    """The header of a `with` whose body follows in line."""

    _fields = ("items",)

    def __init__(self, statement: ast.With) -> None:
        super().__init__()
        self.items = statement.items
        self.number = next(_NUMBERS)
        ast.copy_location(self, statement)


class Leave(ast.stmt):
    """The end of a `with`, reached on every path that raises nothing."""

    def __init__(self, begun: Enter, at: ast.stmt) -> None:
        super().__init__()
        self.begun = begun
        ast.copy_location(self, at)


def reaches(node: ast.stmt, kinds: Kinds) -> bool:
    """Whether an exit of these kinds inside `node` can leave the statement list that holds it."""
    if isinstance(node, kinds):
        return True
    if isinstance(node, ast.While | ast.For):
        inner = tuple(k for k in kinds if k is ast.Return)
        in_body = bool(inner) and any(reaches(s, inner) for s in node.body)
        return in_body or any(reaches(s, kinds) for s in node.orelse)
    if isinstance(node, ast.If):
        return any(reaches(s, kinds) for s in [*node.body, *node.orelse])
    if isinstance(node, ast.With):
        return any(reaches(s, kinds) for s in node.body)
    if isinstance(node, ast.Try):
        return any(reaches(s, kinds) for s in [*node.body, *node.finalbody])
    return False


def is_finally(s: ast.Try) -> bool:
    """Whether a `try` only has a `finally`, and that falls off its end."""
    ends_well = not any(reaches(x, EXITS) for x in s.finalbody)
    return not s.handlers and ends_well and _reads_less(s)


def ended_before_raises(s: ast.Try) -> list[ast.stmt]:
    """Return the body of a `try`: where its end may raise, that comes before what it raises."""
    if not any(isinstance(n, ast.Raise) for x in s.finalbody for n in ast.walk(x)):
        return s.body
    end = s.finalbody

    class Ended(ast.NodeTransformer):
        def visit_Raise(self, node: ast.Raise) -> list[ast.stmt]:  # ast's name
            return [*end, node]

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
            return node

    return [part for x in copy.deepcopy(s.body) for part in _as_list(Ended().visit(x))]


def _as_list(made: ast.stmt | list[ast.stmt]) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made]


def _reads_less(s: ast.Try) -> bool:
    """Whether what a `try` raises says nothing that a raising end of it could change."""
    ends = [n for x in s.finalbody for n in ast.walk(x)]
    raised = [n for x in s.body for n in ast.walk(x) if isinstance(n, ast.Raise)]
    calls = [n.exc for n in raised if isinstance(n.exc, ast.Call)]
    parts = [p for c in calls for a in [*c.args, *c.keywords] for p in ast.walk(a)]
    is_plain = not any(isinstance(p, ast.Name | ast.Call) for p in parts)
    return is_plain or not any(isinstance(n, ast.Raise) for n in ends)


def always_exits(body: list[ast.stmt]) -> bool:
    """Whether control never falls off the end of a statement list."""
    return any(_always_exits(s) for s in body)


def _always_exits(s: ast.stmt) -> bool:
    if isinstance(s, ast.If):
        return bool(s.orelse) and always_exits(s.body) and always_exits(s.orelse)
    if isinstance(s, ast.With | ast.Try):
        return always_exits(s.body)
    if isinstance(s, ast.While):
        endless = isinstance(s.test, ast.Constant) and bool(s.test.value)
        return endless and not any(reaches(x, (ast.Break,)) for x in s.body)
    return isinstance(s, (*EXITS, ast.Raise))


def remove_exits(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the body of a function without exits. The result ends up in RETURNED."""
    body = without_match(body)
    last = body[-1]
    whole = body if always_exits(body) else [*body, ast.copy_location(ast.Return(None), last)]
    start: list[ast.stmt] = [SetFlag(DONE, False, body[0])]
    return start + _Remover().block(whole, None)


def remove_loop_exits(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements without exits whose loops leave nothing outside them."""
    return _Remover().block(body, None)


class _Remover:
    def block(self, body: list[ast.stmt], loop: tuple[str, str] | None) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for i, s in enumerate(body):
            rest = body[i + 1 :]
            if isinstance(s, ast.Return):
                return [*out, SetResult(s.value, s), SetFlag(DONE, True, s)]
            if isinstance(s, ast.Break | ast.Continue):
                assert loop is not None  # Python's parser refuses it elsewhere
                return [*out, SetFlag(loop[isinstance(s, ast.Continue)], True, s)]
            if isinstance(s, ast.Raise):
                return [*out, s]
            if isinstance(s, ast.With) or (isinstance(s, ast.Try) and is_finally(s)):
                return out + self.guarded(s, rest, loop)
            if isinstance(s, ast.If) and reaches(s, EXITS):
                return out + self.exiting_if(s, rest, loop)
            if isinstance(s, ast.If):
                out.append(self.branch(s, s.body, s.orelse, loop))
            elif isinstance(s, ast.While | ast.For):
                made, is_end = self.loop(s, rest, loop)
                out += made
                if is_end:
                    return out
            else:
                out.append(s)
        return out

    def guarded(
        self, s: ast.With | ast.Try, rest: list[ast.stmt], loop: tuple[str, str] | None
    ) -> list[ast.stmt]:
        """A block with an end that runs whatever exits are in it; then the rest."""
        begin: list[ast.stmt] = []
        if isinstance(s, ast.With):
            begin = [Enter(s)]
            end: list[ast.stmt] = [Leave(begin[0], s)]  # type: ignore[arg-type]  # it is an Enter
        else:
            end = self.block(s.finalbody, loop)
        body = ended_before_raises(s) if isinstance(s, ast.Try) else s.body
        made = [*begin, *self.block(body, loop), *end]
        if not rest or always_exits(s.body):
            return made
        flags = self.flags(s, loop)
        if not flags:
            return made + self.block(rest, loop)
        return [*made, Unless(flags, self.block(rest, loop), s)]

    def flags(self, s: ast.stmt, loop: tuple[str, str] | None) -> list[str]:
        """Return the flags that exits inside a statement set."""
        flags = [DONE] if reaches(s, (ast.Return,)) else []
        if loop:
            kinds = (ast.Break, ast.Continue)
            flags += [f for f, kind in zip(loop, kinds, strict=True) if reaches(s, (kind,))]
        return flags

    def branch(
        self, s: ast.If, body: list[ast.stmt], orelse: list[ast.stmt], loop: tuple[str, str] | None
    ) -> ast.stmt:
        made = ast.If(s.test, self.block(body, loop), self.block(orelse, loop))
        return ast.copy_location(made, s)

    def exiting_if(
        self, s: ast.If, rest: list[ast.stmt], loop: tuple[str, str] | None
    ) -> list[ast.stmt]:
        if always_exits(s.body):
            return [self.branch(s, s.body, s.orelse + rest, loop)]
        if always_exits(s.orelse):
            return [self.branch(s, s.body + rest, s.orelse, loop)]
        made = [self.branch(s, s.body, s.orelse, loop)]
        return [*made, Unless(self.flags(s, loop), self.block(rest, loop), s)] if rest else made

    def loop(
        self, s: ast.While | ast.For, rest: list[ast.stmt], outer: tuple[str, str] | None
    ) -> tuple[list[ast.stmt], bool]:
        """Return the loop, and whether `rest` is part of it already."""
        number = next(_NUMBERS)
        brk, cnt = f"break {number}", f"continue {number}"
        has_break, has_continue, has_return = (
            any(reaches(x, (k,)) for x in s.body) for k in (ast.Break, ast.Continue, ast.Return)
        )
        body = self.block(s.body, (brk, cnt))
        out: list[ast.stmt] = []
        if has_continue:
            body.insert(0, SetFlag(cnt, False, s))
            out.append(SetFlag(cnt, False, s))
        if has_break:
            out.append(SetFlag(brk, False, s))
        out.append(Loop(s, body, [brk] * has_break + [DONE] * has_return))
        orelse = list(s.orelse)
        if orelse and has_break:
            orelse = [self._unless_broken(brk, orelse)]
        if has_return:
            rest = orelse + rest
            return ([*out, Unless([DONE], self.block(rest, outer), s)] if rest else out), True
        if orelse:
            return out + self.block(orelse + rest, outer), True
        return out, False

    def _unless_broken(self, brk: str, orelse: list[ast.stmt]) -> ast.stmt:
        """`if not broken: orelse`, still with its exits, as a statement of the user's language."""
        test = ast.UnaryOp(ast.Not(), ast.Name(brk, ast.Load()))
        for node in (test, test.operand):
            ast.copy_location(node, orelse[0])
        return ast.copy_location(ast.If(test, orelse, []), orelse[0])
