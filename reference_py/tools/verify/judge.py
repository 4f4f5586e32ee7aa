"""Compares what an engine gave with what the oracle says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify.bounds import bound_of
from tools.verify.plan import Stop, Unspecified
from tools.verify.tensors import from_oracle, rounded, to_oracle
from tracescript import ir
from tracescript.opset.dtypes import numpy_of
from tracescript.opset.table import REQUIRED, opset

if TYPE_CHECKING:
    from tools.verify.plan import Call, Plan
    from tracescript.errors import TsError

_EARLY: Final = {
    "SHAPE_ERROR": {"BAD_SHAPE", "BAD_CALL"},
    "INDEX_ERROR": {"BAD_SHAPE", "BAD_CALL"},
    "VALUE_ERROR": {"BAD_CALL", "BAD_SHAPE"},
}
"""What may be refused before the call where it can be seen there."""


@dataclass
class Verdict:
    """How a result compares: the largest share of the bound, and what is wrong."""

    worst: float = 0.0
    fault: str = ""

    def blame(self, text: str) -> None:
        """Note a fault; the first one counts."""
        self.fault = self.fault or text


class Expectation:
    """What the oracle says about a call, with the bounds of each result."""

    def __init__(self, plan: Plan, call: Call) -> None:
        self.plan = plan
        op = opset()[plan.op]
        self._attributes = {
            a.name: call.attributes.get(a.name, a.default)
            for a in op.attributes
            if a.default is not REQUIRED or a.name in call.attributes
        }
        self._operands = [to_oracle(v, plan.floats) for v in call.inputs]
        self.code = ""
        self.is_free = False
        self.values: tuple[Any, ...] = ()
        try:
            found = from_oracle(plan.oracle(*self._operands, **self._attributes))
        except Stop as stop:
            self.code = stop.code
        except Unspecified:
            self.is_free = True
        else:
            many = plan.outputs if plan.outputs is not None else len(op.outputs)
            self.values = (found,) if many == 1 else tuple(found)

    def stopped(self, error: TsError) -> Verdict:
        """Judge an error."""
        verdict = Verdict()
        if error.code != self.code and error.code not in _EARLY.get(self.code, ()):
            verdict.blame(f"{error.code}, expected {self.code or 'a result'}: {error.what}")
        return verdict

    def judge(self, found: tuple[Any, ...], types: tuple[ir.Type, ...]) -> Verdict:
        """Judge the results of a call that came to its end."""
        verdict = Verdict()
        if self.is_free:
            return verdict
        if self.code:
            verdict.blame(f"a result, expected {self.code}")
            return verdict
        if not len(found) == len(types) == len(self.values):
            verdict.blame(f"{len(found)} results, expected {len(self.values)}")
            return verdict
        for got, expected, type_ in zip(found, self.values, types, strict=True):
            self._value(got, expected, type_, verdict)
        return verdict

    def _value(self, got: Any, expected: Any, type_: ir.Type, verdict: Verdict) -> None:
        if isinstance(type_, ir.TensorType):
            self._tensor(got, expected, type_, verdict)
        elif isinstance(type_, ir.ListType) and isinstance(type_.element, ir.TensorType):
            if not isinstance(got, list) or len(got) != len(expected):
                verdict.blame(f"{got!r} is no list of {len(expected)}")
                return
            for g, e in zip(got, expected, strict=True):
                self._tensor(g, e, type_.element, verdict)
        else:
            self._scalar(got, expected, verdict)

    def _scalar(self, got: Any, expected: Any, verdict: Verdict) -> None:
        if type(got) is not type(expected):
            verdict.blame(f"{got!r} is a {type(got).__name__}, expected {expected!r}")
        elif isinstance(got, float):
            tolerances = opset().message(self.plan.op).tolerances
            bound = math.ulp(expected) * tolerances[0].ulps if tolerances else 0.0
            near = got == expected or abs(got - expected) <= bound
            both_nan = math.isnan(got) and math.isnan(expected)
            turned = got == 0 and math.copysign(1, got) != math.copysign(1, expected)
            if not (near or both_nan) or (turned and not bound):
                verdict.blame(f"{got!r}, expected {expected!r}")
        elif isinstance(got, list | tuple):
            if len(got) != len(expected):
                verdict.blame(f"{got!r}, expected {expected!r}")
                return
            for g, e in zip(got, expected, strict=True):
                self._scalar(g, e, verdict)
        elif isinstance(got, dict):
            self._scalar(list(got.items()), list(expected.items()), verdict)
        elif isinstance(got, np.ndarray):
            self._array(got, np.asarray(expected, got.dtype), np.asarray(expected), verdict)
        elif got != expected:
            verdict.blame(f"{got!r}, expected {expected!r}")

    def _tensor(self, got: Any, expected: Any, type_: ir.TensorType, verdict: Verdict) -> None:
        wide = np.asarray(expected)
        dtype = numpy_of(type_.data_type)
        if not isinstance(got, np.ndarray) or got.dtype != dtype:
            verdict.blame(f"{getattr(got, 'dtype', type(got))}, expected {dtype}")
        elif got.shape != wide.shape:
            verdict.blame(f"shape {got.shape}, expected {wide.shape}")
        else:
            self._array(got, rounded(wide, dtype), wide, verdict)

    def _array(self, got: Any, expected: Any, wide: Any, verdict: Verdict) -> None:
        name = got.dtype.name
        if not got.size:
            return
        is_complex = got.dtype.kind == "c"
        if got.dtype.kind not in "biu":
            got, expected = (
                np.asarray(v, np.complex128 if is_complex else np.float64) for v in (got, expected)
            )
        bound = bound_of(self.plan, name, wide, self._operands, self._attributes)
        with np.errstate(all="ignore"):
            distance = np.abs(got - expected) if got.dtype.kind in "fc" else got != expected
            both_nan = (got != got) & (expected != expected)  # noqa: PLR0124 - NaN
            exact = (got == expected) | both_nan
            near = exact | (distance <= bound)
            share = np.where(exact | (bound == 0), 0.0, distance / bound)
        signs = got.dtype.kind == "f" and self.plan.zero_sign
        if signs:
            near &= (got != 0) | (np.signbit(got) == np.signbit(expected))
        finite = share[np.isfinite(share)]
        verdict.worst = max(verdict.worst, float(finite.max()) if finite.size else 0.0)
        if not near.all():
            where = tuple(int(i[0]) for i in np.nonzero(~near)) if got.ndim else ()
            limit = np.broadcast_to(bound, got.shape)[where]
            verdict.blame(
                f"{name} {got[where]!r} at {where} of {got.shape}, expected {expected[where]!r}"
                f" within {limit:.3g}; {int((~near).sum())} differ"
            )
