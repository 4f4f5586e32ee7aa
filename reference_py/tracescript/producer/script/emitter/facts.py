"""What one attempt at compiling learns for the next, and where data types are still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DictType, ListType, OptionalType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import constant_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from tracescript.ir.model import State
    from tracescript.ir.types import DataType, Type
    from tracescript.opset.table import OpDef
    from tracescript.producer.script.calls.recursion import Gives
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.source import Source

MOST_UNROLLED = 1024


@dataclass(slots=True)
class Facts:
    """Data types of parameters, loops to unroll, attributes that are state with their types.

    `recursive` are functions that call themselves, `results` what they give, by signature;
    `defaults` are the types of dicts that make what they do not hold, by their place; `passing` are
    attributes that no state can hold, which each call gives a value before it reads them;
    `asks_types` says that a value of several types is passed on, maybe to what tells them apart;
    `generators` are those of random numbers that the program draws from, by identity; `taken` are
    names that states of these cannot have; `inherited` are states of finished models, by the module
    of the function that calls one and their path there; `attributes` are names of attributes and
    methods that the program uses of tensors.
    """

    data_types: dict[str, DataType] = field(default_factory=dict)
    unrolled: set[tuple[str, int, int]] = field(default_factory=set)
    states: dict[tuple[int, str], Type] = field(default_factory=dict)
    recursive: set[Any] = field(default_factory=set)
    results: dict[Any, Gives] = field(default_factory=dict)
    defaults: dict[Any, DictType] = field(default_factory=dict)
    passing: set[tuple[int, str]] = field(default_factory=set)
    asks_types: bool = False
    generators: dict[int, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    inherited: dict[tuple[int, str], State] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)


class UnknownResultError(Exception):
    """What a recursive call gives is not known yet: this path tells nothing about types."""


class DeadEndError(UnknownResultError):
    """A part of an expression always raises: the rest of its statement or arm never runs."""


class RestartError(Exception):
    """Compile again: something was learned that earlier nodes need to know."""

    def __init__(self, learn: Callable[[Facts], None]) -> None:
        super().__init__("compile again")
        self.learn = learn


class Roots:
    """Which parameters' open data types a value's data type comes from."""

    def __init__(self) -> None:
        self._roots: dict[Value, frozenset[str]] = {}

    def of(self, value: Any) -> frozenset[str]:
        """Return the parameters, none where the data type is settled."""
        return self._roots.get(value, frozenset()) if isinstance(value, Value) else frozenset()

    def open(self, value: Value, names: frozenset[str]) -> None:
        """Say that a value's data type is that of open parameters."""
        if names:
            self._roots[value] = self.of(value) | names

    def same(self, new: Value, old: Value) -> None:
        """`new` has the data type of `old`."""
        self.open(new, self.of(old))

    def join(self, result: Value, a: Value, b: Value) -> None:
        """`result` is one of two values."""
        self.open(result, self.of(a) | self.of(b))

    def need(self, value: Value, wanted: DataType) -> None:
        """Settle the open parameters behind a value, and compile again. Raises RestartError."""
        names = self.of(value)

        def learn(facts: Facts) -> None:
            for name in names:
                facts.data_types.setdefault(name, wanted)

        raise RestartError(learn)

    def through(self, op: OpDef, inputs: Sequence[Value | None], outputs: Sequence[Value]) -> None:
        """An op whose result has its operands' type hands openness on."""
        if not any(v in self._roots for v in inputs if v is not None) or op.name == "cast":
            return
        for k, out in enumerate(outputs):
            declared = op.outputs[min(k, len(op.outputs) - 1)]
            if not isinstance(_inner(out.type), TensorType):
                continue
            found: frozenset[str] = frozenset()
            for i, v in enumerate(inputs):
                if v is None or not op.inputs:
                    continue
                given = op.inputs[min(i, len(op.inputs) - 1)]
                is_kin = (
                    declared.type in given.type or declared.kind == "any" or given.kind == "any"
                )
                if is_kin and _inner(v.type) is not None and _data_type(v) is _data_type(out):
                    found |= self.of(v)
            self.open(out, found)


def _inner(kind: Type) -> Type:
    while isinstance(kind, ListType | OptionalType):
        kind = kind.element
    return kind


def _data_type(value: Value) -> DataType | None:
    kind = _inner(value.type)
    return kind.data_type if isinstance(kind, TensorType) else None


class Loops:
    """Indices of loops with a known number of rounds: such a loop can be unrolled."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._keys: dict[Value, tuple[str, int, int]] = {}

    def begin(self, index: Value, trip: Value | None, source: Source, header: ast.For) -> None:
        """A rolled loop starts."""
        known, rounds = constant_of(trip) if trip is not None else (False, None)
        if known and isinstance(rounds, int) and rounds <= MOST_UNROLLED:
            self._keys[index] = key_of_loop(source, header)

    def through(self, inputs: Sequence[Value | None], outputs: Sequence[Value]) -> None:
        """What is computed from an index is known once the loop is unrolled."""
        if not self._keys:
            return
        for v in inputs:
            if v in self._keys and v is not None:
                self._keys.update(dict.fromkeys(outputs, self._keys[v]))

    def needs_constant(self, entry: Entry) -> None:
        """Unroll the loop whose index this is. Raises RestartError; returns if it is none."""
        if isinstance(entry, Value) and entry in self._keys:
            self.unroll(self._keys[entry])

    def unroll(self, key: tuple[str, int, int]) -> None:
        """Compile again with this loop unrolled. Raises RestartError."""
        raise RestartError(lambda facts: facts.unrolled.add(key))

    def surely_runs(
        self, trip: Value | None, source: Source, header: ast.For
    ) -> tuple[str, int, int] | None:
        """Return the name of a loop with a known number of rounds, at least one; else None."""
        known, rounds = constant_of(trip) if trip is not None else (False, 0)
        if known and isinstance(rounds, int) and 1 <= rounds <= MOST_UNROLLED:
            return key_of_loop(source, header)
        return None

    def is_unrolled(self, source: Source, header: ast.For) -> bool:
        """Whether an earlier attempt found that this loop must be unrolled."""
        return key_of_loop(source, header) in self._facts.unrolled


def key_of_loop(source: Source, header: ast.For) -> tuple[str, int, int]:
    """Name a loop by its place."""
    return source.path, header.lineno, header.col_offset
