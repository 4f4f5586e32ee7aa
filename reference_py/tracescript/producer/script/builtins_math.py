"""`math` and `operator`."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from tracescript.ir.types import (
    ScalarKind,
)
from tracescript.producer.script.builtins import BUILTINS, builtin, positional
from tracescript.producer.script.builtins_numbers import number
from tracescript.producer.script.comparison import compare
from tracescript.producer.script.iteration import (
    series_of,
)
from tracescript.producer.script.operators import binary, fold, scalar_kind, to_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.builtins import Builtin
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


def _unary(function: str) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        (x,) = positional(e, node, 1, 1)
        folded = fold(e, getattr(math, function), x)
        if folded is not None:
            return folded
        return e.op(
            "math.unary", [to_number(e, number(e, x), ScalarKind.FLOAT)], {"function": function}
        )

    return compile_it


def _binary(function: str) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        args = positional(e, node, 2, 2)
        folded = fold(e, getattr(math, function), *args)
        if folded is not None:
            return folded
        values = [to_number(e, number(e, a), ScalarKind.FLOAT) for a in args]
        return e.op("math.binary", values, {"function": function})

    return compile_it


def _to_int(function: str) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        (x,) = positional(e, node, 1, 1)
        value = number(e, x)
        folded = fold(e, getattr(math, function), x)
        if folded is not None:
            return folded
        if scalar_kind(value) is not ScalarKind.FLOAT:
            return to_number(e, value, ScalarKind.INT)
        return e.op("math.to_int", [value], {"function": function})

    return compile_it


for _name in (
    *("sqrt", "exp", "expm1", "log1p", "log2", "log10", "sin", "cos", "tan", "asin", "acos"),
    *("atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "fabs"),
):
    BUILTINS[f"math.{_name}"] = _unary(_name)
for _name in ("pow", "atan2", "fmod", "hypot", "copysign"):
    BUILTINS[f"math.{_name}"] = _binary(_name)
for _name in ("floor", "ceil", "trunc"):
    BUILTINS[f"math.{_name}"] = _to_int(_name)


@builtin("math.log")
def log(e: Emitter, node: ast.Call) -> Entry:
    """`math.log(x)` and `math.log(x, base)`."""
    args = positional(e, node, 1, 2)
    folded = fold(e, math.log, *args)
    if folded is not None:
        return folded
    logs = [
        e.op("math.unary", [to_number(e, number(e, a), ScalarKind.FLOAT)], {"function": "log"})
        for a in args
    ]
    return logs[0] if len(logs) == 1 else binary(e, ast.Div, logs[0], logs[1])


@builtin("math.isnan")
def isnan(e: Emitter, node: ast.Call) -> Entry:
    """`math.isnan`: x != x."""
    (x,) = positional(e, node, 1, 1)
    value = to_number(e, number(e, x), ScalarKind.FLOAT)
    return e.op("float.cmp", [value, value], {"relation": "ne"})


@builtin("math.isinf")
def isinf(e: Emitter, node: ast.Call) -> Entry:
    """`math.isinf`."""
    (x,) = positional(e, node, 1, 1)
    size = e.op("math.unary", [to_number(e, number(e, x), ScalarKind.FLOAT)], {"function": "fabs"})
    return e.op("float.cmp", [size, e.constant(math.inf)], {"relation": "eq"})


@builtin("math.prod")
def prod(e: Emitter, node: ast.Call) -> Entry:
    """`math.prod` of a known number of parts."""
    (x,) = positional(e, node, 1, 1)
    series = series_of(e, x)
    if series.parts is None:
        raise e.error(node, "math.prod needs a tuple", rule="SCRIPT-10")
    result: Entry = e.constant(1)
    for part in series.parts:
        result = binary(e, ast.Mult, result, part)
    return result


def _operator(make: Callable[[Emitter, Entry, Entry], Entry]) -> Builtin:
    return lambda e, node: make(e, *positional(e, node, 2, 2))


_OPERATORS: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "truediv": ast.Div,
    "floordiv": ast.FloorDiv,
    "mod": ast.Mod,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
}
_RELATIONS: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
}


def _arithmetic(kind: type[ast.operator]) -> Builtin:
    return _operator(lambda e, a, b: binary(e, kind, a, b))


def _relation(kind: type[ast.cmpop]) -> Builtin:
    return _operator(lambda e, a, b: compare(e, kind(), a, b))


BUILTINS |= {f"_operator.{n}": _arithmetic(k) for n, k in _OPERATORS.items()}
BUILTINS |= {f"_operator.{n}": _relation(k) for n, k in _RELATIONS.items()}
