"""Shape rules of convolutions, pooling and padding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import dims
from tracescript.opset.knowledge import UNKNOWN
from tracescript.opset.shapes import MismatchError, Shape

if TYPE_CHECKING:
    from tracescript.ir.types import Dim


def _per_axis(values: Any, n: int) -> list[Any]:
    """Return one number for each of n axes."""
    listed = [values] if isinstance(values, int) else list(values)
    return listed * n if len(listed) == 1 else listed


def _total_padding(padding: Any, n: int) -> list[int]:
    """Return before + after for each of n axes, from n numbers or n pairs."""
    listed = _per_axis(padding, n)
    if len(listed) == 2 * n and n:
        return [listed[2 * i] + listed[2 * i + 1] for i in range(n)]
    return [2 * p for p in listed]


def _windows(n: Dim, window: Dim, stride: int, *, ceil: bool = False) -> Dim:
    """Return how many windows fit: floor((n - window) / stride) + 1."""
    divide = dims.ceil_div if ceil else dims.floor_div
    count = dims.add(divide(dims.sub(n, window), stride), 1)
    if isinstance(count, int) and count < 1:
        message = f"a window of {dims.text(window)} does not fit into {dims.text(n)}"
        raise MismatchError(message)
    return count


def _span(kernel: Dim, dilation: int) -> Dim:
    """Return d * (k - 1) + 1, what a dilated window covers."""
    return dims.add(dims.mul(dims.sub(kernel, 1), dilation), 1)


def conv(x: Shape, weight: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """(N, C, *) by (O, C/groups, *): floor((n + pads - d*(k-1) - 1) / s) + 1 on each axis.

    `padding` has one number, or before and after, for each axis.
    """
    n = len(x) - 2
    if weight is UNKNOWN:
        return (x[0], *[None] * (n + 1))
    steps, dilated, pads = _per_axis(stride, n), _per_axis(dilation, n), _total_padding(padding, n)
    planes = (
        _windows(dims.add(x[2 + i], pads[i]), _span(weight[2 + i], dilated[i]), steps[i])
        for i in range(n)
    )
    return (x[0], weight[0], *planes)


def conv_transpose(
    x: Shape,
    weight: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Any:
    """(N, C, *) by (C, O/groups, *): (n-1)*s - pads + d*(k-1) + output_padding + 1."""
    n = len(x) - 2
    if weight is UNKNOWN:
        return (x[0], *[None] * (n + 1))
    steps, dilated, more = (_per_axis(v, n) for v in (stride, dilation, output_padding))
    pads = _total_padding(padding, n)
    planes = (
        dims.add(
            dims.mul(dims.sub(x[2 + i], 1), steps[i]),
            dims.add(_span(weight[2 + i], dilated[i]), more[i] - pads[i]),
        )
        for i in range(n)
    )
    return (x[0], dims.mul(weight[1], groups), *planes)


def pool(
    x: Shape,
    kernel: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Shape:
    """(*, H, W) over windows as in `conv`; ceil_mode rounds up but starts none in the right pad."""
    n = len(kernel)
    steps = _per_axis(stride or kernel, n)
    before, dilated = _per_axis(padding, n), _per_axis(dilation, n)
    planes = []
    for i in range(n):
        extent = x[len(x) - n + i]
        padded = dims.add(extent, 2 * before[i])
        count = _windows(padded, _span(kernel[i], dilated[i]), steps[i], ceil=ceil_mode)
        if ceil_mode:
            starts = dims.ceil_div(dims.add(extent, before[i]), steps[i])
            count = dims.minimum(count, starts)
        planes.append(count)
    return (*x[: len(x) - n], *planes)


def pad(x: Shape, padding: Any) -> Any:
    """Each axis as n + before + after; pairs of amounts, the last axis first."""
    if padding is UNKNOWN:
        return tuple(None for _ in x)
    result: list[Dim] = list(x)
    for i in range(len(padding) // 2):
        amounts = dims.add(padding[2 * i], padding[2 * i + 1])
        result[-1 - i] = dims.add(result[-1 - i], amounts)
    if any(isinstance(d, int) and d < 0 for d in result):
        message = f"{list(padding)} crops more than there is"
        raise MismatchError(message)
    return tuple(result)
