"""Run-time values: made from constants, measured, and cut loose from what the engine holds."""

from __future__ import annotations

import collections
import functools
import keyword
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.kernels.conversion import is_of
from tracescript.opset.dtypes import numpy_of
from tracescript.opset.table import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.engine.limits import Budget
    from tracescript.opset.table import AttributeDef, OpDef


def _item(item: Any) -> Any:
    return runtime(item) if isinstance(item, ir.Constant) else item


def runtime(constant: ir.Constant) -> Any:
    """Return a constant as the value that kernels take; arrays are read-only."""
    value = constant.value
    if isinstance(value, ir.Weight):
        return value.array
    if isinstance(constant.type, ir.ListType):
        return [_item(item) for item in value]
    if isinstance(constant.type, ir.DictType):
        return {key: _item(item) for key, item in value}
    if isinstance(value, tuple):
        return tuple(_item(item) for item in value)
    return value


def named(value: Any, kind: ir.Type) -> Any:
    """Return a run-time value as callers see it.

    Structs are named tuples, or the dict or set that they stand for.
    """
    if ir.is_set_type(kind):
        return set(value[0]) if kind.name == ir.SET else frozenset(value[0])
    if isinstance(kind, ir.StructType):
        parts = [named(v, t) for v, (_, t) in zip(value, kind.fields, strict=True)]
        names = [name for name, _ in kind.fields]
        if kind.name == ir.DICT:
            return dict(zip(names, parts, strict=True))
        return _tuple_class(kind.name, tuple(names))(*parts)
    if isinstance(kind, ir.TupleType):
        return tuple(named(v, t) for v, t in zip(value, kind.elements, strict=True))
    if isinstance(kind, ir.ListType):
        return [named(v, kind.element) for v in value]
    if isinstance(kind, ir.DictType):
        return {k: named(v, kind.value) for k, v in value.items()}
    if isinstance(kind, ir.OptionalType) and value is not None:
        return named(value, kind.element)
    if isinstance(kind, ir.UnionType):
        return named(value, next(m for m in kind.members if is_of(value, m)))
    return value


@functools.cache
def _tuple_class(name: str, names: tuple[str, ...]) -> Any:
    usable = name if name.isidentifier() and not keyword.iskeyword(name) else "struct"
    return collections.namedtuple(usable, names, rename=True)  # noqa: PYI024  # the fields are data


def _attribute(definition: AttributeDef, value: Any) -> Any:
    if definition.kind == "data_type" and value is not None:
        return numpy_of(value if isinstance(value, ir.DataType) else ir.DataType(value))
    return tuple(value) if isinstance(value, list) else value


def attributes(node: ir.Node, op: OpDef) -> dict[str, Any]:
    """Return all attributes of a call by name, defaults included, as kernels take them."""
    given = {
        name: runtime(value) if isinstance(value, ir.Constant) else value
        for name, value in node.attributes
    }
    return {
        a.name: _attribute(a, given.get(a.name, a.default))
        for a in op.attributes
        if a.name in given or a.default is not REQUIRED
    }


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """Yield every array within a value."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from arrays(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays(item)


def copied(budget: Budget, array: Any) -> np.ndarray[Any, Any]:
    """Return a copy of a tensor, counted before it is made. Raises LimitError."""
    budget.reserve(array.nbytes)
    return np.array(array, order="C")


def detached(budget: Budget, value: Any) -> Any:
    """Return a value that shares no memory with the given one; a 0-d tensor becomes an array.

    Copies are counted before they are made. Raises LimitError.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        return copied(budget, value)
    if isinstance(value, list):
        return [detached(budget, item) for item in value]
    if isinstance(value, tuple):
        return tuple(detached(budget, item) for item in value)
    if isinstance(value, dict):
        return {key: detached(budget, item) for key, item in value.items()}
    return value


def owner_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the array that holds a view's memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _shows_all(array: np.ndarray[Any, Any], owner: np.ndarray[Any, Any]) -> bool:
    """Whether an array shows each element of its owner once, in whatever order of axes."""
    outermost_first = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    return array.nbytes == owner.nbytes and array.transpose(outermost_first).flags.carray


def holds_tensors(type_: ir.Type) -> bool:
    """Whether a value of this type may have tensors in it: it is not made of scalars alone."""
    if isinstance(type_, ir.ListType):
        return holds_tensors(type_.element)
    if isinstance(type_, ir.DictType):
        return holds_tensors(type_.value)
    return not isinstance(type_, ir.ScalarType)


class Ledger:
    """Counts the bytes of arrays against a budget for as long as the arrays live.

    A view is its owner's memory, unless it shows more than there is: an expanded view counts as the
    tensor that it stands for.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._living: dict[int, weakref.ref[Any]] = {}
        self._counted: set[int] = set()

    def track(self, value: Any) -> Any:
        """Account for the arrays within a value once each; return the value."""
        for array in arrays(value):
            owner = owner_of(array)
            holder = array if array.nbytes > owner.nbytes else owner
            if id(holder) not in self._living:
                self._count(holder, array.nbytes)
        return value

    def result(self, value: Any) -> Any:
        """Return a result of the call cut loose from all other memory; copies are counted first.

        The only holder of memory that the call took is handed over as it is, once.
        """
        if isinstance(value, np.ndarray):
            owner = owner_of(value)
            if id(owner) in self._counted and _shows_all(value, owner):
                self._counted.discard(id(owner))
                return value
            return copied(self._budget, value)
        if isinstance(value, np.generic):
            return np.array(value)
        if isinstance(value, list):
            return [self.result(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self.result(item) for item in value)
        if isinstance(value, dict):
            return {key: self.result(item) for key, item in value.items()}
        return value

    def ignore(self, value: Any) -> None:
        """Never count those of these arrays that are not counted yet: the caller's, the model's."""
        for array in arrays(value):
            owner = owner_of(array)
            if id(owner) not in self._living:
                self._living[id(owner)] = weakref.ref(owner)

    def _count(self, owner: np.ndarray[Any, Any], count: int) -> None:
        key, budget, living = id(owner), self._budget, self._living

        def dead(_: Any) -> None:
            budget.release(count)
            living.pop(key, None)
            self._counted.discard(key)

        budget.reserve(count)
        self._counted.add(key)
        living[key] = weakref.ref(owner, dead)


def track(budget: Budget, value: Any) -> None:
    """Account for the arrays within a value until they die."""
    if budget.ledger is None:
        budget.ledger = Ledger(budget)
    budget.ledger.track(value)
