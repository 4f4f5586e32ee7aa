"""Casts, copies, subscripts, splits and writes in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch import mode
from tracescript.producer.trace import cells, indexing, layout, lowering, sharing
from tracescript.producer.trace.numbers import SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _same(call: str) -> Callable[..., Any]:
    """Run a call that changes no element: the result is its argument, cast if need be."""

    def handler(door: TorchDoor, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        wire = door.wire(x)
        with door.paused():
            result = getattr(torch.Tensor, call)(x, *plain(args), **plain(kwargs))
        if not isinstance(result, torch.Tensor):
            return result
        if x.is_complex() and not result.is_complex() and result.dtype != torch.bool:
            wire = door.wire(door.mode.inside(torch.real, x))
        wire = door.recorder.cast(wire, door.type_of(result).data_type)
        mode.adopt(door, result, wire, (x,))
        if call == "contiguous":
            layout.doubt(door, door.cell(x), door.cell(result), reshapes=False)
            door.cell(result).is_row_major = True
        return result

    return handler


def _type(door: TorchDoor, x: torch.Tensor, dtype: Any = None, **kwargs: Any) -> Any:
    return _same("type")(door, x, getattr(dtype, "dtype", dtype), **kwargs)


def _getitem(door: TorchDoor, x: torch.Tensor, key: Any) -> torch.Tensor:
    wire = door.wire(x)
    with door.paused():
        result = torch.Tensor.__getitem__(x, _plain_key(key))
        rank = x.dim()
    found = indexing.normal(door, _as_tuple(key), rank)
    made = indexing.read(door, wire, found, door.type_of(result))
    if found.is_basic:
        door.bind(result, cells.view(door.cell(x), made))
    else:
        door.bind(result, cells.Cell(made))
    return result


def _as_tuple(key: Any) -> Any:
    """Return a list of other things than numbers as the tuple for which torch takes it."""
    if not isinstance(key, list) or all(isinstance(k, (int, float)) for k in key):
        return key
    return tuple(key)


def _plain_key(key: Any) -> Any:
    return tuple(plain(k) for k in key) if isinstance(key, tuple) else plain(key)


def _setitem(door: TorchDoor, x: torch.Tensor, key: Any, value: Any) -> None:
    wire = door.wire(x)
    given = lowering.operand(door, value, door.type_of(x).data_type)
    with door.paused():
        torch.Tensor.__setitem__(x, _plain_key(key), plain(value))
        rank = x.dim()
    found = indexing.normal(door, _as_tuple(key), rank)
    if not found.parts and not rank:
        mode.write(door, x, given)
    else:
        mode.write(door, x, indexing.written(door, wire, found, given))


def _fill(_: TorchDoor, x: torch.Tensor, value: Any) -> torch.Tensor:
    x[...] = value
    return x


def _zero(door: TorchDoor, x: torch.Tensor) -> torch.Tensor:
    return _fill(door, x, 0)


def _copy(
    _: TorchDoor, x: torch.Tensor, src: torch.Tensor, non_blocking: bool = False
) -> torch.Tensor:
    del non_blocking
    x[...] = src
    return x


# ---- parts


def _split(
    _: TorchDoor, x: torch.Tensor, split_size: Any, dim: int = 0
) -> tuple[torch.Tensor, ...]:
    """Take an axis apart; the number of parts is fixed, their sizes stay open where they can."""
    if not isinstance(split_size, int):
        if sum(split_size) != x.shape[dim]:
            message = (
                f"split_with_sizes expects split_sizes to sum exactly to {plain(x.shape[dim])}"
            )
            raise RuntimeError(message)
        starts = [sum(split_size[:i]) for i in range(len(split_size))]
        return tuple(x.narrow(dim, a, n) for a, n in zip(starts, split_size, strict=True))
    extent = x.shape[dim]
    count = max(-(-extent // split_size), 1)
    count = count.fixed("split", "unrolled_loop") if isinstance(count, SymInt) else count
    cuts = [split_size * i for i in range(count)]
    return tuple(
        x.narrow(dim, a, extent - a if i + 1 == count else split_size) for i, a in enumerate(cuts)
    )


def _chunk(door: TorchDoor, x: torch.Tensor, chunks: int, dim: int = 0) -> tuple[torch.Tensor, ...]:
    extent = x.shape[dim]
    step = -(-extent // chunks)
    if plain(extent) % chunks == 0 and extent % chunks == 0:  # asked of the size itself: a guard
        step = extent // chunks
        return tuple(x.narrow(dim, step * i, step) for i in range(chunks))
    return _split(door, x, step, dim)


def _unbind(_: TorchDoor, x: torch.Tensor, dim: int = 0) -> tuple[torch.Tensor, ...]:
    extent = x.shape[dim]
    count = extent.fixed("unbind", "iteration") if isinstance(extent, SymInt) else extent
    return tuple(x.select(dim, i) for i in range(count))


def _squeeze(_: TorchDoor, x: torch.Tensor, dim: Any = None) -> torch.Tensor:
    if dim is None:
        dim = tuple(i for i, n in enumerate(x.shape) if n == 1)
    axes = (dim,) if isinstance(dim, int) else tuple(dim)
    ones = tuple(a for a in axes if x.dim() and x.shape[a] == 1)
    return x if not ones else mode.one_op(_, torch.Tensor.squeeze, "squeeze", x, ones)


def _t(_: TorchDoor, x: torch.Tensor) -> torch.Tensor:
    return x.transpose(0, 1) if x.dim() > 1 else x


def _view(
    door: TorchDoor, x: torch.Tensor, *shape: Any, size: Any = None, dtype: Any = None
) -> torch.Tensor:
    shape = (*shape, *(given for given in (size, dtype) if given is not None))
    if len(shape) == 1 and isinstance(shape[0], torch.dtype):
        what = "torch.Tensor.view(dtype), which takes the bytes for another type, is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "cast with x.to(dtype)")
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    result = mode.sized_op(door, torch.Tensor.view, "reshape", x, sizes)
    sharing.require(door.recorder, door.cell(x), door.cell(result))
    return result


def _expand(door: TorchDoor, x: torch.Tensor, *shape: Any, **given: Any) -> torch.Tensor:
    shape = (given.pop("size"),) if "size" in given else shape
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return mode.sized_op(door, torch.Tensor.expand, "expand", x, sizes)


def _expand_as(_: TorchDoor, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return x.expand(other.shape)


def _view_as(_: TorchDoor, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return x.view(other.shape)


def _reshape_as(_: TorchDoor, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return x.reshape(other.shape)


def _deep_copy(_: TorchDoor, x: torch.Tensor, _memo: Any) -> torch.Tensor:
    return x.clone()


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    **{
        f"torch.Tensor.{name}": _same(name)
        for name in (
            "to",
            "clone",
            "contiguous",
            "detach",
            "detach_",
            "cpu",
            "alias",
            "type_as",
        )
    },
    "torch.Tensor.type": _type,
    "torch.clone": _same("clone"),
    "torch.Tensor.__deepcopy__": _deep_copy,
    "torch.detach": _same("detach"),
    "torch.Tensor.__getitem__": _getitem,
    "torch.Tensor.__setitem__": _setitem,
    "torch.Tensor.fill_": _fill,
    "torch.Tensor.zero_": _zero,
    "torch.zero_": _zero,
    "torch.fill_": _fill,
    "torch.Tensor.copy_": _copy,
    "torch.split": _split,
    "torch.functional.split": _split,
    "torch.Tensor.split": _split,
    "torch.split_with_sizes": _split,
    "torch.Tensor.split_with_sizes": _split,
    "torch.chunk": _chunk,
    "torch.Tensor.chunk": _chunk,
    "torch.unbind": _unbind,
    "torch.Tensor.unbind": _unbind,
    "torch.squeeze": _squeeze,
    "torch.Tensor.squeeze": _squeeze,
    "torch.t": _t,
    "torch.Tensor.t": _t,
    "torch.Tensor.view": _view,
    "torch.Tensor.expand": _expand,
    "torch.Tensor.expand_as": _expand_as,
    "torch.Tensor.view_as": _view_as,
    "torch.Tensor.reshape_as": _reshape_as,
}
