"""Transforms of signals as torch spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DataType
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.library.complexes import is_complex
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.table import known, special, take

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments


def _option(e: Emitter, entry: Entry | None, default: Any, name: str) -> Any:
    """Return a plain value; None means the default."""
    return default if entry is None or is_none(entry) else known(e, entry, default, name)


def _window(e: Emitter, given: Entry | None, length: int, n_fft: int) -> Entry | None:
    """Return a window with zeros on both sides up to the length of a frame."""
    window = None if given is None or is_none(given) else given
    if length == n_fft:
        return window
    if window is None:
        sizes = e.make_list([e.constant(length)])
        window = e.op("ones", [sizes], {"dtype": DataType.FLOAT32})
    left = (n_fft - length) // 2
    sides = e.make_list([e.constant(left), e.constant(n_fft - length - left)])
    return e.op("pad", [e.value(window), sides])


_FRAMES = ("input", "n_fft", "hop_length", "win_length", "window", "center")


@special("torch.stft", "torch.functional.stft", "torch.Tensor.stft")
def stft(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A missing hop is a quarter of a frame, a missing `win_length` a frame."""
    names = (*_FRAMES, "pad_mode", "normalized", "onesided", "return_complex")
    given = dict(zip(names, take(args, kwargs, *names), strict=True))
    x = given["input"]
    assert x is not None
    as_complex = _option(e, given["return_complex"], is_complex(e, x) or None, "return_complex")
    if as_complex is None:
        raise e.error(
            None,
            "stft of real numbers that does not say what it gives",
            rule="SCRIPT-10",
            hint="pass return_complex=True, then torch.view_as_real where pairs are wanted",
        )
    attributes, window = _of_frames(e, given)
    attributes["pad_mode"] = _option(e, given["pad_mode"], "reflect", "pad_mode")
    attributes["onesided"] = _option(e, given["onesided"], not is_complex(e, x), "onesided")
    made = emit_op(e, "stft", [x, window], attributes)
    return made if as_complex else emit_op(e, "view_as_real", [made])


@special("torch.istft", "torch.functional.istft", "torch.Tensor.istft")
def istft(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The signal of one-sided transforms, real."""
    names = (*_FRAMES, "normalized", "onesided", "length", "return_complex")
    given = dict(zip(names, take(args, kwargs, *names), strict=True))
    whole = not _option(e, given["onesided"], True, "onesided")
    if whole or _option(e, given["return_complex"], False, "return_complex"):
        raise e.error(
            None,
            "istft of transforms with both sides",
            rule="SCRIPT-10",
            hint="pass onesided=True and return_complex=False",
        )
    attributes, window = _of_frames(e, given)
    length = given["length"]
    inputs = [given["input"], window, None if length is None or is_none(length) else length]
    return emit_op(e, "istft", inputs, attributes)


def _of_frames(e: Emitter, given: dict[str, Entry | None]) -> tuple[dict[str, Any], Entry | None]:
    n_fft = int(known(e, given["n_fft"], None, "n_fft"))
    length = int(_option(e, given["win_length"], n_fft, "win_length"))
    attributes = {
        "n_fft": n_fft,
        "hop": int(_option(e, given["hop_length"], n_fft // 4, "hop_length")),
        "center": _option(e, given["center"], True, "center"),
        "normalized": _option(e, given["normalized"], False, "normalized"),
    }
    return attributes, _window(e, given["window"], length, n_fft)
