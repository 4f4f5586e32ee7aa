"""Complex numbers as torch spells them, and calls of torch that are a few ops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ScalarKind
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.library.coerce import data_type
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.table import SPECIAL, known, special, take

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


def is_complex(e: Emitter, x: Entry) -> bool:
    """Whether a tensor's elements are complex numbers."""
    return dtypes.in_set(data_type(e.value(x)), "complex")


@special("torch.Tensor.is_complex", "torch.is_complex")
def asked(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Known at compile time."""
    return e.constant(is_complex(e, args[0]))


def _or_itself(op: str) -> Special:
    """Make a function that leaves real tensors as they are."""
    return lambda e, args, _: emit_op(e, op, [args[0]]) if is_complex(e, args[0]) else args[0]


for _name in ("conj", "real"):
    SPECIAL[f"torch.Tensor.{_name}"] = SPECIAL[f"torch.{_name}"] = _or_itself(_name)


@special("torch.angle", "torch.Tensor.angle")
def angle(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """Half a turn for real numbers below 0, NaN for NaN."""
    x = args[0]
    if is_complex(e, x):
        return emit_op(e, "angle", [x])
    rest = emit_op(e, "where", [emit_op(e, "isnan", [x]), x, e.constant(0.0)])
    return emit_op(e, "where", [emit_op(e, "lt", [x, e.constant(0)]), e.constant(math.pi), rest])


@special("torch.linalg.lstsq")
def least_squares(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The shortest of the vectors that come nearest, by the pseudo-inverse; the solution alone."""
    a, b, rcond, _ = take(args, kwargs, "input", "B", "rcond", "driver")
    given = a if a is not None else kwargs["A"]
    rtol = None if rcond is None or is_none(rcond) else float(known(e, rcond, None, "rcond"))
    inverse = emit_op(e, "linalg_pinv", [given], {} if rtol is None else {"rtol": rtol})
    return Items((emit_op(e, "matmul", [inverse, b]),), names=("solution",))


@special("torch.lcm", "torch.Tensor.lcm")
def least_multiple(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
    """The product of absolute values, divided by the greatest divisor; 0 beside 0."""
    x, y = args
    shared = emit_op(e, "gcd", [x, y])
    divisor = emit_op(e, "maximum", [emit_op(e, "abs", [shared]), e.constant(1)])
    part = emit_op(e, "trunc_divide", [emit_op(e, "abs", [x]), divisor])
    return emit_op(e, "abs", [emit_op(e, "mul", [part, y])])


# ---- transforms of a length that run time tells


def _fitted(e: Emitter, x: Value, n: Value, dim: int) -> Value:
    """Return a tensor cut off, or filled with zeros, to n elements along its last axis or dim."""
    if dim != -1:
        x = e.op("transpose", [x], {"dim0": dim, "dim1": -1})
    more = e.op("int.sub", [n, e.op("size", [x], {"dim": -1})])
    return e.op("pad", [x, e.make_list([e.constant(0), more]), None])


def _halves(e: Emitter, x: Value, n: Value) -> Value:
    """Return all n frequencies of real numbers, whose upper half mirrors the lower."""
    half = e.op("int.add", [e.op("int.floordiv", [n, e.constant(2)]), e.constant(1)])
    low = _fitted(e, x, half, -1)
    end = e.op("int.add", [e.op("int.sub", [n, half]), e.constant(1)])
    part = e.op("slice", [low, e.constant(1), end, e.constant(1)], {"dim": -1})
    high = e.op("conj", [e.op("flip", [part], {"dims": [-1]})])
    return e.op("cat", [e.make_list([low, high])], {"dim": -1})


def _transform(op: str) -> Special:
    def transform(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
        x, n, dim, norm = take(args, kwargs, "input", "n", "dim", "norm")
        axis = known(e, dim, -1, "dim")
        given: dict[str, Any] = {"dim": axis}
        if norm is not None and not is_none(norm):
            given["norm"] = known(e, norm, None, "norm")
        if n is None or is_none(n) or constant_of(n)[0] or not is_scalar(n, ScalarKind.INT):
            length = None if n is None or is_none(n) else known(e, n, None, "n")
            return emit_op(e, op, [x], given | ({} if length is None else {"n": length}))
        assert x is not None
        value, count = e.value(x), e.as_int(n)
        given["dim"] = -1
        if op == "irfft":
            moved = value if axis == -1 else e.op("transpose", [value], {"dim0": axis, "dim1": -1})
            whole = emit_op(e, "ifft", [_halves(e, moved, count)], given)
            made = e.op("real", [e.value(whole)])
        else:
            made = e.value(emit_op(e, op, [_fitted(e, value, count, axis)], given))
        return made if axis == -1 else e.op("transpose", [made], {"dim0": axis, "dim1": -1})

    return transform


for _name in ("fft", "ifft", "rfft", "irfft"):
    SPECIAL[f"torch.fft.{_name}"] = _transform(_name)
