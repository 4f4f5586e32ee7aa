"""Runs a traced program as plain Python: what its recorded graph must repeat."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.producer.trace import calling, objects, structure
from tracescript.producer.trace.example import bound
from tracescript.producer.trace.snapshot import Snapshot, seed_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracescript.producer.trace.run import Run, Session
    from tracescript.producer.trace.tree import Factors

_NUDGE: Final = 2.0**-6


@dataclass(eq=False, slots=True)
class Eager:
    """The program of a trace and its example inputs."""

    session: Session
    runs: list[Run]
    calls: Mapping[str, tuple[Sequence[Any], Mapping[str, Any]]]

    def example(self, *, nudged: bool = False, seed: int | None = None) -> ir.Example:
        """Call every method in order, seen by nobody, and keep inputs and results.

        `nudged` multiplies each float of the inputs by a factor within 1 / 64 of 1, which follows
        from the float; a seed is for random numbers of Python and numpy. Afterwards the program is
        as it was. Raises what the program raises. Spec: TRACE-9.
        """
        session = self.session
        assert session.before is not None, "the program has been recorded"
        after = Snapshot(session.view, session.tree)
        session.before.restore()
        if seed is not None:
            seed_others(seed)
        factors = _factors if nudged else None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it has warned in the trace
                calls = tuple(self._call(run, factors) for run in self.runs)
        finally:
            after.restore()
        return ir.Example("traced", calls)

    def succeeds(self) -> bool:
        """Whether the program runs on its example inputs where nobody records it."""
        session, after = self.session, Snapshot(self.session.view, self.session.tree)
        assert session.before is not None, "the program has been recorded"
        session.before.restore()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it has warned in the trace
                for method, given in self.calls.items():
                    _, values = self._values(method, None)
                    function = session.function(method)
                    session.view.call(session.module, function, *calling.in_order(values, *given))
        except Exception:  # noqa: BLE001  # what the program raises
            return False
        finally:
            after.restore()
        return True

    @property
    def has_floats(self) -> bool:
        """Whether an input has elements that can be nudged."""
        given = [value for run in self.runs for _, value, _ in run.inputs]
        kinds = (a.dtype.kind for a in _arrays(given))
        return any(kind in "fcV" for kind in kinds)

    def inputs(self, *, nudged: bool = False) -> list[tuple[str, tuple[tuple[str, Any], ...]]]:
        """Return the methods of `example` in order, each with its inputs."""
        factors = _factors if nudged else None
        return [(run.method, self._given(run, factors)[0]) for run in self.runs]

    def _call(self, run: Run, factors: Factors | None) -> ir.ExampleCall:
        session, door = self.session, self.session.door
        function = session.function(run.method)
        inputs, values = self._given(run, factors)
        given = calling.in_order(values, *self.calls[run.method])
        returned = calling.results(session.view.call(session.module, function, *given), door)
        outputs = [door.snapshot(r) for r in returned]
        expected = tuple(ir.ExpectedValue(value, bound(value)) for value in outputs)
        return ir.ExampleCall(run.method, inputs, expected)

    def _given(
        self, run: Run, factors: Factors | None
    ) -> tuple[tuple[tuple[str, Any], ...], dict[str, Any]]:
        """Return copies of a method's inputs: as an example has them, and for Python by name."""
        given, values = self._values(run.method, factors)
        door, named = self.session.door, run.frame.keyword_only
        inputs = ((n if n in named else "", door.snapshot(value)) for n, value in given)
        return tuple(inputs), values

    def _values(
        self, method: str, factors: Factors | None
    ) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
        """Return copies of a method's arguments: objects of a library by their parts, and whole."""
        door, function = self.session.door, self.session.function(method)
        given: list[tuple[str, Any]] = []
        values: dict[str, Any] = {}
        copies: dict[int, tuple[Any, Any]] = {}
        for name, value in calling.arguments(function, *self.calls[method]):
            plain = self._copied(objects.opened(value, door.argument_parts), factors, copies)
            given.append((name, plain))
            values[name] = objects.closed(value, plain, door)
        return given, values

    def _copied(
        self, value: Any, factors: Factors | None, copies: dict[int, tuple[Any, Any]]
    ) -> Any:
        """Copy arrays; one that is given twice is one array of the copy too."""
        if self.session.door.is_array(value):
            if id(value) not in copies:
                copies[id(value)] = value, self.session.view.copied(value, factors)
            return copies[id(value)][1]
        inner = [self._copied(part, factors, copies) for _, part in structure.parts(value)]
        return structure.rebuilt(value, inner) if inner else value


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, (np.ndarray, np.generic)):
        yield np.asarray(value)
    elif isinstance(value, (tuple, list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _arrays(part)


def _factors(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return factors by which order, ties, signs and zeros stay, and no two scales are alike."""
    wide = np.complex128 if array.dtype.kind == "c" else np.float64
    with np.errstate(all="ignore"):
        wave = np.sin(3 * np.log(np.abs(array.astype(wide))))
    return 1 + _NUDGE * np.where(np.isfinite(wave), wave, 0)
