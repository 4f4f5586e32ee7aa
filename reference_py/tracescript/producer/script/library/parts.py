"""Calls of torch and numpy of which run time tells an argument that ops want known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tracescript.ir.types import TensorType
from tracescript.producer.script.emitter.entries import constant_of
from tracescript.producer.script.expressions.operators import binary
from tracescript.producer.script.library.lower import as_op
from tracescript.producer.script.library.table import SPECIAL, special, take
from tracescript.producer.script.prelude import bands, elements

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special

_SUMS: Final = ("add", "sub", "subtract")


def _band(name: str) -> Special:
    """Return a handler of `tril` or `triu`; a diagonal of run time makes a mask."""

    def band(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, diagonal = take(args, kwargs, "input", "diagonal")
        diagonal = kwargs.get("k", diagonal)
        if x is None or diagonal is None or constant_of(diagonal)[0]:
            made = as_op(e, name, args, kwargs)
            assert made is not None
            return made
        function = bands.lower if name.endswith("tril") else bands.upper
        return e.prelude(function, x, e.as_int(diagonal))

    return band


SPECIAL |= {
    name: _band(name)
    for part in ("tril", "triu")
    for name in (f"torch.{part}", f"torch.Tensor.{part}", f"numpy.{part}")
}


@special("torch.where", "torch.Tensor.where")
def where(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Of a condition alone: where it holds, a tensor of places for each axis."""
    if len(args) == 1 and not kwargs:
        x = e.value(args[0])
        if isinstance(x.type, TensorType) and x.type.shape is not None:
            return e.prelude(elements.nonzero, x)
        raise e.error(
            None,
            "torch.where of a condition alone gives a tensor for each axis; here run time tells"
            " how many",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint='say the rank: types={"x": "float32[B, 4]"}, or take nonzero(c)[:, 0] and so on',
        )
    made = as_op(e, "torch.where", args, kwargs)
    assert made is not None
    return made


def _sum(name: str) -> Special:
    """Return a handler of `add` or `sub`: alpha times the other operand."""

    def added(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, other = take(args, kwargs, "input", "other")
        alpha = kwargs.get("alpha")
        if alpha is None or x is None or other is None:
            made = as_op(e, name, args, kwargs)
            assert made is not None
            return made
        more = {k: v for k, v in kwargs.items() if k not in {"alpha", "input", "other"}}
        made = as_op(e, name, [x, binary(e, ast.Mult, other, alpha)], more)
        assert made is not None
        return made

    return added


SPECIAL |= {
    name: _sum(name) for part in _SUMS for name in (f"torch.{part}", f"torch.Tensor.{part}")
}
