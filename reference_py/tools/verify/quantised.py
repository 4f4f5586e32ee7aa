"""Quantisation, with numpy: division, round half to even, clamp."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.plan import Call, Plans, call, types_of
from tools.verify.products import convolution
from tools.verify.values import array, special
from tracescript.ir import DataType

if TYPE_CHECKING:
    from collections.abc import Iterator

F = torch.nn.functional
PLANS = Plans()
_TARGETS = (("uint8", 0, 255), ("int8", -128, 127), ("int32", -1000, 1000), ("uint8", 10, 20))


def _zero(*values: int) -> Any:
    return np.array(values if len(values) > 1 else values[0], np.int64)


def _per_tensor(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        dtype = array(data_type, ()).dtype
        for target, low, high in _TARGETS:
            how: dict[str, Any] = {"qmin": low, "qmax": high}
            how |= {"dtype": DataType(target)} if op.startswith("quant") else {}
            for x in (
                array(data_type, (4, 5), op, 3.0),
                special(data_type, extremes=False),
                array(data_type, (0, 2)),
                array(data_type, ()),
            ):
                yield Call((x, np.array(0.5, dtype), _zero(3)), how)
                yield Call((x, np.array(0.1, dtype), _zero(0)), how)


def _per_channel(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        dtype = array(data_type, ()).dtype
        for target, low, high in _TARGETS:
            how: dict[str, Any] = {"qmin": low, "qmax": high}
            how |= {"dtype": DataType(target)} if op.startswith("quant") else {}
            scale, zero = np.array([0.5, 0.1, 2]).astype(dtype), _zero(1, 0, -2)
            yield Call((array(data_type, (3, 4), op, 3.0), scale, zero), how | {"axis": 0})
            yield Call((array(data_type, (2, 3, 2), op, 3.0), scale, zero), how | {"axis": -2})


def _steps(x: Any, scale: Any, zero: Any, qmin: int, qmax: int) -> Any:
    with np.errstate(all="ignore"):
        q = np.rint(x.numpy() / scale.numpy()) + zero.numpy()
    q = np.clip(q, qmin, qmax)
    return np.where(np.isnan(q), 0, q)


def _shaped(x: Any, axis: int, *values: Any) -> list[Any]:
    shape = [1] * x.dim()
    shape[axis] = -1
    return [v.reshape(shape) for v in values]


PLANS.add(
    "quantize_per_tensor",
    functools.partial(_per_tensor, "quantize_per_tensor"),
    lambda x, s, z, qmin, qmax, dtype: _steps(x, s, z, qmin, qmax),
    floats="float32",
    rule="OP.quantize_per_tensor: a division, NaN gives 0",
)
PLANS.add(
    "quantize_per_channel",
    functools.partial(_per_channel, "quantize_per_channel"),
    lambda x, s, z, axis, qmin, qmax, dtype: _steps(x, *_shaped(x, axis, s, z), qmin, qmax),
    floats="float32",
    rule="OP.quantize_per_tensor",
)


def _back(q: Any, scale: Any, zero: Any) -> Any:
    with np.errstate(all="ignore"):
        return (q - zero.numpy()) * scale.numpy().astype(np.float64)


PLANS.add(
    "fake_quantize_per_tensor",
    functools.partial(_per_tensor, "fake_quantize_per_tensor"),
    lambda x, s, z, qmin, qmax: _back(_steps(x, s, z, qmin, qmax), s, z),
    floats="float32",
)
PLANS.add(
    "fake_quantize_per_channel",
    functools.partial(_per_channel, "fake_quantize_per_channel"),
    lambda x, s, z, axis, qmin, qmax: _back(
        _steps(x, *_shaped(x, axis, s, z), qmin, qmax), *_shaped(x, axis, s, z)
    ),
    floats="float32",
)


def _codes() -> Iterator[Call]:
    for data_type in types_of("dequantize"):
        for name in ("float32", "float16", "float64"):
            dtype = array(DataType(name), ()).dtype
            yield call(array(data_type, (2, 3)), np.array(0.25, dtype), _zero(2))
            yield call(
                array(data_type, (2, 3)), np.array([0.5, 0.1, 3], dtype), _zero(0, 1, 2), axis=1
            )
            yield call(array(data_type, (0,)), np.array(0.25, dtype), _zero(2))


def _dequantize(x: Any, scale: Any, zero: Any, axis: Any = None) -> Any:
    if axis is not None:
        scale, zero = _shaped(x, axis, scale, zero)
    values = x.numpy() if isinstance(x, torch.Tensor) else x
    return (values.astype(np.int64) - zero.numpy()) * scale.numpy()


PLANS.add("dequantize", _codes, _dequantize)


def _int_products() -> Iterator[Call]:
    for a in types_of("int_matmul"):
        for b in types_of("int_matmul", "U"):
            for x, y in (((2, 3), (3, 4)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 3, 2), (2, 4))):
                yield call(array(a, x, 1), array(b, y, 2))


PLANS.add(
    "int_matmul",
    _int_products,
    lambda x, y: np.matmul(x.numpy().astype(np.int32), y.numpy().astype(np.int32)),
)


def _layers(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        for name in ("float32", "float64", "float16"):
            f = DataType(name)
            dtype = array(f, ()).dtype
            x = array(data_type, (2, 5) if op == "q_linear" else (1, 2, 5, 4))
            w = array(DataType.INT8, (3, 5) if op == "q_linear" else (3, 2, 2, 2))
            for bias in (None, array(f, (3,))):
                per = (np.array([0.5, 0.25, 0.1], dtype), _zero(0, 1, -1))
                for w_scale, w_zero in ((np.array([0.5], dtype), np.array([0], np.int64)), per):
                    yield call(x, np.array(0.1, dtype), _zero(3), w, w_scale, w_zero, bias)


def _apart(x: Any, xs: Any, xz: Any, w: Any, ws: Any, wz: Any) -> tuple[Any, Any]:
    shape = [-1] + [1] * (w.dim() - 1)
    return (x.double() - xz) * xs, (w.double() - wz.reshape(shape)) * ws.reshape(shape)


def _q_linear(x: Any, xs: Any, xz: Any, w: Any, ws: Any, wz: Any, b: Any = None) -> Any:
    return F.linear(*_apart(x, xs, xz, w, ws, wz), b)


def _q_conv(x: Any, xs: Any, xz: Any, w: Any, ws: Any, wz: Any, b: Any = None, **how: Any) -> Any:
    return convolution(*_apart(x, xs, xz, w, ws, wz), b, **how)


def _q_bound(u: float, y: Any, *inputs: Any, **how: Any) -> Any:
    x, w = (abs(v) for v in _apart(*inputs[:6]))
    b = None if len(inputs) == 6 or inputs[6] is None else abs(inputs[6])
    size = convolution(x, w, b, **how) if how else F.linear(x, w, b)
    return (2 * np.sqrt(w[0].numel() + 1) + 6) * u * size + 0 * abs(torch.as_tensor(y))


PLANS.add("q_linear", functools.partial(_layers, "q_linear"), _q_linear, absolute=_q_bound)
PLANS.add("q_conv2d", functools.partial(_layers, "q_conv2d"), _q_conv, absolute=_q_bound)
