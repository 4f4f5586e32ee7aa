"""What drops or draws in training mode only: dropout, attention with dropout, `rrelu`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.producer.dropouts import DROPOUTS
from tracescript.producer.script.library.lower import as_op, changed
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.random import draw
from tracescript.producer.script.library.table import SPECIAL, known, special, take
from tracescript.producer.script.library.written import composed

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special

_DEFAULT_SHARE: Final = 0.5


def _dropout(op: str, *, training: bool = True, alpha: bool = False, unbatched: int = 0) -> Special:
    """Return a handler; `training` is the default, `unbatched` the rank without a batch axis."""
    is_training = training

    def dropout(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, p, training, inplace = take(args, kwargs, "input", "p", "training", "inplace")
        training = kwargs.get("train", training)
        share = float(known(e, p, _DEFAULT_SHARE, "p"))
        assert x is not None
        if not 0 <= share <= 1:
            raise e.error(
                None,
                f"dropout of a share of {share}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint="give it a p from 0 to 1",
            )
        if not known(e, training, is_training, "training") or share == 0:
            return emit_op(e, op, [x], {"p": share})
        if alpha:
            made = composed(
                e, "alpha_dropped", x, e.constant(share), e.constant(op == "feature_dropout")
            )
        elif unbatched:
            made = composed(e, "feature_dropped", x, e.constant(share), e.constant(unbatched))
        else:
            made = draw(e, f"random_{op}", [x], {"p": share})
        return changed(e, x, made) if known(e, inplace, False, "inplace") else made

    return dropout


SPECIAL |= {name: _dropout(op, **options) for name, (op, options) in DROPOUTS.items()}

_ATTENTION: Final = (
    *("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa"),
)


@special(
    "torch.nn.functional.scaled_dot_product_attention",
    "torch._C._nn.scaled_dot_product_attention",
)
def attention(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """With dropout of the weights it is written out."""
    given = dict(zip(_ATTENTION, take(args, kwargs, *_ATTENTION), strict=True))
    share = float(known(e, given["dropout_p"], 0.0, "dropout_p"))
    if not share:
        kept = {k: v for k, v in given.items() if v is not None and k != "dropout_p"}
        made = as_op(e, "torch.nn.functional.scaled_dot_product_attention", [], kept)
        assert made is not None
        return made
    options = {
        "attn_mask": given["attn_mask"] or e.constant(None),
        "dropout_p": e.constant(share),
        "is_causal": e.constant(bool(known(e, given["is_causal"], False, "is_causal"))),
        "scale": given["scale"] or e.constant(None),
        "enable_gqa": e.constant(bool(known(e, given["enable_gqa"], False, "enable_gqa"))),
    }
    tensors = [x for x in (given[n] for n in _ATTENTION[:3]) if x is not None]
    return composed(e, "attention", *tensors, *options.values())


@special("torch.nn.functional.rrelu", "torch.rrelu")
def rrelu(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """In evaluation mode the slope is the middle of its range."""
    names = "input", "lower", "upper", "training", "inplace"
    x, lower, upper, training, inplace = take(args, kwargs, *names)
    low, high = (float(known(e, v, d, "a slope")) for v, d in ((lower, 1 / 8), (upper, 1 / 3)))
    if not known(e, training, False, "training"):
        return emit_op(e, "leaky_relu", [x], {"slope": (low + high) / 2})
    assert x is not None
    made = composed(e, "rrelu", x, e.constant(low), e.constant(high))
    return changed(e, x, made) if known(e, inplace, False, "inplace") else made
