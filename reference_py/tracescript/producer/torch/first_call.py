"""What the first call of a torch program leaves: for a trace of a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.utils import _pytree

from tracescript.producer.torch.values import tensor_of
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.producer.trace.tree import Tree


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
