"""What the code generator works on: units of statements over values, calls already inlined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.engine.links import Link

UNKNOWN: Final = object()
"""What `Val.constant` is where the value is computed."""


class Val:
    """A value of a unit.

    `constant` is its run-time value if known, `name` what the source calls it. `text` is the
    expression of a value that is written into its only reader; `bounds` are then the smallest and
    the largest number it may be, where the reader has to check that.
    """

    __slots__ = ("bounds", "constant", "name", "readers", "text", "type")

    def __init__(self, type_: ir.Type, constant: Any = UNKNOWN) -> None:
        self.type = type_
        self.constant = constant
        self.name = ""
        self.text = ""
        self.bounds: tuple[int, int] | None = None
        self.readers: list[tuple[Body, Stmt | None]] = []

    @property
    def known(self) -> bool:
        """Whether the value is a constant."""
        return self.constant is not UNKNOWN

    @property
    def scalar(self) -> ir.ScalarKind | None:
        """The kind of a scalar."""
        return self.type.kind if isinstance(self.type, ir.ScalarType) else None

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape where every extent is a number, else None."""
        type_ = self.type
        if not isinstance(type_, ir.TensorType) or type_.shape is None:
            return None
        fixed = tuple(d for d in type_.shape if isinstance(d, int))
        return fixed if len(fixed) == len(type_.shape) else None

    @property
    def rank(self) -> int | None:
        """The rank of a tensor where it is known."""
        type_ = self.type
        is_ranked = isinstance(type_, ir.TensorType) and type_.shape is not None
        return len(type_.shape) if is_ranked else None  # type: ignore[union-attr,arg-type]  # is_ranked says so

    @property
    def data_type(self) -> ir.DataType | None:
        """The element type of a tensor."""
        return self.type.data_type if isinstance(self.type, ir.TensorType) else None


@dataclass(eq=False, slots=True)
class Body:
    """A straight list of statements: parameters in, results out."""

    params: list[Val]
    stmts: list[Stmt] = field(default_factory=list)
    results: list[Val] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Stmt:
    """One statement.

    `kind` is `op`, `if`, `loop`, `enter` (a function call that was inlined: one step), `invoke` (a
    call of another unit), `host` (a call of a Python function), `entry` (what `function` demands of
    its inputs) or `guard` (decision `index` of `function` about the input).
    """

    kind: str
    function: ir.Function
    node: ir.Node | None
    inputs: list[Val | None]
    outputs: list[Val]
    link: Link | None = None
    bodies: list[Body] = field(default_factory=list)
    unit: Unit | None = None
    host: Callable[..., Any] | None = None
    calls: int = 0
    counted: bool = True
    index: int = 0

    @property
    def op(self) -> str:
        """The op of its node, or its kind where it has none."""
        return self.node.op if self.node is not None else self.kind


@dataclass(eq=False, slots=True)
class Unit:
    """What becomes one Python function; constant inputs are no parameters."""

    number: int
    function: ir.Function
    body: Body


def are_constant_tensors(values: Sequence[Val]) -> bool:
    """Whether all values are constant tensors, such as a list of weights."""
    return bool(values) and all(v.known and isinstance(v.type, ir.TensorType) for v in values)


def walk(body: Body) -> Iterator[Stmt]:
    """Yield every statement of a body and of the bodies within, in program order."""
    for stmt in body.stmts:
        yield stmt
        for inner in stmt.bodies:
            yield from walk(inner)


def count_readers(unit: Unit) -> None:
    """Note on every value who reads it, and where."""

    def read(value: Val | None, body: Body, stmt: Stmt | None) -> None:
        if value is not None:
            value.readers.append((body, stmt))

    def visit(body: Body) -> None:
        for stmt in body.stmts:
            for value in stmt.inputs:
                read(value, body, stmt)
            for inner in stmt.bodies:
                visit(inner)
        for value in body.results:
            read(value, body, None)

    visit(unit.body)


def entered(body: Body) -> int:
    """How many inlined function calls stand in a body itself."""
    return sum(s.kind == "enter" for s in body.stmts)
