"""Arguments that torch writes differently from the op: sizes for pairs, shapes for ranks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor
    from tracescript.producer.trace.matching import Match


def fixed_up(door: TorchDoor, found: Match) -> Match | None:
    """Return a match with the op's own arguments; None where torch's have no op."""
    reduction = found.attributes.get("reduction")
    if isinstance(reduction, int):
        found = _with(found, reduction=("none", "mean", "sum")[reduction])
    fix = _FIXES.get(found.op.name)
    return found if fix is None else fix(door, found)


def _several(value: Any, count: int) -> tuple[int, ...]:
    numbers = (value,) * count if isinstance(value, int) else tuple(value)
    return numbers * count if len(numbers) == 1 else numbers


def _with(found: Match, **attributes: Any) -> Match:
    merged = {**found.attributes, **attributes}
    return replace(found, attributes={k: v for k, v in merged.items() if v is not None})


def _normalized(_: TorchDoor, found: Match) -> Match:
    return _with(found, normalized_rank=len(found.extra["normalized_shape"]))


def _conv(axes: int) -> Callable[..., Match | None]:
    def fix(door: TorchDoor, found: Match) -> Match | None:
        given = found.attributes
        made = {n: _several(given[n], axes) for n in ("stride", "dilation") if n in given}
        padding = given.get("padding", 0)
        if padding == "valid":
            padding = 0
        if padding == "same":
            return _with(
                found, **made, padding=_same(door, found, made.get("dilation", (1,) * axes))
            )
        pairs = tuple(n for p in _several(padding, axes) for n in (p, p))
        return _with(found, **made, padding=pairs)

    return fix


def _same(door: TorchDoor, found: Match, dilation: tuple[int, ...]) -> tuple[int, ...]:
    """Return the amounts that keep the size: the odd one stands at the end."""
    kernel = door.real(found.inputs[1]).shape[2:]
    totals = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    return tuple(n for total in totals for n in (total // 2, total - total // 2))


def _conv_transpose(axes: int) -> Callable[..., Match]:
    def fix(_: TorchDoor, found: Match) -> Match:
        names = ("stride", "padding", "output_padding", "dilation")
        return _with(
            found,
            **{n: _several(found.attributes[n], axes) for n in names if n in found.attributes},
        )

    return fix


def _pool(axes: int) -> Callable[..., Match | None]:
    def fix(door: TorchDoor, found: Match) -> Match | None:
        if len(door.type_of(found.inputs[0]).shape or ()) != axes + 2:
            return None
        given = found.attributes
        kernel = _several(given["kernel"], axes)
        stride = given.get("stride")
        made = {
            "kernel": kernel,
            "stride": kernel if stride in (None, (), []) else _several(stride, axes),
        }
        made |= {n: _several(given[n], axes) for n in ("padding", "dilation") if n in given}
        return _with(found, **made)

    return fix


def _windows(_: TorchDoor, found: Match) -> Match:
    names = ("kernel", "stride", "padding", "dilation")
    given = found.attributes
    return _with(found, **{n: _several(given[n], 2) for n in names if n in given})


def _frames(_: TorchDoor, found: Match) -> Match:
    """A missing hop is a quarter of a frame."""
    given = found.attributes
    return _with(found, hop=given.get("hop", given["n_fft"] // 4))


def _adaptive(axes: int) -> Callable[..., Match]:
    def fix(door: TorchDoor, found: Match) -> Match:
        x, size = found.inputs
        wanted = (size,) * axes if isinstance(size, int) or size is None else tuple(size)
        sizes = door.recorder.shape(door.wire(x))[-axes:]
        return replace(
            found,
            inputs=(
                x,
                tuple(n if n is not None else s for n, s in zip(wanted, sizes, strict=True)),
            ),
        )

    return fix


def _correction(_: TorchDoor, found: Match) -> Match:
    if isinstance(found.attributes.get("correction"), bool):
        return _with(found, correction=float(found.attributes["correction"]))
    return found


def _reduced(_: TorchDoor, found: Match) -> Match:
    """An empty list of axes means all of them in torch."""
    return _with(found, dim=None) if found.attributes.get("dim") in ((), []) else found


def _softmax(_: TorchDoor, found: Match) -> Match | None:
    return found if found.attributes.get("dim") is not None else None


def _pad(door: TorchDoor, found: Match) -> Match:
    x, padding, value = found.inputs
    if found.attributes.get("mode") == "circular" and min(plain(tuple(padding)), default=0) < 0:
        what = "torch.nn.functional.pad that is circular and cuts off"
        raise door.recorder.error("UNKNOWN_CALL", what, "cut off with a slice, then pad")
    value = (
        None
        if value in {0, None} and found.attributes.get("mode", "constant") == "constant"
        else value
    )
    return replace(found, inputs=(x, tuple(padding), value))


def _embedding(door: TorchDoor, found: Match) -> Match:
    index = found.attributes.get("padding_idx")
    if isinstance(index, int) and index < 0:
        return _with(found, padding_idx=index + door.real(found.inputs[1]).shape[0])
    return found


_FIXES: Final[Mapping[str, Callable[[TorchDoor, Match], Match | None]]] = {
    "layer_norm": _normalized,
    "rms_norm": _normalized,
    "conv1d": _conv(1),
    "conv2d": _conv(2),
    "conv3d": _conv(3),
    "conv_transpose1d": _conv_transpose(1),
    "conv_transpose2d": _conv_transpose(2),
    "conv_transpose3d": _conv_transpose(3),
    "max_pool1d": _pool(1),
    "max_pool2d": _pool(2),
    "max_pool3d": _pool(3),
    "lp_pool2d": _pool(2),
    "avg_pool1d": _pool(1),
    "avg_pool2d": _pool(2),
    "avg_pool3d": _pool(3),
    "adaptive_avg_pool1d": _adaptive(1),
    "adaptive_avg_pool2d": _adaptive(2),
    "adaptive_avg_pool3d": _adaptive(3),
    "adaptive_max_pool1d": _adaptive(1),
    "adaptive_max_pool2d": _adaptive(2),
    "im2col": _windows,
    "stft": _frames,
    "istft": _frames,
    "col2im": _windows,
    "sum": _reduced,
    "mean": _reduced,
    "amax": _reduced,
    "amin": _reduced,
    "var": _correction,
    "std": _correction,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "pad": _pad,
    "embedding": _embedding,
}
