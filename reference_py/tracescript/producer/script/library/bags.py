"""Bags of rows of a matrix: `embedding_bag` as torch spells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.ir.types import DataType, TensorType
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.shapes import extent
from tracescript.producer.script.library.table import known, special, take
from tracescript.producer.script.library.written import composed

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments

_HEAD = ("input", "weight", "offsets")
_IGNORED = ("max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse")
_MATRIX: Final = 2
_TAIL = ("per_sample_weights", "include_last_offset", "padding_idx")


@special("torch.nn.functional.embedding_bag")
def embedding_bag(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """A matrix of indices is a bag a row."""
    given = dict(
        zip(
            (*_HEAD, *_IGNORED, *_TAIL),
            take(args, kwargs, *_HEAD, *_IGNORED, *_TAIL),
            strict=True,
        )
    )
    for name in ("max_norm", "padding_idx"):
        if known(e, given[name], None, name) is not None:
            raise _refused(e, name, "leave out such indices, or scale the weight before")
    mode = known(e, given["mode"], "mean", "mode")
    index, weight, offsets = (given[n] for n in _HEAD)
    indices = e.value(index if index is not None else e.constant(None))
    factors = given["per_sample_weights"]
    is_matrix = isinstance(indices.type, TensorType) and len(indices.type.shape or ()) == _MATRIX
    is_last = known(e, given["include_last_offset"], False, "include_last_offset")
    if offsets is not None and not is_none(offsets) and is_last:
        offsets = e.op("slice", [e.value(offsets), e.constant(0), e.constant(-1)], {"dim": 0})
    if factors is not None and not is_none(factors):
        return _weighted(e, indices, weight, offsets, factors, mode, is_matrix=is_matrix)
    if offsets is None or is_none(offsets):
        if not is_matrix:
            raise _refused(e, "a vector of indices without offsets", "pass offsets")
        offsets, indices = _rows(e, indices), e.op("flatten", [indices])
    return emit_op(e, "embedding_bag", [indices, weight, offsets], {"mode": mode})


def _weighted(
    e: Emitter,
    indices: Value,
    weight: Entry | None,
    offsets: Entry | None,
    factors: Entry,
    mode: str,
    *,
    is_matrix: bool,
) -> Entry:
    """Return sums of rows, each times its factor."""
    if mode != "sum":
        raise _refused(e, "per_sample_weights", "they go with mode sum")
    if is_matrix:
        rows = emit_op(e, "embedding", [indices, weight])
        factors = e.op("unsqueeze", [e.value(factors)], {"dim": -1})
        return emit_op(e, "sum", [emit_op(e, "mul", [rows, factors])], {"dim": (1,)})
    if offsets is None or is_none(offsets) or weight is None:
        raise _refused(e, "a vector of indices without offsets", "pass offsets")
    return composed(e, "weighted_bags", indices, weight, offsets, factors)


def _rows(e: Emitter, indices: Value) -> Entry:
    """Return where each row of a matrix begins in its elements."""
    first, wide = extent(e, indices, 0), extent(e, indices, 1)
    count = emit_op(e, "arange", [e.constant(0), first, e.constant(1)], {"dtype": DataType.INT64})
    return emit_op(e, "mul", [count, wide])


def _refused(e: Emitter, what: str, hint: str) -> Exception:
    return e.error(
        None,
        f"embedding_bag with {what} is no op",
        code="UNKNOWN_CALL",
        rule="SCRIPT-10",
        hint=hint,
    )
