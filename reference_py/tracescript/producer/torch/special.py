"""torch calls that are no single op: written with other torch calls, which are recorded."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.ir import constants
from tracescript.opset.einsum_rule import written_out
from tracescript.producer.torch import (
    arithmetic,
    arranged,
    complexes,
    compositions,
    constructors,
    detection,
    elementwise,
    joins,
    layers,
    layouts,
    losses,
    matrices,
    mode,
    names,
    random,
    recurrent,
    resize,
    sets,
    statistics,
    strides,
    transforms,
    views,
)
from tracescript.producer.torch.named import matched
from tracescript.producer.trace import watching
from tracescript.producer.trace.numbers import SymFloat, SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _added(sign: int) -> Callable[..., Any]:
    def handler(door: TorchDoor, x: Any, y: Any, alpha: Any = 1) -> Any:
        if isinstance(alpha, (SymInt, SymFloat)) or alpha != 1:
            y = y * alpha
        call = torch.add if sign > 0 else torch.sub
        with door.paused():
            result = call(*plain((x, y)))
        matched(door, "add" if sign > 0 else "sub", (x, y), [result])
        return result

    return handler


def _reflected(call: Any) -> Callable[..., Any]:
    def handler(door: TorchDoor, x: torch.Tensor, y: Any, alpha: Any = 1) -> Any:
        x = x if type(alpha) is int and alpha == 1 else x * alpha
        names = {
            torch.sub: "sub",
            torch.div: "div",
            torch.floor_divide: "floor_divide",
            torch.remainder: "remainder",
        }
        with door.paused():
            result = call(torch.as_tensor(plain(y)), x)
            if (
                not isinstance(y, torch.Tensor)
                and result.dtype != x.dtype
                and x.dtype.is_floating_point
            ):
                result = result.to(x.dtype)
        matched(door, names[call], (y, x), [result])
        return result

    return handler


def _arange(door: TorchDoor, *args: Any, **kwargs: Any) -> torch.Tensor:
    names = ("end",) if len(args) == 1 else ("start", "end", "step")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    with door.paused():
        result = torch.arange(*plain(args), **plain(kwargs))
    numbers = [
        mode.followed(door, n) for n in (given.get("start", 0), given["end"], given.get("step", 1))
    ]
    is_float = any(isinstance(n, float) for n in numbers)
    number = door.recorder.arithmetic.as_float if is_float else door.recorder.number
    kind = door.type_of(result)
    wires = [number(n) for n in numbers]
    wire = door.recorder.single("arange", wires, {"dtype": kind.data_type}, kind)
    mode.adopt(door, result, wire, ())
    return result


def _eye(door: TorchDoor, n: Any, m: Any = None, **kwargs: Any) -> torch.Tensor:
    with door.paused():
        result = torch.eye(plain(n), plain(n if m is None else m), **kwargs)
    matched(door, "eye", (n, n if m is None else m), [result])
    return result


def _tensor(door: TorchDoor, data: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
    """Make a tensor of Python values; symbolic numbers in it stay symbolic."""
    with door.paused():
        result = torch.as_tensor(
            plain(data), *args, **{k: v for k, v in kwargs.items() if k == "dtype"}
        )
        result = result.clone()
    if isinstance(data, torch.Tensor):
        mode.adopt(
            door, result, door.recorder.cast(door.wire(data), door.type_of(result).data_type), ()
        )
        return result
    if not watching.holds(data, (torch.Tensor, *watching.SYMBOLS)):
        return mode.made(door, result)
    flat = data if isinstance(data, (list, tuple)) else [data]
    if any(isinstance(v, (torch.Tensor, list, tuple)) for v in flat):
        joined = torch.stack([torch.as_tensor(v, dtype=result.dtype) for v in flat])
        return joined.reshape(door.type_of(result).shape)
    kind, is_float = door.type_of(result), any(isinstance(v, float) for v in flat)
    number = door.recorder.arithmetic.as_float if is_float else door.recorder.number
    wires = [number(v) for v in flat]
    made = wires[0]
    if flat is data:
        made = door.recorder.list(wires, constants.FLOAT if is_float else constants.INT)
    wire = door.recorder.single("to_tensor", (made,), {"dtype": kind.data_type}, kind)
    mode.adopt(door, result, wire, ())
    return result


def _scalar_tensor(door: TorchDoor, s: Any, **kwargs: Any) -> torch.Tensor:
    return _tensor(door, s, dtype=kwargs.get("dtype") or torch.get_default_dtype())


def _new_tensor(door: TorchDoor, x: torch.Tensor, data: Any, **kwargs: Any) -> torch.Tensor:
    return _tensor(door, data, dtype=kwargs.get("dtype") or x.dtype)


def _full(door: TorchDoor, size: Any, fill_value: Any, **kwargs: Any) -> torch.Tensor:
    value = fill_value
    if isinstance(value, torch.Tensor):
        dtype = kwargs.get("dtype") or value.dtype
        return value.to(dtype).reshape(()).expand(size).clone()
    if isinstance(value, complex):
        kind = kwargs.get("dtype") or torch.complex64
        parts = (_full(door, size, n, dtype=kind.to_real()) for n in (value.real, value.imag))
        return torch.complex(*parts)
    with door.paused():
        result = torch.full(plain(tuple(size)), plain(value), **plain(kwargs))
    matched(door, "full", (tuple(size), value), [result])
    return result


def _full_like(door: TorchDoor, x: torch.Tensor, fill_value: Any, **kwargs: Any) -> torch.Tensor:
    if isinstance(fill_value, complex):
        return _full(door, tuple(x.shape), fill_value, dtype=kwargs.get("dtype") or x.dtype)
    return door.mode.as_op(torch.full_like, (x, fill_value), kwargs)


def _new_full(
    door: TorchDoor, x: torch.Tensor, size: Any, fill_value: Any, **kwargs: Any
) -> torch.Tensor:
    return _full(door, size, fill_value, dtype=kwargs.get("dtype") or x.dtype)


def _where(door: TorchDoor, condition: torch.Tensor, x: Any = None, y: Any = None) -> Any:
    other = condition if x is None else x
    if x is None and y is None:
        return torch.nonzero(other, as_tuple=True)
    with door.paused():
        result = torch.where(condition, plain(x), plain(y))
    matched(door, "where", (condition, x, y), [result])
    return result


def _method_where(door: TorchDoor, x: torch.Tensor, condition: torch.Tensor, y: Any) -> Any:
    return _where(door, condition, x, y)


def _einsum(door: TorchDoor, equation: str, *operands: Any) -> torch.Tensor:
    tensors = (
        operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    )
    with door.paused():
        result = torch.einsum(equation, *tensors)
        ranks = [t.dim() for t in tensors]
    written = written_out(equation, ranks)
    matched(door, "einsum", (tuple(tensors),), [result], equation=written)
    return result


_TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.add": _added(1),
    "torch.Tensor.add": _added(1),
    "torch.sub": _added(-1),
    "torch.Tensor.sub": _added(-1),
    "torch.Tensor.__rsub__": _reflected(torch.sub),
    "torch.rsub": _reflected(torch.sub),
    "torch.Tensor.__rdiv__": _reflected(torch.div),
    "torch.Tensor.__rtruediv__": _reflected(torch.div),
    "torch.Tensor.__rfloordiv__": _reflected(torch.floor_divide),
    "torch.Tensor.__rmod__": _reflected(torch.remainder),
    "torch.arange": _arange,
    "torch.eye": _eye,
    "torch.tensor": _tensor,
    "torch.as_tensor": _tensor,
    "torch.scalar_tensor": _scalar_tensor,
    "torch.full": _full,
    "torch.full_like": _full_like,
    "torch.Tensor.new_full": _new_full,
    "torch.Tensor.new_tensor": _new_tensor,
    "torch.where": _where,
    "torch.Tensor.where": _method_where,
    "torch.einsum": _einsum,
    **arithmetic.TABLE,
    **arranged.TABLE,
    **complexes.TABLE,
    **compositions.TABLE,
    **constructors.TABLE,
    **elementwise.TABLE,
    **joins.TABLE,
    **layers.TABLE,
    **layouts.TABLE,
    **losses.TABLE,
    **matrices.TABLE,
    **random.TABLE,
    **resize.TABLE,
    **sets.TABLE,
    **statistics.TABLE,
    **strides.TABLE,
    **transforms.TABLE,
    **views.TABLE,
    **recurrent.TABLE,
}


@functools.cache
def _by_object() -> dict[Any, Callable[..., Any]]:
    found: dict[Any, Callable[..., Any]] = {}
    for name, handler_of in _TABLE.items():
        target: Any = torch
        for part in name.split(".")[1:]:
            target = getattr(target, part, None)
        if target is not None:
            found[target] = handler_of
    return found


def handler(function: Any) -> Callable[..., Any] | None:
    """Return the handler of a torch callable, or None."""
    try:
        found = _by_object().get(function)
    except TypeError:
        return None
    if found is not None:
        return found
    if not getattr(function, "__qualname__", "").startswith(("TensorBase.", "Tensor.")):
        return detection.TABLE.get(getattr(function, "_qualified_op_name", ""))
    return _TABLE.get(f"torch.Tensor.{function.__name__}")


_PLACES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("input", "self", "tensor", "tensors", "A"), 0),
    **dict.fromkeys(("other", "B", "exponent"), 1),
}
"""Names that torch gives the first arguments, where a handler has names of its own."""


@functools.cache
def _signature(handler: Any) -> inspect.Signature:
    return inspect.signature(handler)


def bound(
    door: TorchDoor, handler: Any, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return arguments as a handler takes them.

    Raises ProducerError with UNKNOWN_CALL where it does not know one of them.
    """
    signature = _signature(handler)
    for name in list(kwargs):
        if name not in signature.parameters and _PLACES.get(name) == len(args):
            args = (*args, kwargs.pop(name))
    try:
        signature.bind(door, *args, **kwargs)
    except TypeError as error:
        raise names.unknown(door, function, f"{error}") from None
    return args, kwargs
