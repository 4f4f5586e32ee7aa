"""What stands between tensors and scalars: sizes, items, lists of numbers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify import rules
from tools.verify.containers import NAN, python
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.scalars import fits
from tools.verify.values import SHAPES, array, special
from tracescript import ir
from tracescript.opset.dtypes import as_data_type, members
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def _stored(op: str, **how: Any) -> Iterator[Call]:
    for data_type in types_of(op):
        if data_type.value == "complex32":
            continue  # numpy cannot hold it
        for shape in SHAPES:
            yield call(np.zeros(shape, array_type(data_type)), **how)


def array_type(data_type: ir.DataType) -> Any:
    """Return the numpy type of a data type."""
    from tracescript.opset.dtypes import numpy_of

    return numpy_of(data_type)


for name, function in {
    "dim": lambda x: len(x.shape),
    "numel": lambda x: int(np.prod(x.shape)),
    "shape": lambda x: list(x.shape),
}.items():
    python(name, functools.partial(_stored, name), function)
python(
    "dtype_of",
    functools.partial(_stored, "dtype_of"),
    lambda x: as_data_type(x.dtype),
    floats="own",
)
python(
    "size",
    lambda: [c for d in (0, -1) for c in _stored("size", dim=d) if c.inputs[0].ndim],
    lambda x, dim: x.shape[dim],
)


def _numbers(op: str) -> list[ir.DataType]:
    """Return the data types of an op whose only input names a set."""
    found = members(opset()[op].inputs[0].type)
    return [d for d in ir.DataType if d in found]


def _items(op: str) -> Iterator[Call]:
    for data_type in _numbers(op):
        for v in special(data_type):
            yield call(np.asarray(v))
        yield call(array(data_type, (1, 1)))
        yield call(array(data_type, (2,)))
        yield call(array(data_type, (0,)))


def _one(x: Any) -> Any:
    if x.numel() != 1:
        raise Stop("CONVERSION_ERROR")
    return x.reshape(()).item()


def _item_int(x: Any) -> int:
    value = _one(x)
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124
        raise Stop("CONVERSION_ERROR")
    return fits(int(value))


PLANS.add("item_bool", functools.partial(_items, "item_bool"), lambda x: bool(_one(x)))
PLANS.add("item_float", functools.partial(_items, "item_float"), lambda x: float(_one(x)))
PLANS.add("item_int", functools.partial(_items, "item_int"), _item_int)


def _listed() -> Iterator[Call]:
    for data_type in _numbers("to_list"):
        for shape in SHAPES:
            yield call(array(data_type, shape))
        yield call(special(data_type))


PLANS.add("to_list", _listed, lambda x: x.tolist())


def _given() -> Iterator[Call]:
    for data_type in types_of("add"):
        for v in (1, -2, 2.5, True, [1, 2], [[1.5, 2.0], [3.0, -4.0]], [True, False], [2**40, 3]):
            yield call(v, dtype=data_type)
    yield call([[1, 2], [3]], dtype=ir.DataType.INT64)


def _tensor(v: Any, dtype: Any) -> Any:
    import torch

    try:
        kind = np.asarray(v)
    except ValueError as error:
        raise Stop("VALUE_ERROR") from error
    return rules.cast(torch.from_numpy(np.array(kind)), dtype)


PLANS.add("to_tensor", _given, _tensor, rule="NUM-20 to NUM-23")
_ALIKE: Final = (1, 2.5, True, "a", [1, 2], [1.0, NAN], (1, "a"), {"a": 1, "b": 2}, [[1], [2]])
python(
    "equal",
    lambda: (
        [call(v, v) for v in _ALIKE]
        + [call({"a": 1, "b": 2}, {"b": 2, "a": 1}), call([1], [1, 2]), call(1, 2), call(0.0, -0.0)]
    ),
    lambda a, b: a == b and "nan" not in repr(a),
)
