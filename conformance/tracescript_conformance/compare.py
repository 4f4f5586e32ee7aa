"""Compares an answer with expected values, element by element. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript_conformance.values import BadValueError, Struct, Tensor, read

if TYPE_CHECKING:
    from tracescript.v1 import data_pb2, example_pb2

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """How an answer differs: what (empty if not), where, and the worst |got - expected| / bound."""

    what: str = ""
    where: str = ""
    worst_ratio: float = 0.0


def compare(expected: example_pb2.Expected, got: data_pb2.DataBundle) -> Difference:
    """Compare the outputs of a call with what a case expects.

    Number of outputs, structure, data types and shapes must be equal always; elements as `Check`
    says, else equal with any NaN equal to any NaN and zeros of either sign equal.
    """
    wanted = expected.outputs
    if len(got.items) != len(wanted.items):
        return Difference(f"{len(wanted.items)} outputs expected, found {len(got.items)}")
    checks = {c.data: c for c in expected.checks}
    worst = 0.0
    for i, (want, have) in enumerate(zip(wanted.items, got.items, strict=True)):
        name = want.name or f"output {i}"
        try:
            found = _entry(wanted.table, want.data, checks, read(got.table, have.data), name)
        except BadValueError as error:
            return Difference(f"not a well-formed value: {error}", name)
        if found.what:
            return found
        worst = max(worst, found.worst_ratio)
    return Difference(worst_ratio=worst)


def _entry(table: Any, index: int, checks: dict[int, Any], got: Any, where: str) -> Difference:
    """Compare one table entry; containers by their parts, so that each keeps its own check."""
    kind = table[index].WhichOneof("kind")
    message = getattr(table[index], kind)
    if kind in {"list", "tuple", "struct"}:
        parts = list(message.fields if kind == "struct" else message.items)
        inner = list(got.fields) if isinstance(got, Struct) else got
        right = {"list": list, "tuple": tuple, "struct": Struct}[kind]
        if not isinstance(got, right) or len(inner) != len(parts):
            return Difference(f"a {kind} of {len(parts)} expected, found {show(got)}", where)
        return _all(
            _entry(table, k, checks, g, f"{where}[{i}]")
            for i, (k, g) in enumerate(zip(parts, inner, strict=True))
        )
    if kind == "dict":
        keys = [read(table, k) for k in message.items[::2]]
        if (
            not isinstance(got, dict)
            or list(got) != keys
            or list(map(type, got)) != list(map(type, keys))
        ):
            return Difference(f"a dict with keys {keys} expected, found {show(got)}", where)
        return _all(
            _entry(table, k, checks, got[key], f"{where}[{key!r}]")
            for key, k in zip(keys, message.items[1::2], strict=True)
        )
    return _leaf(read(table, index), got, checks.get(index), table, where)


def _all(parts: Any) -> Difference:
    worst = 0.0
    for found in parts:
        if found.what:
            return found
        worst = max(worst, found.worst_ratio)
    return Difference(worst_ratio=worst)


def _leaf(want: Any, got: Any, check: Any, table: Any, where: str) -> Difference:
    bound = read(table, check.bound).array if check is not None and check.bound else None
    zero_sign = check is not None and check.zero_sign
    first = _same(want, got, bound, zero_sign, where)
    if first.what and check is not None:
        for alternative in check.alternatives:
            found = _same(read(table, alternative), got, bound, zero_sign, where)
            if not found.what:
                return found
    return first


def _same(want: Any, got: Any, bound: Any, zero_sign: bool, where: str) -> Difference:
    if isinstance(want, Tensor):
        if (
            not isinstance(got, Tensor)
            or got.data_type != want.data_type
            or got.array.shape != want.array.shape
        ):
            return Difference(f"{show(want)} expected, found {show(got)}", where)
        if not want.is_inexact:
            return _exact(want, got, where)
        return _floats(want.wide(), got.wide(), bound, zero_sign, where)
    if type(want) is not type(got):
        return Difference(f"{show(want)} expected, found {show(got)}", where)
    if isinstance(want, float):
        return _floats(np.float64(want), np.float64(got), bound, zero_sign, where)
    return (
        Difference()
        if want == got
        else Difference(f"{show(want)} expected, found {show(got)}", where)
    )


def _exact(want: Tensor, got: Tensor, where: str) -> Difference:
    wrong = want.array != got.array
    if not wrong.any():
        return Difference()
    at = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    return Difference(f"{want.array[at]} expected, found {got.array[at]}", _place(where, at))


def _floats(want: Any, got: Any, bound: Any, zero_sign: bool, where: str) -> Difference:
    """|got - want| <= bound, NaN meets NaN, infinities are equal; in float64 or complex128."""
    with np.errstate(all="ignore"):
        same = (want == got) | (np.isnan(want) & np.isnan(got))
        if zero_sign:
            same &= np.isnan(want) | (np.signbit(want) == np.signbit(got))
        error = np.abs(got - want)
        limit = np.broadcast_to(
            np.asarray(0.0 if bound is None else bound, np.float64), np.shape(want)
        )
        finite = np.isfinite(want) & np.isfinite(got) if not np.isinf(limit).any() else True
        inside = finite & (error <= limit) | np.isinf(limit)
        if zero_sign:
            inside &= limit > 0
        ratio = np.where(same, 0.0, np.where(limit > 0, error / limit, np.inf))
    ratio = np.nan_to_num(ratio, nan=np.inf, posinf=np.inf)
    wrong = ~(same | inside)
    if not wrong.any():
        return Difference(
            worst_ratio=float(np.max(np.where(np.isinf(limit), 0.0, ratio), initial=0.0))
        )
    at = np.unravel_index(int(np.argmax(np.where(wrong, ratio, -1.0))), wrong.shape)
    what = f"{want[at].item()!r} expected, found {got[at].item()!r}, bound {float(limit[at])!r}"
    return Difference(what, _place(where, at), float(ratio[at]))


def _place(where: str, at: Any) -> str:
    return f"{where}[{', '.join(str(int(i)) for i in at)}]" if at else where


def show(value: Any) -> str:
    """Write a value for a person, at most 200 characters."""
    text = str(value) if isinstance(value, Tensor) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
