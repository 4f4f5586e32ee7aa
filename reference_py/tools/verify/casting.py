"""Casts between all data types."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.verify import rules
from tools.verify.plan import Call, Plans, call, types_of
from tools.verify.values import array, is_float, special

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir

PLANS = Plans()


def _casts(op: str) -> Iterator[Call]:
    for source in types_of(op):
        for target in types_of(op, "U") if op == "cast_like" else types_of(op):
            if source.value.startswith("complex") and not target.value.startswith("complex"):
                continue
            if "e8m0" in source.value + target.value:
                continue  # powers of two only: no rule for zero and signs
            values = special(source) if not is_float(source) else _edges(source)
            for x in (values, array(source, (2, 0, 3)), array(source, ())):
                if op == "cast":
                    yield call(x, dtype=target)
                else:
                    yield call(x, array(target, (2,)))


def _edges(source: ir.DataType) -> Any:
    """Return floats at the ends of integer types, and at ties of narrower floats."""
    ends = [2.0 ** (b - 1) - 1 + d for b in (8, 16, 32, 64) for d in (0, 0.5, 1)]
    ties = [
        1 + 2.0**-11,
        1 + 2.0**-11 + 2.0**-40,
        1 + 2.0**-8 + 2.0**-40,
        1 + 3 * 2.0**-8,
        65519.0,
        65520.0,
    ]
    ends += [255.5, 256.0, -0.5, 1e10, -1e10, 1e30, -1e30, 2.0**63, -(2.0**63), 1e-45, 6e-8, *ties]
    some = special(source)
    with np.errstate(all="ignore"):
        return np.concatenate([some, np.array([*ends, *(-e for e in ends)]).astype(some.dtype)])


PLANS.add(
    "cast", functools.partial(_casts, "cast"), rules.cast, rule="NUM-20 to NUM-23", zero_sign=True
)
PLANS.add(
    "cast_like",
    functools.partial(_casts, "cast_like"),
    rules.cast_like,
    rule="NUM-20 to NUM-23",
    floats="own",
)
