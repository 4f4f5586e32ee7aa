"""What a trace lost, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.producer.trace import conditions
from tracescript.producer.trace.tape import Read, SizeFact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript import ir
    from tracescript.producer.trace.body import Made
    from tracescript.producer.trace.tape import Frame


@dataclass(frozen=True, slots=True)
class Decision:
    """A trace decision: what the program asked, what it saw, which lines were kept and lost.

    `operands` are those of the op that made the predicate, where they are single numbers;
    `call_path` leads from the traced program to the function, `stack` are the user's lines around
    `place`; `times` counts how often this run asked; `why` says why exploring left it.
    """

    function: str
    index: int
    kind: str
    predicate: str
    observed: Any
    operands: tuple[Any, ...]
    place: ir.Place | None
    statement: str
    kept: ir.Place | None
    lost: ir.Place | None
    call_path: tuple[str, ...]
    stack: tuple[ir.Place, ...]
    times: int
    remedy: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class ShapeGuard:
    """A comparison of sizes that must hold: `text` is `x_0 != 1`."""

    function: str
    index: int
    kind: str
    text: str
    place: ir.Place | None
    remedy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explored:
    """How far exploring came: `about `needed` runs would explore all.

    `left` counts the decisions that were not explored for want of runs.
    """

    runs: int
    paths: int
    left: int
    needed: int


@dataclass(frozen=True, slots=True)
class TraceReport:
    """All that a trace fixed. `dims` has the range of each size that stayed open.

    `runs` counts how often the program ran, `paths` the different ways it took. `first_call` says
    what the first call of the program did and later ones do not; the trace is of a later one.
    """

    decisions: tuple[Decision, ...] = ()
    shape_guards: tuple[ShapeGuard, ...] = ()
    dims: tuple[tuple[str, tuple[int, int | None]], ...] = ()
    seconds: float = 0.0
    runs: int = 1
    paths: int = 1
    first_call: str = ""

    @property
    def unrecorded(self) -> tuple[Decision, ...]:
        """The reads that no loader can check."""
        return tuple(d for d in self.decisions if d.kind == "unrecorded")


_REMEDIES: Final[Mapping[str, tuple[str, ...]]] = {
    "branch": ("explore", "script", "where"),
    "loop_condition": ("script",),
    "int_read": ("keep it a tensor", "script"),
    "float_read": ("keep it a tensor",),
    "tensor_read": ("use array ops",),
    "compare": ("where", "script"),
    "unrecorded": ("use array ops",),
    "comparison": ("one trace for each shape", "script"),
    "unrolled_loop": ("script",),
    "iteration": ("script",),
    "size_read": ("use the size itself",),
}


def decisions_of(made: Mapping[Frame, Made]) -> list[tuple[Decision, Read | SizeFact, Frame]]:
    """Return the decisions of all functions, each function once, with event and frame."""
    found: list[tuple[Decision, Read | SizeFact, Frame]] = []
    seen: set[tuple[str, int]] = set()
    for frame, one in made.items():
        for index, decision in enumerate(one.scope.decisions):
            events = one.scope.reads[decision]
            if (one.function.name, index) not in seen:
                seen.add((one.function.name, index))
                found.append((_decision(one, index, decision, events), events[0], frame))
    return found


def _decision(
    made: Made, index: int, decision: ir.TraceDecision, events: list[Read | SizeFact]
) -> Decision:
    event, debug = events[0], decision.debug
    read = event if isinstance(event, Read) else None
    is_number = decision.kind == "int_read"
    observed = event.right if isinstance(event, SizeFact) and is_number else True
    return Decision(
        function=made.function.name,
        index=index,
        kind=decision.kind,
        predicate=debug.predicate if debug else "",
        observed=read.observed if read else observed,
        operands=_operands(read) if read else (),
        place=debug.place if debug else None,
        statement=debug.statement if debug else "",
        kept=debug.kept if debug else None,
        lost=debug.lost if debug else None,
        call_path=tuple(f.title for f in reversed(list(made.scope.frame.up()))),
        stack=tuple(s.place for s in read.stack) if read else (),
        times=len(events),
        remedy=_REMEDIES[decision.kind],
        why=read.why if read else "",
    )


def _operands(read: Read) -> tuple[Any, ...]:
    maker = read.wire.maker if read.wire is not None else None
    wires = [w for w in maker.inputs if w is not None] if maker is not None else []
    if not wires or any(w.sample is None for w in wires):
        return ()
    found = tuple(_number(w.sample) for w in wires)
    written = conditions.written(read.site) if read.site is not None else ""
    return (
        found[::-1] if maker is not None and conditions.is_reflected(written, maker.op) else found
    )


def _number(sample: Any) -> Any:
    return sample.item() if hasattr(sample, "item") else sample


def guards_of(made: Mapping[Frame, Made]) -> list[tuple[ShapeGuard, SizeFact]]:
    """Return the shape guards of all functions, each function once, with the fact behind it."""
    found: list[tuple[ShapeGuard, SizeFact]] = []
    seen: set[str] = set()
    for one in made.values():
        name = one.function.name
        if name not in seen:
            seen.add(name)
            for index, guard in enumerate(one.scope.shape_guards):
                text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
                place = guard.debug.place if guard.debug else None
                shown = ShapeGuard(name, index, guard.kind, text, place, _REMEDIES[guard.kind])
                found.append((shown, one.scope.facts[guard]))
    return found
