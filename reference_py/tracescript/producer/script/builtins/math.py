"""`math` and `operator`."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ListType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.builtins.numbers import number
from tracescript.producer.script.builtins.table import BUILTINS, builtin, positional
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.expressions.comparison import compare
from tracescript.producer.script.expressions.operators import binary, fold, scalar_kind, to_number
from tracescript.producer.script.flow.iteration import as_list, series_of
from tracescript.producer.script.prelude import containers as prelude_containers
from tracescript.producer.script.prelude import methods as prelude

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.builtins.table import Builtin
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@builtin("builtins.pow")
def pow_(e: Emitter, node: ast.Call) -> Entry:
    """`pow(a, b)`, `pow(a, b, m)`."""
    args = positional(e, node, 2, 3, "mod")
    if len(args) == 2 or is_none(args[2]):  # noqa: PLR2004  # a and b
        return binary(e, ast.Pow, *args[:2])
    folded = fold(e, pow, *args)
    return folded or e.prelude(prelude_containers.power_mod, *map(e.as_int, args))


@builtin("builtins.divmod")
def divmod_(e: Emitter, node: ast.Call) -> Entry:
    """`divmod(a, b)`."""
    a, b = positional(e, node, 2, 2)
    return Items((binary(e, ast.FloorDiv, a, b), binary(e, ast.Mod, a, b)))


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


@builtin("math.isfinite")
def isfinite(e: Emitter, node: ast.Call) -> Entry:
    """`math.isfinite`."""
    (x,) = positional(e, node, 1, 1)
    size = e.op("math.unary", [to_number(e, number(e, x), ScalarKind.FLOAT)], {"function": "fabs"})
    return e.op("float.cmp", [size, e.constant(math.inf)], {"relation": "lt"})


@builtin("math.prod")
def prod(e: Emitter, node: ast.Call) -> Entry:
    """`math.prod(xs, start)`."""
    x, *start = positional(e, node, 1, 2, "start")
    series = series_of(e, x)
    result: Entry = start[0] if start else e.constant(1)
    if series.parts is not None:
        for part in series.parts:
            result = binary(e, ast.Mult, result, part)
        return result
    xs = e.value(as_list(e, series))
    is_float = isinstance(xs.type, ListType) and is_scalar(Value(xs.type.element), ScalarKind.FLOAT)
    if is_float and is_scalar(result, ScalarKind.INT):
        result = e.as_float(result)
    return e.prelude(prelude.product, xs, result)


def _whole(function: Any, python: Any, count: int) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        args = positional(e, node, count, count)
        folded = fold(e, python, *args)
        return folded or e.prelude(function, *(e.as_int(a) for a in args))

    return compile_it


BUILTINS["math.gcd"] = _whole(prelude.gcd, math.gcd, 2)
BUILTINS["math.factorial"] = _whole(prelude.factorial, math.factorial, 1)
BUILTINS["math.comb"] = _whole(prelude.comb, math.comb, 2)
BUILTINS["math.isqrt"] = _whole(prelude.isqrt, math.isqrt, 1)


def _scaled(factor: float) -> Builtin:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        (x,) = positional(e, node, 1, 1)
        value = to_number(e, number(e, x), ScalarKind.FLOAT)
        return binary(e, ast.Mult, value, e.constant(factor))

    return compile_it


BUILTINS["math.radians"] = _scaled(math.pi / 180)
BUILTINS["math.degrees"] = _scaled(180 / math.pi)


@builtin("math.isclose")
def isclose(e: Emitter, node: ast.Call) -> Entry:
    """`math.isclose(a, b, rel_tol, abs_tol)`."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    return e.prelude(prelude.isclose, *args, **kwargs)


def _operator(make: Callable[[Emitter, Entry, Entry], Entry]) -> Builtin:
    return lambda e, node: make(e, *positional(e, node, 2, 2))


_OPERATORS: dict[str, type[ast.operator]] = {
    "and_": ast.BitAnd,
    "or_": ast.BitOr,
    "xor": ast.BitXor,
    "lshift": ast.LShift,
    "rshift": ast.RShift,
    "concat": ast.Add,
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
