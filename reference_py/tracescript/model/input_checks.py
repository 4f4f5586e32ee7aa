"""Checks run-time values against types: data type, rank, extents; binds symbols (EXEC-3)."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import BadInputError
from tracescript.ir.text import type_text
from tracescript.ir.types import (
    DictType,
    DimExpr,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    StructType,
    Symbol,
    TensorType,
    TupleType,
    UnionType,
    is_set_type,
    parts_by_path,
)
from tracescript.model.convert import fields
from tracescript.opset import dtypes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript import ir

    Check = Callable[[Any, dict[str, int], str], Any]
    Reasons = Mapping[str, str]

_SCALARS: dict[ScalarKind, tuple[type, ...]] = {
    ScalarKind.NONE: (type(None),),
    ScalarKind.BOOL: (bool,),
    ScalarKind.INT: (int,),
    ScalarKind.FLOAT: (float,),
    ScalarKind.STR: (str,),
    ScalarKind.COMPLEX: (complex,),
}
_INT64 = 2**63


def refusal(path: str, expected: str, found: str, rule: str, hint: str = "") -> BadInputError:
    """Return the error of an input that does not fit."""
    return BadInputError(
        f"{expected} expected, found {found}",
        code="BAD_INPUT",
        where=f"input {path}",
        rule=rule,
        hint=hint,
    )


def describe(value: Any) -> str:
    """Say what a value is, the way types are written: `float32[3, 4]`, `int`, `list`."""
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype}[{', '.join(map(str, value.shape))}]"
    return "None" if value is None else type(value).__name__


def _open_axis(path: str, axis: int) -> str:
    """Say how to make a model that takes other sizes along an axis."""
    if not path.isidentifier():
        return "the model was made for this size"
    wish = f'dynamic={{"{path}": {{{axis}: ts.Dim("N")}}}}'
    return f"the model was made for this size; ts.trace with {wish} keeps it open"


class _Tensor:
    """Checks one tensor input: kind, data type, rank, extents; binds symbols."""

    def __init__(self, declared: TensorType, reasons: Reasons, at: str) -> None:
        self.type = declared
        self.reasons = reasons
        self.at = at
        self.dtype = dtypes.numpy_of(declared.data_type)
        shape = declared.shape
        self.fixed = shape if shape is not None and all(type(d) is int for d in shape) else None

    def __call__(self, value: Any, binding: dict[str, int], path: str) -> Any:
        if type(value) is not np.ndarray:
            value = self._array(value, path)
        if value.dtype != self.dtype:
            raise refusal(
                path,
                type_text(self.type),
                describe(value),
                "EXEC-3",
                f"convert it to {self.type.data_type.value} first; nothing is cast silently",
            )
        shape = value.shape
        if shape != self.fixed and self.type.shape is not None:
            self._bind(shape, binding, path, value)
        return value

    def _array(self, value: Any, path: str) -> np.ndarray[Any, Any]:
        if isinstance(value, np.generic):
            return np.asarray(value)
        if isinstance(value, np.ndarray):
            return value.view(np.ndarray)
        hint = "pass an array: numpy.asarray(...)" if isinstance(value, list | int | float) else ""
        raise refusal(path, type_text(self.type), describe(value), "EXEC-3", hint)

    def _bind(self, shape: tuple[int, ...], binding: dict[str, int], path: str, value: Any) -> None:
        declared = self.type.shape or ()
        if len(shape) != len(declared):
            raise refusal(path, type_text(self.type), describe(value), "EXEC-3")
        for axis, (dim, size) in enumerate(zip(declared, shape, strict=True)):
            if dim is None or dim == size or isinstance(dim, DimExpr):
                continue
            if not isinstance(dim, Symbol):
                why = self.reasons.get(f"input {self.at}, axis {axis}")
                hint = (f"fixed at {why}; " if why else "") + _open_axis(path, axis)
                raise refusal(f"{path}, axis {axis}", str(dim), str(size), "EXEC-3", hint)
            bound = binding.setdefault(dim.name, size)
            if bound != size:
                raise refusal(
                    f"{path}, axis {axis}",
                    f"{dim.name} = {bound} (bound by an earlier axis)",
                    str(size),
                    "EXEC-4",
                )
            if size < dim.min or (dim.max is not None and size > dim.max):
                high = "any" if dim.max is None else dim.max
                raise refusal(
                    f"{path}, axis {axis}", f"{dim.name} in {dim.min}..{high}", str(size), "EXEC-4"
                )


def _scalar(declared: ScalarType, reasons: Reasons, at: str) -> Check:
    del reasons, at
    kinds = _SCALARS.get(declared.kind)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        del binding
        if kinds is None:
            if dtypes.is_data_type(value):
                return dtypes.as_data_type(value)
        elif type(value) in kinds or (isinstance(value, enum.Enum) and isinstance(value, kinds)):
            value = value.value if isinstance(value, enum.Enum) else value
            if declared.kind is ScalarKind.INT and not -_INT64 <= value < _INT64:
                raise refusal(path, "an int of 64 bits", str(value), "EXEC-3")
            return value
        elif declared.kind is ScalarKind.FLOAT and type(value) is int:
            return float(value)
        elif isinstance(value, np.generic) and type(value.item()) in kinds:
            return value.item()
        raise refusal(path, declared.kind.value, describe(value), "EXEC-3")

    return check


def _list(declared: ListType, reasons: Reasons, at: str) -> Check:
    element = checker(declared.element, reasons, f"{at}[*]")

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        if not isinstance(value, list | tuple):
            raise refusal(path, type_text(declared), describe(value), "EXEC-3")
        return [element(item, binding, f"{path}[{i}]") for i, item in enumerate(value)]

    return check


def _tuple(declared: TupleType | StructType, reasons: Reasons, at: str) -> Check:
    labels = [label for label, _ in parts_by_path(declared)]
    parts = [checker(t, reasons, at + label) for label, t in parts_by_path(declared)]
    names = [n for n, _ in declared.fields] if isinstance(declared, StructType) else []
    is_set = is_set_type(declared)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        if is_set and isinstance(value, set | frozenset):
            value = (dict.fromkeys(value, True),)
        found = value if isinstance(value, dict) else _record(value, names)
        if found is not None and names and found.keys() == set(names):
            value = tuple(found[name] for name in names)
        if not isinstance(value, list | tuple) or len(value) != len(parts):
            raise refusal(path, type_text(declared), describe(value), "EXEC-3")
        triples = zip(parts, value, labels, strict=True)
        return tuple(part(item, binding, path + label) for part, item, label in triples)

    return check


def _record(value: Any, names: Sequence[str]) -> dict[str, Any] | None:
    """Return a data class's instance or an enum's member by field; None for anything else.

    A struct of a trace has no fields that are None.
    """
    if isinstance(value, enum.Enum):
        member = {"name": value.name, "value": value.value}
        return {name: member[name] for name in names if name in member}
    found = fields(value)
    if found is None:
        return None
    return {name: part for name, part in found.items() if name in names or part is not None}


def _dict(declared: DictType, reasons: Reasons, at: str) -> Check:
    key, item = checker(declared.key), checker(declared.value, reasons, f"{at}[*]")

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        if not isinstance(value, dict):
            raise refusal(path, type_text(declared), describe(value), "EXEC-3")
        return {
            key(k, binding, f"{path}.keys()"): item(v, binding, f"{path}[{k!r}]")
            for k, v in value.items()
        }

    return check


def _optional(declared: OptionalType, reasons: Reasons, at: str) -> Check:
    inner = checker(declared.element, reasons, at)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        return None if value is None else inner(value, binding, path)

    return check


def _union(declared: UnionType, reasons: Reasons, at: str) -> Check:
    members = [checker(member, reasons, at) for member in declared.members]

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        for member in members:
            try:
                return member(value, dict(binding), path)
            except BadInputError:
                continue
        raise refusal(path, type_text(declared), describe(value), "EXEC-3")

    return check


_CHECKERS: dict[type, Callable[[Any, Reasons, str], Check]] = {
    TensorType: _Tensor,
    ScalarType: _scalar,
    ListType: _list,
    TupleType: _tuple,
    StructType: _tuple,
    DictType: _dict,
    OptionalType: _optional,
    UnionType: _union,
}


def checker(declared: ir.Type, reasons: Reasons | None = None, at: str = "") -> Check:
    """Return a function (value, binding, path) -> value that checks against a type.

    `reasons` say why sizes are what they are, by place: `input x[*], axis 0`; `at` is the type's.
    """
    return _CHECKERS[type(declared)](declared, reasons or {}, at)


def constant_value(constant: ir.Constant) -> Any:
    """Return the run-time value of a constant."""
    value = constant.value
    if isinstance(constant.type, TensorType):
        return value.array
    if isinstance(constant.type, OptionalType):
        return None if value is None else value
    if isinstance(constant.type, DictType):
        return {k: constant_value(v) for k, v in value}
    if isinstance(constant.type, ListType | TupleType | StructType):
        items = [constant_value(v) if hasattr(v, "type") else v for v in value]
        return items if isinstance(constant.type, ListType) else tuple(items)
    return value
