"""Functions in SSA form: blocks of nodes, trace decisions and shape guards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tracescript.ir.types import Dim, Type
    from tracescript.ir.values import Constant, Value


PYTHON: Final = "python"
"""The opset of calls of Python functions. Such nodes live in memory: no file holds one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A range of source text. Lines from 1, columns in UTF-8 bytes from 0; 0 and 0 are unknown.

    `scope` is the enclosing function in the source, `module_path` the path of the module the code
    ran for, `inlined_at` the call site.
    """

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    scope: str = ""
    module_path: str = ""
    inlined_at: Place | None = None


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A function of the same model, by its unique name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One call of an op. Compared by identity.

    `inputs` are in the op's declared order, None for an omitted optional one. `attributes` are in
    the op's declared order without those equal to the default; a value is a Constant, a Type or a
    FunctionRef. `opset` is empty for TraceScript's own.
    """

    op: str
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    attributes: tuple[tuple[str, Constant | Type | FunctionRef], ...] = ()
    blocks: tuple[Block, ...] = ()
    place: Place | None = None
    opset: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A straight list of nodes: parameters in, results out. Compared by identity."""

    params: tuple[Value, ...]
    nodes: tuple[Node, ...]
    results: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a function; `kind` is `positional`, `keyword_only`, `bound` or `state`."""

    name: str
    type: Type
    kind: str = "positional"
    default: Constant | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a function; `name` is empty where the program gave none."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class GuardDebug:
    """Which line, which predicate and which arm: enough to tell a person.

    `statement` is one of `if while assert and or ternary for call`.
    """

    place: Place | None = None
    predicate: str = ""
    statement: str = ""
    kept: Place | None = None
    lost: Place | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TraceDecision:
    """A point where tracing fixed something that depends on the data; also a guard.

    `kind` is `branch`, `loop_condition`, `int_read`, `float_read`, `tensor_read`, `compare` or
    `unrecorded`; only the last has no `value` and no `observed`. Spec: TRACE-1.
    """

    kind: str
    value: Value | None
    observed: Constant | None
    debug: GuardDebug | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ShapeGuard:
    """A comparison of sizes that must hold on entry, in the form that must hold.

    `comparison` is one of `== != < <=`; `kind` is `comparison`, `unrolled_loop`, `iteration` or
    `size_read`. Spec: TRACE-5.
    """

    left: Dim
    comparison: str
    right: Dim
    kind: str
    debug: GuardDebug | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function in SSA form.

    `inputs` are the caller's, then bound ones, then states; `body.params` are the same in order.
    `outputs` are the caller's, then the new value of each state input. `origin` is `traced`,
    `scripted`, `explored`, `imported` or `authored`. Decisions stand in the text order of the
    canonical code. Names are unique in a model: "Cell.forward".
    """

    name: str
    origin: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    body: Block
    decisions: tuple[TraceDecision, ...] = ()
    shape_guards: tuple[ShapeGuard, ...] = ()
