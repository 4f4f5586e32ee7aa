"""Ops that make tensors of a value."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import rules
from tools.verify.layout import F32, copies
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import special
from tracescript.opset.dtypes import as_data_type

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def _created(op: str, *values: Any) -> Iterator[Call]:
    for data_type in types_of("add"):
        for shape in ([], [0], [3], [2, 0], [2, 3]):
            yield call(shape, *values, dtype=data_type)
    yield call([2, -1], *values, dtype=F32)


def _full(shape: list[int], value: Any, dtype: Any) -> Any:
    if any(n < 0 for n in shape):
        raise Stop("SHAPE_ERROR")
    return np.broadcast_to(
        rules.cast(
            torch.tensor(value, dtype=torch.float64 if isinstance(value, float) else None), dtype
        ),
        shape,
    )


def _fulls() -> Iterator[Call]:
    for value in (0, 1, -3, 2.75, 300, float("inf"), float("nan"), -1e30):
        yield from _created("full", value)


PLANS.add("full", _fulls, _full, rule="NUM-20 to NUM-23")
PLANS.add("zeros", functools.partial(_created, "zeros"), lambda s, dtype: _full(s, 0, dtype))
PLANS.add("ones", functools.partial(_created, "ones"), lambda s, dtype: _full(s, 1, dtype))


def _like(oracle: Any) -> Any:
    return lambda x, *v: oracle(list(x.shape), *v, dtype=as_data_type(x.dtype))


copies(
    "full_like",
    lambda a: [call(a(*s), v) for s in ((), (0,), (2, 3)) for v in (2, -1.5, float("nan"))],
    _like(_full),
    floats="own",
    rule="NUM-20 to NUM-23",
)
copies(
    "scalar_like",
    lambda a: [call(a(2, 3), v) for v in (2, -1.5, 1e10, float("nan"))],
    lambda x, v: _full([], v, as_data_type(x.dtype)),
    floats="own",
    rule="NUM-20 to NUM-23",
)
del special
