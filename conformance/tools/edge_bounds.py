"""Bounds of elementwise results by the formulas of an op's page, and their second oracle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.op_results import FLOATS
from tools.second_oracle import Second, compare_torch, torch_oracle
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance.values import LAYOUT, Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.op_models import Literal

_HALF = {"float16", "bfloat16"}


def bounded(
    op: dict[str, Any], name: str, rows: Sequence[Any], chosen: dict[str, Any], result: Literal
) -> Literal:
    """Give a result of class `ulp`, `ulp_abs` or `softmax` its bound for each element."""
    terms = op.get("tolerances", [])
    if op["numeric"] not in {"ulp", "ulp_abs", "softmax"} or not terms:
        return result
    term = next(t for t in terms if t["type"] in {name, "float"})
    y = np.atleast_1d(result.value.wide())
    precision, least = FLOATS[name]
    with np.errstate(all="ignore"):
        finite = np.where(np.isfinite(y), y, 1.0)
        _, exponent = np.frexp(finite)
        unit = np.exp2(np.maximum(exponent - 1.0, least) - precision + 1)
        bound = (1.0 if name in _HALF else term.get("ulps") or 0.0) * unit
        if "absolute" in term:
            bound = np.maximum(bound, _absolute(op, name, term["absolute"], rows, finite, chosen))
            bound = np.where(np.isfinite(bound), bound, 0.0)
    return replace(result, bounds=tuple(bound.ravel().tolist()))


def _absolute(
    op: dict[str, Any], name: str, text: str, rows: Sequence[Any], y: Any, chosen: dict[str, Any]
) -> Any:
    """Evaluate the absolute term of a page over the operands, elementwise."""
    scope: dict[str, Any] = {
        "u": 2.0 ** -(53 if name == "float64" else 24),
        "abs": np.abs,
        "sign": np.sign,
        "square": np.square,
        "max": np.maximum,
        **chosen,
        op["outputs"][0]["name"]: y,
    }
    for k, item in enumerate(op["inputs"]):
        scope[item["name"]] = np.array([row[k] for row in rows], np.float64)
    return np.broadcast_to(eval(text, {"__builtins__": {}}, scope), y.shape)  # noqa: S307  # our own data


def second(
    op: dict[str, Any], inputs: dict[str, Tensor], chosen: dict[str, Any], result: Literal
) -> Second:
    """Ask torch, or numpy in the type itself. Raises DisagreementError, NoOracleError."""
    from oracles import torch_ops

    function = _NUMPY.get(op["name"])
    if op["name"] not in _NOT_TORCH:
        try:
            got = torch_ops.run(op, inputs, chosen)
            return Second(torch_oracle(op), compare_torch(op, got, [result]))
        except (torch_ops.NoOracleError, RuntimeError, TypeError) as error:
            if function is None or result.value.is_float:
                raise torch_ops.NoOracleError(op["name"]) from error
    with np.errstate(all="ignore"):
        given = [x.wide() if x.is_float else x.array for x in inputs.values()]
        found = function(*given, **chosen)
    got = np.asarray(found)
    if not result.value.is_float:
        got = got.astype(LAYOUT[result.value.data_type])
    compare_torch(op, got, [result])
    kind = case_pb2.ORACLE_KIND_OTHER_RUNTIME
    return Second(
        case_pb2.Oracle(kind=kind, name="numpy", method="in float64, or in the type itself"), 0.0
    )


def _fake_quantized(x: Any, scale: Any, zero_point: Any, qmin: int, qmax: int) -> Any:
    steps = np.clip(np.rint(x / scale) + zero_point, qmin, qmax)
    return (np.where(np.isnan(x), 0, steps) - zero_point) * scale


_NOT_TORCH = {
    "fake_quantize_per_tensor",
    "floor_divide",
    "fmod",
    "gcd",
    "log1p",
    "remainder",
    "rsqrt",
    "trunc_divide",
}
"""Ops in which torch ends the process for the smallest integer by -1, has negative divisors of it,
and is off for quotients of 2**1000 and more, for log1p of the least number, by a unit where two
roundings meet, or takes NaN for the least."""
_NUMPY: dict[str, Any] = {
    **{n: getattr(np, n) for n in ("add", "maximum", "minimum", "fmod", "gcd", "remainder")},
    **{n: getattr(np, n) for n in ("bitwise_and", "bitwise_or", "bitwise_xor")},
    **{f"logical_{n}": getattr(np, f"logical_{n}") for n in ("and", "or", "xor", "not")},
    "abs": np.abs,
    "sign": np.sign,
    "square": np.square,
    "bitwise_not": np.invert,
    "clamp": np.clip,
    "eq": np.equal,
    "floor_divide": np.floor_divide,
    "where": np.where,
    "fake_quantize_per_tensor": _fake_quantized,
    "ne": np.not_equal,
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
    "identity": np.copy,
    "masked_fill": lambda x, mask, value: np.where(mask, value, x),
    "log1p": np.log1p,
    "mul": np.multiply,
    "neg": np.negative,
    "ones_like": np.ones_like,
    "rsqrt": lambda x: (1 / np.sqrt(x.astype(np.longdouble))).astype(np.float64),
    "sub": np.subtract,
    "trunc_divide": lambda x, y: (
        np.trunc(x / y) if x.dtype.kind == "f" else (x - np.fmod(x, y)) // y
    ),
    "relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "zeros_like": np.zeros_like,
}
"""Functions of numpy for integers, where torch has none."""
