"""What a test of its type says about a value that is one of several."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tracescript.ir.types import OptionalType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Known, OneOf, Struct, constant_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


TYPE_TESTS: Final = frozenset({"isinstance", "torch.jit.isinstance"})


def narrowed(e: Emitter, choice: OneOf, numbers: Iterable[int]) -> Entry:
    """Return a choice among some of its parts; the part itself where there is one."""
    parts = {k: choice.parts[k] for k in numbers}
    if len(parts) > 1:
        return replace(choice, parts=parts)
    return unwrapped(e, next(iter(parts.values())))


def unwrapped(e: Emitter, entry: Entry) -> Entry:
    """Return a part where it is surely the one that is chosen."""
    if isinstance(entry, Value) and entry in e.session.wrapped:
        return e.unwrap(entry, is_proved=True)
    if isinstance(entry, Struct):
        return replace(entry, fields={n: unwrapped(e, x) for n, x in entry.fields.items()})
    return entry


def bare(e: Emitter, entry: Entry) -> Entry:
    """Return a part as what it is when it is chosen, without writing nodes: for its type."""
    if isinstance(entry, Value) and entry in e.session.wrapped:
        assert isinstance(entry.type, OptionalType)
        return Value(entry.type.element)
    return entry


def refine_choices(e: Emitter, test: ast.expr, holds: bool) -> None:
    """Use what `isinstance` and `is None` say about names that are one of several."""
    from tracescript.producer.script.builtins.objects import instances

    for target, what, is_one, is_object in _type_tests(test, holds):
        key = e.key_of(target)
        entry = e.scope.get(key) if key else None
        if key is None or not isinstance(entry, OneOf):
            continue
        if is_object and not _are_known(entry):
            continue
        wanted = e.expr(what) if what is not None else Known(type(None))
        if is_object:
            if not isinstance(wanted, Known):
                continue
            found = [k for k, x in entry.parts.items() if constant_of(x)[1] is wanted.value]
        else:
            kinds = constant_of(wanted)[1]
            kinds = tuple(kinds) if isinstance(kinds, list | tuple) else (kinds,)
            found = instances(e, entry, kinds)
        kept = [k for k in entry.parts if (k in found) == is_one]
        if not kept or len(kept) == len(entry.parts):
            continue
        refined = narrowed(e, entry, kept)
        e.scope[key] = refined
        e.session.narrowed[entry, refined] = kept
        if e.refined:
            e.refined[-1].setdefault(key, (entry, refined))


def _are_known(entry: OneOf) -> bool:
    return all(isinstance(x, Known) for x in entry.parts.values())


def _type_tests(
    test: ast.expr, holds: bool
) -> Iterator[tuple[ast.expr, ast.expr | None, bool, bool]]:
    """Yield what a test says of an expression.

    Its classes or the object it is compared with, None for NoneType; whether it surely is one;
    whether an object is meant.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _type_tests(test.operand, not holds)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == holds:
        for part in test.values:
            yield from _type_tests(part, holds)
    elif isinstance(test, ast.Call) and ast.unparse(test.func) in TYPE_TESTS:
        if len(test.args) == 2:  # noqa: PLR2004  # x and classes
            yield test.args[0], test.args[1], holds, False
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        right = test.comparators[0]
        is_none = isinstance(right, ast.Constant) and right.value is None
        if is_none or isinstance(right, ast.Name | ast.Attribute):
            what = None if is_none else right
            if isinstance(test.ops[0], ast.Is | ast.Eq):
                yield test.left, what, holds, not is_none
            elif isinstance(test.ops[0], ast.IsNot | ast.NotEq):
                yield test.left, what, not holds, not is_none
