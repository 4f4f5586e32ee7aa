"""Calls by which torch or numpy mean something else than the op of that name. Spec: SCRIPT-9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import DataType, ScalarKind
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import constant_of
from tracescript.producer.script.library.coerce import data_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_WHOLE: Final = (ScalarKind.BOOL, ScalarKind.INT)
_TEXT: Final = "Integers to negative integer powers are not allowed."


_ALL_AXES: Final = frozenset({"sum", "mean", "amax", "amin"})
"""The ops whose calls in torch take no axes for all."""


def meant(
    e: Emitter, name: str, operands: Sequence[Entry | None], attributes: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the attributes that a call of the program's means, after what it asks for first."""
    if e.frame.is_ours:
        return attributes
    if name == "pow":
        _check_exponent(e, operands)
    if name in _ALL_AXES and e.frame.flavour == "torch":
        return {k: v for k, v in attributes.items() if k != "dim" or v not in ((), [])}
    return attributes


def _check_exponent(e: Emitter, operands: Sequence[Entry | None]) -> None:
    """Stop a power of integers whose exponent is negative: a number's, in numpy an array's too."""
    base, exponent = operands
    if base is None or exponent is None:
        return
    if is_scalar(exponent, *_WHOLE):
        if _is_of_ints(e, base):
            known, value = constant_of(exponent)
            if not known or value < 0:
                at_least = [e.as_int(exponent), e.constant(0)]
                _check(e, e.op("int.cmp", at_least, {"relation": "ge"}))
    elif e.frame.flavour == "numpy" and _is_of_ints(e, base) and _is_of_ints(e, exponent):
        zero = e.op("zeros_like", [e.value(exponent)])
        every = e.op("all", [e.op("ge", [e.value(exponent), zero])])
        _check(e, e.op("item_bool", [every]))


def _is_of_ints(e: Emitter, entry: Entry) -> bool:
    if is_tensor(entry) or e.session.holds_array(entry):
        kind = data_type(e.value(entry))
        return kind is DataType.BOOL or dtypes.in_set(kind, "int")
    return is_scalar(entry, *_WHOLE)


def _check(e: Emitter, holds: Value) -> None:
    e.ops("assert", [holds, e.constant(_TEXT)], {"code": "VALUE_ERROR"})


__all__ = ["meant"]
