"""What takes values out of tensors, and attributes of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from tracescript.ir import constants
from tracescript.opset.dtypes import category
from tracescript.producer.torch import names
from tracescript.producer.torch.sizes import Sizes
from tracescript.producer.torch.strides import is_contiguous, storage_offset, strides
from tracescript.producer.torch.values import elements
from tracescript.producer.trace import cells, places, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.torch.door import TorchDoor

_LARGE: Final = 1024
"""Elements up to which a copy into Python becomes a guard over all of them."""


def _truth(door: TorchDoor, tensor: torch.Tensor) -> bool:
    return door.recorder.decide(door.wire(tensor), bool(tensor))


def _item(door: TorchDoor, tensor: torch.Tensor) -> Any:
    value = tensor.item()
    wire = door.wire(tensor)
    if isinstance(value, bool):
        return door.recorder.decide(wire, value, "item")
    kind = "int_read" if category(door.type_of(tensor).data_type) == 1 else "float_read"
    door.recorder.read(kind, wire, value, "item")
    return value


def _int(door: TorchDoor, tensor: torch.Tensor) -> int:
    value = int(tensor)
    door.recorder.read("int_read", door.wire(tensor), value, "int")
    return value


def _float(door: TorchDoor, tensor: torch.Tensor) -> float:
    value = float(tensor)
    door.recorder.read("float_read", door.wire(tensor), value, "float")
    return value


def _copied(call: str) -> Callable[..., Any]:
    def read(door: TorchDoor, tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        wire = door.wire(tensor)
        if not wire.varies:
            pass
        elif tensor.numel() <= _LARGE:
            door.recorder.read("tensor_read", wire, elements(tensor).copy(), call)
        else:
            hint = f"{tensor.numel()} elements are too many for a guard; use torch ops"
            door.recorder.unrecorded(f"torch.Tensor.{call}", hint)
        found = getattr(torch.Tensor, call)(tensor, *args, **kwargs)
        return found.copy() if isinstance(found, np.ndarray) else found  # later writes do not show

    return read


def _text(call: str) -> Callable[..., Any]:
    """Read what becomes text, unless it is only shown."""
    copied = _copied(call)

    def read(door: TorchDoor, tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if statements.only_shows(places.here()) or places.is_within("asyncio", "logging"):
            return getattr(torch.Tensor, call)(tensor, *args, **kwargs)
        return copied(door, tensor, *args, **kwargs)

    return read


def _leaves_unseen(call: str) -> Callable[..., Any]:
    def read(door: TorchDoor, tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if door.wire(tensor).varies:
            door.recorder.unrecorded(f"torch.Tensor.{call}", "use torch ops")
        return getattr(torch.Tensor, call)(tensor, *args, **kwargs)

    return read


def _storage(door: TorchDoor, tensor: torch.Tensor) -> Any:
    """Return a copy of the memory: what the program writes later does not show in it."""
    return _leaves_unseen("untyped_storage")(door, tensor).clone()


def _compared(call: str) -> Callable[..., Any]:
    def read(door: TorchDoor, a: torch.Tensor, b: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        observed = bool(getattr(torch, call)(a, b, *args, **kwargs))
        if call == "equal" and not _same_sizes(door, a, b):
            return False
        near = torch.eq if call == "equal" else torch.isclose
        every = door.mode.inside(lambda: near(a, b, *args, **kwargs).all())
        wire = door.recorder.single("item_bool", (door.wire(every),), None, constants.BOOL)
        return door.truth(wire, observed, call)

    return read


def _same_sizes(door: TorchDoor, a: torch.Tensor, b: torch.Tensor) -> bool:
    """Compare the sizes themselves: an outcome that could be another one is a guard."""
    return a.dim() == b.dim() and _sizes(door, a) == _sizes(door, b)


def _contains(door: TorchDoor, tensor: torch.Tensor, value: Any) -> bool:
    return bool(door.mode.inside(lambda: bool((tensor == value).any())))


def _length(door: TorchDoor, tensor: torch.Tensor) -> int:
    size = door.recorder.size(door.wire(tensor), 0)
    return size.fixed("len") if hasattr(size, "fixed") else size


def _sizes(door: TorchDoor, tensor: torch.Tensor, dim: int | None = None) -> Any:
    wire = door.wire(tensor)
    return Sizes(door.recorder.shape(wire)) if dim is None else door.recorder.size(wire, dim)


def _count(door: TorchDoor, tensor: torch.Tensor) -> int:
    count = 1
    for size in door.recorder.shape(door.wire(tensor)):
        count = size * count
    return count


def _asserted(_: TorchDoor, condition: Any, message: str) -> None:
    if not bool(condition):
        raise AssertionError(message)


READS: Final[Mapping[str, Callable[..., Any]]] = {
    "__bool__": _truth,
    "is_nonzero": _truth,
    "item": _item,
    "__int__": _int,
    "__index__": _int,
    "__float__": _float,
    "tolist": _copied("tolist"),
    "numpy": _copied("numpy"),
    "__array__": _copied("__array__"),
    "__repr__": _text("__repr__"),
    "__format__": _text("__format__"),
    "data_ptr": _leaves_unseen("data_ptr"),
    "untyped_storage": _storage,
    "__dlpack__": _leaves_unseen("__dlpack__"),
    "equal": _compared("equal"),
    "allclose": _compared("allclose"),
    "__contains__": _contains,
    "_assert": lambda door, *args: door.mode.inside(_asserted, door, *args),
    "__len__": _length,
    "size": _sizes,
    "stride": strides,
    "is_contiguous": is_contiguous,
    "storage_offset": storage_offset,
    "is_set_to": _leaves_unseen("is_set_to"),
    "is_same_size": _same_sizes,
    "numel": _count,
    "nelement": _count,
}
"""By name of the method or function."""


def _transposed(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.permute(tuple(range(tensor.dim()))[::-1])


def _matrix_transposed(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.transpose(-2, -1)


def _adjoint(tensor: torch.Tensor) -> torch.Tensor:
    return torch.conj(tensor.transpose(-2, -1))


_COMPUTED: Final[Mapping[str, Callable[..., Any]]] = {
    "T": _transposed,
    "mT": _matrix_transposed,
    "mH": _adjoint,
    "H": lambda tensor: _adjoint(tensor) if tensor.dim() else tensor,
    "real": torch.real,
    "imag": torch.imag,
}
_SAME: Final = frozenset({"data"})


def attribute(door: TorchDoor, getter: Any, args: Sequence[Any]) -> Any:
    """Read or set an attribute of a tensor: sizes stay symbolic, `T` and the like are ops."""
    name = getattr(getattr(getter, "__self__", None), "__name__", "")
    tensor = args[0]
    if getter.__name__ == "__set__":
        if name in _SAME and args[1] is not tensor:  # `to` of a layer sets a tensor to itself
            what = f"the program sets the attribute {name} of a tensor"
            raise door.recorder.error("ALIASING", what, "write with copy_ instead")
        return getter(*args)
    if name == "shape":
        return _sizes(door, tensor)
    if name == "nbytes":
        return _count(door, tensor) * tensor.element_size()
    if name in _COMPUTED:
        return door.mode.inside(_COMPUTED[name], tensor)
    value = getter(*args)
    if isinstance(value, torch.Tensor) and not door.is_known(value):
        if name not in _SAME:
            raise names.unknown(door, getter.__self__)
        cell = door.cell(tensor)
        door.bind(value, cells.view(cell, cells.read(door.recorder, cell)))
    return value
