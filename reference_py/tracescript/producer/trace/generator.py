"""The random numbers of a traced program: a state of the model, from which the run draws too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.ir import constants
from tracescript.kernels.random import random_state
from tracescript.producer.trace.tape import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.tape import Wire

TYPE: Final = ir.TensorType(ir.DataType.UINT32, (6,))


class Generator:
    """Where random ops of a trace draw from: the slot of its state, and its value in the run."""

    def __init__(self, name: str, seed: int) -> None:
        initial = random_state(seed)
        state = ir.State(name, TYPE, constants.tensor(initial, ir.DataType.UINT32), "random")
        self.slot = Slot(TYPE, lambda: initial, False, written=True, state=state)
        self.value: np.ndarray[Any, Any] = initial

    def restart(self) -> None:
        """Put the value back to the first one."""
        self.value = self.slot.read()

    def held(self) -> Callable[[], None]:
        """Return a function that puts the value back to what it is now."""
        before = self.value

        def back() -> None:
            self.value = before

        return back


def draw(
    door: Door,
    seed: int,
    op: str,
    inputs: Sequence[tuple[Wire, Any]],
    attributes: Mapping[str, Any] | None = None,
) -> tuple[Wire, Any]:
    """Record a random op on wires with their values; return its first result, wire and value.

    A trace without random numbers so far starts them at `seed`. Spec: RANDOM-4, RANDOM-5.
    """
    from tracescript.engine.ref import run_op

    generator = door.tree.generator(seed)
    fixed = dict(attributes or {})
    with door.paused():
        result, after = run_op(op, [generator.value, *(value for _, value in inputs)], fixed)
    wires = (door.recorder.read_slot(generator.slot), *(wire for wire, _ in inputs))
    drawn, state = door.recorder.op(op, wires, fixed, (door.value_type(result), TYPE))
    door.recorder.write_slot(generator.slot, state)
    generator.value = after
    return drawn, result
