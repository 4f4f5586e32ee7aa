"""`if` nodes: two arms on copies of the scope, joined afterwards; what a test says about None."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import OptionalType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import OneOf, Struct, Unset
from tracescript.producer.script.emitter.facts import UnknownResultError
from tracescript.producer.script.flow.arms import RESULT, Arm
from tracescript.producer.script.flow.assigned import settle
from tracescript.producer.script.flow.merge import Merge
from tracescript.producer.script.flow.narrowing import narrowed, refine_choices
from tracescript.producer.script.flow.related import join_origins, shared_bases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Facts = dict[str, tuple[Entry, Entry]]
    Compiled = tuple[Arm, Facts]


def branch(
    e: Emitter, test: Value, arms: tuple[Callable[[], Entry | None], Callable[[], Entry | None]]
) -> Entry:
    """Compile both arms and write one `if` node. Returns the join of what the arms return."""
    base, outer = e.scope, e.builder
    compiled = []
    for arm in arms:
        e.scope, e.builder, e.is_dead = dict(base), outer.child(), False
        e.refined.append({})
        entry = _of_arm(e, arm)
        e.scope[RESULT] = entry if entry is not None else Unset()
        compiled.append((Arm(e.scope, e.builder, is_dead=e.is_dead), e.refined.pop()))
    _forget(compiled[0], compiled[1])
    _forget(compiled[1], compiled[0])
    e.scope, e.builder = dict(base), outer
    pair = compiled[0][0], compiled[1][0]
    e.is_dead = pair[0].is_dead and pair[1].is_dead
    merge = Merge(e, pair)
    plan = {} if e.is_dead else merge.names(base)
    results = _write(e, test, merge)
    e.scope.update({key: template(results) for key, template in plan.items()})
    for k in (0, 1):
        if pair[1 - k].is_dead and not e.is_dead:
            _keep_facts(e, compiled[k][1])
    return e.scope.pop(RESULT, Unset())


def _of_arm(e: Emitter, arm: Callable[[], Entry | None]) -> Entry | None:
    """Compile an arm; one that hangs on an unknown result is as good as one that raises."""
    before = e.builder, e.frame, len(e.refined)
    outer, e.path = e.path, e.builder
    try:
        return arm()
    except UnknownResultError:
        e.builder, e.frame, e.offered = *before[:2], []
        del e.refined[before[2] :]
        e.is_dead = True
        return None
    finally:
        e.path = outer


def _write(e: Emitter, test: Value, merge: Merge) -> tuple[Value, ...]:
    if e.session.origins.written and not any(arm.is_dead for arm in merge.arms):
        for a, b in shared_bases(e, merge.slots):
            merge.slot(a, b, a.type)
    blocks = [
        arm.builder.block((), [pair[k] for pair in merge.slots]) for k, arm in enumerate(merge.arms)
    ]
    results = e.ops("if", [test], blocks=blocks, types=merge.types)
    for (a, b), result in zip(merge.slots, results, strict=True):
        e.session.roots.join(result, a, b)
        e.session.aliases.join(result, a, b)
        for kinds in (e.session.tuple_kinds, e.session.list_kinds):
            kinds.note(result, kinds.of(a) | kinds.of(b))
        name = e.unit.names.get(a) or e.unit.names.get(b)
        if name:
            e.unit.names[result] = name
    join_origins(e, merge.slots, results)
    return results


def _forget(one: Compiled, other: Compiled) -> None:
    """Take back what a test said about names that neither arm assigned since."""
    arm, facts = one
    for key, (original, refined) in facts.items():
        if arm.scope.get(key) is refined and (other[0].is_dead or _kept(other, key, original)):
            arm.scope[key] = original


def _kept(compiled: Compiled, key: str, original: Entry) -> bool:
    arm, facts = compiled
    found = arm.scope.get(key)
    return found is original or (key in facts and found is facts[key][1])


def _keep_facts(e: Emitter, facts: dict[str, tuple[Entry, Entry]]) -> None:
    """The other arm raises: what the test said holds from here on."""
    for key, (original, refined) in facts.items():
        if e.scope.get(key) is original:
            if isinstance(original, OneOf):
                e.scope[key] = narrowed(e, original, e.session.narrowed[original, refined])
            elif isinstance(original, Struct) and isinstance(refined, Struct):
                e.scope[key] = _refined_record(e, original, refined)
            elif isinstance(refined, Value) and refined.constant is not None:
                e.scope[key] = refined
            elif isinstance(original, Value):
                e.scope[key] = e.unwrap(original, is_proved=True)


def refine(e: Emitter, test: ast.expr, holds: bool) -> None:
    """Use what a test says: `x is None`, `x`, `isinstance(x, T)`, and/or/not of these."""
    settle(e, test, holds)
    refine_choices(e, test, holds)
    for target, is_none in _facts(test, holds):
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            _refine_field(e, target.value, target.attr, is_none=is_none)
        key = e.key_of(target)
        entry = e.scope.get(key) if key else None
        if key is None or not isinstance(entry, Value) or not isinstance(entry.type, OptionalType):
            continue
        refined = e.constant(None) if is_none else e.unwrap(entry, is_proved=True)
        e.scope[key] = refined
        if e.refined:
            e.refined[-1].setdefault(key, (entry, refined))


def _refine_field(e: Emitter, owner: ast.Name, name: str, *, is_none: bool) -> None:
    """Use what a test says about a field of a record."""
    key = e.key_of(owner)
    entry = e.scope.get(key) if key else None
    if key is None or not isinstance(entry, Struct):
        return
    field = entry.fields.get(name)
    if not isinstance(field, Value) or not isinstance(field.type, OptionalType):
        return
    known = e.constant(None) if is_none else e.unwrap(field, is_proved=True)
    refined = replace(entry, fields={**entry.fields, name: known})
    e.session.refined_records[refined] = entry
    e.scope[key] = refined
    if e.refined:
        e.refined[-1][key] = e.refined[-1].get(key, (entry, refined))[0], refined


def _refined_record(e: Emitter, original: Struct, refined: Struct) -> Struct:
    """Return a record with what an arm has learned of its fields."""
    fields = dict(original.fields)
    for name, entry in refined.fields.items():
        before = fields[name]
        if entry is not before and isinstance(before, Value) and isinstance(entry, Value):
            is_none = entry.constant is not None and entry.type == constants.NONE
            fields[name] = entry if is_none else e.unwrap(before, is_proved=True)
    made = replace(original, fields=fields)
    e.session.refined_records[made] = original
    return made


def _facts(test: ast.expr, holds: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Yield (expression, whether it is surely None)."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _facts(test.operand, not holds)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) == holds:
            for part in test.values:
                yield from _facts(part, holds)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        right = test.comparators[0]
        if isinstance(right, ast.Constant) and right.value is None:
            if isinstance(test.ops[0], ast.Is | ast.Eq):
                yield test.left, holds
            elif isinstance(test.ops[0], ast.IsNot | ast.NotEq):
                yield test.left, not holds
    elif (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
    ):
        if holds and test.args:
            yield test.args[0], False
    elif isinstance(test, ast.Name | ast.Attribute | ast.NamedExpr) and holds:
        yield test, False


__all__ = ["branch", "refine"]
