"""What is tried for an op: calls, the oracle that knows their results, and the rule it follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.opset.dtypes import members
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Oracle = Callable[..., Any]


class Stop(Exception):  # noqa: N818 - the expected outcome of a call, not an error of the tool
    """The oracle says that the call traps with `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unspecified(Exception):  # noqa: N818 - as above
    """The oracle says that no rule fixes the result."""


@dataclass(frozen=True)
class Typed:
    """A run-time value whose type it cannot tell: a struct, an empty list, an optional."""

    value: Any
    type: ir.Type


@dataclass(frozen=True)
class Call:
    """Inputs in declared order, variadic ones spread; attributes by name.

    `graph` makes the model where the op needs more around it than its node.
    """

    inputs: tuple[Any, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    graph: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Plan:
    """How one op is checked.

    `floats` says how an oracle sees float tensors: `float64` widened, `float32` with half types
    widened to float32, `own` as they are, `copy` any type as one that holds its values. `absolute`
    is the bound of a result as a function of the oracle's operands, for pages whose bound is a
    sentence; `names` adds what the page's formula speaks of. `outputs` says how many results there
    are where the page leaves it open, -1 for as many as the oracle gives. `rule` names the rule by
    which the oracle departs from torch. With less than `fewest` calls nothing is shown.
    """

    op: str
    calls: Callable[[], Iterable[Call]]
    oracle: Oracle
    floats: str = "float64"
    rule: str = ""
    zero_sign: bool = False
    names: Callable[..., dict[str, Any]] | None = None
    absolute: Callable[..., Any] | None = None
    outputs: int | None = None
    fewest: int = 1


class Plans:
    """The plans of a family, or of several."""

    def __init__(self) -> None:
        self.by_op: dict[str, Plan] = {}

    def add(self, op: str, calls: Callable[[], Iterable[Call]], oracle: Oracle, **how: Any) -> None:
        """Enter the plan of an op. Raises ValueError if it has one."""
        if op in self.by_op:
            raise ValueError(f"two plans for {op}")
        self.by_op[op] = Plan(op, calls, oracle, **how)

    def join(self, *others: Plans) -> None:
        """Take over the plans of other families."""
        for other in others:
            for op, plan in other.by_op.items():
                if op in self.by_op:
                    raise ValueError(f"two plans for {op}")
                self.by_op[op] = plan


def call(*inputs: Any, **attributes: Any) -> Call:
    """Write a call."""
    return Call(inputs, attributes)


def types_of(op: str, variable: str = "T") -> list[ir.DataType]:
    """Return the data types that a variable of an op's signature takes, in a fixed order.

    Not complex32, which numpy cannot hold.
    """
    found = dict(opset()[op].variables)[variable]
    allowed = members(found)
    return [d for d in ir.DataType if d in allowed and d is not ir.DataType.COMPLEX32]
