"""What the first call of a torch program leaves: for a trace of a later one."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.utils import _pytree

from tracescript.producer.torch.sizes import Sizes
from tracescript.producer.torch.values import tensor_of
from tracescript.producer.trace.numbers import Symbolic
from tracescript.producer.trace.prints import DEEP, PLAIN
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.producer.trace.tree import Tree

_PLAIN: Final = (*PLAIN, Symbolic, torch.Tensor, torch.Size, torch.dtype, torch.device)


def put_back(tree: Tree) -> None:
    """Give buffers the elements that they had before the run."""
    for branch in tree.branches():
        if not isinstance(branch.module, torch.nn.Module) or is_model(branch.module):
            continue
        for name, slot in branch.slots.items():
            if not slot.is_parameter:
                branch.module._buffers[name] = slot.keep  # noqa: SLF001  # torch has no other way to set
                with torch.no_grad():
                    slot.keep.copy_(tensor_of(slot.read()))


def run(program: Any, calls: Mapping[str, Any]) -> None:
    """Call every method on its example, without a trace; random numbers go on as if it had not."""
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        for method, given in calls.items():
            args, kwargs = _pytree.tree_map_only(torch.Tensor, torch.clone, given)
            is_call = method == "forward" or not isinstance(program, torch.nn.Module)
            (program if is_call else getattr(program, method))(*args, **kwargs)


def is_data(value: Any, depth: int = DEEP) -> bool:
    """Tell whether a value is a tensor or plain, or lists, tuples and dicts of such."""
    if type(value) is dict:
        value = (*value, *value.values())
    elif type(value) is not list and not _is_tuple(type(value)):
        return issubclass(type(value), _PLAIN) or type(value) is Sizes
    return depth > 0 and all(is_data(part, depth - 1) for part in value)


def settled(value: Any) -> Any:
    """Return a value of which `is_data` holds, a plain number for each that a trace records."""
    kind = type(value)
    if issubclass(kind, Symbolic):
        return value.value
    if kind is dict:
        keys, held = settled([*value]), settled([*value.values()])
        is_same = all(map(operator.is_, (*keys, *held), (*value, *value.values())))
        return value if is_same else dict(zip(keys, held, strict=True))
    if kind is Sizes:
        return torch.Size([settled(size) for size in value])
    if kind is not list and not _is_tuple(kind):
        return value
    made = [settled(part) for part in value]
    if all(map(operator.is_, made, value)):
        return value
    return made if kind is list else kind(*made) if hasattr(kind, "_fields") else tuple(made)


def _is_tuple(kind: type) -> bool:
    """Tell whether a class is that of tuples, plain ones or named."""
    return kind is tuple or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
