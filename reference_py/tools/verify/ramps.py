"""Ramps: arange, linspace, eye."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.verify.draws import count
from tools.verify.plan import Call, Plans, Stop, call
from tracescript.ir import DataType
from tracescript.opset.dtypes import as_data_type

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def _spaced() -> Iterator[Call]:
    for name in ("float16", "bfloat16", "float32", "float64", "int64", "int32", "uint8"):
        for a, b, n in (
            (0.0, 10.0, 4),
            (-1.0, 2.0, 7),
            (3.0, 3.0, 2),
            (5.0, 1.0, 1),
            (0.0, 1.0, 0),
            (0.0, 1.0, -1),
        ):
            if not (name == "uint8" and a < 0):
                yield call(a, b, n, dtype=DataType(name))


def _linspace(a: float, b: float, n: int, dtype: Any) -> Any:
    if n < 0:
        raise Stop("SHAPE_ERROR")
    d = (b - a) / max(n - 1, 1)
    found = [a + i * d if 2 * i < n else b - (n - 1 - i) * d for i in range(n)]
    return np.trunc(found) if "int" in as_data_type(dtype).value else np.array(found, np.float64)


PLANS.add("linspace", _spaced, _linspace, rule="OP.linspace: two halves, in float64")


def _ramps() -> Iterator[Call]:
    for name in ("int64", "int32", "uint8", "float32", "float64", "float16", "bfloat16"):
        for a, b, c in (
            (0, 5, 1),
            (3, 0, -1),
            (2, 2, 1),
            (1, 10, 4),
            (0, 1, 2),
            (0, 5, 0),
            (0, 5, -1),
            (5, 0, 1),
        ):
            yield call(a, b, c, dtype=DataType(name))
        if "float" in name:
            for a, b, c in (
                (0.0, 1.0, 0.3),
                (1.5, -1.0, -0.5),
                (0.0, 1.0, 0.1),
                (0.0, 1.0, float("nan")),
                (0, 2.5, 1),
            ):
                yield call(a, b, c, dtype=DataType(name))


def _arange(a: Any, b: Any, c: Any, dtype: Any) -> Any:
    del dtype
    if c != c or c == 0 or (b - a) * c < 0:  # noqa: PLR0124 - NaN
        raise Stop("VALUE_ERROR")
    return np.array([a + i * c for i in range(math.ceil((b - a) / c))], np.float64)


PLANS.add("arange", _ramps, _arange, rule="OP.arange: one rounding")
PLANS.add(
    "eye",
    lambda: [
        call(n, m, dtype=d)
        for d in (DataType.FLOAT32, DataType.INT64, DataType.BOOL)
        for n, m in ((3, 3), (2, 4), (0, 2), (-1, 2))
    ],
    lambda n, m, dtype: np.eye(n, m) if n >= 0 else count([n]),
)
