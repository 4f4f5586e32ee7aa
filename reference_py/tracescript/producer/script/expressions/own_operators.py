"""Operators of records: the methods that a class of the user's defines for them."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.entries import Known, MethodOf, Struct
from tracescript.producer.script.emitter.own_containers import is_set

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_NAMES: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.MatMult: "matmul",
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "invert",
}
_SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def special_method(owner: Entry, name: str) -> MethodOf | None:
    """Return `__name__` of a record, None where its class does not define it in Python."""
    if not isinstance(owner, Struct) or owner.cls is dict:
        return None
    found = inspect.getattr_static(owner.cls, f"__{name}__", None)
    if not inspect.isfunction(found) or found.__code__.co_filename == "<string>":
        return None
    return MethodOf(Known(owner), found)


def special(e: Emitter, owner: Entry, name: str, *args: Entry) -> Entry | None:
    """Call `__name__` of a record; None where its class does not define it in Python.

    Raises ProducerError where the method changes the record, for nothing would see that.
    """
    method = special_method(owner, name)
    if method is None or not isinstance(owner, Struct):
        return None
    result = e.session.structs.call(e, method, list(args), {})
    whole = e.session.whole_record
    if whole(e.session.calls.last_self) is not whole(owner):
        raise e.error(
            None,
            f"{owner.cls.__qualname__}.__{name}__ changes the record it is called on",
            code="ALIASING",
            rule="SCRIPT-8",
            hint="make the change in a method with a name of its own",
        )
    is_nothing = isinstance(result, Known) and result.value is NotImplemented
    return None if is_nothing else result


def own_length(e: Emitter, owner: Entry) -> Value | None:
    """`len(a)` of a record whose class says it: never below 0."""
    found = special(e, owner, "len")
    if found is None:
        return None
    length = e.as_int(found)
    is_one = e.op("int.cmp", [length, e.constant(0)], {"relation": "ge"})
    e.ops("assert", [is_one, e.constant("__len__() should return >= 0")], {"code": "VALUE_ERROR"})
    return length


def own_binary(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> Entry | None:
    """`a + b` where one is a record: its method, or the reflected one of the other."""
    from tracescript.producer.script.containers.views import as_sets

    name = _NAMES[kind]
    left, right = _sets(e, *as_sets(e, kind, left, right))
    if is_set(left) != is_set(right):
        return None
    made = special(e, left, name, right)
    return made if made is not None else special(e, right, f"r{name}", left)


def _sets(e: Emitter, left: Entry, right: Entry) -> tuple[Entry, Entry]:
    """Sets made outside the program become sets of its own beside one."""
    if not is_set(left) and not is_set(right):
        return left, right
    from tracescript.producer.script.containers.sets import as_set

    return as_set(e, left), as_set(e, right)


def own_augmented(
    e: Emitter, target: ast.expr, op: ast.operator, before: Entry, operand: Entry
) -> bool:
    """`a += b` of a record whose class defines `__iadd__`; False for anything else."""
    method = special_method(before, f"i{_NAMES[type(op)]}")
    if method is None:
        return False
    from tracescript.producer.script.expressions.targets import as_target, assign_to

    changed = MethodOf(method.owner, method.function, target)
    made = e.session.structs.call(e, changed, [operand], {})
    if made is not e.session.calls.last_self:
        with e.repeating():
            assign_to(e, as_target(target), made)
    return True


def own_unary(e: Emitter, kind: type[ast.unaryop], operand: Entry) -> Entry | None:
    """`-a` of a record."""
    return special(e, operand, _NAMES[kind]) if kind in _NAMES else None


def own_comparison(e: Emitter, relation: str, left: Entry, right: Entry) -> Entry | None:
    """`a < b` where one is a record: its method, or the mirrored one of the other."""
    left, right = _sets(e, left, right)
    if is_set(left) != is_set(right):
        return e.constant(relation == "ne") if relation in {"eq", "ne"} else None
    made = special(e, left, relation, right)
    return made if made is not None else special(e, right, _SWAPPED[relation], left)
