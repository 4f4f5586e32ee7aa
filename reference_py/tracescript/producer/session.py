"""The recorder that is active while a program is traced, seen by `ops`, `nn` and `model`."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from tracescript.errors import ProducerError
from tracescript.producer import patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager


class Recorder(Protocol):
    """What an active trace offers to the code it runs."""

    def call_op(self, op: str, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
        """Run one op on real data and record it.

        `inputs` are in the op's declared order: traced values, arrays, Python scalars, lists of
        these, or None; `attributes` by name. Returns traced values (a tuple if several).
        """

    def call_module(
        self,
        module: Any,
        forward: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run a module's forward in a scope of its own and record one `call`."""

    def call_model(
        self, model: Any, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Run a loaded, traced or scripted model and record one `call` of its method.

        `model` has `ir`, the ir.Model, and `run(method, *args, **kwargs)`.
        """

    def paused(self) -> AbstractContextManager[None]:
        """See nothing for the length of a `with` block."""

    def follows(self, value: Any) -> bool:
        """Tell whether a value is an array of this trace that another call may give otherwise."""


_ACTIVE: ContextVar[Recorder | None] = ContextVar("tracescript_recorder", default=None)


_AROUND: ContextVar[Recorder | None] = ContextVar("tracescript_around", default=None)


def active() -> Recorder | None:
    """Return the recorder of the trace that runs in this context, or None."""
    return _ACTIVE.get()


class recording:  # noqa: N801  # used as a function: with recording(door)
    """Make a recorder the active one for the length of a `with` block; None suspends recording."""

    __slots__ = ("_recorder", "_token")

    def __init__(self, recorder: Recorder | None) -> None:
        self._recorder = recorder

    def __enter__(self) -> None:
        self._token = _ACTIVE.set(self._recorder)

    def __exit__(self, *_: object) -> None:
        _ACTIVE.reset(self._token)


def around() -> Recorder | None:
    """Return the recorder of the trace in the middle of which another program is recorded."""
    return _AROUND.get()


def check_constant(value: Any) -> None:
    """Raise ProducerError where an array taken for a constant follows from a trace's inputs."""
    outer = around()
    if outer is not None and outer.follows(value):
        raise ProducerError(
            "a program recorded inside a trace takes an array of that trace for a constant",
            code="UNRECORDED_READ",
            rule="TRACE-2",
            hint="make it an argument of the inner program",
        )


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """Record another program in the middle of a trace, which does not see it. Spec: TRACE-2."""
    outer = active()
    token = _AROUND.set(outer if outer is not None else _AROUND.get())
    try:
        with contextlib.nullcontext() if outer is None else outer.paused(), patches.suspended():
            yield
    finally:
        _AROUND.reset(token)
