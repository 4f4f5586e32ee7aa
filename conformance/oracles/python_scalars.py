"""What CPython itself says about scalar, list, dict and string ops. Knows no code of ours."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from tracescript_conformance.values import DataType, Struct

if TYPE_CHECKING:
    from collections.abc import Callable

_COMPARE = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_ARITHMETIC = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
}
_BITS = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "shl": operator.lshift,
    "shr": operator.rshift,
}
_FIELDS = ("x", "y")
_CASTS = {"int": int, "float": float, "bool": bool, "str": str}


def _appended(xs: list[Any], x: Any) -> list[Any]:
    ys = list(xs)
    ys.append(x)
    return ys


def _set(xs: Any, key: Any, x: Any) -> Any:
    ys = xs.copy()
    ys[key] = x
    return ys


def _popped(xs: list[Any], i: int) -> tuple[list[Any], Any]:
    ys = list(xs)
    x = ys.pop(i)
    return x, ys


def _removed(d: dict[Any, Any], k: Any) -> dict[Any, Any]:
    left = dict(d)
    del left[k]
    return left


def _nothing(*_: Any, **__: Any) -> None:
    """Effects that a person sees give no value."""


def _is_instance(a: Any, **attributes: Any) -> bool:
    return type(a) is _CASTS[attributes["type"][1]]


def _struct(*fields: Any, **attributes: Any) -> Struct:
    return Struct(attributes["type"][1], fields)


def _taken(a: Any, **attributes: Any) -> Any:
    if not _is_instance(a, **attributes):
        raise ValueError(f"{a!r} is of another type")
    return a


def _unwrapped(a: Any) -> Any:
    if a is None:
        raise TypeError("None has no value")
    return a


def _raise(message: str, kind: str = "RuntimeError") -> None:
    raise RuntimeError(f"{kind}: {message}")


def _check(condition: bool, message: str = "", code: str = "") -> None:
    if not condition:
        raise ValueError(message) if code.upper() == "VALUE_ERROR" else AssertionError(message)


def _get(d: dict[Any, Any], k: Any, default: Any = None) -> Any:
    return d.get(k, default) if default is not None else d[k]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "assert": _check,
    "raise": _raise,
    "warn": _nothing,
    "print": _nothing,
    "dtype_of": lambda x: DataType(x.data_type),
    "isinstance": _is_instance,
    "struct.make": _struct,
    "struct.get": lambda s, field: s.fields[_FIELDS.index(field)],
    "unwrap_optional": _unwrapped,
    "union.make": lambda a, **_: a,
    "union.get": _taken,
    "int.add": operator.add,
    "int.sub": operator.sub,
    "int.mul": operator.mul,
    "int.floordiv": operator.floordiv,
    "int.mod": operator.mod,
    "int.truediv": operator.truediv,
    "int.pow": operator.pow,
    "int.neg": operator.neg,
    "int.bits": lambda a, b, operation: _BITS[operation](a, b),
    "int.cmp": lambda a, b, relation: _COMPARE[relation](a, b),
    "float.arith": lambda a, b, operation: _ARITHMETIC[operation](a, b),
    "float.neg": operator.neg,
    "float.cmp": lambda a, b, relation: _COMPARE[relation](a, b),
    "str.cmp": lambda a, b, relation: _COMPARE[relation](a, b),
    "math.unary": lambda a, function: getattr(math, function)(a),
    "math.binary": lambda a, b, function: getattr(math, function)(a, b),
    "math.to_int": lambda a, function: getattr(math, function)(a),
    "round_half_even": lambda a, digits=None: type(a)(
        round(a) if digits is None else round(a, digits)
    ),
    "bool.not": operator.not_,
    "bool.op": lambda a, b, operation: _BITS[operation](a, b),
    "num.cast": lambda a, to: _CASTS[to](a),
    "min_max": lambda values, largest: max(values) if largest else min(values),
    "is_none": lambda a: a is None,
    "list.make": lambda *items: list(items),
    "list.unpack": lambda xs, length: tuple(xs[:length]),
    "list.len": len,
    "list.get": operator.getitem,
    "list.set": _set,
    "list.append": _appended,
    "list.pop": _popped,
    "list.slice": lambda xs, start=None, end=None, step=None: xs[start:end:step],
    "list.concat": operator.add,
    "list.repeat": operator.mul,
    "list.contains": lambda xs, x: x in xs,
    "list.sort": lambda xs, descending=False: sorted(xs, reverse=descending),
    "tuple.make": lambda *items: tuple(items),
    "tuple.get": lambda t, i: t[i],
    "tuple.unpack": tuple,
    "dict.make": lambda *entries: dict(zip(entries[::2], entries[1::2], strict=True)),
    "dict.get": _get,
    "dict.set": _set,
    "dict.remove": _removed,
    "dict.contains": lambda d, k: k in d,
    "dict.keys": list,
    "dict.values": lambda d: list(d.values()),
    "dict.len": len,
    "str.concat": operator.add,
    "str.format": lambda template, *values: template.format(*values),
    "str.len": len,
    "str.case": lambda a, to: getattr(a, to)(),
    "str.chr": chr,
    "str.ord": ord,
    "str.get": operator.getitem,
    "str.slice": lambda a, start=None, end=None, step=None: a[start:end:step],
    "str.find": lambda a, b, start=None, end=None, last=False: (a.rfind if last else a.find)(
        b, start, end
    ),
    "equal": operator.eq,
    "range.len": lambda start, end, step: len(range(start, end, step)),
}
"""An op's name to the Python expression that means it."""
