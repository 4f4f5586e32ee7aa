"""Torch objects a script meets: functions by name, modules, tensors, data types."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import torch
import torch.overrides
from torch import nn

from tracescript.ir.types import DataType
from tracescript.opset import dtypes
from tracescript.opset.names import torch_names
from tracescript.producer.torch import draws, forwards, optional_forwards, sequences
from tracescript.producer.torch import written as written_out
from tracescript.producer.torch.values import check_dense

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

_FORWARDS = {**forwards.FORWARDS, **optional_forwards.FORWARDS}
_BY_NAME = {d.value: d for d in DataType}
PACKED_SEQUENCE = nn.utils.rnn.PackedSequence
SURROUNDINGS = {"device": torch.device("cpu"), "layout": torch.strided}
"""What a script sees as the device and layout of every tensor."""


def callables(more: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield (dotted name, object) for every torch function the opset or a script knows."""
    for name in [*torch_names(), *(n for n in more if n.startswith("torch."))]:
        found: Any = torch
        for part in name.split(".")[1:]:
            found = getattr(found, part, None)
        if found is not None:
            yield name, found


def rewritten(forward: Any) -> Any:
    """Return our short form of a layer's forward, or the forward itself."""
    return _FORWARDS.get(forward, forward)


def original(forward: Any) -> Any:
    """Return the layer's own forward for a short form of ours."""
    return next((f for f, short in _FORWARDS.items() if short is forward), forward)


def written(name: str) -> Any:
    """Return what scripts compile for calls that are several others."""
    homes = (draws, sequences, written_out)
    return next(getattr(home, name) for home in homes if hasattr(home, name))


def generator_of(value: Any) -> torch.Generator | None:
    """Return the generator that a `generator=` means, None for what is none."""
    found = torch.default_generator if value is None else value
    return found if isinstance(found, torch.Generator) else None


def is_tensor(value: Any) -> bool:
    """Whether an object is a torch tensor or parameter."""
    return isinstance(value, torch.Tensor)


def is_module(value: Any) -> bool:
    """Whether an object is a torch module."""
    return isinstance(value, nn.Module)


def array(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """Return a tensor's elements; bfloat16 and float8 keep their type."""
    check_dense(tensor)
    plain = tensor.detach().cpu().contiguous()
    found = data_type(plain.dtype)
    if found is not None and dtypes.numpy_of(found).kind == "V":
        width = torch.int16 if found.bits == 16 else torch.uint8  # noqa: PLR2004  # bits of the element
        return plain.view(width).numpy().view(dtypes.numpy_of(found))
    return plain.numpy()


def data_type(value: Any) -> DataType | None:
    """Return what a torch dtype means; None for anything else."""
    return (
        _BY_NAME.get(str(value).removeprefix("torch.")) if isinstance(value, torch.dtype) else None
    )


@functools.cache
def _seen() -> frozenset[Any]:
    """Return the functions that a mode sees: what they do stays between tensors."""
    found = torch.overrides.get_overridable_functions()
    return frozenset(f for functions in found.values() for f in functions)


def is_seen(function: Any) -> bool:
    """Whether a trace sees calls of a function of torch's."""
    try:
        return function in _seen()
    except TypeError:
        return False


def is_method_seen(name: str) -> bool:
    """Whether a trace sees calls of a method of tensors."""
    return is_seen(getattr(torch.Tensor, name, None))


def data_type_object(value: DataType) -> torch.dtype:
    """Return torch's object of a data type."""
    found: torch.dtype = getattr(torch, value.value)
    return found


def parts(
    module: nn.Module,
) -> tuple[list[tuple[str, Any, bool]], list[tuple[str, Any, bool]], list[tuple[str, Any]]]:
    """Return a module's own parameters, buffers and children."""
    parameters = [(n, p, p.requires_grad) for n, p in module._parameters.items() if p is not None]  # noqa: SLF001  # named_parameters hides a tied one
    kept = module._non_persistent_buffers_set  # noqa: SLF001  # torch has no other way to ask
    buffers = [(n, b, n not in kept) for n, b in module._buffers.items() if b is not None]  # noqa: SLF001  # as above
    children = [(n, c) for n, c in module._modules.items() if c is not None]  # noqa: SLF001  # as above
    return parameters, buffers, children
