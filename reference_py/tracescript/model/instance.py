"""What an instance of a model holds: its settings, its state's values, its methods made ready."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.engine.limits import Limits
from tracescript.engine.values import named
from tracescript.errors import BadInputError
from tracescript.ir.text import type_text
from tracescript.model.input_checks import constant_value
from tracescript.model.input_sizes import has_struct
from tracescript.model.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.engine.protocol import Loaded, Prepared


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model runs: engine by name, guards `error` `warn` `ignore`, limits of each call."""

    engine: str = "py"
    guards: str = "error"
    limits: Limits = field(default_factory=Limits)
    expand: bool = False


class StateValues:
    """The values of a model's states, one copy for each instance, and the lock of commits."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[ir.State, Any]] = {}
        self.lock = threading.RLock()

    def read(self, states: Sequence[ir.State]) -> list[Any]:
        """Return the present values, the initial ones where no call has committed yet.

        Raises BadInputError where calls with other types have given a state another type.
        """
        return [self._of(s) for s in states]

    def write(self, states: Sequence[ir.State], values: Sequence[Any]) -> None:
        """Commit the values of states, by name: programs compiled for other types share them."""
        self.values.update((s.name, (s, v)) for s, v in zip(states, values, strict=True))

    def _of(self, state: ir.State) -> Any:
        written, value = self.values.get(state.name, (state, None))
        if state.name not in self.values:
            return constant_value(state.initial)
        if written is not state and written.type != state.type:
            raise BadInputError(
                f"the state {state.name} is {type_text(written.type)} since an earlier call, "
                f"{type_text(state.type)} in a call with these inputs",
                code="BAD_INPUT",
                rule="EXEC-3",
                hint="give inputs of one data type; or reset_state() first",
            )
        return value

    def copy(self) -> StateValues:
        """Return the same values, to be changed apart."""
        made = StateValues()
        with self.lock:
            made.values.update(self.values)
        return made


class Call:
    """A method ready to call: its signature, its engine function and its states."""

    def __init__(self, method: ir.Method, model: ir.Model, loaded: Loaded) -> None:
        function = model.function(method.function)
        about = f"{ir.FIXED}{method.name}, "
        fixed = {key[len(about) :]: why for key, why in model.metadata if key.startswith(about)}
        self.signature = Signature(function, fixed)
        self.bind = self.signature.bind
        self.run: Prepared = loaded.method(method)
        self.states = method.states
        outputs = function.outputs[: len(function.outputs) - len(method.states)]
        self._kinds = tuple(o.type for o in outputs)
        self._has_structs = any(map(has_struct, self._kinds))

    def named(self, outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return outputs as callers see them: structs as named tuples or dicts."""
        if not self._has_structs:
            return outputs
        return tuple(named(v, t) for v, t in zip(outputs, self._kinds, strict=True))
