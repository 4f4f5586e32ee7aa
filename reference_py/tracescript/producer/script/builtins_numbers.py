"""Builtins that make and compare numbers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import (
    ScalarKind,
)
from tracescript.ir.values import Value
from tracescript.producer.script.builtins import builtin, positional
from tracescript.producer.script.comprehensions import quantifier
from tracescript.producer.script.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.entries import (
    Items,
    constant_of,
)
from tracescript.producer.script.flow import branch
from tracescript.producer.script.iteration import (
    as_list,
    series_of,
)
from tracescript.producer.script.logic import truth
from tracescript.producer.script.operators import NUMBERS, binary, fold, scalar_kind, to_number
from tracescript.producer.script.promote import emit_op
from tracescript.producer.script.text import joined

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


@builtin("builtins.int")
def int_(e: Emitter, node: ast.Call) -> Entry:
    """`int(x)`."""
    return _convert(e, node, ScalarKind.INT)


@builtin("builtins.float")
def float_(e: Emitter, node: ast.Call) -> Entry:
    """`float(x)`."""
    return _convert(e, node, ScalarKind.FLOAT)


def _convert(e: Emitter, node: ast.Call, kind: ScalarKind) -> Entry:
    args = positional(e, node, 0, 1)
    if not args:
        return e.constant(0 if kind is ScalarKind.INT else 0.0)
    x = args[0]
    if is_tensor(x) or e.session.holds_array(x):
        return e.op("item_int" if kind is ScalarKind.INT else "item_float", [e.value(x)])
    if is_scalar(x, *NUMBERS, ScalarKind.STR):
        return to_number(e, e.value(x), kind)
    raise e.error(
        node, f"{kind.value}() of {e.describe(x)}", code="TYPE_INFERENCE", rule="SCRIPT-4"
    )


@builtin("builtins.bool")
def bool_(e: Emitter, node: ast.Call) -> Entry:
    """`bool(x)`."""
    args = positional(e, node, 0, 1)
    return truth(e, args[0]) if args else e.constant(False)


@builtin("builtins.str", "builtins.repr")
def str_(e: Emitter, node: ast.Call) -> Entry:
    """`str(x)` of a number or a text."""
    args = positional(e, node, 0, 1)
    if not args:
        return e.constant("")
    if is_scalar(args[0], *NUMBERS) and isinstance(args[0], Value):
        return to_number(e, args[0], ScalarKind.STR)
    return joined(e, args)


@builtin("builtins.abs")
def abs_(e: Emitter, node: ast.Call) -> Entry:
    """`abs`."""
    (x,) = positional(e, node, 1, 1)
    folded = fold(e, abs, x)
    if folded is not None:
        return folded
    if is_tensor(x) or e.session.holds_array(x):
        return emit_op(e, "abs", [x])
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
        return emit_op(e, "round", [args[0]])
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


@builtin("builtins.min")
def min_(e: Emitter, node: ast.Call) -> Entry:
    """`min`."""
    return _extreme(e, node, largest=False)


@builtin("builtins.max")
def max_(e: Emitter, node: ast.Call) -> Entry:
    """`max`."""
    return _extreme(e, node, largest=True)


def _extreme(e: Emitter, node: ast.Call, *, largest: bool) -> Entry:
    args = positional(e, node, 1, 64)
    if len(args) == 1 and (is_tensor(args[0]) or e.session.holds_array(args[0])):
        return emit_op(e, "amax" if largest else "amin", args)
    if len(args) == 1:
        listed = as_list(e, series_of(e, args[0]))
        if not isinstance(listed, Items):
            return e.op("min_max", [e.value(listed)], {"largest": largest})
        args = list(listed.parts)
    folded = fold(e, max if largest else min, *args) if len(args) > 1 else None
    if folded is not None:
        return folded
    kinds = {scalar_kind(number(e, a)) for a in args}
    if len(kinds) == 1 and kinds != {ScalarKind.BOOL}:
        return e.op("min_max", [e.make_list([e.value(a) for a in args])], {"largest": largest})
    if ScalarKind.FLOAT in kinds:
        raise e.error(
            node,
            "min() and max() of ints and floats together: the result's type hangs on the values",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="make all floats: float(n)",
        )
    ints = [to_number(e, e.value(a), ScalarKind.INT) for a in args]
    return e.op("min_max", [e.make_list(ints)], {"largest": largest})


@builtin("builtins.sum")
def sum_(e: Emitter, node: ast.Call) -> Entry:
    """`sum(xs)` of numbers, or of tensors."""
    args = positional(e, node, 1, 2, "start")
    start: Entry = args[1] if len(args) > 1 else e.constant(0)
    if is_tensor(args[0]):
        return emit_op(e, "sum", [args[0]], {"dim": (0,)})
    series = series_of(e, args[0])
    if series.parts is not None:
        for part in series.parts:
            start = binary(e, ast.Add, start, part)
        return start
    return e.session.total(e, series, start)


@builtin("builtins.pow")
def pow_(e: Emitter, node: ast.Call) -> Entry:
    """`pow(a, b)`."""
    a, b = positional(e, node, 2, 2)
    return binary(e, ast.Pow, a, b)


@builtin("builtins.divmod")
def divmod_(e: Emitter, node: ast.Call) -> Entry:
    """`divmod(a, b)`."""
    a, b = positional(e, node, 2, 2)
    return Items((binary(e, ast.FloorDiv, a, b), binary(e, ast.Mod, a, b)))


@builtin("builtins.any")
def any_(e: Emitter, node: ast.Call) -> Entry:
    """`any`."""
    return _quantified(e, node, is_any=True)


@builtin("builtins.all")
def all_(e: Emitter, node: ast.Call) -> Entry:
    """`all`."""
    return _quantified(e, node, is_any=False)


def _quantified(e: Emitter, node: ast.Call, *, is_any: bool) -> Entry:
    if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
        return quantifier(e, node.args[0], is_any=is_any)
    (x,) = positional(e, node, 1, 1)
    if is_tensor(x):
        return emit_op(e, "any" if is_any else "all", [x])
    item = ast.copy_location(ast.Name("item of quantifier", ast.Load()), node)
    target = ast.copy_location(ast.Name("item of quantifier", ast.Store()), node)
    over = ast.comprehension(target, node.args[0], [], 0)
    return quantifier(e, ast.copy_location(ast.GeneratorExp(item, [over]), node), is_any=is_any)
