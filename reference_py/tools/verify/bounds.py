"""How far a result may be from the oracle's, by the op's numeric class. Spec: NUM-5, NUM-6."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify.tensors import from_oracle, ulp
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from tools.verify.plan import Plan

_HALF: Final = {"float16", "bfloat16"}
_UNIT: Final = {"float64": 2.0**-53, "complex128": 2.0**-53}
_PART: Final = {"complex64": np.dtype(np.float32), "complex128": np.dtype(np.float64)}
_WORDS: Final = {"abs": np.abs, "sqrt": np.sqrt, "log": np.log, "max": np.maximum, "sum": np.sum}
_COMPLEX_UNITS: Final = 8.0


def unit_of(name: str) -> float:
    """Return u of the type in which an op on a data type computes."""
    return _UNIT.get(name, 2.0**-24)


def bound_of(
    plan: Plan, name: str, expected: Any, operands: list[Any], attributes: dict[str, Any]
) -> Any:
    """Return the bound of each element of a result in data type `name`; 0 where it is exact.

    float64 results may be off twice as far: the oracle computes in float64, too.
    """
    op = opset()[plan.op]
    dtype = np.dtype(_PART.get(name, None) or _numpy(name))
    is_copy = plan.zero_sign or not (_is_float(name) or name in _PART)
    if plan.absolute is None and not is_copy and _has_complex(name, operands):
        return _COMPLEX_UNITS * unit_of(name) * np.abs(expected)
    if is_copy or (op.numeric in {"exact", "rounded"} and name not in _PART):
        return 0.0
    u = unit_of(name)
    with np.errstate(all="ignore"):
        ulps, absolute = _page(plan.op)
        n = 1.0 if name in _HALF else ulps
        limit = n * ulp(np.asarray(expected), dtype) if n else np.zeros(np.shape(expected))
        found = _absolute(plan, absolute, u, expected, operands, attributes)
        limit = np.maximum(limit, np.where(np.isnan(found), 0.0, found))
        if name in _HALF and not n:
            limit = limit + ulp(np.asarray(expected), dtype)
    return limit * 2 if name in _UNIT else limit


def _absolute(
    plan: Plan, text: str, u: float, expected: Any, operands: list[Any], attributes: Any
) -> Any:
    if plan.absolute is not None:
        return np.asarray(from_oracle(plan.absolute(u, expected, *operands, **attributes)))
    if not text:
        return 0.0
    names = {
        i.name: from_oracle(v) for i, v in zip(opset()[plan.op].inputs, operands, strict=False)
    }
    names |= attributes | {"u": u, "y": expected, "z": expected} | _WORDS
    if plan.names is not None:
        names |= {k: from_oracle(v) for k, v in plan.names(*operands, **attributes).items()}
    try:
        return np.asarray(eval(text, {"__builtins__": {}}, names))  # noqa: S307 - our own pages
    except NameError as error:
        raise ValueError(
            f"{text!r} of {plan.op}: {error.name} is no input or attribute; say what it is under"
            f" [verify], names, in spec/ops/{plan.op}.toml"
        ) from error


@functools.cache
def _page(op: str) -> tuple[float, str]:
    """Return the ulps and the absolute term that an op's page names."""
    found = opset().message(op).tolerances
    if not found:
        return 0.0, ""
    text = found[0].absolute
    return float(found[0].ulps), text if _is_formula(text) else ""


def _is_formula(text: str) -> bool:
    return bool(text) and not re.search(r"[a-z] [a-z]", text) and "=" not in text


def _has_complex(name: str, operands: list[Any]) -> bool:
    """Whether complex numbers go in or come out. Spec: NUM-7."""
    return name in _PART or any(v.is_complex() for v in operands if hasattr(v, "is_complex"))


def _numpy(name: str) -> Any:
    from tracescript.ir import DataType
    from tracescript.opset.dtypes import numpy_of

    return numpy_of(DataType(name))


def _is_float(name: str) -> bool:
    return name.startswith(("float", "bfloat"))
