"""Generators of torch in a trace: where each stands in the random numbers of the model.

A run draws from Philox, never from torch. Each draw moves torch's own generator as well, so that
its state tells afterwards what the program did with it: seeded it, kept its state, put one back.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript import ir
from tracescript.ir import constants
from tracescript.kernels.random import random_state
from tracescript.producer.session import active
from tracescript.producer.trace import generator
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tracescript.producer.torch.door import TorchDoor
    from tracescript.producer.trace.generator import Generator
    from tracescript.producer.trace.tape import Wire
    from tracescript.producer.trace.tree import Branch

_KIND: Final[Any] = torch.Generator
"""The class itself: a run puts another one in its place."""
_LOOKED_INTO: Final = frozenset({_KIND, dict, list, tuple})
_HINT: Final = (
    "draw from torch's default generator, from one that a module has as attribute, "
    "or from one that the program makes and seeds"
)


@dataclass(frozen=True, slots=True)
class _Position:
    """A state of the random numbers: its wire, and its value in the run."""

    wire: Wire
    value: Any


@dataclass(eq=False, slots=True)
class _Track:
    """The positions that states of one generator stand for.

    `before` is its state before the run, None for one that the program makes; `seed` is its seed
    then, `first` where it began to be seen. `held` is the state of the model, made at the first
    draw.
    """

    generator: torch.Generator
    before: torch.Tensor | None = None
    seed: int = 0
    first: bytes = b""
    held: Generator | None = None
    known: dict[bytes, _Position] = field(default_factory=dict)


class Generators:
    """All generators that one run draws from. Spec: RANDOM-4, RANDOM-5."""

    def __init__(self, door: TorchDoor) -> None:
        self._door = door
        self._tracks: dict[int, _Track] = {}

    def open(self, program: Any, branches: Iterable[Branch]) -> None:
        """Take in the generators that the program has; each moves, so that seeding it is seen."""
        found = [torch.default_generator, *_closed_over(program)]
        for branch in branches:
            if not is_model(branch.module):
                found += _inside(getattr(branch.module, "__dict__", {}))
        for one in found:
            if id(one) not in self._tracks:
                track = self._tracks[id(one)] = _Track(one, one.get_state(), one.initial_seed())
                self._move(one)
                track.first = self._state(one)

    def made(self, one: torch.Generator) -> None:
        """Take in a generator that the program makes."""
        self._tracks[id(one)] = _Track(one)

    def close(self) -> None:
        """Put torch's own generators back to where they were."""
        for track in self._tracks.values():
            if track.before is not None:
                track.generator.set_state(track.before)

    def settle(self) -> None:
        """Leave the states of the model where the program left its generators."""
        for track in self._tracks.values():
            if track.held is None:
                continue
            at = self._position(track)
            if at.wire is not track.held.slot.current:
                self._door.recorder.write_slot(track.held.slot, at.wire)
            track.held.value = at.value

    def draw(
        self,
        one: torch.Generator | None,
        op: str,
        inputs: Sequence[tuple[Wire, Any]],
        attributes: Mapping[str, Any],
    ) -> tuple[Wire, Any]:
        """Record a random op on wires with their values; return its first result, wire and value.

        Raises ProducerError with UNKNOWN_CALL for a generator of elsewhere, or in a state that the
        trace has not seen.
        """
        track = self._track(torch.default_generator if one is None else one)
        at, recorder = self._position(track), self._door.recorder
        slot = track.held.slot if track.held is not None else None
        wire = at.wire if slot is None or at.wire is not slot.current else recorder.read_slot(slot)
        drawn, result, after = generator.draw(
            self._door, op, [(wire, at.value), *inputs], attributes
        )
        if slot is not None:
            recorder.write_slot(slot, after[0])
        self._move(track.generator)
        while (state := self._state(track.generator)) in track.known:
            self._move(track.generator)
        track.known[state] = _Position(*after)
        return drawn, result

    def _track(self, one: torch.Generator) -> _Track:
        track = self._tracks.get(id(one))
        if track is None:
            what = "random numbers of a generator that was made outside of the program"
            raise self._door.recorder.error("UNKNOWN_CALL", what, _HINT)
        if track.held is None and track.before is not None:
            key = None if one is torch.default_generator else one
            track.held = self._door.tree.generator(track.seed % (1 << 64), key)
            wire = self._door.recorder.read_slot(track.held.slot)
            track.known[track.first] = _Position(wire, track.held.value)
        return track

    def _position(self, track: _Track) -> _Position:
        state, seed = self._state(track.generator), track.generator.initial_seed()
        if state not in track.known:
            if state != self._state(_KIND().manual_seed(seed)):
                what = "the program sets a generator to a state from outside of the trace"
                raise self._door.recorder.error("UNKNOWN_CALL", what, _HINT)
            value = random_state(seed % (1 << 64))
            constant = constants.tensor(value, ir.DataType.UINT32)
            track.known[state] = _Position(self._door.recorder.constant(constant), value)
        return track.known[state]

    def _state(self, one: torch.Generator) -> bytes:
        with self._door.paused():
            return bytes(one.get_state().numpy())

    def _move(self, one: torch.Generator) -> None:
        with self._door.paused():
            torch.rand(1, generator=one)


def factory(door: TorchDoor) -> Any:
    """Return the class that stands for torch.Generator in a run: the run knows what it makes."""
    meta: Any = type(_KIND)

    class Kind(meta):  # type: ignore[misc]  # torch's classes are not typed here
        def __instancecheck__(self, value: object) -> bool:
            return isinstance(value, _KIND)

    class Generator(_KIND, metaclass=Kind):  # type: ignore[misc]  # as above
        def __init__(self, *_: Any, **__: Any) -> None:
            if active() is door:
                door.generators.made(self)

        def manual_seed(self, seed: int) -> Any:
            """Seed; a size of an input as seed is seen."""
            return super().manual_seed(int(seed))

        def seed(self) -> int:
            """Refuse."""
            return unrepeatable(door, super().seed)()

    return Generator


def unrepeatable(door: TorchDoor, own: Callable[[], int]) -> Callable[[], int]:
    """Return what stands for torch.seed in a run: it refuses the program of the trace."""

    def seed() -> int:
        if active() is not door:
            return own()
        what = "random numbers are seeded by another number in each call"
        raise door.recorder.error("UNKNOWN_CALL", what, "give manual_seed a number")

    return seed


def _closed_over(program: Any) -> Iterator[torch.Generator]:
    if inspect.isfunction(program):
        held = inspect.getclosurevars(program)
        yield from _inside({**held.globals, **held.nonlocals})
        yield from _inside(program.__defaults__)
        yield from _inside(program.__kwdefaults__)


def _inside(value: Any) -> Iterator[torch.Generator]:
    kind = type(value)  # asking isinstance of torch's class is slow
    if kind is _KIND:
        yield value
    elif kind is dict:
        yield from _inside(tuple(value.values()))
    elif kind is list or kind is tuple:
        for part in value:
            if type(part) in _LOOKED_INTO:
                yield from _inside(part)
