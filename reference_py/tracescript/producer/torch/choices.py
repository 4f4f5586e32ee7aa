"""Factors of matrices of which each library has its own signs: a run goes on with the model's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch.values import tensor_of
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from tracescript.producer.torch.door import TorchDoor
    from tracescript.producer.trace.matching import Match

_CALLS: Final = frozenset({torch.linalg.eigh, torch.linalg.qr, torch.linalg.svd})


def ours(door: TorchDoor, function: Any, found: Match, result: Any) -> Any:
    """Return what the op gives in place of torch's result, if signs are the library's choice.

    Else the trace could not be compared with its graph. Spec: TRACE-9.
    """
    if function not in _CALLS:
        return result
    from tracescript.engine.ref import run_op

    with door.paused():
        given = [door.real(x) for x in found.inputs]
        made = run_op(found.op.name, given, plain(found.attributes))
        parts = [tensor_of(part).to(own.dtype) for part, own in zip(made, result, strict=True)]
    return type(result)(parts)
