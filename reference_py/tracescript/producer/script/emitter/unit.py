"""One function of the model in the making, and what is kept of it for its callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript.ir.values import Value

if TYPE_CHECKING:
    from tracescript.ir.graph import Function
    from tracescript.ir.model import State
    from tracescript.ir.types import Type
    from tracescript.ir.values import Constant


@dataclass(slots=True)
class Unit:
    """A function of the model while its nodes are written.

    `plain` are values that differ from others only in what they may share with them.
    `bound` and `states` are by path from the function's own module. `captures` are modules a plain
    function reaches through its globals, by name. `changed` are parameters of an inner function
    whose tensors an op with `inplace=True` writes.
    """

    name: str
    module: Any
    constants: dict[Any, Value] = field(default_factory=dict)
    names: dict[Value, str] = field(default_factory=dict)
    proved: set[Value] = field(default_factory=set)
    plain: dict[Value, Value] = field(default_factory=dict)
    bound: dict[str, tuple[Value, Constant]] = field(default_factory=dict)
    states: dict[str, tuple[Value, State]] = field(default_factory=dict)
    captures: dict[str, Any] = field(default_factory=dict)
    is_inner: bool = False
    changed: set[str] = field(default_factory=set)

    def bound_value(self, path: str, constant: Constant) -> Value:
        """Return the bound input of a path."""
        if path not in self.bound:
            self.bound[path] = (Value(constant.type, path), constant)
        return self.bound[path][0]

    def global_path(self, name: str, found: Any) -> str | None:
        """Return how a plain function reaches a module or model in its globals, else None."""
        is_model = getattr(found, "__tracescript_model__", False) is True
        if self.module is not None or not (is_model or is_module_object(found)):
            return None
        self.captures[name] = found
        return name


def is_module_object(value: Any) -> bool:
    """Whether an object is a module of ours or of torch, by what its class says."""
    if isinstance(value, type):
        return False
    if getattr(value, "__tracescript_module__", False) is True:
        return True
    return any(
        c.__module__ == "torch.nn.modules.module" and c.__name__ == "Module"
        for c in type(value).__mro__
    )


@dataclass(frozen=True, slots=True)
class Compiled:
    """A finished function with the weights and states it is bound to here.

    `result_params` are by result the parameters that it may be, or be a view of; `changed` those
    that it writes in place; `result_kinds` tell lists from sizes of unknown rank; `written` are
    the states whose objects it changes, and whether they hold these objects at its end.
    """

    function: Function
    bound: tuple[tuple[str, Constant], ...]
    states: tuple[tuple[str, State], ...]
    result_roots: tuple[frozenset[str], ...] = ()
    result_params: tuple[frozenset[int], ...] = ()
    result_kinds: tuple[frozenset[str], ...] = ()
    changed: frozenset[int] = frozenset()
    written: tuple[tuple[str, bool], ...] = ()

    @property
    def result_types(self) -> tuple[Type, ...]:
        """Types of the caller's outputs."""
        count = len(self.function.outputs) - len(self.states)
        return tuple(o.type for o in self.function.outputs[:count])
