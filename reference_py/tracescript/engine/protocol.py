"""What an engine is: load a model, prepare its methods, run one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript import ir
    from tracescript.engine.limits import Budget
    from tracescript.errors import FailedGuard

    Host = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Options:
    """How a model is run.

    `guards` is `error`, `warn` or `ignore`; `expand` replaces every composite by its decomposition.
    `hosts` are what nodes of opset `python` call, by op: functions of the node and its inputs as
    run-time values. A file has none.
    """

    guards: str = "error"
    expand: bool = False
    hosts: Mapping[str, Host] = field(default_factory=dict)


class Run(NamedTuple):
    """What one call gave. The caller commits `state` after success."""

    outputs: tuple[Any, ...]
    state: tuple[Any, ...]
    failed_guards: tuple[FailedGuard, ...] = ()


class Prepared(Protocol):
    """One function ready to run; safe to call from several threads."""

    def __call__(self, inputs: Sequence[Any], state: Sequence[Any], budget: Budget) -> Run:
        """Run once.

        `inputs` are the caller-visible inputs in order, already checked against the signature and
        the symbols; `state` the state inputs in order. Inputs are never written; outputs share no
        memory with inputs, weights or state.

        Raises:
            GuardError: a trace decision or shape guard does not hold and guards are `error`.
            TrapError: the program stopped itself.
            LimitError: a budget is used up.
        """


class Loaded(Protocol):
    """A model linked to an engine."""

    def method(self, method: ir.Method) -> Prepared:
        """Prepare a method of the model: its function with weights and constants bound."""


class Engine(Protocol):
    """A way to run models."""

    @property
    def name(self) -> str:
        """What `choose` knows it by."""

    def load(self, model: ir.Model, options: Options) -> Loaded:
        """Link a validated model. Raises UnsupportedError for an op or data type it lacks."""
