"""Einstein's notation in scripts: the equation is known, and written out for the op."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import TensorType
from tracescript.ir.values import Value
from tracescript.opset.einsum_rule import written_out
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.table import known, special

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments


@special("torch.einsum", "torch.functional.einsum", "numpy.einsum")
def einsum(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The letters of the result and of `...` are written out (OP.einsum.C1)."""
    del kwargs
    equation = str(known(e, args[0], "", "equation"))
    first = args[1] if len(args) > 1 else None
    listed = e.session.made_lists.get(first) if isinstance(first, Value) else None
    operands = list(first.parts) if isinstance(first, Items) else list(listed or args[1:])
    types = [e.value(x).type for x in operands]
    shapes = [t.shape if isinstance(t, TensorType) else None for t in types]
    if all(shape is not None for shape in shapes):
        equation = written_out(equation, [len(shape or ()) for shape in shapes])
    elif "->" not in equation and "." not in equation:
        equation = written_out(equation, [len(t) for t in equation.replace(" ", "").split(",")])
    made = emit_op(e, "einsum", [Items(tuple(operands), is_list=True)], {"equation": equation})
    if len(operands) == 1 and isinstance(made, Value) and _only_moves(equation):
        e.session.aliases.same(made, e.value(operands[0]))
        e.session.origins.copy_perhaps(made, e.value(operands[0]))
    return made


def _only_moves(equation: str) -> bool:
    """Whether no axis is summed: torch and numpy give a view then, transposed or a diagonal."""
    taken, _, given = equation.replace(" ", "").partition("->")
    return set(taken) <= set(given)
