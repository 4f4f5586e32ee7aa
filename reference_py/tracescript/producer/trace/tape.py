"""What a run leaves behind: frames of events over wires. Types are concrete; symbols come later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from tracescript.ir import Constant, Place, State, Type, Weight

OUT_OF_RUNS: Final = "the runs were used up"
"""Why exploring left a decision: more of them would explore it too."""


@dataclass(eq=False, slots=True)
class Slot:
    """A parameter or buffer of a module: something with a name that outlives a call.

    `read` gives its elements as they were before the run; `weight` or `state` is set where it
    belongs to a finished model. `current` is its value at this point of the run, `written` whether
    the program replaced it, which makes it a state.
    """

    type: Type
    read: Callable[[], np.ndarray[Any, Any]]
    is_parameter: bool
    keep: Any = None
    trainable: bool = True
    persistent: bool = True
    written: bool = False
    current: Wire | None = None
    weight: Weight | None = None
    state: State | None = None


@dataclass(eq=False, slots=True)
class Wire:
    """One value of the run. `type` has the sizes of the example.

    `home` is the frame that computed it, None for constants and for what a slot held at first.
    `varies` is False where no input and no state can change it. `sample` is the real value of a
    0-d tensor, for messages.
    """

    type: Type
    home: Frame | None = None
    name: str = ""
    varies: bool = True
    constant: Constant | None = None
    slot: Slot | None = None
    maker: Op | None = None
    sample: Any = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the user's program with the path of its file, for messages and warnings."""

    place: Place
    path: str


@dataclass(eq=False, slots=True)
class Op:
    """A call of an op; attributes are plain Python values by name."""

    op: str
    inputs: tuple[Wire | None, ...]
    attributes: dict[str, Any]
    outputs: tuple[Wire, ...]
    site: Site | None


@dataclass(eq=False, slots=True)
class Call:
    """A module ran; its events are in `frame`."""

    frame: Frame
    site: Site | None


@dataclass(eq=False, slots=True)
class ModelCall:
    """A finished model ran: one call of a function of it, weights and states among the inputs."""

    function: str
    inputs: tuple[Wire, ...]
    outputs: tuple[Wire, ...]
    site: Site | None


@dataclass(eq=False, slots=True)
class Read:
    """The program took a value out of a tensor: a trace decision. `wire` is None if unrecorded.

    `ask` numbers the branch decisions of a run that is explored; another outcome can be forced.
    `why` says why exploring left it a guard.
    """

    kind: str
    wire: Wire | None
    observed: Any
    site: Site | None
    call: str = ""
    stack: tuple[Site, ...] = ()
    ask: int | None = None
    why: str = ""


@dataclass(eq=False, slots=True)
class SizeFact:
    """The program depended on `left comparison right`, which was true; kinds as in ShapeGuard."""

    kind: str
    left: Wire | int
    comparison: str
    right: Wire | int
    site: Site | None
    written: str = ""


@dataclass(eq=False, slots=True)
class Arm:
    """One arm of a branch; `results` are its values for the outputs of the branch."""

    events: list[Event] = field(default_factory=list)
    results: list[Wire] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class If:
    """Both outcomes of a branch decision, merged from several runs."""

    predicate: Wire
    yes: Arm
    no: Arm
    outputs: list[Wire]
    site: Site | None


@dataclass(eq=False, slots=True)
class Raise:
    """The program's own `raise`."""

    kind: str
    message: str
    site: Site | None


@dataclass(eq=False, slots=True)
class Assert:
    """The program's own `assert`: the truth of `wire` must be `observed`."""

    wire: Wire
    observed: bool
    message: str
    site: Site | None


Event = Op | Call | ModelCall | Read | SizeFact | If | Raise | Assert


@dataclass(eq=False, slots=True)
class Frame:
    """One run of a module's forward, or of the traced function itself.

    `args` are its tensors and numbers in order of the signature, each once, `keyword_only` the
    names of those that callers pass by name; `outputs` are the leaves of
    what it returned. `entry` and `exit` hold the slots it touched: their values at both ends.
    `before` and `after` hold the values that all states of the run had there.
    """

    title: str
    module: Any = None
    path: str = ""
    parent: Frame | None = None
    args: list[tuple[str, Wire]] = field(default_factory=list)
    keyword_only: frozenset[str] = frozenset()
    events: list[Event] = field(default_factory=list)
    outputs: list[Wire] = field(default_factory=list)
    entry: dict[Slot, Wire] = field(default_factory=dict)
    exit: dict[Slot, Wire] = field(default_factory=dict)
    sizes: dict[tuple[Wire, int], Wire] = field(default_factory=dict)
    site: Site | None = None
    before: dict[Slot, Wire] = field(default_factory=dict)
    after: dict[Slot, Wire] = field(default_factory=dict)

    def up(self) -> Iterator[Frame]:
        """Yield this frame and those around it, innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent
