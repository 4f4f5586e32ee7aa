"""Builtins that make and compare numbers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import ScalarKind
from tracescript.producer.script.builtins.table import builtin, positional
from tracescript.producer.script.calls.library import operator_call
from tracescript.producer.script.containers import set_order
from tracescript.producer.script.containers.text import as_text, repr_of
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import (
    constant_of,
)
from tracescript.producer.script.expressions.logic import truth
from tracescript.producer.script.expressions.operators import (
    NUMBERS,
    binary,
    fold,
    optional_hint,
    plain_number,
    scalar_kind,
    to_number,
)
from tracescript.producer.script.expressions.own_operators import special
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.flow.iteration import (
    series_of,
)
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.shapes import extent
from tracescript.producer.script.prelude import elements, numerals

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@builtin("builtins.int")
def int_(e: Emitter, node: ast.Call) -> Entry:
    """`int(x)`."""
    return _convert(e, node, ScalarKind.INT)


@builtin("builtins.float")
def float_(e: Emitter, node: ast.Call) -> Entry:
    """`float(x)`."""
    return _convert(e, node, ScalarKind.FLOAT)


def _convert(e: Emitter, node: ast.Call, kind: ScalarKind) -> Entry:
    args = positional(e, node, int(bool(node.args)), 2 if kind is ScalarKind.INT else 1, "base")
    if not args:
        return e.constant(0 if kind is ScalarKind.INT else 0.0)
    x = plain_number(e, args[0])
    if len(args) > 1:
        return _from_base(e, node, args)
    if is_tensor(x) or e.session.holds_array(x):
        return e.op("item_int" if kind is ScalarKind.INT else "item_float", [e.value(x)])
    if is_scalar(x, *NUMBERS, ScalarKind.STR):
        return to_number(e, e.value(x), kind)
    raise e.error(
        node,
        f"{kind.value}() of {e.describe(x)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint=optional_hint(x) or "a number, a text or a tensor of one element can be converted",
    )


def _from_base(e: Emitter, node: ast.Call, args: list[Entry]) -> Entry:
    """`int(text, base)`."""
    if (folded := fold(e, int, *args)) is not None:
        return folded
    if not is_scalar(args[0], ScalarKind.STR):
        raise e.error(
            node,
            f"int() of {e.describe(args[0])} with a base",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="only texts are written in a base",
        )
    return e.prelude(numerals.from_base, args[0], e.as_int(args[1]))


@builtin("builtins.bool")
def bool_(e: Emitter, node: ast.Call) -> Entry:
    """`bool(x)`."""
    args = positional(e, node, 0, 1)
    return truth(e, args[0]) if args else e.constant(False)


@builtin("builtins.str")
def str_(e: Emitter, node: ast.Call) -> Entry:
    """`str(x)`."""
    args = positional(e, node, 0, 1)
    return as_text(e, args[0]) if args else e.constant("")


@builtin("builtins.repr")
def repr_(e: Emitter, node: ast.Call) -> Entry:
    """`repr(x)`."""
    return repr_of(e, positional(e, node, 1, 1)[0])


@builtin("builtins.abs")
def abs_(e: Emitter, node: ast.Call) -> Entry:
    """`abs`."""
    (x,) = positional(e, node, 1, 1)
    folded = fold(e, abs, x)
    if folded is not None:
        return folded
    own = special(e, x, "abs")
    if own is not None:
        return own
    if is_tensor(x) or e.session.holds_array(x):
        return operator_call(e, abs, [x], lambda: emit_op(e, "abs", [x]))
    value = number(e, x)
    if scalar_kind(value) is ScalarKind.FLOAT:
        return e.op("math.unary", [value], {"function": "fabs"})
    value = to_number(e, value, ScalarKind.INT)
    negative = e.op("int.cmp", [value, e.constant(0)], {"relation": "lt"})
    return branch(e, negative, (lambda: e.op("int.neg", [value]), lambda: value))


def number(e: Emitter, x: Entry) -> Value:
    """Return a run-time number; an error for anything else."""
    if not is_scalar(x, *NUMBERS):
        raise e.error(
            None,
            f"a number is expected, found {e.describe(x)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    return e.value(x)


@builtin("builtins.round")
def round_(e: Emitter, node: ast.Call) -> Entry:
    """`round(x)` and `round(x, n)`, half to even."""
    args = positional(e, node, 1, 2, "ndigits")
    folded = fold(e, round, *args) if not is_none(args[-1]) else None
    if folded is not None:
        return folded
    if is_tensor(args[0]):
        return _rounded(e, node, args)
    value = number(e, args[0])
    if len(args) == 1 or is_none(args[1]):
        if scalar_kind(value) is not ScalarKind.FLOAT:
            return to_number(e, value, ScalarKind.INT)
        return e.op("num.cast", [e.op("round_half_even", [value])], {"to": "int"})
    known, digits = constant_of(args[1])
    if not known:
        raise e.error(node, "the digits of round() must be known at compile time", rule="SCRIPT-10")
    if scalar_kind(value) is ScalarKind.BOOL:
        value = to_number(e, value, ScalarKind.INT)
    return e.op("round_half_even", [value], {"digits": digits})


def _rounded(e: Emitter, node: ast.Call, args: list[Entry]) -> Entry:
    """`round` of a tensor; numpy gives an int where it is told no digits."""
    is_short = len(args) == 1 or is_none(args[1])
    if e.frame.flavour == "numpy":
        e.prelude(numerals.be_number, args[0])
    if is_short and e.frame.flavour == "numpy":
        return e.op("item_int", [e.value(emit_op(e, "round", [args[0]]))])
    known, digits = (True, 0) if is_short else constant_of(args[1])
    if not known:
        raise e.error(node, "the digits of round() must be known at compile time", rule="SCRIPT-10")
    if e.frame.flavour == "numpy":
        return e.prelude(elements.round_, args[0], e.constant(digits))
    return emit_op(e, "round", [args[0]], {"decimals": digits})


def _has_rows(e: Emitter, x: Entry) -> None:
    """Stop where a tensor has no rows: Python's sum of them is the int 0."""
    rows = extent(e, e.value(x), 0)
    some = e.op("int.cmp", [e.as_int(rows), e.constant(0)], {"relation": "gt"})
    if some.constant is None:
        text = "sum() of a tensor without rows is an int"
        e.ops("assert", [some, e.constant(text)], {"code": "VALUE_ERROR"})


@builtin("builtins.sum")
def sum_(e: Emitter, node: ast.Call) -> Entry:
    """`sum(xs)` of numbers, or of tensors."""
    set_order.allow(e, node)
    args = set_order.without_order(positional(e, node, 1, 2, "start"))
    start: Entry = args[1] if len(args) > 1 else e.constant(0)
    if is_tensor(args[0]):
        _has_rows(e, args[0])
        return emit_op(e, "sum", [args[0]], {"dim": (0,)})
    series = series_of(e, args[0])
    if series.parts is not None:
        for part in series.parts:
            start = binary(e, ast.Add, start, part)
        return set_order.check(e, node, start)
    return set_order.check(e, node, e.session.total(e, series, start))
