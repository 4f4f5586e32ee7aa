"""What a trace changes around a torch program while it runs, and puts back."""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer import patches
from tracescript.producer.session import active
from tracescript.producer.torch import (
    constructors,
    encoders,
    generators,
    mode,
    names,
    packed,
    sizes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.producer.torch.door import TorchDoor

_BEFORE_WEIGHT: Final = 5
"""Arguments of `l1_loss` before `weight`."""
_THREADS: Final = ((threading.Thread, "start"), (ThreadPoolExecutor, "submit"))


@contextlib.contextmanager
def newborn() -> Iterator[Callable[[], Sequence[Any]]]:
    """Yield a function that lists the objects made since; it lists none where others froze some.

    Freezing what exists costs nothing, and hides it from the collector's list until the end.
    """
    if gc.get_freeze_count():
        yield tuple
        return
    gc.freeze()
    try:
        yield gc.get_objects
    finally:
        gc.unfreeze()


@contextlib.contextmanager
def patched(door: TorchDoor) -> Iterator[None]:
    """Open a frame around every module call, see `from_numpy`, run scripted functions as written.

    No hook of torch does any of it; a forward hook would not see keyword arguments.
    """
    call, from_numpy = torch.nn.Module.__call__, torch.from_numpy
    scripted = torch.jit.ScriptFunction.__call__

    def called(module: Any, *args: Any, **kwargs: Any) -> Any:
        is_root = module is door.recorder.root.module and door.recorder.frame is door.recorder.root
        if is_root or active() is not door:
            return call(module, *args, **kwargs)
        return door.call_module(module, _Forward(call, module), args, kwargs)

    def made(array: Any) -> Any:
        if active() is not door:
            return from_numpy(array)
        if isinstance(array, torch.Tensor):
            return array
        return mode.made(door, from_numpy(array.copy()))  # writes to one do not show in the other

    def as_written(function: Any, *args: Any, **kwargs: Any) -> Any:
        source = getattr(function, "_torchdynamo_inline", None)
        if source is None or active() is not door:
            return scripted(function, *args, **kwargs)
        return source(*args, **kwargs)

    seed = generators.unrepeatable(door, torch.seed)
    instead: dict[tuple[Any, str], Any] = {
        (torch, "Generator"): generators.factory(door),
        (torch, "seed"): seed,
        (torch.random, "seed"): seed,
        (torch.nn.Module, "__call__"): called,
        (torch, "from_numpy"): made,
        (torch.jit.ScriptFunction, "__call__"): as_written,
    }
    watched = packed.unread(door), _alone(door), constructors.seen(door), _written_out(door)
    with contextlib.ExitStack() as stack:
        for context in (patches.replaced(instead), *watched, _uncompiled(), _uncached(door)):
            stack.enter_context(context)
        yield


def _uncompiled() -> contextlib.AbstractContextManager[None]:
    """Run what torch.compile made as it was written; it comes with a module of its own."""
    if "torch._dynamo" not in sys.modules:
        return contextlib.nullcontext()
    stance: contextlib.AbstractContextManager[None] = torch.compiler.set_stance("force_eager")
    return stance


def _uncached(door: TorchDoor) -> contextlib.AbstractContextManager[None]:
    """Let transformers call what it caches by sizes: a key of a cache would fix them.

    It does so wherever torch compiles, and asks this function alone there.
    """
    module = sys.modules.get("transformers.pytorch_utils")
    asked = getattr(module, "is_torchdynamo_compiling", None)
    if asked is None:
        return contextlib.nullcontext()
    return patches.replaced(
        {(module, "is_torchdynamo_compiling"): lambda: active() is door or asked()}
    )


@contextlib.contextmanager
def _alone(door: TorchDoor) -> Iterator[None]:
    """Refuse threads that the program starts or gives work: the mode sees this one alone."""

    def refused(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(owner: Any, *args: Any, **kwargs: Any) -> Any:
            if active() is door:
                what = f"a thread ({type(owner).__name__})"
                door.recorder.unrecorded(what, "a trace sees the thread of forward alone")
            return call(owner, *args, **kwargs)

        return called

    made: dict[tuple[Any, str], Any]
    made = {(kind, name): refused(getattr(kind, name)) for kind, name in _THREADS}
    with patches.replaced(made):
        yield


@contextlib.contextmanager
def _written_out(door: TorchDoor) -> Iterator[None]:
    """Run functions that no mode sees, or that would compile the program, as they are defined."""

    def chosen(pred: Any, true_fn: Any, false_fn: Any, operands: Sequence[Any] = ()) -> Any:
        return true_fn(*operands) if pred else false_fn(*operands)

    def instead(own: Callable[..., Any], call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(own)
        def called(*args: Any, **kwargs: Any) -> Any:
            return call(*args, **kwargs) if active() is door else own(*args, **kwargs)

        return called

    l1_loss, encoder = torch.nn.functional.l1_loss, torch.nn.TransformerEncoder

    def weighted(*args: Any, **kwargs: Any) -> Any:
        """Take the loss apart: torch itself loses `weight` on the way to a mode."""
        has_weight = len(args) > _BEFORE_WEIGHT or kwargs.get("weight") is not None
        return (names.unhooked(l1_loss) if has_weight else l1_loss)(*args, **kwargs)

    calls: dict[tuple[Any, str], Callable[..., Any]] = {
        (torch.nn.functional, "l1_loss"): weighted,
        (torch, "broadcast_shapes"): sizes.broadcast_shapes,
        (torch.functional, "broadcast_shapes"): sizes.broadcast_shapes,
        (torch, "cond"): chosen,
        (encoder, "forward"): encoders.forward(encoder.forward),
    }
    made = {key: instead(getattr(*key), call) for key, call in calls.items()}
    with patches.replaced(made):
        yield


class _Forward:
    """A module's call with its hooks, named by the parameters of its forward."""

    def __init__(self, call: Callable[..., Any], module: Any) -> None:
        self._call = call
        self._module = module
        self.__wrapped__ = module.forward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._module, *args, **kwargs)
