"""The recorder that is active while a program is traced, seen by `ops`, `nn` and `model`."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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


_ACTIVE: ContextVar[Recorder | None] = ContextVar("tracescript_recorder", default=None)


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
