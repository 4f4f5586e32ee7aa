"""Elementwise ops of the core profile."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import rules
from tools.verify.plan import Call, Plans, call, types_of
from tools.verify.values import PAIRS, SHAPES, array, grid, is_float, special, unit
from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def unary(op: str, *, nonfinite: bool = True, **attributes: Any) -> Iterator[Call]:
    """Yield calls of an op of one tensor: special values, shapes."""
    for data_type in types_of(op):
        yield call(special(data_type, nonfinite=nonfinite), **attributes)
        for shape in SHAPES:
            yield call(array(data_type, shape, op, 3.0), **attributes)
        if is_float(data_type):
            yield call(unit(data_type, (70,), op), **attributes)


def binary(op: str, *, extremes: bool = True, whole: bool = True) -> Iterator[Call]:
    """Yield calls of an op of two tensors: every pair of special values, broadcasting."""
    for data_type in types_of(op):
        x, y = grid(data_type, extremes=extremes)
        yield call(x, y)
        for first, second in PAIRS:
            yield call(array(data_type, first, "x"), array(data_type, second, "y"))
        if not is_float(data_type) and whole:
            yield call(special(data_type), special(data_type)[::-1].copy())


def _divisions(op: str) -> Iterator[Call]:
    for found in binary(op, whole=False):
        x, y = found.inputs
        if y.dtype.kind in "iu":
            yield (
                Call((x, y))
                if (y == 0).any() and y.size < 4
                else Call((x, np.where(y == 0, 3, y).astype(y.dtype)))
            )
            if (y == 0).any():
                yield Call((x, y))
        else:
            yield found


UNARY = (
    "sqrt rsqrt reciprocal exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh"
    " tanh asinh acosh atanh erf erfc erfinv isnan isinf isfinite logical_not"
)
for name in UNARY.split():
    PLANS.add(name, functools.partial(unary, name), getattr(torch, name))
for name in ("floor", "ceil", "trunc"):
    PLANS.add(name, functools.partial(unary, name), getattr(torch, name), zero_sign=True)
PLANS.add("abs", functools.partial(unary, "abs"), rules.absolute, rule="NUM-7")
PLANS.add("neg", functools.partial(unary, "neg"), torch.neg, zero_sign=True)
PLANS.add("sign", functools.partial(unary, "sign"), torch.sign, rule="OP.sign: NaN gives 0")
PLANS.add("square", functools.partial(unary, "square"), torch.square)
PLANS.add("frac", functools.partial(unary, "frac"), torch.frac)
PLANS.add("bitwise_not", functools.partial(unary, "bitwise_not"), torch.bitwise_not)
PLANS.add(
    "identity", functools.partial(unary, "identity"), lambda x: x, zero_sign=True, floats="copy"
)


def _rounds() -> Iterator[Call]:
    for decimals in (0, 2, -1):
        yield from unary("round", decimals=decimals)


PLANS.add("round", _rounds, rules.round_decimals, floats="float32", zero_sign=True)


def _numbers() -> Iterator[Call]:
    yield from unary("nan_to_num")
    yield from unary("nan_to_num", nan=1.5, posinf=9.0, neginf=-9.0)


PLANS.add(
    "nan_to_num",
    _numbers,
    lambda x, nan, posinf, neginf: torch.nan_to_num(x, nan, posinf, neginf),
    floats="own",
)


def _logits() -> Iterator[Call]:
    yield from unary("logit")
    yield from unary("logit", eps=0.2)


PLANS.add("logit", _logits, lambda x, eps: torch.logit(x, eps))

for name, function in {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
}.items():
    PLANS.add(
        name,
        functools.partial(binary, name),
        rules.by_kind(getattr(torch, name), function),
        rule="NUM-10",
        absolute=functools.partial(rules.complex_bound, name),
    )
PLANS.add("div", functools.partial(binary, "div"), torch.div, absolute=rules.complex_quotient)
for name, function in {
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "fmod": rules.int_fmod,
    "trunc_divide": rules.int_trunc_divide,
}.items():
    PLANS.add(
        name,
        functools.partial(_divisions, name),
        rules.by_kind(rules.FLOAT_DIVISIONS[name], rules.divides(function)),
        floats="float32",
        rule="NUM-11",
    )
PLANS.add(
    "pow",
    functools.partial(binary, "pow"),
    rules.by_kind(torch.pow, rules.int_pow),
    rule="NUM-11",
)
for name, function in {
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "bitwise_left_shift": rules.left_shift,
    "bitwise_right_shift": rules.right_shift,
}.items():
    PLANS.add(
        name,
        functools.partial(binary, name),
        rules.by_kind(None, function),
        rule="NUM-12" if "shift" in name else "",
    )
for name in [
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "logical_and",
    "logical_or",
    "logical_xor",
]:
    PLANS.add(name, functools.partial(binary, name), getattr(torch, name))


def _signs() -> Iterator[Call]:
    for found in binary("copysign"):
        x, y = found.inputs
        yield Call((x, np.where(np.isnan(y), 1, y).astype(y.dtype)))


PLANS.add("copysign", _signs, torch.copysign, zero_sign=True)
PLANS.add("atan2", functools.partial(binary, "atan2"), torch.atan2)
PLANS.add("hypot", functools.partial(binary, "hypot"), torch.hypot)
PLANS.add("xlogy", functools.partial(binary, "xlogy"), torch.xlogy)
PLANS.add(
    "logaddexp",
    functools.partial(binary, "logaddexp"),
    torch.logaddexp,
    names=lambda x, y: {"larger": torch.maximum(x, y)},
)


def _close() -> Iterator[Call]:
    for found in binary("isclose"):
        for equal_nan in (False, True):
            yield Call(found.inputs, {"equal_nan": equal_nan, "rtol": 0.25, "atol": 0.125})
        yield found


PLANS.add(
    "isclose",
    _close,
    lambda x, y, rtol, atol, equal_nan: torch.isclose(x, y, rtol, atol, equal_nan),
    floats="float32",
)


def _mixes() -> Iterator[Call]:
    for data_type in types_of("lerp"):
        x, y = grid(data_type, extremes=False)
        yield call(x, y, np.full(x.shape, 0.25, x.dtype))
        yield call(x, y, np.full(x.shape, 0.75, x.dtype))
        for first, second in PAIRS:
            yield call(
                array(data_type, first, 1), array(data_type, second, 2), array(data_type, (), 3)
            )


PLANS.add("lerp", _mixes, torch.lerp)


def _clamps() -> Iterator[Call]:
    for data_type in types_of("clamp"):
        x = special(data_type)
        low, high = x[3:4][0], x[5:6][0]
        for lo, hi in ((low, high), (high, low), (low, None), (None, high)):
            yield call(
                x, None if lo is None else np.array(lo), None if hi is None else np.array(hi)
            )
        a, b = grid(data_type)
        yield call(a, b, a[::-1].copy())
        yield call(array(data_type, (2, 3)), array(data_type, (3,)), array(data_type, (2, 1)))
        yield call(array(data_type, (0, 1)), array(data_type, (3,)), None)


PLANS.add("clamp", _clamps, rules.clamp)


def _chosen() -> Iterator[Call]:
    for data_type in types_of("where"):
        x, y = grid(data_type)
        yield call(np.arange(x.size) % 2 == 0, x, y)
        for first, second in PAIRS:
            yield call(
                array(ir.DataType.BOOL, first),
                array(data_type, second, 1),
                array(data_type, first, 2),
            )


PLANS.add("where", _chosen, torch.where, zero_sign=True)


def _filled() -> Iterator[Call]:
    for data_type in types_of("masked_fill"):
        for first, second in PAIRS:
            yield call(
                array(data_type, first),
                array(ir.DataType.BOOL, second),
                special(data_type)[-1:][0][...],
            )


PLANS.add("masked_fill", _filled, lambda x, m, v: torch.where(m, v, x), zero_sign=True)
