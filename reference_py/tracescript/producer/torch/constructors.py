"""Tensors that the program makes by their type: `torch.LongTensor([1])`, `torch.Tensor(2, 3)`.

No mode of torch sees these calls: while a trace runs, others stand in their place.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from tracescript.producer import patches
from tracescript.producer.session import active
from tracescript.producer.torch import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript.producer.torch.door import TorchDoor

_NAMES: Final = ("BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long")
_TYPES: Final = tuple(f"{name}Tensor" for name in (*_NAMES, "Short"))


class _Type:
    """Stands for a type of tensors, as `torch.LongTensor`."""

    def __init__(self, door: TorchDoor, kind: Any) -> None:
        self._door = door
        self._kind = kind

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, self._kind)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        made = None
        if not kwargs and active() is self._door:
            made = _made(self._kind.dtype, args)
        if made is None or made.dtype != self._kind.dtype:
            return self._kind(*args, **kwargs)
        return made


def _made(dtype: torch.dtype, args: tuple[Any, ...]) -> Any:
    """Make a tensor of sizes, of elements or of a tensor, by calls that a mode sees; else None."""
    if all(_is_size(n) for n in args):
        return torch.zeros(args or (0,), dtype=dtype)
    if len(args) != 1:
        return None
    (data,) = args
    if isinstance(data, torch.Tensor):
        return data.detach()
    if isinstance(data, torch.Size):
        return torch.zeros(tuple(data), dtype=dtype)
    if isinstance(data, (list, tuple, range, np.ndarray)):
        return torch.tensor(data, dtype=dtype)
    return None


def _is_size(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _new(door: TorchDoor, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
    made = None if kwargs else _made(x.dtype, args)
    if made is None or made.dtype != x.dtype:
        raise names.unknown(door, torch.Tensor.new)
    return made


class _Compiler:
    """Refuses that torch loads its compiler, which takes down what stands in `torch` meanwhile."""

    def __init__(self, door: TorchDoor) -> None:
        self._door = door

    def find_spec(self, name: str, *_: Any) -> None:
        if name == "torch._dynamo":
            what = "the program loads torch's compiler, as torch.utils.checkpoint does"
            hint = "import torch._dynamo before the trace"
            raise self._door.recorder.error("UNKNOWN_CALL", what, hint)


@contextlib.contextmanager
def seen(door: TorchDoor) -> Iterator[None]:
    """See the constructors of tensors for the length of a `with` block."""
    as_it_was = torch.Tensor.__new__

    def called(kind: Any, *args: Any, **kwargs: Any) -> Any:
        made = None
        if kind is torch.Tensor and not kwargs and active() is door:
            made = _made(torch.get_default_dtype(), args)
        return as_it_was(kind, *args, **kwargs) if made is None else made

    made: dict[tuple[Any, str], Any] = {(torch.Tensor, "__new__"): staticmethod(called)}
    made |= {(torch, name): _Type(door, getattr(torch, name)) for name in _TYPES}
    compiler = _Compiler(door)
    sys.meta_path.insert(0, compiler)
    try:
        with patches.replaced(made):
            yield
    finally:
        sys.meta_path.remove(compiler)


TABLE: Final[Mapping[str, Callable[..., Any]]] = {"torch.Tensor.new": _new}
