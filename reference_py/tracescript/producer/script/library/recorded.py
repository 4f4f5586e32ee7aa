"""Calls of torch's and numpy's as traces take them: one call is recorded on examples, its ops kept.

What a trace takes of a library is said once, in the front doors of `producer.torch` and
`producer.numpy`. A script that meets a call of it knows the types of the arguments, not the
elements: a recording that hangs on elements, or on sizes that are open, is not used.
"""

from __future__ import annotations

import ast
import contextlib
import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import ProducerError, TrapError
from tracescript.producer.numpy import creation, known, names, special
from tracescript.producer.script.aliasing.writes import write
from tracescript.producer.script.calls.callees import is_place
from tracescript.producer.script.library.examples import (
    NONE,
    OUTSIDE,
    WRITTEN,
    Examples,
    UnknownTypeError,
    bindings,
    is_plain_array,
)
from tracescript.producer.script.library.numpy_result import LibraryRefusalError, checked
from tracescript.producer.script.library.replay import DependsOnDataError, Replay
from tracescript.producer.script.library.results import Results, Truth
from tracescript.producer.trace import watching
from tracescript.producer.trace.imports import Imports
from tracescript.producer.trace.python_functions import recording_builtins
from tracescript.producer.trace.recorder import Recorder
from tracescript.producer.trace.tape import Op, SizeFact
from tracescript.producer.trace.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.tape import Event, Wire


_REFUSALS: Final = (
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    TrapError,
)
"""What libraries raise for arguments that they do not take."""


@functools.cache
def _door(flavour: str) -> tuple[type[Door], Any]:
    if flavour == "torch":
        from tracescript.producer.torch.door import TorchDoor as Opened
        from tracescript.producer.torch.modules import VIEW
    else:
        from tracescript.producer.numpy.door import NumpyDoor as Opened  # type: ignore[assignment]  # same role
        from tracescript.producer.numpy.modules import VIEW  # type: ignore[assignment]  # same role

    class Asked(Opened):
        """A front door of a script: no question is answered while it is compiled."""

        def truth(self, wire: Wire, _observed: bool, _call: str) -> Any:
            return Truth(wire)

    return Asked, VIEW


class Recording:
    """One call of a library, recorded on examples with some sizes."""

    def __init__(
        self,
        e: Emitter,
        function: Callable[..., Any],
        args: Sequence[Entry],
        kwargs: Mapping[str, Entry],
        sizes: Mapping[str, int],
        opens: int,
    ) -> None:
        kind, view = _door(e.frame.flavour)
        imports = Imports()
        self.recorder = Recorder("call")
        self.door = kind(self.recorder, Tree(view, imports), imports)
        examples = Examples(e, self.door, sizes, opens)
        with contextlib.ExitStack() as stack:
            stack.enter_context(np.errstate(all="ignore"))
            stack.enter_context(recording_builtins(self.door.kinds))
            stack.enter_context(self.door.running())
            given = [examples.of(x, k) for k, x in enumerate(args)]
            named = {k: examples.of(x, k) for k, x in kwargs.items()}
            if not (examples.values or is_of_numbers(function)):
                raise UnknownTypeError
            before = (*map(known.copies, given),), {k: known.copies(v) for k, v in named.items()}
            call = functools.partial(_present(function), *given, **named)
            is_numpy = e.frame.flavour != "torch" and bool(examples.values)
            self.results = Results(
                self.door, checked(self.door, function, before, call) if is_numpy else call()
            )
            self.changed = examples.changed()
        self.given = examples.values
        if self.recorder.slots:
            raise DependsOnDataError

    def events(self) -> list[Event]:
        """Return what was recorded."""
        return self.recorder.root.events

    def signature(self) -> Any:
        """Return what was recorded without the sizes of the examples."""
        numbers: dict[Any, int] = {w: k for k, w in enumerate(self.given)}

        def number(wire: Any) -> Any:
            if wire is None or isinstance(wire, int):
                return wire
            if wire.constant is not None:
                return repr(wire.constant)
            return numbers.setdefault(wire, len(numbers))

        made: list[Any] = []
        for event in self.events():
            if isinstance(event, Op):
                ends = [number(w) for w in (*event.inputs, *event.outputs)]
                made.append((event.op, sorted(event.attributes.items()), ends))
            elif isinstance(event, SizeFact):
                made.append((event.comparison, number(event.left), number(event.right)))
            else:
                made.append((type(event).__name__, getattr(event, "observed", None)))
        return made, self.results.signature(number), [(k, number(w)) for k, w in self.changed]


_BY_LIBRARY: Final = "the library itself refuses such arguments"
_NOWHERE: Final = ast.Constant(None)
_OF_NUMBERS: Final = (
    *("bartlett", "blackman", "hamming", "hanning", "kaiser", "tri", "tril_indices"),
    *("triu_indices", "mask_indices", "diag_indices", "logspace", "geomspace", "indices"),
    *("broadcast_shapes", "roots", "issubdtype", "can_cast", "result_type", "promote_types"),
)
"""Functions of numpy that compute with numbers alone."""


def is_of_numbers(function: Any) -> bool:
    """Whether a function only computes, so that it may be called while a script is compiled."""
    plain = {id(watching.own(getattr(np, name))) for name in _OF_NUMBERS}
    is_ufunc = isinstance(function, np.ufunc) or isinstance(
        getattr(function, "__self__", None), np.ufunc
    )
    return is_ufunc or id(function) in plain or _is_traced(function)


def _is_traced(function: Any) -> bool:
    """Whether traces know a function of numpy's."""
    name = str(getattr(function, "__name__", ""))
    if name in creation.HANDLERS and watching.own(getattr(np, name, None)) is function:
        return True
    try:
        return special.handler(function, {}) is not None or function in names.candidates()
    except TypeError:
        return False


def _present(function: Any) -> Any:
    """Return what stands in a library for one of its functions while a recording runs."""
    found = getattr(np, str(getattr(function, "__name__", "")), None)
    return found if watching.own(found) is function else function


class RefusedError(Exception):
    """A call that cannot be recorded: `what` says why where its arguments alone are the reason.

    `is_final` is set where the library itself refuses their types.
    """

    def __init__(
        self,
        what: str = "",
        code: str = "TYPE_INFERENCE",
        hint: str = "",
        *,
        is_final: bool = False,
    ) -> None:
        super().__init__(what)
        self.what, self.code, self.hint, self.is_final = what, code, hint, is_final


def recorded(
    e: Emitter,
    function: Callable[..., Any],
    args: Sequence[Entry],
    kwargs: Mapping[str, Entry],
    nodes: Mapping[int | str, ast.expr],
) -> Entry:
    """Write a call of a library as a trace takes it, and return what it gives.

    `nodes` are the arguments in the source, by place or name: an array that the call changes
    stands for what it is afterwards. Raises RefusedError where a trace does not take the call, or
    types or elements decide what it does.
    """
    made, changes = _first_written(e, function, args, kwargs)
    if not all(is_place(nodes.get(key, _NOWHERE)) for key in changes):
        raise RefusedError
    for key, value in changes.items():
        write(e, nodes[key], args[key] if isinstance(key, int) else kwargs[key], value)
    return made


def _first_written(
    e: Emitter, function: Callable[..., Any], args: Sequence[Entry], kwargs: Mapping[str, Entry]
) -> tuple[Entry, dict[int | str, Value]]:
    """Record with arrays that the program writes out, then with all known, then with none."""
    given = _all(args, kwargs)
    refused = RefusedError()
    for opens in (WRITTEN, *[OUTSIDE] * any(map(is_plain_array, given)), NONE):
        try:
            return _written(e, function, args, kwargs, opens)
        except RefusedError as error:
            refused = refused if refused.what else error
        if e.frame.flavour == "torch":
            break
    raise refused


def _written(
    e: Emitter,
    function: Callable[..., Any],
    args: Sequence[Entry],
    kwargs: Mapping[str, Entry],
    opens: int,
) -> tuple[Entry, dict[int | str, Value]]:
    """Return what a call gives, and what the arguments that it changes are afterwards."""
    try:
        sizes = bindings(e, _all(args, kwargs))
        first = Recording(e, function, args, kwargs, sizes[0], opens)
        for other in sizes[1:]:
            with contextlib.suppress(*_REFUSALS):  # such sizes do not reach the call
                again = Recording(e, function, args, kwargs, other, opens)
                if again.signature() != first.signature():
                    raise RefusedError
        replay = Replay(e, first.given)
        replay.run(first.events(), [*first.results.wires(), *(w for _, w in first.changed)])
    except (UnknownTypeError, DependsOnDataError):
        raise RefusedError from None
    except ProducerError as error:
        raise RefusedError(error.what, error.code, error.hint) from None
    except LibraryRefusalError as error:
        raise RefusedError(str(error), hint=_BY_LIBRARY, is_final=True) from None
    except _REFUSALS as error:
        told = "" if isinstance(error, AttributeError) else f"{type(error).__name__}: {error}"
        raise RefusedError(told, hint=_BY_LIBRARY) from None
    given = set(first.given.values())
    changes = {key: replay.value(wire) for key, wire in first.changed}
    own = {k: e.op("identity", [v]) if v in given else v for k, v in changes.items()}
    return first.results.entry(e, replay), own


def _all(args: Sequence[Entry], kwargs: Mapping[str, Entry]) -> list[Entry]:
    return [*args, *kwargs.values()]
