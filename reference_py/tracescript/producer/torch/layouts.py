"""Methods that give a tensor other sizes and strides in place: it becomes a view of what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.trace import cells
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _laid_out(name: str) -> Callable[..., Any]:
    """Return the handler of the method `name`, which computes as the one without `_`."""

    def handler(door: TorchDoor, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        cell = door.cell(x)
        cells.check_writable(door.recorder, cell)
        if cell.slot is not None:
            what = f"torch.Tensor.{name} of a state, which would change its type, is no op"
            raise door.recorder.error("UNKNOWN_CALL", what, "take a view of it")
        made = getattr(torch.Tensor, name.removesuffix("_"))(x, *args, **kwargs)
        with door.paused():
            getattr(torch.Tensor, name)(x, *plain(args), **plain(kwargs))
        if made is not x:
            door.bind(x, cells.view(cell, door.wire(made)))
        return x

    return handler


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    f"torch.Tensor.{name}": _laid_out(name)
    for name in (
        *("squeeze_", "unsqueeze_", "t_", "transpose_", "swapaxes_", "swapdims_"),
        "as_strided_",
    )
}
