"""Values that are one of several at run time: members of an enum, modules, values of two types."""

from __future__ import annotations

import ast
import enum
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ScalarKind, ScalarType, TensorType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.opset.relations import join_all
from tracescript.producer.script.containers.unions import names_union
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import (
    Closure,
    Items,
    Known,
    OneOf,
    Struct,
    constant_of,
)
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.flow.narrowing import bare, unwrapped
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame


_KEYS = {bool: ScalarKind.BOOL, int: ScalarKind.INT, str: ScalarKind.STR}
_NUMBERS = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT)


# ---------------------------------------------------------------------- which may be chosen
def may_choose(e: Emitter, entries: Sequence[Entry], *, is_choice: bool = False) -> bool:
    """Whether entries can be the parts of one choice.

    Those are members of one enum, things that are called, numbers where one `is_choice` already or
    they come of `max` and the like, and values of several types where a function around, or one
    they are passed to, may ask for types.
    """
    plain = [bare(e, x) for x in entries]
    if (is_choice or e.mixing) and all(is_tensor(x) or is_scalar(x, *_NUMBERS) for x in plain):
        return True
    if all(isinstance(x, Known) and isinstance(x.value, enum.Enum) for x in entries):
        return len({type(x.value) for x in entries if isinstance(x, Known)}) == 1
    if all(_is_called(e, x) for x in entries):
        return True
    is_asked = e.session.facts.asks_types or _asks_types(e.frame)
    return is_asked and all(isinstance(x, Value | Struct) for x in entries)


def are_sums(e: Emitter, entries: Sequence[Entry]) -> bool:
    """Whether entries are Python numbers and tensors of one type, as a sum from 0 may be."""
    plain = [bare(e, x) for x in entries]
    tensors = [x.type for x in plain if isinstance(x, Value) and isinstance(x.type, TensorType)]
    count = sum(is_scalar(x, *_NUMBERS) for x in plain)
    is_sum = bool(tensors) and bool(count) and len(tensors) + count == len(entries)
    return is_sum and join_all(iter(tensors)) is not None


def _is_called(e: Emitter, entry: Entry) -> bool:
    return isinstance(entry, Closure) or (
        isinstance(entry, Known) and callable(entry.value) and not e.session.is_data(entry)
    )


def _asks_types(frame: Frame | None) -> bool:
    while frame is not None:
        if has_type_test(frame.definition) or any(map(names_union, frame.annotations.values())):
            return True
        frame = frame.enclosing
    return False


@functools.lru_cache(maxsize=4096)
def has_type_test(definition: ast.AST) -> bool:
    """Whether a function asks for types."""
    return any(
        isinstance(n, ast.MatchClass)
        or (isinstance(n, ast.Name) and n.id == "isinstance")
        or (isinstance(n, ast.Attribute) and n.attr == "isinstance")
        for n in nodes_of(definition)
    )


def parts_of(entry: Entry) -> dict[int, Entry]:
    """Return the parts of a choice; any other entry is its only part."""
    return dict(entry.parts) if isinstance(entry, OneOf) else {0: entry}


def is_alike(a: Entry, b: Entry) -> bool:
    """Whether two entries can be the same part of a choice."""
    if isinstance(a, Value) and isinstance(b, Value):
        return join_types(a.type, b.type) is not None
    if isinstance(a, Struct) and isinstance(b, Struct):
        return a.cls is b.cls and a.fields.keys() == b.fields.keys()
    if isinstance(a, Known) and isinstance(b, Known):
        return a.value is b.value
    return isinstance(a, Closure) and a is b


def numbered(first: Mapping[int, Entry], more: Mapping[int, Entry]) -> dict[int, int]:
    """Return under which numbers the parts of a second choice stand in the joint one."""
    found: dict[int, int] = {}
    free = max(first) + 1
    for k, entry in more.items():
        same = [n for n, x in first.items() if is_alike(x, entry) and n not in found.values()]
        if not same:
            same, free = [free], free + 1
        found[k] = same[0]
    return found


def renumbered(e: Emitter, entry: Entry, numbers: Mapping[int, int]) -> Value:
    """Return the number of the part that an entry is, by new numbers."""
    if not isinstance(entry, OneOf):
        return e.constant(numbers[0])
    if all(k == n for k, n in numbers.items()):
        return entry.index
    return from_table(e, {k: e.constant(n) for k, n in numbers.items()}, entry.index)


def from_table(e: Emitter, constants: Mapping[int, Value], index: Value) -> Value:
    """Return one of several constants by its number."""
    if len(constants) == 1:
        return next(iter(constants.values()))
    filler = next(iter(constants.values()))
    table = [constants.get(k, filler) for k in range(max(constants) + 1)]
    return e.op("list.get", [e.make_list(table), index])


def is_one(e: Emitter, choice: OneOf, numbers: Sequence[int]) -> Value:
    """Whether a choice is one of some of its parts, as a bool value."""
    if not numbers or len(numbers) == len(choice.parts):
        return e.constant(bool(numbers))
    tests = [e.op("int.cmp", [choice.index, e.constant(k)], {"relation": "eq"}) for k in numbers]
    found, *rest = tests
    for test in rest:
        found = e.op("bool.op", [found, test], {"operation": "or"})
    return found


# ---------------------------------------------------------------------- uses
def choose(e: Emitter, choice: OneOf, use: Callable[[Entry], Entry]) -> Entry:
    """Do with a choice what is done with each of its parts: a chain of `if`."""
    first, *rest = choice.parts
    if not rest:
        return use(unwrapped(e, choice.parts[first]))
    test = is_one(e, choice, [first])
    arms = (
        lambda: use(unwrapped(e, choice.parts[first])),
        lambda: choose(e, replace(choice, parts={k: choice.parts[k] for k in rest}), use),
    )
    return branch(e, test, arms)


def mapped(e: Emitter, choice: OneOf, use: Callable[[Entry], Entry]) -> Entry:
    """Do with a choice of known objects what makes no nodes: an attribute, say."""
    if not all(isinstance(x, Known) for x in choice.parts.values()):
        raise type_needed(e, choice)
    found = {k: use(x) for k, x in choice.parts.items()}
    constants = {k: x for k, x in found.items() if isinstance(x, Value) and constant_of(x)[0]}
    kinds = {x.type for x in constants.values()}
    is_scalar = len(kinds) == 1 and isinstance(next(iter(kinds)), ScalarType)
    if len(constants) == len(found) and is_scalar:
        return from_table(e, constants, choice.index)
    if any(
        isinstance(x, Value | Items | Struct) or e.session.holds_array(x) for x in found.values()
    ):
        return choose(e, choice, use)
    return replace(choice, parts=found)


def number_of(e: Emitter, choice: OneOf) -> Entry:
    """A choice of members of an IntEnum or StrEnum counts as their value."""
    values = {k: x.value for k, x in choice.parts.items() if isinstance(x, Known)}
    for kind in (int, str):
        if len(values) == len(choice.parts) and all(isinstance(v, kind) for v in values.values()):
            plain = {k: e.constant(kind.__call__(v)) for k, v in values.items()}
            return from_table(e, plain, choice.index)
    return choice


def matches(e: Emitter, left: Entry, right: Entry, test: Callable[[Entry, Entry], Any]) -> Entry:
    """`a == b` and `a is b` where one is a choice."""
    if not isinstance(left, OneOf):
        left, right = right, left
    assert isinstance(left, OneOf)
    if isinstance(right, Known) and all(isinstance(x, Known) for x in left.parts.values()):
        equal = [k for k, x in left.parts.items() if constant_of(test(x, right))[1]]
        return is_one(e, left, equal)
    return choose(e, left, lambda part: test(part, right))


def at_index(e: Emitter, parts: Sequence[Entry], index: Value) -> Entry:
    """`xs[i]` of known objects by an index of run time, which may count from the end."""
    count = e.constant(len(parts))
    low = e.op("int.cmp", [index, e.constant(-len(parts))], {"relation": "ge"})
    high = e.op("int.cmp", [index, count], {"relation": "lt"})
    inside = e.op("bool.op", [low, high], {"operation": "and"})
    text = e.constant(f"an index outside a list of {len(parts)}")
    e.ops("assert", [inside, text], {"code": "INDEX_ERROR"})
    place = e.op("int.mod", [index, count])
    return parts[0] if len(parts) == 1 else OneOf(place, dict(enumerate(parts)))


def at_key(e: Emitter, parts: Mapping[Any, Entry], key: Entry) -> Entry | None:
    """`d[k]` of a dict of known objects by a key of run time; None where it has other keys."""
    kinds = {_KEYS.get(type(n)) for n in parts}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None or not is_scalar(key, kind):
        return None
    places = [x for k, n in enumerate(parts) for x in (e.constant(n), e.constant(k))]
    place = e.op("dict.get", [e.op("dict.make", places), e.value(key), None])
    listed = list(parts.values())
    if all(map(e.session.is_runtime, listed)):
        values = [e.value(x) for x in listed]
        if join_all(v.type for v in values) is not None:
            return e.op("list.get", [e.make_list(values), place])
    return listed[0] if len(listed) == 1 else OneOf(place, dict(enumerate(listed)))


def member_of(e: Emitter, cls: type[enum.Enum], value: Entry) -> Entry:
    """`Mode(x)`: the member of an enum with a value."""
    from tracescript.producer.script.expressions.comparison import related

    members = list(cls)
    known, plain = constant_of(value)
    if isinstance(value, OneOf) or (known and isinstance(plain, enum.Enum)):
        return value
    index: Entry = e.constant(-1)
    for k, member in reversed(list(enumerate(members))):
        equal = related(e, "eq", lambda a, b: a == b, value, e.session.entry_of(member.value))
        index = branch(e, e.value(equal), (lambda k=k: e.constant(k), lambda i=index: i))  # type: ignore[misc]  # binds the loop's values
    at = e.value(index)
    if at.constant is not None and at.constant.value >= 0:
        return Known(members[at.constant.value])
    found = e.op("int.cmp", [at, e.constant(0)], {"relation": "ge"})
    text = e.constant(f"not a valid {cls.__qualname__}")
    e.ops("assert", [found, text], {"code": "VALUE_ERROR"})
    return OneOf(at, {k: Known(m) for k, m in enumerate(members)})


def _start_of(e: Emitter, choice: OneOf) -> str:
    """Say how a tensor to begin with is written, in place of a number."""
    kinds = (bare(e, x) for x in choice.parts.values())
    kind = next(k.type for k in kinds if isinstance(k, Value) and isinstance(k.type, TensorType))
    name, shape = kind.data_type.value, kind.shape or ()
    sizes = ", ".join("n" if not isinstance(n, int) else str(n) for n in shape)
    sizes = f"({sizes},)" if len(shape) == 1 else f"({sizes})"
    if e.frame.flavour == "torch":
        return f"start with a tensor: torch.zeros({sizes}, dtype=torch.{name})"
    made = f"np.{name}(0)" if not shape else f"np.zeros({sizes}, np.{name})"
    return f"start with an array: {made}"


def type_needed(e: Emitter, choice: OneOf) -> Any:
    """Return the error of using a choice where one of its parts is needed."""
    kinds = dict.fromkeys(e.describe(bare(e, x)) for x in choice.parts.values())
    is_name = isinstance(e.at, ast.Name) and e.at.id.isidentifier()
    what = repr(e.at.id) if is_name and isinstance(e.at, ast.Name) else "this value"
    hint = "use what it holds: x.value, x.name, x(...)"
    if all(isinstance(x, Value | Struct) for x in choice.parts.values()):
        hint = "ask first: `if isinstance(x, int):`"
    if any(is_tensor(bare(e, x)) for x in choice.parts.values()):
        hint = _start_of(e, choice)
    if all(is_scalar(bare(e, x), *_NUMBERS) for x in choice.parts.values()):
        hint = "make it one type, float(x), or ask: `if isinstance(x, int):`"
    return e.error(
        None,
        f"{what} is {' or '.join(kinds)} here",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint=hint,
    )
