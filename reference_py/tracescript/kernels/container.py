"""Kernels of lists, tuples, dicts and structs. They are values: every change gives a new one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import trap
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from tracescript import ir

KERNELS: Final = Table()


def _place(xs: list[Any], i: int) -> int:
    """Return an index from the front. Raises TrapError, INDEX_ERROR. Spec: SCALAR-12."""
    if not -len(xs) <= i < len(xs):
        raise trap("INDEX_ERROR", f"index {i} is outside a list of {len(xs)}")
    return i % len(xs)


@KERNELS.of("list.make")
def list_make(*items: Any) -> list[Any]:
    return list(items)


@KERNELS.of("list.unpack")
def list_unpack(xs: list[Any], length: int) -> tuple[Any, ...]:
    if len(xs) != length:
        raise trap("VALUE_ERROR", f"expected {length} values to unpack, found {len(xs)}")
    return tuple(xs)


@KERNELS.of("list.len")
def list_len(xs: list[Any]) -> int:
    return len(xs)


@KERNELS.of("list.get")
def list_get(xs: list[Any], i: int) -> Any:
    return xs[_place(xs, i)]


@KERNELS.of("list.set")
def list_set(xs: list[Any], i: int, x: Any) -> list[Any]:
    place = _place(xs, i)
    return [*xs[:place], x, *xs[place + 1 :]]


@KERNELS.of("list.append")
def list_append(xs: list[Any], x: Any) -> list[Any]:
    return [*xs, x]


@KERNELS.of("list.pop")
def list_pop(xs: list[Any], i: int) -> tuple[Any, list[Any]]:
    place = _place(xs, i)
    return xs[place], xs[:place] + xs[place + 1 :]


@KERNELS.of("list.slice")
def list_slice(xs: list[Any], start: int | None, end: int | None, step: int | None) -> list[Any]:
    if step == 0:
        raise trap("VALUE_ERROR", "the step of a slice is 0")
    return xs[start:end:step]


@KERNELS.of("list.concat")
def list_concat(xs: list[Any], ys: list[Any]) -> list[Any]:
    return xs + ys


@KERNELS.of("list.repeat")
def list_repeat(xs: list[Any], n: int) -> list[Any]:
    return xs * n


def _equal(a: Any, b: Any) -> bool:
    """Compare by value; NaN equals nothing, also where Python compares by identity."""
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    return type(a) is type(b) and bool(a == b)


@KERNELS.of("list.contains")
def list_contains(xs: list[Any], x: Any) -> bool:
    return any(_equal(item, x) for item in xs)


@KERNELS.of("equal")
def equal(a: Any, b: Any) -> bool:
    return _equal(a, b)


def _holds_nan(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(map(_holds_nan, x))
    return isinstance(x, float) and math.isnan(x)


@KERNELS.of("list.sort")
def list_sort(xs: list[Any], descending: bool) -> list[Any]:
    if _holds_nan(xs):
        raise trap("VALUE_ERROR", "NaN has no place in an order")
    return sorted(xs, reverse=descending)


@KERNELS.of("tuple.make")
def tuple_make(*items: Any) -> tuple[Any, ...]:
    return items


@KERNELS.of("tuple.get")
def tuple_get(t: tuple[Any, ...], i: int) -> Any:
    return t[i]


@KERNELS.of("tuple.unpack")
def tuple_unpack(t: tuple[Any, ...]) -> tuple[Any, ...]:
    return t


@KERNELS.of("struct.make")
def struct_make(*fields: Any, type: ir.StructType) -> tuple[Any, ...]:  # noqa: A002, ARG001 - the attribute's name
    return fields


@KERNELS.of("dict.make")
def dict_make(*entries: Any) -> dict[Any, Any]:
    return dict(zip(entries[::2], entries[1::2], strict=True))


@KERNELS.of("dict.get")
def dict_get(d: dict[Any, Any], k: Any, default: Any) -> Any:
    if k not in d and default is None:
        raise _missing(k)
    return d.get(k, default)


def _missing(k: Any) -> Exception:
    return trap("KEY_ERROR", f"the key {k!r} is missing")


@KERNELS.of("dict.set")
def dict_set(d: dict[Any, Any], k: Any, x: Any) -> dict[Any, Any]:
    return {**d, k: x}


@KERNELS.of("dict.remove")
def dict_remove(d: dict[Any, Any], k: Any) -> dict[Any, Any]:
    if k not in d:
        raise _missing(k)
    return {key: x for key, x in d.items() if key != k}


@KERNELS.of("dict.contains")
def dict_contains(d: dict[Any, Any], k: Any) -> bool:
    return k in d


@KERNELS.of("dict.keys")
def dict_keys(d: dict[Any, Any]) -> list[Any]:
    return list(d)


@KERNELS.of("dict.values")
def dict_values(d: dict[Any, Any]) -> list[Any]:
    return list(d.values())


@KERNELS.of("dict.len")
def dict_len(d: dict[Any, Any]) -> int:
    return len(d)
