"""Sets: records around a dict whose order nothing may see."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DictType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.builtins.table import builtin, positional
from tracescript.producer.script.containers import set_order
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import Empty, Known, MethodOf, Series, Struct
from tracescript.producer.script.emitter.own_containers import is_set, keys_of
from tracescript.producer.script.flow.comprehensions import keys_of_comprehension
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.prelude import containers as prelude_containers
from tracescript.producer.script.prelude.containers import FrozenSetOf, SetOf

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_IN_PLACE: dict[type[ast.operator], Any] = {
    ast.BitOr: SetOf.update,
    ast.BitAnd: SetOf.intersection_update,
    ast.Sub: SetOf.difference_update,
    ast.BitXor: SetOf.symmetric_difference_update,
}
_HELD = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.STR)


@expression(ast.Set)
def set_display(e: Emitter, node: ast.Set) -> Entry:
    """`{a, b, *c}`."""
    flight = Flight(e)
    alone: list[Entry] = []
    made: Struct | None = None
    for part in node.elts:
        if not isinstance(part, ast.Starred):
            alone.append(flight.add(e.expr(part)))
            continue
        more = flight.add(e.expr(part.value))
        made = _joined(e, made, alone)
        alone = []
        union = MethodOf(Known(made), SetOf.union)
        found = e.session.structs.call(e, union, [more], {})
        assert isinstance(found, Struct)
        made = found
    flight.check()
    return _joined(e, made, alone)


def _joined(e: Emitter, made: Struct | None, alone: list[Entry]) -> Struct:
    more = set_of(e, Series(None, None, tuple(alone)))
    if made is None or not alone:
        return more if made is None else made
    found = e.session.structs.call(e, MethodOf(Known(made), SetOf.union), [more], {})
    assert isinstance(found, Struct)
    return found


@expression(ast.SetComp)
def set_comprehension(e: Emitter, node: ast.SetComp) -> Entry:
    """`{f(x) for x in xs if c}`."""
    for generator in node.generators:
        e.order_free.add(generator.iter)
    return _made(e, SetOf, keys_of_comprehension(e, node))


@builtin("builtins.set")
def set_(e: Emitter, node: ast.Call) -> Entry:
    """`set(xs)`."""
    return _from_call(e, node, SetOf)


@builtin("builtins.frozenset")
def frozenset_(e: Emitter, node: ast.Call) -> Entry:
    """`frozenset(xs)`."""
    return _from_call(e, node, FrozenSetOf)


def _from_call(e: Emitter, node: ast.Call, cls: type) -> Entry:
    set_order.allow(e, node)
    args = positional(e, node, 0, 1)
    return set_of(e, args[0] if args else Series(None, None, ()), cls)


def set_of(e: Emitter, items: Entry, cls: type = SetOf) -> Struct:
    """Return a set of its own of what can be run over."""
    items = keys_of(items)
    is_ours = e.frame.namespace is vars(prelude_containers)
    if is_ours and isinstance(items, Value) and isinstance(items.type, DictType):
        return _made(e, cls, items)
    series = series_of(e, items)
    if series.parts is not None:
        values = [_held(e, e.value(p)) for p in series.parts]
        kinds = {v.type for v in values}
        if len(kinds) > 1:
            shown = " and ".join(sorted(e.describe(Value(k)) for k in kinds))
            raise e.error(
                None,
                f"a set holds one type, found {shown}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="make them one type first: int(x) or str(x)",
            )
        pairs = [x for v in values for x in (v, e.constant(True))]
        return _made(e, cls, e.op("dict.make", pairs) if pairs else Empty(is_dict=True, at=e.at))
    return _made(e, cls, e.prelude(prelude_containers.keyed, series))


def _made(e: Emitter, cls: type, kept: Entry) -> Struct:
    if isinstance(kept, Value) and isinstance(kept.type, DictType):
        _held(e, Value(kept.type.key))
    return Struct(cls, {"kept": kept}, frozenset({e.session.aliases.token(e.site())}))


def _held(e: Emitter, value: Value) -> Value:
    if not is_scalar(value, *_HELD):
        raise e.error(
            None,
            f"a set holds ints, bools or texts, found {e.describe(value)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="keep a list, and ask `in`",
        )
    return value


def as_set(e: Emitter, entry: Entry) -> Entry:
    """Return a set made outside the program as one of its own; other entries as they are."""
    if isinstance(entry, Known) and isinstance(entry.value, set | frozenset):
        return set_of(e, entry, SetOf if isinstance(entry.value, set) else FrozenSetOf)
    return entry


def grow_set(
    e: Emitter, receiver: ast.expr, op: ast.operator, before: Entry, operand: Entry
) -> bool:
    """`a |= b` and the like change a set itself; False for anything else."""
    method = _IN_PLACE.get(type(op))
    if not isinstance(before, Struct) or before.cls is not SetOf or method is None:
        return False
    other = as_set(e, operand)
    if not is_set(other):
        raise e.error(
            None,
            f"a set and {e.describe(operand)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=f"call the method: .{method.__name__}(xs)",
        )
    e.session.structs.call(e, MethodOf(Known(before), method, receiver), [other], {})
    return True


__all__ = ["as_set", "grow_set", "set_of"]
