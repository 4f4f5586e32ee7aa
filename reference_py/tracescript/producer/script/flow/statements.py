"""Statements."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.aliasing.writes import write, write_choice
from tracescript.producer.script.calls.dispatch import raised_text
from tracescript.producer.script.calls.lambdas import closure_of
from tracescript.producer.script.emitter.core import statement
from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.emitter.entries import Empty, Items, Known, Partly, Struct, Unset
from tracescript.producer.script.expressions.logic import condition, negated
from tracescript.producer.script.expressions.names import is_definite
from tracescript.producer.script.expressions.operators import augmented_binary
from tracescript.producer.script.expressions.own_operators import own_augmented
from tracescript.producer.script.expressions.targets import assign_to
from tracescript.producer.script.flow.arms import SOME_SET
from tracescript.producer.script.flow.branches import branch, refine
from tracescript.producer.script.flow.iterators import refuse_late, refuse_result
from tracescript.producer.script.source.annotations import type_of_annotation
from tracescript.producer.script.source.exits import RETURNED, SetFlag, SetResult, Unless
from tracescript.producer.script.source.type_comments import comments_of

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@statement(ast.Pass)
def nothing(_e: Emitter, _node: ast.Pass) -> None:
    """`pass`."""


@statement(ast.Assign)
def assign(e: Emitter, node: ast.Assign) -> None:
    """`a = b = value`."""
    refuse_late(e, node)
    entry = e.expr(node.value)
    said = comments_of(e.frame.source, e.frame.definition).lines.get(getattr(node, "lineno", 0))
    kind = None if said is None else type_of_annotation(e, said)
    if kind is not None:
        entry = e.fit(entry, kind)
    for target in node.targets:
        assign_to(e, target, entry)


@statement(ast.AnnAssign)
def annotated(e: Emitter, node: ast.AnnAssign) -> None:
    """`x: T = value`: gives `[]`, `{}` and None their type."""
    kind = type_of_annotation(e, node.annotation)
    if isinstance(node.target, ast.Name) and kind is not None:
        e.frame.annotations[node.target.id] = kind
    if node.value is None:
        return
    refuse_late(e, node)
    if kind is not None:
        e.wanted[node.value] = kind
    entry = e.expr(node.value)
    assign_to(e, node.target, e.fit(entry, kind) if kind is not None else entry)


@statement(ast.AugAssign)
def augmented(e: Emitter, node: ast.AugAssign) -> None:
    """`x += value` and the like; a list grows in place, a tensor gets a new value."""
    from tracescript.producer.script.containers.sequences import grow
    from tracescript.producer.script.expressions.targets import as_target

    load = _as_load(node.target)
    flight = Flight(e)
    before = flight.add(e.expr(load), load)
    if isinstance(load, ast.Name) and e.session.holds_array(before):
        before = e.value(before)
    operand = e.expr(node.value)
    flight.check()
    before = flight.now(before)
    if grow(e, load, node.op, before, operand) or own_augmented(e, load, node.op, before, operand):
        return
    with e.looking_at(node):
        result = augmented_binary(e, type(node.op), before, operand)
        write_choice(e, load, before, result)
        if is_tensor(before) and _is_written(e, load, before, result):
            return
        with e.repeating():
            assign_to(e, as_target(load), result)


def _is_written(e: Emitter, load: ast.expr, before: Entry, result: Entry) -> bool:
    """Change a tensor that a name, field or container holds; False where it must be assigned yet.

    An element of a tensor is: what an index gives may be a copy.
    """
    with e.repeating():
        owner = e.expr(load.value) if isinstance(load, ast.Subscript) else None
    if owner is not None and (is_tensor(owner) or e.session.holds_array(owner)):
        return False
    if isinstance(owner, Items) and not owner.is_list:
        raise e.error(load, "elements of a tuple cannot be assigned", hint="x.add_(y), say")
    write(e, load, before, result)
    return owner is None or not isinstance(owner, Struct)


def _as_load(node: ast.expr) -> ast.expr:
    made: Any = type(node)(**{f: getattr(node, f) for f in node._fields})
    made.ctx = ast.Load()
    return ast.copy_location(made, node)


@statement(ast.Expr)
def expression_statement(e: Emitter, node: ast.Expr) -> None:
    """A call for its effect; a docstring."""
    if not isinstance(node.value, ast.Constant):
        e.expr(node.value)


@statement(ast.Delete)
def delete(e: Emitter, node: ast.Delete) -> None:
    """`del name`, `del d[k]`, `del xs[i]`."""
    from tracescript.producer.script.expressions.item_changes import delete_item

    for target in node.targets:
        if isinstance(target, ast.Name):
            e.bind(target.id, Unset(f"it is deleted at {e.where()}"))
        elif isinstance(target, ast.Subscript):
            delete_item(e, target)
        else:
            raise e.error(target, "scripts cannot delete this")


@statement(ast.If)
def if_(e: Emitter, node: ast.If) -> None:
    """`if`; one arm only where the test is known at compile time."""
    test = condition(e, node.test)
    if test.constant is not None:
        refine(e, node.test, bool(test.constant.value))
        e.run(node.body if test.constant.value else node.orelse)
        return

    flag = _flag_of(e, node.test)

    def arm(body: list[ast.stmt], holds: bool) -> Any:
        def run() -> None:
            refine(e, node.test, holds)
            if flag is None:
                e.run(body)
            else:
                _with_flag(e, flag, not holds, body)

        return run

    branch(e, test, (arm(node.body, True), arm(node.orelse, False)))


def _flag_of(e: Emitter, test: ast.expr) -> str | None:
    """Return the key of the exit flag in `not flag`, as loop-else asks for it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Name):
        return e.frame.key(test.operand.id) if " " in test.operand.id else None
    return None


def _with_flag(e: Emitter, key: str, is_set: bool, body: list[ast.stmt]) -> None:
    """Run statements where an exit flag is known; names that hang on it are settled."""
    outer, known = e.scope[key], e.constant(is_set)
    e.scope[key] = known
    e.run(body)
    for name, entry in list(e.scope.items()):
        if isinstance(entry, Partly) and entry.flags and is_definite(e, entry):
            e.scope[name] = (
                e.unwrap(entry.value, is_proved=True) if entry.is_wrapped else entry.value
            )
    if e.scope[key] is known:
        e.scope[key] = outer


@statement(Unless)
def unless(e: Emitter, node: Unless) -> None:
    """The rest of a block after exits that may have happened."""
    flags = [e.value(e.lookup(f)) for f in node.flags]
    if any(f.constant is not None and f.constant.value for f in flags):
        return
    open_flags = [(n, f) for n, f in zip(node.flags, flags, strict=True) if f.constant is None]
    if not open_flags:
        e.run(node.body)
        return
    go = negated(e, open_flags[0][1])
    for _, flag in open_flags[1:]:
        go = e.op("bool.op", [go, negated(e, flag)], {"operation": "and"})

    keys = [e.frame.key(name) for name, _ in open_flags]

    def rest() -> None:
        clear = e.constant(False)
        e.scope.update(dict.fromkeys(keys, clear))
        e.run(node.body)
        for key, (_, flag) in zip(keys, open_flags, strict=True):
            if e.scope[key] is clear:
                e.scope[key] = flag

    def skip() -> None:
        e.scope[SOME_SET] = Known(frozenset(keys))

    branch(e, go, (rest, skip))


@statement(SetFlag)
def set_flag(e: Emitter, node: SetFlag) -> None:
    """An exit flag."""
    e.scope[e.frame.key(node.flag)] = e.constant(node.value)


@statement(SetResult)
def set_result(e: Emitter, node: SetResult) -> None:
    """The value of a `return`."""
    e.frame.returned_at = node.value or node
    refuse_result(e, node.value)
    entry: Entry = e.expr(node.value) if node.value is not None else e.constant(None)
    kind = e.frame.annotations.get("return")
    if kind is not None and isinstance(entry, Empty):
        entry = e.fit(entry, kind)
    e.scope[e.frame.key(RETURNED)] = entry


@statement(ast.Assert)
def assertion(e: Emitter, node: ast.Assert) -> None:
    """`assert test, message`: traps ASSERTION_ERROR; what it says about None holds afterwards."""
    test = condition(e, node.test)
    if test.constant is not None and test.constant.value:
        refine(e, node.test, True)
        return
    if node.msg is None or isinstance(node.msg, ast.Constant):
        message = (
            [e.value(e.expr(node.msg))]
            if node.msg is not None
            else [e.constant(e.frame.source.text(node.test))]
        )
        e.ops("assert", [test, *message])
    else:
        msg = node.msg

        def complain() -> None:
            e.ops("assert", [e.constant(False), raised_text(e, [msg])])
            e.is_dead = True

        branch(e, test, (lambda: None, complain))
    if test.constant is not None:
        e.is_dead = True
        return
    refine(e, node.test, True)


@statement(ast.Raise)
def raise_(e: Emitter, node: ast.Raise) -> None:
    """`raise E("message")`: traps RAISED with the class and the message."""
    call = node.exc
    if call is None:
        raise e.error(
            node,
            "a bare `raise` needs `try`, which scripts do not have",
            hint='raise an error of your own: raise ValueError("...")',
        )
    arguments = call.args if isinstance(call, ast.Call) else []
    found = e.expr(call.func if isinstance(call, ast.Call) else call)
    if (
        not isinstance(found, Known)
        or not isinstance(found.value, type)
        or not issubclass(found.value, BaseException)
    ):
        raise e.error(node, "only exception classes can be raised")
    e.ops("raise", [raised_text(e, arguments)], {"kind": found.value.__name__})
    e.is_dead = True


@statement(ast.Nonlocal)
def borrow(e: Emitter, node: ast.Nonlocal) -> None:
    """`nonlocal x`: the name is that of a function around, which is part of the program."""
    for name in node.names:
        if e.frame.owner(name) is None:
            raise e.error(
                node,
                f"{name!r} is made outside the function that is scripted",
                hint="pass the value in and return it",
            )


@statement(ast.FunctionDef)
def nested(e: Emitter, node: ast.FunctionDef) -> None:
    """A nested function: compiled in line where it is called."""
    if node.decorator_list:
        raise e.error(
            node, "a nested function with decorators", hint="define it at the top of the file"
        )
    e.bind(node.name, closure_of(e, node))
