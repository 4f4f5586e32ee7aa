"""Layers whose torch call depends on a mode: normalisation, dropout, softmax, one-hot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

from tracescript.producer.dropouts import DROPOUTS
from tracescript.producer.torch import draws, mode
from tracescript.producer.torch.named import matched, matched_all
from tracescript.producer.torch.random import dropped
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _batch_norm(
    door: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> torch.Tensor:
    if running_mean is None or running_var is None:
        if training:
            _check_several(input, (0, *range(2, input.dim())))
        axes = tuple(axis for axis in range(input.dim()) if axis != 1)
        running_mean, running_var = input.mean(axes), input.var(axes, correction=0)
        training = False
    tensors = (input, running_mean, running_var, weight, bias)
    for tensor in tensors:
        if tensor is not None:
            door.wire(tensor)
    with door.paused():
        result = functional.batch_norm(*tensors, training, momentum, eps)
    if not training:
        matched(door, "batch_norm", tensors, [result], eps=eps)
        return result
    states = (running_mean, running_var)
    wires = matched_all(
        door, "batch_norm_train", tensors, [result, *states], momentum=momentum, eps=eps
    )
    mode.adopt(door, result, wires[0], ())
    for tensor, wire in zip(states, wires[1:], strict=True):
        mode.write(door, tensor, wire)
    return result


def _check_several(x: torch.Tensor, axes: Iterable[int]) -> None:
    """Raise torch's ValueError where a mean would be one of a single element."""
    count = 1
    for axis in axes:
        count = x.shape[axis] * count
    if count == 1:
        message = "Expected more than 1 value per channel when training"
        raise ValueError(message)


def _plain_batch_norm(
    door: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = True,
) -> torch.Tensor:
    """`torch.batch_norm`, which has another order of arguments than the layer's function."""
    del cudnn_enabled
    return _batch_norm(
        door, input, running_mean, running_var, weight, bias, training, momentum, eps
    )


def _embedding(
    door: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    weight: torch.Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    *_: Any,
    **__: Any,
) -> torch.Tensor:
    """Take rows; neither padding nor sparse gradients change what they are."""
    del padding_idx
    _check_unscaled(door, max_norm)
    for tensor in (input, weight):
        door.wire(tensor)
    with door.paused():
        result = functional.embedding(input, weight)
    matched(door, "embedding", (input, weight), [result])
    return result


def _embedding_bag(door: TorchDoor, *args: Any, **kwargs: Any) -> Any:
    given = dict(zip(("input", "weight", "offsets", "max_norm"), args, strict=False))
    _check_unscaled(door, {**given, **kwargs}.get("max_norm"))
    return door.mode.taken_apart(functional.embedding_bag, args, kwargs)


def _check_unscaled(door: TorchDoor, max_norm: float | None) -> None:
    if max_norm is not None:
        what = "an embedding with max_norm, which scales its weight in place, is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "scale the weight before")


def _instance_norm(
    door: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> torch.Tensor:
    if not use_input_stats:
        return _batch_norm(door, input, running_mean, running_var, weight, bias, False, 0.0, eps)
    if running_mean is not None or running_var is not None:
        what = "instance_norm in training mode, which changes running statistics, is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "call model.eval() before ts.trace")
    _check_several(input, range(2, input.dim()))
    with door.paused():
        result = functional.instance_norm(input, None, None, weight, bias, True, momentum, eps)
    matched(door, "instance_norm", (input, weight, bias), [result], eps=eps)
    return result


def _dropout(
    op: str, *, training: bool = True, alpha: bool = False, unbatched: int = 0
) -> Callable[..., Any]:
    """Return a handler; `unbatched` is the rank of an input without a batch axis."""
    is_training = training

    def handler(
        door: TorchDoor,
        input: torch.Tensor,  # noqa: A002  # torch's name
        p: float = 0.5,
        training: bool = is_training,
        inplace: bool = False,
    ) -> torch.Tensor:
        if training and p > 0:
            if alpha:
                made = draws.alpha_dropped(input, float(p), op == "feature_dropout")
            elif unbatched:
                made = draws.feature_dropped(input, float(p), unbatched)
            else:
                made = dropped(door, f"random_{op}", input, p)
            return input.copy_(made) if inplace else made
        with door.paused():
            result = input.view_as(input)
        matched(door, op, (input,), [result], p=float(p))
        return result

    return handler


def _normalized(call: Any) -> Callable[..., Any]:
    def handler(
        door: TorchDoor, x: torch.Tensor, dim: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        rest = {k: v for k, v in kwargs.items() if k != "_stacklevel"}
        dtype = rest.get("dtype") or next((a for a in args if isinstance(a, torch.dtype)), None)
        if dim is None:
            dim = 0 if x.dim() in {0, 1, 3} else 1
        if dtype is not None:
            x = x.to(dtype)
        with door.paused():
            result = getattr(torch, call)(x, plain(dim))
        matched(door, call, (x,), [result], dim=dim)
        return result

    return handler


def _one_hot(door: TorchDoor, tensor: torch.Tensor, num_classes: int = -1) -> torch.Tensor:
    if num_classes < 0:
        num_classes = int(tensor.max()) + 1
    with door.paused():
        result = functional.one_hot(tensor, plain(num_classes))
    matched(door, "one_hot", (tensor,), [result], num_classes=num_classes)
    return result


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.nn.functional.batch_norm": _batch_norm,
    "torch.batch_norm": _plain_batch_norm,
    "torch.nn.functional.embedding": _embedding,
    "torch.nn.functional.embedding_bag": _embedding_bag,
    "torch.nn.functional.instance_norm": _instance_norm,
    **{name: _dropout(op, **options) for name, (op, options) in DROPOUTS.items()},
    "torch.softmax": _normalized("softmax"),
    "torch.Tensor.softmax": _normalized("softmax"),
    "torch.nn.functional.softmax": _normalized("softmax"),
    "torch.log_softmax": _normalized("log_softmax"),
    "torch.Tensor.log_softmax": _normalized("log_softmax"),
    "torch.nn.functional.log_softmax": _normalized("log_softmax"),
    "torch.nn.functional.one_hot": _one_hot,
}
