"""Batch normalisation: by running statistics, or by those of the batch, which then move them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tracescript.producer.script.aliasing.writes import write
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.table import known, special, take
from tracescript.producer.script.library.written import composed

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments

_HEAD: Final = ("input", "running_mean", "running_var", "weight", "bias")
_TORCH_HEAD: Final = ("input", "weight", "bias", "running_mean", "running_var")
_TAIL: Final = ("training", "momentum", "eps")


@special("torch.batch_norm")
def of_torch(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """As `F.batch_norm`, with the statistics after the weight and bias."""
    names = (*_TORCH_HEAD, *_TAIL, "cudnn_enabled")
    given = dict(zip(names, take(args, kwargs, *names), strict=True))
    kept = {n: x for n, x in given.items() if x is not None and n != "cudnn_enabled"}
    return batch_norm(e, [], kept)


@special("torch.nn.functional.batch_norm")
def batch_norm(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """In training mode the running statistics are written."""
    names = (*_HEAD, *_TAIL)
    x, mean, var, weight, bias, training, momentum, eps = take(args, kwargs, *names)
    least = float(known(e, eps, 1e-5, "eps"))
    assert x is not None
    is_training = bool(known(e, training, False, "training"))
    if mean is None or var is None or is_none(mean) or is_none(var):
        rest = (weight or e.constant(None), bias or e.constant(None), e.constant(least))
        return composed(e, "normalized", x, *rest)
    if not is_training:
        return emit_op(e, "batch_norm", [x, mean, var, weight, bias], {"eps": least})
    attributes = {"momentum": float(known(e, momentum, 0.1, "momentum")), "eps": least}
    made = emit_op(e, "batch_norm_train", [x, mean, var, weight, bias], attributes)
    assert isinstance(made, Items)
    y, *after = made.parts
    for place, (old, new) in enumerate(zip((mean, var), after, strict=True), 1):
        write(e, _receiver(e, place), e.value(old), new)
    return y


def _receiver(e: Emitter, place: int) -> ast.expr:
    """Return the argument that is written, for messages."""
    at = e.at
    if isinstance(at, ast.Call) and len(at.args) > place:
        return at.args[place]
    return at if isinstance(at, ast.expr) else ast.Name("a statistic", ast.Load())
