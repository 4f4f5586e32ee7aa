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


PLANS.add(
    "identity", functools.partial(unary, "identity"), lambda x: x, zero_sign=True, floats="copy"
)


def _rounds() -> Iterator[Call]:
    for decimals in (0, 2, -1):
        yield from unary("round", decimals=decimals)


PLANS.add("round", _rounds, rules.round_decimals, floats="float32", zero_sign=True)


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


def _signs() -> Iterator[Call]:
    for found in binary("copysign"):
        x, y = found.inputs
        yield Call((x, np.where(np.isnan(y), 1, y).astype(y.dtype)))


PLANS.add("copysign", _signs, torch.copysign, zero_sign=True)


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
