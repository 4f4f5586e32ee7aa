"""Lists, tuples, dicts, structs and what stands between them and tensors, against CPython."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify import rules
from tools.verify.plan import Call, Plans, Stop, Typed, call, types_of
from tools.verify.scalars import fits
from tools.verify.values import SHAPES, array, special
from tracescript import ir
from tracescript.ir.constants import FLOAT, INT, NONE, STR
from tracescript.opset.dtypes import as_data_type, members
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANS = Plans()
_INTS: Final = ir.ListType(INT)
_NAN = float("nan")
LISTS: Final = ([1, 2, 3], [5], [1.5, -2.0], ["b", "a", ""], [True, False], [[1, 2], [3]])


def ints(*values: int) -> Typed:
    """Return a list of ints as an input of the call."""
    return Typed(list(values), _INTS)


def _value(v: Any) -> Any:
    return v.value if isinstance(v, Typed) else v


def _python(op: str, calls: Callable[[], Any], function: Callable[..., Any], **how: Any) -> None:
    def oracle(*inputs: Any, **attributes: Any) -> Any:
        try:
            return function(*map(_value, inputs), **attributes)
        except IndexError as error:
            raise Stop("INDEX_ERROR") from error
        except KeyError as error:
            raise Stop("KEY_ERROR") from error
        except ValueError as error:
            raise Stop("VALUE_ERROR") from error

    PLANS.add(op, calls, oracle, **how)


_python("list.make", lambda: [Call(tuple(x)) for x in LISTS], lambda *v: list(v))
_python(
    "list.append", lambda: [call(x, x[0]) for x in LISTS] + [call(ints(), 4)], lambda x, v: [*x, v]
)
_python(
    "list.concat", lambda: [call(x, x) for x in LISTS] + [call(ints(), [1])], lambda x, y: x + y
)
_python(
    "list.contains",
    lambda: (
        [call(x, v) for x in LISTS for v in (x[0], x[-1])]
        + [call([1.0, _NAN], _NAN), call(ints(), 1), call([0.0], -0.0)]
    ),
    lambda x, v: any(e == v for e in x),
)
_PLACES: Final = (0, 1, -1, 2, -3, 3, -4)
_python(
    "list.get",
    lambda: [call(x, i) for x in LISTS for i in _PLACES] + [call(ints(), 0)],
    lambda x, i: x[i],
)
_python("list.len", lambda: [call(x) for x in LISTS] + [call(ints())], len)
_python(
    "list.pop",
    lambda: [call(x, i) for x in LISTS for i in _PLACES] + [call(ints(), -1)],
    lambda x, i: (x[i], [v for k, v in enumerate(x) if k != i % len(x)]),
)
_python(
    "list.repeat", lambda: [call(x, n) for x in LISTS for n in (0, 1, 3, -1)], lambda x, n: x * n
)


def _set(x: list[Any], i: int, v: Any) -> list[Any]:
    found = list(x)
    found[i] = v
    return found


_python("list.set", lambda: [call(x, i, x[0]) for x in LISTS for i in _PLACES], _set)
_BOUNDS: Final = (None, 0, 1, -1, 2, 5, -7)
_python(
    "list.slice",
    lambda: [
        call([1, 2, 3, 4], a, b, c)
        for a, b in itertools.product(_BOUNDS, repeat=2)
        for c in (None, 1, 2, -1, -2, 0)
    ],
    lambda x, a=None, b=None, c=None: x[a:b:c],
)


def _sorted(x: list[Any], descending: bool) -> list[Any]:
    if any(v != v for v in x):  # noqa: PLR0124 - NaN
        raise Stop("VALUE_ERROR")
    return sorted(x, reverse=descending)


_python(
    "list.sort",
    lambda: (
        [
            call(x, descending=d)
            for x in (*LISTS, [0.0, -0.0, -1.0], [3, 1, 3, 2])
            for d in (False, True)
        ]
        + [call([1.0, _NAN]), call(ints())]
    ),
    _sorted,
)


def _unpacked(x: list[Any], length: int) -> Any:
    if len(x) != length:
        raise Stop("VALUE_ERROR")
    return x


PLANS.add(
    "list.unpack",
    lambda: (
        [call(x, length=3) for x in ([1, 2, 3], [1, 2], ["a", "b", "c"])]
        + [call(x, length=1) for x in ([7], ["ab"], [[1, 2]])]
    ),
    lambda x, length: tuple(_unpacked(x, length)),
    outputs=-1,
)
_python(
    "tuple.make",
    lambda: [Call(t) for t in ((1, 2.5), ("a",), (True, (1, 2)), (1, Typed(None, NONE)))],
    lambda *v: tuple(v),
)
_python(
    "tuple.get", lambda: [call((1, "a", 2.5), i=i) for i in (0, 1, 2, -1, -3)], lambda t, i: t[i]
)
PLANS.add(
    "tuple.unpack",
    lambda: [call((1, "a")), call((2.5, True)), call((2.5,)), call(("ab",)), call(([1, 2],))],
    lambda t: t,
    outputs=-1,
)
_PAIR: Final = ir.StructType("Pair", (("a", INT), ("b", FLOAT)))
_python(
    "struct.make", lambda: [call(1, 2.5, type=_PAIR), call(-4, 0.0, type=_PAIR)], lambda *v, type: v
)
_python(
    "struct.get",
    lambda: [call(Typed((1, 2.5), _PAIR), field=f) for f in ("a", "b")],
    lambda s, field: s["ab".index(field)],
)
DICTS: Final = ({"a": 1, "b": 2}, {3: 1.5}, {True: "x", False: "y"})
_python(
    "dict.make",
    lambda: (
        [Call(tuple(itertools.chain(*d.items()))) for d in DICTS] + [call("a", 1, "b", 2, "a", 3)]
    ),
    lambda *e: dict(zip(e[::2], e[1::2], strict=True)),
)
_python(
    "dict.contains",
    lambda: [call(d, k) for d in DICTS for k in d] + [call({"a": 1}, "z")],
    lambda d, k: k in d,
)
_python(
    "dict.get",
    lambda: (
        [call(d, k) for d in DICTS for k in d]
        + [call({"a": 1}, "z"), call({"a": 1}, "z", 9), call({"a": 1}, "a", 9)]
    ),
    lambda d, k, default=None: d[k] if default is None else d.get(k, default),
)
_python("dict.keys", lambda: [call(d) for d in DICTS], list)
_python("dict.values", lambda: [call(d) for d in DICTS], lambda d: list(d.values()))
_python("dict.len", lambda: [call(d) for d in DICTS], len)
_python(
    "dict.set",
    lambda: [call(d, k, d[k]) for d in DICTS for k in d] + [call({"a": 1}, "z", 2)],
    lambda d, k, v: {**d, k: v},
)


def _removed(d: dict[Any, Any], k: Any) -> dict[Any, Any]:
    return {key: v for key, v in d.items() if key != k or d[k] is None}


_python(
    "dict.remove",
    lambda: [call(d, k) for d in DICTS for k in d] + [call({"a": 1}, "z")],
    lambda d, k: _removed(d, k) if k in d else d[k],
)
_OPTIONAL: Final = ir.OptionalType(INT)
_python("is_none", lambda: [call(Typed(v, _OPTIONAL)) for v in (None, 0, 5)], lambda a: a is None)


def _unwrapped(a: Any) -> Any:
    if a is None:
        raise Stop("NONE_ERROR")
    return a


_python("unwrap_optional", lambda: [call(Typed(v, _OPTIONAL)) for v in (None, 0, 5)], _unwrapped)
_python(
    "isinstance",
    lambda: (
        [call(Typed(v, _OPTIONAL), type=t) for v in (None, 1) for t in (INT,)]
        + [call(1, type=INT), call(1.5, type=INT), call(True, type=INT), call("a", type=STR)]
    ),
    lambda a, type: (
        isinstance(a, {INT: int, STR: str}[type]) and not (isinstance(a, bool) and type == INT)
    ),
    rule="OP.isinstance: a bool is no int",
)


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
    _python(name, functools.partial(_stored, name), function)
_python(
    "dtype_of",
    functools.partial(_stored, "dtype_of"),
    lambda x: as_data_type(x.dtype),
    floats="own",
)
_python(
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
_ALIKE: Final = (1, 2.5, True, "a", [1, 2], [1.0, _NAN], (1, "a"), {"a": 1, "b": 2}, [[1], [2]])
_python(
    "equal",
    lambda: (
        [call(v, v) for v in _ALIKE]
        + [call({"a": 1, "b": 2}, {"b": 2, "a": 1}), call([1], [1, 2]), call(1, 2), call(0.0, -0.0)]
    ),
    lambda a, b: a == b and "nan" not in repr(a),
)
