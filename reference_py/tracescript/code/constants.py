"""Numbers the constants of a model as the file does, for `constant(k)`.

The order is that of first reference: functions (defaults, values, attributes, observed values),
then states, then modules; the elements of a constant before it. Spec: CODE-10.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any

from tracescript.code.uses import walk
from tracescript.ir import order
from tracescript.ir.constants import FLOAT, INT
from tracescript.ir.types import DictType, ListType, TupleType
from tracescript.ir.values import Constant, Weight

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from tracescript.ir.graph import Block, Function
    from tracescript.ir.model import Model, Module
    from tracescript.ir.types import Type

_NUMBERS = {INT, FLOAT}


def content(constant: Constant, own: frozenset[Weight] = frozenset()) -> Hashable:
    """Return a key that is equal for equal constants: types, bits, identity of weights.

    A 0-d weight counts by its bits, unless it is one of a module's `own`.
    """
    return (constant.type, _content(constant.value, own))


def _content(value: Any, own: frozenset[Weight]) -> Hashable:
    if isinstance(value, Constant):
        return _content(value.value, own)
    if isinstance(value, float):
        return ("float", "nan" if math.isnan(value) else struct.pack("<d", value))
    if isinstance(value, complex):
        return ("complex", _content(value.real, own), _content(value.imag, own))
    if isinstance(value, tuple):
        return tuple(_content(v, own) for v in value)
    if isinstance(value, Weight):
        if value.shape == () and value not in own:
            return ("element", value.data_type, bytes(value.array.tobytes()))
        return value
    return (type(value).__name__, value)


class ConstantTable:
    """The table `Model.constants`: index of a constant, constant at an index from 1."""

    def __init__(self, model: Model) -> None:
        self._index: dict[Hashable, int] = {}
        self._entries: list[Constant] = []
        modules = order.modules_of(model.root)
        self._own = order.own_weights(modules)
        for constant in _in_order(model, modules):
            self._add(constant)

    def _add(self, constant: Constant) -> None:
        key = content(constant, self._own)
        if key in self._index:
            return
        for element in _elements(constant):
            self._add(element)
        self._entries.append(constant)
        self._index[key] = len(self._entries)

    def index(self, constant: Constant) -> int:
        """Return the index of a constant of this model. Raises KeyError."""
        return self._index[content(constant, self._own)]

    def get(self, index: int) -> Constant | None:
        """Return the constant at an index, or None."""
        return self._entries[index - 1] if 1 <= index <= len(self._entries) else None


def _elements(constant: Constant) -> Iterator[Constant]:
    """Yield what a container constant refers to; packed lists of numbers refer to nothing."""
    t, value = constant.type, constant.value
    if not isinstance(value, tuple):
        return
    if isinstance(t, DictType):
        for key, item in value:
            yield _constant(t.key, key)
            yield _constant(t.value, item)
        return
    types = _element_types(t, len(value))
    if len(set(types)) == 1 and types[0] in _NUMBERS:
        return
    for kind, item in zip(types, value, strict=True):
        yield _constant(kind, item)


def _element_types(t: Type, count: int) -> tuple[Type, ...]:
    if isinstance(t, ListType):
        return (t.element,) * count
    if isinstance(t, TupleType):
        return t.elements
    return tuple(kind for _, kind in getattr(t, "fields", ()))


def _constant(t: Type, value: Any) -> Constant:
    return value if isinstance(value, Constant) else Constant(t, value)


def in_file_order(model: Model) -> list[Function]:
    """Return the functions as a file orders them; those that no method reaches come last.

    Raises InvalidModelError for a call of a function that the model lacks.
    """
    reached = order.functions_of(model, order.modules_of(model.root))
    return list(dict.fromkeys([*reached, *model.functions]))


def _in_order(model: Model, modules: list[Module]) -> Iterator[Constant]:
    for function in in_file_order(model):
        yield from _of_function(function)
    yield from (state.initial for state in order.states_of(modules))
    for module in modules:
        yield from (a.value for a in module.attributes if isinstance(a.value, Constant))
        for method in module.methods:
            yield from method.bound


def _of_function(function: Function) -> Iterator[Constant]:
    yield from (i.default for i in function.inputs if i.default is not None)
    yield from _values(function.body)
    tested = (d.value for d in function.decisions if d.value is not None)
    yield from (v.constant for v in tested if v.constant is not None)
    for _, node in walk(function.body):
        yield from (a for _, a in node.attributes if isinstance(a, Constant))
    yield from (d.observed for d in function.decisions if d.observed is not None)


def _values(body: Block) -> Iterator[Constant]:
    todo: list[Any] = [body]
    while todo:
        item = todo.pop()
        if isinstance(item, tuple):
            yield from (v.constant for v in item if v is not None and v.constant is not None)
            continue
        todo.append(item.results)
        for node in reversed(item.nodes):
            todo += [*reversed(node.blocks), node.inputs]
