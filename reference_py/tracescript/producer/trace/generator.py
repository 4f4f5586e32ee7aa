"""Random numbers of a traced program: states of the model, from which the run draws too."""

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
    """One random state of a traced model: its slot, and its value in the run."""

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
    op: str,
    inputs: Sequence[tuple[Wire, Any]],
    attributes: Mapping[str, Any],
) -> tuple[Wire, Any, tuple[Wire, Any]]:
    """Record a random op on wires with their values, the random state first.

    Returns its first result, wire and value, and the state after it. Spec: RANDOM-4.
    """
    from tracescript.engine.ref import run_op

    fixed = dict(attributes)
    with door.paused():
        result, after = run_op(op, [value for _, value in inputs], fixed)
    wires = [wire for wire, _ in inputs]
    drawn, state = door.recorder.op(op, wires, fixed, (door.value_type(result), TYPE))
    return drawn, result, (state, after)
