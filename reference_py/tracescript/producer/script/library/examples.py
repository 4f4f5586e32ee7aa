"""Example arguments of one library call, made of the types that a script knows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir import constants, dims
from tracescript.ir.types import DataType, DimExpr, ScalarType, Symbol, TensorType
from tracescript.ir.values import Value, Weight
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.emitter.entries import Empty, Items, Known, constant_of
from tracescript.producer.script.emitter.objects import data_type_of_object, torch_door
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracescript.ir.types import Dim
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.trace.door import Door

_UNKNOWN: Final = ""
"""Stands for sizes without a name."""
_STARTS: Final = (5, 11, 1)
"""Sizes of the runs whose recordings are compared: any two sizes differ, then all are one."""
_GOLDEN: Final = (math.sqrt(5) - 1) / 2


NONE, WRITTEN, OUTSIDE = range(3)
"""Which arrays of numpy are known to a call of a library with their elements."""


class UnknownTypeError(Exception):
    """The type of an argument is open, or it is no value that an example can stand for."""


def bindings(e: Emitter, entries: Sequence[Entry]) -> list[dict[str, int]]:
    """Return sizes for the runs that a call needs: one where all sizes are known, else three.

    Raises UnknownTypeError for a tensor of unknown rank, or whose data type is still open.
    """
    names: dict[str, int] = {}
    for value in tensors(e, entries):
        assert isinstance(value.type, TensorType)
        if value.type.shape is None or e.session.roots.of(value):
            raise UnknownTypeError
        for size in value.type.shape:
            if size is None:
                names.setdefault(_UNKNOWN, 1)
            elif isinstance(size, Symbol | DimExpr):
                names.update({s.name: max(1, s.min) for s in dims.symbols(size)})
    if not names:
        return [{}]
    return [
        {n: max(least, start + k * (start > 1)) for k, (n, least) in enumerate(names.items())}
        for start in _STARTS
    ]


def tensors(e: Emitter, entries: Sequence[Entry]) -> Iterator[Value]:
    """Yield the tensors among entries, also in tuples and lists."""
    for x in entries:
        parts = _parts(e, x)
        if parts is not None:
            yield from tensors(e, parts)
        elif is_tensor(x) or e.session.holds_array(x):
            yield e.value(x)


class Examples:
    """The arguments of one run. `values` are the script's values by the wires of the run.

    `opens` says which arrays are the arrays that they are: OUTSIDE those made outside of the
    program and those that it writes out, WRITTEN the latter alone, NONE none.
    """

    def __init__(self, e: Emitter, door: Door, sizes: Mapping[str, int], opens: int) -> None:
        self._e = e
        self._door = door
        self._sizes = sizes
        self._opens = opens
        self._plains: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
        self._arrays: list[tuple[int | str | None, Any, Wire, np.ndarray[Any, Any]]] = []
        self.values: dict[Wire, Value] = {}

    def of(self, entry: Entry, key: int | str | None = None) -> Any:
        """Return an example of an argument; `key` is its place or name in the call.

        An array that is not the program's own has none: no place here takes what it becomes.
        """
        if self._opens == OUTSIDE and isinstance(entry, Known) and is_plain_array(entry):
            return self._plain(np.array(entry.value))
        if self._e.session.holds_array(entry):
            return self._array(self._e.value(entry), None)
        if is_tensor(entry):
            return self._array(self._e.value(entry), key)
        parts = _parts(self._e, entry)
        if parts is not None:
            made = [self.of(p) for p in parts]
            return tuple(made) if isinstance(entry, Items) and not entry.is_list else made
        if isinstance(entry, Empty) and not entry.is_dict:
            return []
        is_known, value = constant_of(entry)
        if is_known and _is_plain(value):
            return _in_library(self._e, value)
        if isinstance(entry, Value) and entry.type in {constants.INT, constants.FLOAT}:
            return self._number(entry)
        raise UnknownTypeError

    def changed(self) -> list[tuple[int | str, Wire]]:
        """Return the arguments that the call has changed, with what they are afterwards."""
        if any(before.tobytes() != array.tobytes() for array, before in self._plains):
            raise UnknownTypeError
        found: list[tuple[int | str, Wire]] = []
        for key, array, before, data in self._arrays:
            after = self._door.wire(array)
            if after is before and self._door.real(array).tobytes() != data.tobytes():
                raise UnknownTypeError
            is_weight = self.values[before] in {v for v, _ in self._e.unit.bound.values()}
            if after is not before and (key is None or is_weight):
                raise UnknownTypeError
            if after is not before and key is not None:
                found.append((key, after))
        return found

    def _array(self, value: Value, key: int | str | None) -> Any:
        plain = plain_array(self._e, value) if self._opens != NONE else None
        if plain is not None:
            return self._plain(plain)
        kind = value.type
        assert isinstance(kind, TensorType)
        shape = tuple(self._size(n) for n in kind.shape or ())
        wire = self._wire(value, TensorType(kind.data_type, shape))
        data = elements(dtypes.numpy_of(kind.data_type), shape)
        made = self._door.wrap(wire, data.copy())
        self._arrays.append((key, made, wire, data))
        return made

    def _plain(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        self._plains.append((array, array.copy()))
        return array

    def _size(self, size: Dim) -> int:
        return self._sizes[_UNKNOWN] if size is None else dims.evaluate(size, self._sizes)

    def _number(self, value: Value) -> Any:
        assert isinstance(value.type, ScalarType)
        example = 1 if value.type == constants.INT else 0.5
        wire = self._wire(value, value.type)
        return self._door.recorder.symbolic(wire, example)

    def _wire(self, value: Value, kind: Any) -> Wire:
        root = self._door.recorder.root
        wire = Wire(kind, root, f"x{len(self.values)}")
        root.args.append((wire.name, wire))
        self.values[wire] = value
        return wire


def _parts(e: Emitter, entry: Entry) -> Sequence[Entry] | None:
    """Return the parts of a tuple or a list that are known one by one."""
    if isinstance(entry, Items):
        return entry.parts
    return e.session.made_lists.get(entry) if isinstance(entry, Value) else None


def _in_library(e: Emitter, value: Any) -> Any:
    """Return a plain value with data types as the library has them."""
    if isinstance(value, list | tuple):
        return type(value)(_in_library(e, v) for v in value)
    if not isinstance(value, DataType):
        return value
    door = torch_door() if e.frame.flavour == "torch" else None
    return dtypes.numpy_of(value) if door is None else door.data_type_object(value)


def is_plain_array(entry: Entry) -> bool:
    """Whether an entry is an array of numpy made outside of the program."""
    return isinstance(entry, Known) and isinstance(entry.value, np.ndarray)


def plain_array(e: Emitter, value: Value) -> np.ndarray[Any, Any] | None:
    """Return the elements of an array that a program of numpy writes out; None for any other."""
    if e.frame.flavour != "numpy":
        return None
    if value.constant is not None and isinstance(value.constant.value, Weight):
        return np.array(value.constant.value.array)
    made = next((n for n in reversed(e.builder.nodes) if value in n.outputs), None)
    if made is None or made.op != "to_tensor" or made.inputs[0] is None:
        return None
    is_known, numbers = constant_of(made.inputs[0])
    assert isinstance(value.type, TensorType)
    kind = dtypes.numpy_of(value.type.data_type)
    return np.asarray(numbers, kind) if is_known and kind.isbuiltin == 1 else None


def elements(dtype: np.dtype[Any], shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """Return elements that most functions take: between 0 and 1, a matrix that has an inverse."""
    if dtype.kind == "b":
        return np.ones(shape, dtype)
    is_square = len(shape) > 1 and shape[-1] == shape[-2]
    whole = np.eye(shape[-1]) if is_square else np.zeros(())
    if dtype.kind in "iu":
        return np.broadcast_to(whole, shape).astype(dtype)
    spread = (np.arange(1, math.prod(shape) + 1) * _GOLDEN % 1).reshape(shape) * 0.8 + 0.1
    if is_square:
        spread = whole * (1 + spread) + (spread + np.swapaxes(spread, -1, -2)) / (8 * shape[-1])
    return spread.astype(dtype)


def _is_plain(value: Any) -> bool:
    """Whether a value known at compile time means the same to a library as to the program."""
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if value is None or value is Ellipsis or isinstance(value, bool | int | float | complex | str):
        return True
    if isinstance(value, slice):
        return all(map(_is_plain, (value.start, value.stop, value.step)))
    home = (getattr(value, "__module__", None) or type(value).__module__).partition(".")[0]
    return data_type_of_object(value) is not None or (
        home in {"numpy", "torch"} and not isinstance(value, type) and callable(value)
    )
