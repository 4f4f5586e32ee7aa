"""Complex numbers of torch beside real ones, and calls that are a few ops of either."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch import written
from tracescript.producer.torch.mode import followed
from tracescript.producer.torch.named import matched
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor

_STEPS: Final = 256
"""Points at which a Bessel function is averaged: enough for every argument without overflow."""


def _of_complex(op: str, call: Any, of_real: Callable[..., Any]) -> Callable[..., Any]:
    """Make a handler of an op on complex numbers that torch takes real ones for too."""

    def handler(door: TorchDoor, x: Any) -> Any:
        if not x.is_complex():
            return of_real(x)
        with door.paused():
            result = call(x)
        matched(door, op, (x,), [result])
        return result

    return handler


def _same(x: Any) -> Any:
    return x


def _angle_of_real(x: Any) -> Any:
    x = x if x.is_floating_point() else x.to(torch.get_default_dtype())
    return torch.where(x < 0, math.pi, torch.where(torch.isnan(x), x, 0.0)).to(x.dtype)


def _as(dtype: torch.dtype) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any, *, memory_format: Any = None) -> Any:
        del memory_format  # where elements lie, not what they are
        return x.to(dtype)

    return handler


def _pow(door: TorchDoor, x: Any, exponent: Any) -> Any:
    """A complex number to a real power: its absolute value to it, and its angle times it."""
    bases = [v for v in (x, exponent) if isinstance(v, torch.Tensor)]
    if not any(v.is_complex() for v in bases):
        with door.paused():
            result = torch.pow(*plain((x, exponent)))
        matched(door, "pow", (x, exponent), [result])
        return result
    is_real = not isinstance(exponent, complex) and not (
        isinstance(exponent, torch.Tensor) and exponent.is_complex()
    )
    if not is_real:
        raise door.recorder.error(
            "UNKNOWN_CALL", "a power with a complex exponent is no op", "write it by exp and log"
        )
    if type(exponent) is int and exponent == 2:  # noqa: PLR2004 - a square
        return x * x
    return torch.polar(torch.pow(x.abs(), exponent), x.angle() * exponent)


def _lcm(_: TorchDoor, x: Any, y: Any) -> Any:
    shared = torch.gcd(x, y)
    part = torch.div(x.abs(), torch.where(shared == 0, 1, shared.abs()), rounding_mode="trunc")
    return (part * y).abs()


def _i0(_: TorchDoor, x: Any) -> Any:
    """The mean of exp(x cos t) over half a turn; even steps leave no error of theirs."""
    kind = x.dtype if x.is_floating_point() else torch.get_default_dtype()
    is_half = kind in {torch.float16, torch.bfloat16}
    wide = x.to(torch.float32 if is_half else kind)
    turned = (torch.arange(_STEPS, dtype=torch.float64) + 0.5) * (math.pi / _STEPS)
    size = wide.abs()
    mean = (size.unsqueeze(-1) * (torch.cos(turned) - 1).to(wide.dtype)).exp().mean(-1)
    half = (size / 2).exp()
    return (half * mean * half).to(kind)


def _lstsq(
    door: TorchDoor, a: Any, b: Any, rcond: float | None = None, *, driver: str | None = None
) -> Any:
    """The shortest of the vectors that come nearest: each driver finds it, or promises nothing."""
    if rcond is not None and driver in {None, "gelsy"}:
        what = "torch.linalg.lstsq with rcond for the driver gelsy is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, 'pass driver="gelsd"')
    is_row = b.dim() == 1
    right = b.unsqueeze(-1) if is_row else b
    rtol = {} if rcond is None else {"rtol": rcond}
    solution = torch.linalg.pinv(a, **rtol) @ right
    singular = torch.linalg.svdvals(a)
    longer = torch.maximum(torch.tensor(a.size(-2)), torch.tensor(a.size(-1)))
    share = longer * torch.finfo(singular.dtype).eps if rcond is None else rcond
    rank = (singular > singular.amax(-1, keepdim=True) * share).sum(-1)
    rest = torch.zeros(0, dtype=singular.dtype)
    if a.size(-2) > a.size(-1) and driver not in {None, "gelsy"}:
        left = (a @ solution - right).abs()
        rest = (left * left).sum(-2)
        if a.dim() == 2:  # noqa: PLR2004 - one matrix: none where its columns depend
            rest = rest[(rank == a.size(-1)).expand(tuple(rest.shape))]
    if driver in {None, "gelsy", "gels"}:
        singular = torch.zeros(0, dtype=singular.dtype)
    if driver == "gels":
        rank = torch.zeros(0, dtype=rank.dtype)
    parts = (solution.squeeze(-1) if is_row else solution, rest, rank, singular)
    return torch.return_types.linalg_lstsq(parts)


def _embedding_bag(
    door: TorchDoor,
    weight: Any,
    indices: Any,
    offsets: Any,
    _scaled: bool = False,
    mode: int = 0,
    _sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    if include_last_offset:
        end = followed(door, offsets[-1])
        indices, offsets = indices[:end], offsets[:-1]
        per_sample_weights = None if per_sample_weights is None else per_sample_weights[:end]
    name = ("sum", "mean", "max")[mode]
    if padding_idx is not None:
        kept = indices != (weight.size(0) + padding_idx if padding_idx < 0 else padding_idx)
        before = torch.cumsum(torch.cat([torch.zeros(1, dtype=torch.int64), kept.long()]), 0)
        indices, offsets = indices[kept], before[offsets.long()]
        per_sample_weights = (
            per_sample_weights if per_sample_weights is None else per_sample_weights[kept]
        )
    if per_sample_weights is not None:
        rows = weight[indices] * per_sample_weights.unsqueeze(-1)
        weight, indices = rows, torch.arange(rows.size(0))
    with door.paused():
        result = torch.embedding_bag(weight, indices, offsets, False, mode)[0]
    given = (indices.to(torch.int64), weight, offsets.to(torch.int64))
    matched(door, "embedding_bag", given, [result], mode=name)
    return result, None, None, None


def _cross_entropy(
    _: TorchDoor,
    x: Any,
    target: Any,
    weight: Any = None,
    reduction: int = 1,
    _ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """Of probabilities: classes are an op."""
    name = ("none", "mean", "sum")[reduction]
    return written.cross_entropy(x, target, weight, name, label_smoothing)


def _max_unpool(axes: int) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any, indices: Any, size: Any, *_given: Any) -> Any:
        return written.max_unpool(x, indices, size, axes)

    return handler


_HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    "conj": _of_complex("conj", torch.conj, _same),
    "real": _of_complex("real", torch.real, _same),
    "resolve_conj": _of_complex("identity", torch.resolve_conj, _same),
    "angle": _of_complex("angle", torch.angle, _angle_of_real),
    "pow": _pow,
    "lcm": _lcm,
    "i0": _i0,
}
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"torch.{name}": handler for name, handler in _HANDLERS.items()},
    **{f"torch.Tensor.{name}": handler for name, handler in _HANDLERS.items()},
    "torch.Tensor.__pow__": _pow,
    "torch.Tensor.cfloat": _as(torch.complex64),
    "torch.Tensor.cdouble": _as(torch.complex128),
    "torch.special.i0": _i0,
    "torch.linalg.lstsq": _lstsq,
    "torch.embedding_bag": _embedding_bag,
    "torch._C._nn.cross_entropy_loss": _cross_entropy,
    "torch._C._nn.max_unpool2d": _max_unpool(2),
    "torch._C._nn.max_unpool3d": _max_unpool(3),
}
