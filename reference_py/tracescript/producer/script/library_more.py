"""Functions of torch.nn that are a few ops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import TensorType
from tracescript.producer.script.diagnostics import is_none
from tracescript.producer.script.entries import Items
from tracescript.producer.script.library import known, special, take
from tracescript.producer.script.promote import emit_op

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry
    from tracescript.producer.script.library import Arguments

_LETTERS = "abcdefgh"


@special("torch.nn.functional.bilinear", "torch.bilinear")
def bilinear(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Y = x1 A x2 + b, over all leading axes."""
    x1, x2, weight, bias = take(args, kwargs, "input1", "input2", "weight", "bias")
    assert x1 is not None
    kind = e.value(x1).type
    if not isinstance(kind, TensorType) or kind.shape is None:
        raise e.error(
            None,
            "bilinear() needs a known rank",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint='say it: types={"x": "float32[B, 4]"}',
        )
    batch = _LETTERS[: len(kind.shape) - 1]
    assert x2 is not None
    assert weight is not None
    equation = f"{batch}x,oxy,{batch}y->{batch}o"
    y = emit_op(e, "einsum", [Items((x1, weight, x2), is_list=True)], {"equation": equation})
    return y if bias is None or is_none(bias) else emit_op(e, "add", [y, bias])


@special("torch.nn.functional.rrelu", "torch.rrelu")
def rrelu(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """In evaluation mode the slope is the middle of its range."""
    x, lower, upper, training = take(args, kwargs, "input", "lower", "upper", "training")
    if known(e, training, False, "training"):
        raise e.error(
            None,
            "rrelu in training mode",
            rule="SCRIPT-11",
            hint="call model.eval() before ts.script",
        )
    low, high = known(e, lower, 1 / 8, "lower"), known(e, upper, 1 / 3, "upper")
    return emit_op(e, "leaky_relu", [x], {"slope": (float(low) + float(high)) / 2})
