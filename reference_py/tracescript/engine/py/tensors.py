"""How tensor ops are written: which are one ufunc call, an operator, a method, a kernel call."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.engine.py.pick import PACKED_BYTES
from tracescript.errors import trap
from tracescript.kernels.blocked import BLOCK
from tracescript.kernels.elementwise import OUT_OK
from tracescript.kernels.matmul import one_each
from tracescript.kernels.overwrite import IN_PLACE
from tracescript.opset.dtypes import numpy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.engine.py.program import Stmt, Val

    Name = Callable[[Any], str]

_OPERATORS: Final = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
"""Ops that are a Python operator between rank 0 values; numpy's scalars are 30 times faster so."""
_BY_KEYWORD: Final = frozenset({"maximum", "minimum"})
_BLAS: Final = frozenset({ir.DataType.FLOAT32, ir.DataType.FLOAT64})
_WINDOWED: Final = ("conv", "conv_transpose", "max_pool", "avg_pool")
_ALWAYS_NEW: Final = frozenset(
    [
        "where",
        "cat",
        "stack",
        "sum",
        "mean",
        "full",
        "arange",
        "matmul",
        "bmm",
        "linear",
        "index_select",
        "gather",
        "embedding",
        *(f"{op}{n}d" for op in _WINDOWED for n in (1, 2, 3)),
        "adaptive_max_pool1d",
        "adaptive_max_pool2d",
        "lstm",
        "gru",
        "rnn",
        "scaled_dot_product_attention",
        "softmax",
        "log_softmax",
        "layer_norm",
        "group_norm",
        "batch_norm",
        "batch_norm_train",
        "sigmoid",
        "relu",
        "relu6",
        "leaky_relu",
        "elu",
        "erf",
        "gelu",
        "silu",
    ]
)
"""Ops whose kernel gives memory that nobody else sees: `PREPARE`d ones too."""
_SMALL_SUM: Final = 64
_SPREAD: Final = 2048


def spread(val: Val, shape: tuple[int, ...] | None) -> Any:
    """Return a constant operand, written out to the result's shape where that is small.

    A ufunc over two arrays of one shape takes a third of the time of one that broadcasts.
    """
    constant = val.constant
    small = shape is not None and np.prod(shape, dtype=object) <= _SPREAD
    if small and shape and constant.shape != shape:
        return np.broadcast_to(constant, shape).copy()
    return constant


def is_ufunc(stmt: Stmt) -> bool:
    """Whether a statement is a call of one ufunc."""
    return stmt.kind == "op" and (stmt.op in OUT_OK or _is_relu(stmt))


def _is_relu(stmt: Stmt) -> bool:
    return stmt.op == "relu" and stmt.inputs[0] is not None and stmt.inputs[0].rank != 0


def is_fresh(stmt: Stmt) -> bool:
    """Whether a statement's results are memory that nobody else sees."""
    return is_ufunc(stmt) or stmt.op in _ALWAYS_NEW or stmt.op in IN_PLACE


def takes_out(stmt: Stmt) -> Sequence[int]:
    """Return the inputs whose buffer could take the result: same data type, same known shape."""
    if stmt.op in IN_PLACE:
        return () if stmt.inputs[0] is None or stmt.inputs[0].known else (0,)
    if not is_ufunc(stmt) or len(stmt.outputs) != 1:
        return ()
    type_ = stmt.outputs[0].type
    if not isinstance(type_, ir.TensorType) or not type_.shape or None in type_.shape:
        return ()
    inputs = filter(None, stmt.inputs)
    return [i for i, v in enumerate(inputs) if not v.known and v.type == type_]


def dense(x: np.ndarray[Any, Any], packed: np.ndarray[Any, Any], bias: Any) -> Any:
    """Compute `linear` over the last axis of any number of rows as one product of matrices."""
    columns, results = packed.shape
    if x.shape[-1] != columns:
        raise trap("SHAPE_ERROR", f"linear: expected {columns} columns, found {x.shape[-1]}")
    rows = x.shape[:-1]
    y = x.reshape(math.prod(rows), columns).dot(packed)
    if bias is not None:
        np.add(y, one_each(bias, results), y)
    return y.reshape(*rows, results)


def _is_large(val: Val) -> bool:
    return val.shape is not None and np.prod(val.shape, dtype=object) > _SPREAD


def _clipped(x: np.ndarray[Any, Any], out: np.ndarray[Any, Any] | None) -> Any:
    """Compute `relu`; with a number, `maximum` takes three times as long as `clip`."""
    top = np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).max
    return np.clip(x, x.dtype.type(0), x.dtype.type(top), out)


class TensorWriter:
    """Writes tensor statements; `name` enters a constant or a kernel and returns its name."""

    def __init__(self, name: Name, packed: dict[Any, Any]) -> None:
        self._name = name
        self._packed = packed
        self._writers: dict[str, Callable[[Stmt, Sequence[str], str], list[str] | None]] = {
            "linear": self._linear,
            "matmul": self._matmul,
            "permute": self._permute,
            "reshape": self._reshape,
            "select": self._select,
            "sigmoid": self._sigmoid,
            "slice": self._slice,
            "sum": self._sum,
        }

    def lines(self, stmt: Stmt, args: Sequence[str], out: str, into: str) -> list[str] | None:
        """Return the lines that set `out`, in the buffer `into` if given; None if unknown."""
        if stmt.op in OUT_OK or _is_relu(stmt):
            return [self._ufunc(stmt, args, out, into)]
        writer = self._writers.get(stmt.op)
        return writer(stmt, args, out) if writer else None

    def _ufunc(self, stmt: Stmt, args: Sequence[str], out: str, into: str) -> str:
        result, inputs = stmt.outputs[0], list(filter(None, stmt.inputs))
        if result.rank == 0 and all(v.rank == 0 for v in inputs):
            if stmt.op in _OPERATORS and all(map(_is_native, inputs)):
                return f"{out} = {args[0]} {_OPERATORS[stmt.op]} {args[1]}"
            return f"{out} = {self._name(OUT_OK[stmt.op])}({', '.join(args)})"
        operands = [
            self._name(spread(v, result.shape)) if v.known else a
            for v, a in zip(inputs, args, strict=True)
        ]
        if stmt.op == "relu" and _is_large(result):
            return f"{out} = {self._name(_clipped)}({', '.join([*operands, into or 'None'])})"
        ufunc = OUT_OK["maximum" if stmt.op == "relu" else stmt.op]
        if stmt.op == "relu":
            operands.append(self._zero(result))
        if into:
            operands.append(f"out={into}" if ufunc.__name__ in _BY_KEYWORD else into)
        return f"{out} = {self._name(ufunc)}({', '.join(operands)})"

    def _zero(self, result: Val) -> str:
        assert result.data_type is not None
        zero = numpy_of(result.data_type).type(0)
        shape = result.shape
        if shape and np.prod(shape, dtype=object) <= _SPREAD:
            return self._name(np.full(shape, zero))
        return self._name(zero)

    def _linear(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        x, weight, bias = stmt.inputs
        result = stmt.outputs[0]
        if x is None or weight is None or not weight.known or weight.data_type not in _BLAS:
            return None
        packed = self._pack(weight.constant)
        fits = bias is None or bias.shape == weight.constant.shape[:1]
        if x.rank not in {1, 2} or not fits:
            call = f"{self._name(dense)}({args[0]}, {self._name(packed)}, {args[2]})"
            return [f"{out} = {call}"]
        product = f"{args[0]}.dot({self._name(packed)})"
        if bias is None:
            return [f"{out} = {product}"]
        added = self._name(spread(bias, result.shape)) if bias.known else args[2]
        return [f"{out} = {product}", f"{self._name(np.add)}({out}, {added}, {out})"]

    def _sigmoid(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        """Write (1 + tanh(x / 2)) / 2 where the kernel would not cut it into blocks."""
        result = stmt.outputs[0]
        if not result.shape or result.data_type not in _BLAS or math.prod(result.shape) > BLOCK:
            return None
        half, times = numpy_of(result.data_type).type(0.5), self._name(np.multiply)
        number, tanh, add = self._name(half), self._name(np.tanh), self._name(np.add)
        return [
            f"{out} = {times}({args[0]}, {number})",
            f"{tanh}({out}, {out})",
            f"{times}({out}, {number}, {out})",
            f"{add}({out}, {number}, {out})",
        ]

    def _pack(self, weight: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return a weight with its columns as rows, copied once unless it is big."""
        if weight.nbytes > PACKED_BYTES:
            return weight.T
        key = (weight.ctypes.data, weight.shape, weight.dtype)
        if key not in self._packed:
            self._packed[key] = np.ascontiguousarray(weight.T)
        return self._packed[key]

    def _matmul(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        x, y = stmt.inputs
        assert x is not None
        assert y is not None
        if x.data_type not in _BLAS:
            return None
        if x.rank in {1, 2} and y.rank == 2:  # noqa: PLR2004  # matrices
            return [f"{out} = {args[0]}.dot({args[1]})"]
        return [f"{out} = {self._name(np.matmul)}({args[0]}, {args[1]})"]

    def _sum(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        (x,) = stmt.inputs
        assert stmt.link is not None
        assert x is not None
        if x.data_type not in _BLAS or not x.rank:
            return None
        dim, keepdim = stmt.link.attributes["dim"], stmt.link.attributes["keepdim"]
        if dim is None and not keepdim and x.shape and np.prod(x.shape) <= _SMALL_SUM:
            ones = np.ones(int(np.prod(x.shape)), numpy_of(x.data_type))
            return [f"{out} = {args[0]}.ravel().dot({self._name(ones)})"]
        axis = self._name(dim)
        add = self._name(np.add.reduce)
        return [f"{out} = {add}({args[0]}, {axis}, None, None, {bool(keepdim)})"]

    def _select(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        assert stmt.link is not None
        x, dim = stmt.inputs[0], stmt.link.attributes["dim"]
        assert x is not None
        if not x.rank or not -x.rank <= dim < x.rank:
            return None
        return [f"{out} = {args[0]}[{':, ' * (dim % x.rank)}{args[1]}]"]

    def _slice(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        assert stmt.link is not None
        x, start, end, step = stmt.inputs
        dim = stmt.link.attributes["dim"]
        assert x is not None
        if not x.rank or not -x.rank <= dim < x.rank:
            return None
        if step is not None and not (step.known and step.constant > 0):
            return None
        parts = ["" if v is None else a for v, a in zip((start, end, step), args[1:], strict=True)]
        return [f"{out} = {args[0]}[{':, ' * (dim % x.rank)}{':'.join(parts)}]"]

    def _reshape(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        """Write a reshape to known sizes; NumPy would take any negative one for -1."""
        _, shape = stmt.inputs
        assert shape is not None
        if not shape.known or min(shape.constant, default=0) < -1:
            return None
        return [f"{out} = {args[0]}.reshape({self._name(tuple(shape.constant))})"]

    def _permute(self, stmt: Stmt, args: Sequence[str], out: str) -> list[str] | None:
        assert stmt.link is not None
        assert stmt.inputs[0] is not None
        if not stmt.inputs[0].rank:
            return None
        return [f"{out} = {args[0]}.transpose({self._name(stmt.link.attributes['dims'])})"]


def _is_native(val: Val) -> bool:
    """Whether scalars of a data type compute as its ufuncs do; bools have no arithmetic."""
    return val.data_type not in {ir.DataType.BOOL, ir.DataType.BFLOAT16}
