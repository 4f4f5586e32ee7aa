"""Subscripts as ops: integers and slices one by one, arrays by `index`, writes likewise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.ir import constants
from tracescript.producer.trace.numbers import SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.tape import Wire


@dataclass(frozen=True, slots=True)
class Key:
    """A subscript with its ellipsis filled in: basic parts by axis, then arrays for `index`."""

    parts: tuple[Any, ...]

    @property
    def joined(self) -> Key:
        """The key as numpy reads it: integers that stand apart from arrays are arrays too."""
        places = [k for k, p in enumerate(self.parts) if _is_advanced(p) or isinstance(p, int)]
        if self.is_basic or places == list(range(places[0], places[-1] + 1)):
            return self
        return Key(tuple([p] if isinstance(p, int) else p for p in self.parts))

    @property
    def is_basic(self) -> bool:
        """Whether it has no arrays: the result is a view."""
        return not any(_is_advanced(p) for p in self.parts)


def _is_advanced(part: Any) -> bool:
    return not (part is None or isinstance(part, (int, slice))) or isinstance(part, bool)


def normal(door: Door, key: Any, rank: int) -> Key:
    """Fill in the ellipsis and the missing slices at the end; lists of numbers become arrays."""
    parts = list(key) if isinstance(key, tuple) else [key]
    used = sum(_width(door, p) for p in parts)
    filler = [slice(None)] * (rank - used)
    for i, part in enumerate(parts):
        if part is Ellipsis:
            return Key(tuple(parts[:i] + filler + parts[i + 1 :]))
    return Key(tuple(parts + filler))


def _width(door: Door, part: Any) -> int:
    if part is None or part is Ellipsis:
        return 0
    if door.is_array(part):
        kind = door.type_of(part)
        return len(kind.shape or ()) if kind.data_type is ir.DataType.BOOL else 1
    return 0 if isinstance(part, bool) else 1


def read(door: Door, wire: Wire, key: Key, result: ir.TensorType) -> Wire:
    """Record `x[key]`; `result` is the type of what the program got."""
    wire, arrays, axis = _basic(door, wire, key, last=result if key.is_basic else None)
    if all(a is None for a in arrays[:axis]):
        return wire
    return door.recorder.single("index", (wire, _indices(door, arrays)), None, result)


def _basic(
    door: Door, wire: Wire, key: Key, last: ir.TensorType | None
) -> tuple[Wire, list[Any], int]:
    """Record integers, slices and new axes of a key; return the arrays left, one for each axis."""
    recorder, axis, arrays = door.recorder, 0, []
    for part in key.parts:
        kind = wire.type
        assert isinstance(kind, ir.TensorType), "an array is a tensor"
        assert kind.shape is not None, "examples have a shape"
        shape = list(kind.shape)
        if part is None:
            shape.insert(axis, 1)
            made = ir.TensorType(kind.data_type, tuple(shape))
            wire = recorder.single("unsqueeze", (wire,), {"dim": axis}, made)
        elif _is_advanced(part):
            arrays.append(part)
            axis += _width(door, part)
            continue
        elif isinstance(part, slice):
            wire = _slice(door, wire, part, axis)
        else:
            del shape[axis]
            made = ir.TensorType(kind.data_type, tuple(shape))
            wire = recorder.single("select", (wire, recorder.number(part)), {"dim": axis}, made)
            continue
        arrays.append(None)
        axis += 1
    assert last is None or wire.type == last, "basic subscripts give what the library gives"
    return wire, arrays, len(arrays)


def _slice(door: Door, wire: Wire, part: slice, axis: int) -> Wire:
    kind = wire.type
    assert isinstance(kind, ir.TensorType), "an array is a tensor"
    assert kind.shape is not None, "examples have a shape"
    if _is(part.start, 0) and part.stop is None and _is(part.step, 1):
        return wire
    shape = list(kind.shape)
    size = shape[axis]
    assert isinstance(size, int), "examples have plain sizes"
    bounds: tuple[Any, ...] = tuple(
        None if b is None else b.__index__() if not isinstance(b, SymInt) else b
        for b in (part.start, part.stop, part.step)
    )
    if bounds[2] is not None and bounds[2] < 0:
        flipped = door.recorder.single("flip", (wire,), {"dims": (axis,)}, kind)
        first, last = (b if b is None else -1 - b for b in bounds[:2])
        return _slice(door, flipped, slice(first, last, -bounds[2]), axis)
    shape[axis] = len(range(*slice(*map(plain, bounds)).indices(size)))
    inputs = (wire, *(None if b is None else door.recorder.number(b) for b in bounds))
    made = ir.TensorType(kind.data_type, tuple(shape))
    return door.recorder.single("slice", inputs, {"dim": axis}, made)


def _is(bound: Any, default: int) -> bool:
    return bound is None or (type(bound) is int and bound == default)


def _indices(door: Door, arrays: Sequence[Any]) -> Wire:
    """Return the list of index arrays that `index` and `index_put` take, None for a whole axis."""
    while arrays and arrays[-1] is None:
        arrays = arrays[:-1]
    wires = [_index(door, a) for a in arrays]
    return door.recorder.list(wires, ir.ListType(constants.INT) if not wires else None)


def _index(door: Door, part: Any) -> Wire:
    recorder = door.recorder
    if part is None:
        return recorder.scalar(None)
    array = part if door.is_array(part) else door.index_array(part)
    wire = door.wire(array)
    kind = wire.type
    assert isinstance(kind, ir.TensorType), "an index is an array"
    return wire if kind.data_type is ir.DataType.BOOL else recorder.cast(wire, ir.DataType.INT64)


def written(door: Door, wire: Wire, key: Key, value: Wire) -> Wire:
    """Record `x[key] = value` and return the new value of x."""
    recorder, kind = door.recorder, wire.type
    assert isinstance(kind, ir.TensorType), "an array is written"
    value = recorder.cast(value, kind.data_type)
    inner, arrays, _ = _basic(door, wire, key, None)
    if key.is_basic:
        value = _expanded(door, value, inner)
    else:
        indices = _indices(door, arrays)
        value = recorder.single("index_put", (inner, indices, value), None, inner.type)
    while inner is not wire:
        assert inner.maker is not None, "basic subscripts lead here"
        before, rest = inner.maker.inputs[0], inner.maker.inputs[1:]
        assert before is not None, "a subscript takes an array"
        op, attributes = inner.maker.op, inner.maker.attributes
        if op == "unsqueeze":
            dims = {"dim": (attributes["dim"],)}
            value = recorder.single("squeeze", (value,), dims, before.type)
        elif op == "flip":
            value = recorder.single("flip", (value,), attributes, before.type)
        else:
            given = (before, value, *rest)
            value = recorder.single(f"{op}_scatter", given, attributes, before.type)
        inner = before
    return value


def _expanded(door: Door, value: Wire, like: Wire) -> Wire:
    sizes = door.recorder.shape(like)
    if value.type == like.type and door.recorder.shape(value) == sizes:
        return value
    return door.recorder.single("expand", (value, door.recorder.ints(sizes)), None, like.type)
