"""What a trace changes around a torch program while it runs, and puts back."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING, Any

import torch

from tracescript.producer.torch import mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript.producer.torch.door import TorchDoor


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
    """Open a frame around every module call, and see `from_numpy`; no hook of torch does either.

    A forward hook would not see keyword arguments.
    """
    call, from_numpy = torch.nn.Module.__call__, torch.from_numpy

    def called(module: Any, *args: Any, **kwargs: Any) -> Any:
        is_root = module is door.recorder.root.module and door.recorder.frame is door.recorder.root
        if is_root or door.mode.is_paused:
            return call(module, *args, **kwargs)
        return door.call_module(module, _Forward(call, module), args, kwargs)

    def made(array: Any) -> Any:
        tensor = from_numpy(array)
        return tensor if door.mode.is_paused else mode.made(door, tensor)

    torch.nn.Module.__call__, torch.from_numpy = called, made
    try:
        yield
    finally:
        torch.nn.Module.__call__, torch.from_numpy = call, from_numpy


class _Forward:
    """A module's call with its hooks, named by the parameters of its forward."""

    def __init__(self, call: Callable[..., Any], module: Any) -> None:
        self._call = call
        self._module = module
        self.__wrapped__ = module.forward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._module, *args, **kwargs)
