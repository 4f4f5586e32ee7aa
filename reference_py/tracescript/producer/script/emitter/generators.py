"""Random states of a program: one for each generator of random numbers that it draws from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir
from tracescript.ir import constants
from tracescript.kernels.random import random_state
from tracescript.producer.script.emitter.entries import Known, constant_of
from tracescript.producer.script.emitter.facts import RestartError
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.emitter.unit import is_module_object

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.facts import Facts
    from tracescript.producer.script.session import Session

_TYPE: Final = ir.TensorType(ir.DataType.UINT32, (6,))
_SEEDS: Final = 1 << 64
GIVEN: Final = "draw from torch's own, from an attribute of the module, or from a global"
"""What programs can draw from."""


class Generators:
    """The random states, which belong to the whole model. Spec: RANDOM-1, RANDOM-5, SCRIPT-11."""

    def __init__(self, session: Session, facts: Facts) -> None:
        self._session = session
        self._facts = facts
        self._by_generator: dict[int, ir.State] = {}
        count = 0
        for key, generator in facts.generators.items():
            count += 1
            while (name := "random" if count == 1 else f"random_{count}") in facts.taken:
                count += 1
            initial = first_state(generator.initial_seed())
            self._by_generator[key] = ir.State(name, _TYPE, initial, "random")

    @property
    def states(self) -> tuple[ir.State, ...]:
        """The states of all generators."""
        return tuple(self._by_generator.values())

    def enter(self, e: Emitter) -> None:
        """Make a state input of every generator. Raises RestartError where its name is taken."""
        for state in self.states:
            if self._is_taken(e, state.name):
                raise _taken(state.name)
            self._session.states.open(e, state.name, state)

    def _is_taken(self, e: Emitter, name: str) -> bool:
        found = e.frame.outer(name)
        is_reached = is_module_object(found) or self._session.is_model(Known(found))
        held = any(hasattr(m, name) for _, m in self._session.walk(e.unit.module))
        return held or (e.unit.module is None and is_reached)

    def key(self, e: Emitter, given: Entry | None) -> str:
        """Return the scope's key of the state that a `generator=` means.

        Raises RestartError where nothing has drawn from it yet.
        """
        door = torch_door()
        is_known, value = (True, None) if given is None else constant_of(given)
        found = door.generator_of(value) if door is not None and is_known else None
        if found is None:
            raise e.error(
                None,
                "random numbers of a generator that is not known when compiling",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint=GIVEN,
            )
        if id(found) not in self._by_generator:
            raise RestartError(lambda facts: facts.generators.setdefault(id(found), found))
        return f"state:{self._by_generator[id(found)].name}"


def _taken(name: str) -> RestartError:
    return RestartError(lambda facts: facts.taken.add(name))


def first_state(seed: int) -> ir.Constant:
    """Return the state that a seed stands for; negative ones count from 2**64 down."""
    return constants.tensor(random_state(seed % _SEEDS), ir.DataType.UINT32)
