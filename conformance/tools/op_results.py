"""What holds for the results of an op wherever they come from: the bound of its class, zeros."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript_conformance.values import Tensor

if TYPE_CHECKING:
    from tools.op_models import Literal


def with_class_bound(op: dict[str, Any], item: Literal) -> Literal:
    """Give a float of class `ulp` the bound of its class where the example states none."""
    if item.bounds or op.get("numeric") != "ulp" or item.form[0] not in {"tensor", "scalar"}:
        return item
    is_tensor = isinstance(item.value, Tensor)
    name = item.form[1] if is_tensor else {"float": "float64"}.get(item.form[1], "")
    ulps = next((t["ulps"] for t in op.get("tolerances", []) if t["type"] in {name, "float"}), 0.0)
    if not ulps or (is_tensor and not item.value.is_float):
        return item
    wide = item.value.wide() if is_tensor else np.asarray(item.value)
    bits, least = FLOATS[name]
    with np.errstate(all="ignore"):
        _, exponent = np.frexp(np.where(np.isfinite(wide), wide, 1.0))
    unit = np.exp2(np.maximum(exponent - 1.0, least) - bits + 1)
    counted = 1.0 if name in {"float16", "bfloat16"} else ulps
    return replace(item, bounds=tuple((counted * unit).ravel().tolist()))


FLOATS = {
    "float16": (11, -14),
    "bfloat16": (8, -126),
    "float32": (24, -126),
    "float64": (53, -1022),
}
"""Precision and exponent of the smallest normal number of the float types that ops compute in."""


FIXED_ZERO = {
    *("abs", "cast", "cast_like", "ceil", "copysign", "floor", "identity", "neg", "round", "trunc"),
    "where",
}
"""Ops whose zeros have the sign that IEEE 754 gives (NUM-35)."""
