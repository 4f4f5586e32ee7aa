"""Binds a call's arguments to a function's inputs and checks them (EXEC-2 to EXEC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import BadInputError
from tracescript.ir import dims
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
)
from tracescript.opset import dtypes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript import ir

    Check = Callable[[Any, dict[str, int], str], Any]

_SCALARS: dict[ScalarKind, tuple[type, ...]] = {
    ScalarKind.NONE: (type(None),),
    ScalarKind.BOOL: (bool,),
    ScalarKind.INT: (int,),
    ScalarKind.FLOAT: (float,),
    ScalarKind.STR: (str,),
    ScalarKind.COMPLEX: (complex,),
}
_INT64 = 2**63


def _bad(path: str, expected: str, found: str, rule: str, hint: str = "") -> BadInputError:
    return BadInputError(
        f"input {path}: {expected} expected, found {found}", code="BAD_INPUT", rule=rule, hint=hint
    )


def describe(value: Any) -> str:
    """Say what a value is, the way types are written: `float32[3, 4]`, `int`, `list`."""
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype}[{', '.join(map(str, value.shape))}]"
    return "None" if value is None else type(value).__name__


class _Tensor:
    """Checks one tensor input: kind, data type, rank, extents; binds symbols."""

    def __init__(self, declared: TensorType) -> None:
        self.type = declared
        self.dtype = dtypes.numpy_of(declared.data_type)
        shape = declared.shape
        self.fixed = shape if shape is not None and all(type(d) is int for d in shape) else None

    def __call__(self, value: Any, binding: dict[str, int], path: str) -> Any:
        if type(value) is not np.ndarray:
            value = self._array(value, path)
        if value.dtype != self.dtype:
            raise _bad(
                path,
                type_text(self.type),
                describe(value),
                "EXEC-3",
                f"x.astype({self.type.data_type.value!r}) converts it; nothing is cast silently",
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
        raise _bad(path, type_text(self.type), describe(value), "EXEC-3", hint)

    def _bind(self, shape: tuple[int, ...], binding: dict[str, int], path: str, value: Any) -> None:
        declared = self.type.shape or ()
        if len(shape) != len(declared):
            raise _bad(path, type_text(self.type), describe(value), "EXEC-3")
        for axis, (dim, size) in enumerate(zip(declared, shape, strict=True)):
            if dim is None or dim == size or isinstance(dim, DimExpr):
                continue
            if not isinstance(dim, Symbol):
                raise _bad(f"{path}, axis {axis}", str(dim), str(size), "EXEC-3")
            bound = binding.setdefault(dim.name, size)
            if bound != size:
                raise _bad(
                    f"{path}, axis {axis}",
                    f"{dim.name} = {bound} (bound by an earlier axis)",
                    str(size),
                    "EXEC-4",
                )
            if size < dim.min or (dim.max is not None and size > dim.max):
                high = "any" if dim.max is None else dim.max
                raise _bad(
                    f"{path}, axis {axis}", f"{dim.name} in {dim.min}..{high}", str(size), "EXEC-4"
                )


def _scalar(declared: ScalarType) -> Check:
    kinds = _SCALARS.get(declared.kind)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        del binding
        if kinds is None:
            if dtypes.is_data_type(value):
                return dtypes.as_data_type(value)
        elif type(value) in kinds:
            if declared.kind is ScalarKind.INT and not -_INT64 <= value < _INT64:
                raise _bad(path, "an int of 64 bits", str(value), "EXEC-3")
            return value
        elif declared.kind is ScalarKind.FLOAT and type(value) is int:
            return float(value)
        elif isinstance(value, np.generic) and type(value.item()) in kinds:
            return value.item()
        raise _bad(path, declared.kind.value, describe(value), "EXEC-3")

    return check


def _list(declared: ListType) -> Check:
    element = checker(declared.element)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        if not isinstance(value, list | tuple):
            raise _bad(path, type_text(declared), describe(value), "EXEC-3")
        return [element(item, binding, f"{path}[{i}]") for i, item in enumerate(value)]

    return check


def _tuple(declared: TupleType | StructType) -> Check:
    types = (
        declared.elements
        if isinstance(declared, TupleType)
        else tuple(t for _, t in declared.fields)
    )
    parts = [checker(t) for t in types]

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(parts):
            raise _bad(path, type_text(declared), describe(value), "EXEC-3")
        pairs = zip(parts, value, strict=True)
        return tuple(part(item, binding, f"{path}[{i}]") for i, (part, item) in enumerate(pairs))

    return check


def _dict(declared: DictType) -> Check:
    key, item = checker(declared.key), checker(declared.value)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        if not isinstance(value, dict):
            raise _bad(path, type_text(declared), describe(value), "EXEC-3")
        return {
            key(k, binding, f"{path}.keys()"): item(v, binding, f"{path}[{k!r}]")
            for k, v in value.items()
        }

    return check


def _optional(declared: OptionalType) -> Check:
    inner = checker(declared.element)

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        return None if value is None else inner(value, binding, path)

    return check


def _union(declared: UnionType) -> Check:
    members = [checker(member) for member in declared.members]

    def check(value: Any, binding: dict[str, int], path: str) -> Any:
        for member in members:
            try:
                return member(value, dict(binding), path)
            except BadInputError:
                continue
        raise _bad(path, type_text(declared), describe(value), "EXEC-3")

    return check


_CHECKERS: dict[type, Callable[[Any], Check]] = {
    TensorType: _Tensor,
    ScalarType: _scalar,
    ListType: _list,
    TupleType: _tuple,
    StructType: _tuple,
    DictType: _dict,
    OptionalType: _optional,
    UnionType: _union,
}


def checker(declared: ir.Type) -> Check:
    """Return a function (value, binding, path) -> value that checks against a type."""
    return _CHECKERS[type(declared)](declared)


class Signature:
    """The caller-visible inputs of a function, ready to bind calls."""

    def __init__(self, function: ir.Function) -> None:
        visible = [i for i in function.inputs if i.kind in {"positional", "keyword_only"}]
        self.function = function
        self.names = tuple(i.name for i in visible)
        self.positional = sum(i.kind == "positional" for i in visible)
        self.inputs = tuple(visible)
        self.checks = tuple(checker(i.type) for i in visible)
        every = self.positional == len(visible)
        self._count = len(visible) if every else -1
        self._only_tensors = all(isinstance(i.type, TensorType) for i in visible)
        self._accepted: tuple[tuple[Any, tuple[int, ...]], ...] | None = None
        self._expressions = [
            (i.name, axis, d)
            for i in visible
            if isinstance(i.type, TensorType)
            for axis, d in enumerate(i.type.shape or ())
            if isinstance(d, DimExpr)
        ]

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Sequence[Any]:
        """Return the values of all visible inputs in order.

        Raises BadInputError: a name or number of arguments (EXEC-2), a type (EXEC-3) or a
        dimension (EXEC-4) that does not fit.
        """
        if not kwargs and len(args) == self._count and self._seen(args):
            return args
        plain = not kwargs and len(args) == self._count
        values = args if plain else self._arrange(args, kwargs)
        binding: dict[str, int] = {}
        found = [
            check(value, binding, name)
            for check, value, name in zip(self.checks, values, self.names, strict=True)
        ]
        if self._expressions:
            self._check_expressions(found, binding)
        if plain and self._only_tensors:
            self._accepted = tuple((value.dtype, value.shape) for value in found)
        return found

    def _seen(self, args: Sequence[Any]) -> bool:
        """Whether the arguments are arrays of the data types and shapes accepted last time."""
        accepted = self._accepted
        if accepted is None:
            return False
        for value, (dtype, shape) in zip(args, accepted, strict=True):
            if type(value) is not np.ndarray or value.shape != shape or value.dtype is not dtype:
                return False
        return True

    def _arrange(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        if len(args) > self.positional:
            raise self._refuse(f"takes {self.positional} positional inputs, found {len(args)}")
        given = dict(kwargs)
        values = list(args)
        for declared in self.inputs[len(args) :]:
            if declared.name in given:
                values.append(given.pop(declared.name))
            elif declared.default is not None:
                values.append(constant_value(declared.default))
            else:
                raise self._refuse(f"needs the input {declared.name!r}")
        if given:
            twice = [name for name in given if name in self.names]
            what = f"got {twice[0]!r} twice" if twice else f"has no input {next(iter(given))!r}"
            raise self._refuse(what)
        return values

    def _check_expressions(self, values: list[Any], binding: dict[str, int]) -> None:
        for name, axis, expr in self._expressions:
            size = values[self.names.index(name)].shape[axis]
            try:
                expected = dims.evaluate(expr, binding)
            except KeyError:
                continue
            except (ZeroDivisionError, OverflowError) as error:
                raise _bad(f"{name}, axis {axis}", dims.text(expr), str(error), "EXEC-4") from error
            if size != expected:
                raise _bad(
                    f"{name}, axis {axis}", f"{dims.text(expr)} = {expected}", str(size), "EXEC-4"
                )

    def _refuse(self, what: str) -> BadInputError:
        shown = ", ".join(f"{i.name}: {type_text(i.type)}" for i in self.inputs)
        return BadInputError(
            f"{self.function.name} {what}",
            code="BAD_INPUT",
            rule="EXEC-2",
            hint=f"inputs: ({shown})",
        )


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
