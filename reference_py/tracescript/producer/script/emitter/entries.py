"""What a name or an expression stands for while a script is compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from tracescript.ir.values import Constant, Value
from tracescript.producer.script.emitter.heap import Token

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A Python object known at compile time: a module, function, type, data type or plain object.

    `path` is how the function being compiled reaches it from its own module: "" is the module
    itself, "enc.linear" a submodule, None something else.
    """

    value: Any
    path: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A tuple whose parts are known one by one, or a list of what is no run-time value.

    `outside` says where a list comes from that the program has not made itself; `names` are those
    of an op's outputs.
    """

    parts: tuple[Entry, ...]
    is_list: bool = False
    outside: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Struct:
    """A record made of a class while compiling: its class and its fields.

    `tokens` stand for the objects it may be, none where its class has no changeable instances.
    """

    cls: type
    fields: dict[str, Entry]
    tokens: frozenset[Token] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """`super()` in a method of a record: the classes above `cls`; `name` is the name of self."""

    record: Struct
    cls: type
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """An attribute of a run-time value that is about to be called: `xs.append`, `x.sum`."""

    owner: Entry
    name: str
    receiver: ast.expr


@dataclass(frozen=True, slots=True, eq=False)
class MethodOf:
    """A Python method of an object known at compile time."""

    owner: Known
    function: Any
    receiver: ast.expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A lambda or nested function: compiled in line wherever it is called."""

    definition: ast.FunctionDef | ast.Lambda
    frame: Frame
    defaults: tuple[Entry, ...] = ()
    keyword_defaults: tuple[Entry | None, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """A function with some of its arguments: `functools.partial`."""

    function: Entry
    args: tuple[Entry, ...]
    kwargs: dict[str, Entry]


@dataclass(frozen=True, slots=True, eq=False)
class Partly:
    """A name that has a value on some paths only: on all where none of `flags` holds.

    A flag is the key of an exit flag, which is set where it holds, or `!` and the key of one that
    is not set where it holds.

    Where `is_wrapped`, `value` is Optional only for want of a value of its type.
    """

    value: Value
    flags: frozenset[str]
    is_wrapped: bool
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """One of several entries, whose number is known at run time; `kind` is a union that says so."""

    index: Value
    parts: dict[int, Entry]
    kind: Type | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Unset:
    """A name without a value here; `note` says where it gets one.

    `loop` is the place of a loop that assigns it and surely runs: unrolled, it gives it a value.
    """

    note: str = ""
    loop: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Conflict:
    """A name whose type depends on the path; an error only where it is read."""

    what: str
    hint: str


@dataclass(frozen=True, slots=True, eq=False)
class Empty:
    """`[]` or `{}` before the type of its elements is known; `outside` as for `Items`."""

    is_dict: bool = False
    at: ast.AST | None = field(default=None, compare=False)
    outside: str = ""
    tokens: frozenset[Token] = field(default_factory=lambda: frozenset({Token("empty", 0, None)}))


@dataclass(slots=True, eq=False)
class RunOver:
    """A tensor or list that a loop runs over, as it is in the round at hand."""

    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What a `for` runs over: known parts, or a number of rounds and the item of a round.

    `over` are the containers that must not grow meanwhile, `shown` what items are taken from. Of a
    series `by_place`, items may change. `held` is the dict of which it is a view, `listed` the list
    of its items where there is one.
    """

    trip: Value | None
    item: Callable[[Value], Entry] | None
    parts: tuple[Entry, ...] | None = None
    what: str = "range"
    over: tuple[Value, ...] = ()
    shown: tuple[RunOver, ...] = ()
    by_place: bool = False
    held: tuple[Entry, ...] = ()
    listed: Value | None = None

    @property
    def is_view(self) -> bool:
        """Whether it is what `keys()`, `values()` or `items()` of a dict gives."""
        return self.what in {"keys", "values", "items"}


Entry: TypeAlias = (
    "Value | Known | Items | Struct | Bound | MethodOf | Closure | Partial | Partly | Unset"
    " | Conflict | Empty | Series | OneOf"
)

Scope: TypeAlias = "dict[str, Entry]"


def values_in(entry: Entry) -> list[Value]:
    """Return the run-time values in an entry that a loop can carry."""
    if isinstance(entry, Value):
        return [entry]
    if isinstance(entry, Items):
        return [v for p in entry.parts for v in values_in(p)]
    if isinstance(entry, Struct):
        return [v for x in entry.fields.values() for v in values_in(x)]
    if isinstance(entry, OneOf):
        return [v for x in entry.parts.values() for v in values_in(x)]
    return [entry.value] if isinstance(entry, Partly) else []


def held_by(entry: Entry) -> Sequence[Entry]:
    """Return what something callable has taken already."""
    if isinstance(entry, Bound):
        return (entry.owner,)
    if isinstance(entry, Partial):
        return (*entry.args, *entry.kwargs.values())
    if isinstance(entry, Closure):
        return (*entry.defaults, *(x for x in entry.keyword_defaults if x is not None))
    return ()


def constant_of(entry: Entry) -> tuple[bool, Any]:
    """Return whether a plain Python value is known for an entry, and the value."""
    if isinstance(entry, Value):
        if entry.constant is None or not isinstance(entry.constant.value, _PLAIN):
            return False, None
        value = entry.constant.value
        if isinstance(value, tuple):
            items = [v.value if isinstance(v, Constant) else v for v in value]
            return True, items
        return True, value
    if isinstance(entry, Items):
        parts = [constant_of(p) for p in entry.parts]
        values = [v for _, v in parts]
        return all(known for known, _ in parts), values if entry.is_list else tuple(values)
    if isinstance(entry, Known):
        return True, entry.value
    return False, None


def items_of_constant(value: Value) -> list[Any] | None:
    """Return the plain items of a constant list or tuple, None for anything else."""
    known, items = constant_of(value)
    return items if known and isinstance(items, list) else None


_PLAIN = (type(None), bool, int, float, str, complex, tuple)
