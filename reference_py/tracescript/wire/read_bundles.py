"""Reads DataBundle messages back into run-time values, trusting nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.limits import MAX_DATA_PARTS, MAX_DEPTH, MAX_ELEMENTS, MAX_RANK
from tracescript.wire import tensors
from tracescript.wire.enums import DATA_TYPES, Enums
from tracescript.wire.faults import fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.errors import TsError
    from tracescript.v1 import data_pb2

_RULE: Final = "CONTAINER-24"
_SCALARS: Final = ("bool_value", "int_value", "float_value", "str_value")
_INDEX_LISTS: Final = ("list", "tuple", "dict")


class BundleReader:
    """Reads one bundle. `code` is the error code for whatever is wrong with it.

    `values[i]` is the value of table entry i. Entries that several others refer to are one object:
    nobody writes into a run-time value.

    Raises:
        TsError: with `code`, CONTAINER-24.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_DATA_TYPE.
    """

    def __init__(self, bundle: data_pb2.DataBundle, code: str, where: str, *, newer: bool) -> None:
        self._bundle = bundle
        self._code = code
        self._where = where
        self._enums = Enums(newer=newer)
        self.values: list[Any] = [None]
        self._depth = [0]
        self._parts = [0]
        if not bundle.table or bundle.table[0].ByteSize():
            raise self._error("table[0]", "found no empty entry 0, expected one")
        for index in range(1, len(bundle.table)):
            self._read(index)

    def items(self) -> list[tuple[str, Any]]:
        """Return the named values in order; by position comes before by name."""
        items: list[tuple[str, Any]] = []
        seen: set[str] = set()
        for i, item in enumerate(self._bundle.items):
            where = f"items[{i}]"
            if not 0 < item.data < len(self.values):
                what = f"found index {item.data}, expected 1..{len(self.values) - 1}"
                raise self._error(f"{where}.data", what)
            if item.name in seen or (seen and not item.name):
                what = f"found the name {item.name!r}, expected positions first and each name once"
                raise self._error(f"{where}.name", what)
            if item.name:
                seen.add(item.name)
            items.append((item.name, self.values[item.data]))
        return items

    def children(self, index: int) -> Sequence[int] | None:
        """Return the entries a container consists of, for a dict its values; None for a leaf."""
        entry = self._bundle.table[index]
        kind = entry.WhichOneof("kind")
        if kind == "struct":
            return entry.struct.fields
        if kind == "dict":
            return entry.dict.items[1::2]
        return getattr(entry, kind).items if kind in {"list", "tuple"} else None

    def _read(self, index: int) -> None:
        entry = self._bundle.table[index]
        kind = entry.WhichOneof("kind")
        where = f"table[{index}]"
        depth = parts = 0
        value: Any = None
        if kind in _SCALARS:
            value = getattr(entry, kind)
        elif kind == "complex_value":
            value = complex(entry.complex_value.real, entry.complex_value.imag)
        elif kind == "data_type":
            number = entry.data_type.data_type
            value = self._enums.name(DATA_TYPES, number, f"{self._where}.{where}.data_type")
        elif kind == "tensor":
            value = self._tensor(entry.tensor, where)
        elif kind == "struct":
            depth, parts, elements = self._elements(entry.struct.fields, f"{where}.fields", index)
            value = tuple(elements)
        elif kind in _INDEX_LISTS:
            items = getattr(entry, kind).items
            depth, parts, elements = self._elements(items, f"{where}.{kind}", index)
            value = self._container(kind, elements, where)
        elif kind is None:
            raise self._error(where, "found no value, expected one")
        self.values.append(value)
        self._depth.append(depth + 1)
        self._parts.append(parts + 1)

    def _elements(self, items: Sequence[int], where: str, index: int) -> tuple[int, int, list[Any]]:
        """Return depth, parts and values of what an entry refers to."""
        for i, item in enumerate(items):
            if not 0 < item < index:
                raise self._error(f"{where}[{i}]", f"found index {item}, expected 1..{index - 1}")
        depth = max((self._depth[item] for item in items), default=0)
        parts = sum(self._parts[item] for item in items)
        if depth >= MAX_DEPTH or parts >= MAX_DATA_PARTS:
            what = (
                f"found depth {depth + 1} and {parts + 1} parts, "
                f"expected at most {MAX_DEPTH} and {MAX_DATA_PARTS}"
            )
            raise fault("FILE_LIMIT", what, f"{self._where}.{where}", "CONTAINER-20")
        return depth, parts, [self.values[item] for item in items]

    def _container(self, kind: str, elements: list[Any], where: str) -> Any:
        if kind == "list":
            return elements
        if kind == "tuple":
            return tuple(elements)
        keys, values = elements[::2], elements[1::2]
        if len(keys) != len(values):
            raise self._error(where, "found a key without a value, expected pairs")
        if any(type(key) not in {int, str, bool} for key in keys):
            raise self._error(where, "found another key, expected int, str or bool")
        if len(set(keys)) != len(keys):
            raise self._error(where, "found a key twice, expected each once")
        return dict(zip(keys, values, strict=True))

    def _tensor(self, tensor: data_pb2.TensorData, where: str) -> Any:
        place = f"{self._where}.{where}.tensor"
        data_type = self._enums.name(DATA_TYPES, tensor.data_type, f"{place}.data_type")
        shape = tuple(tensor.shape)
        if len(shape) > MAX_RANK or tensors.extent(shape) > MAX_ELEMENTS:
            what = f"found shape {shape[:MAX_RANK]}, expected rank {MAX_RANK} and 2^58 elements"
            raise fault("FILE_LIMIT", what, place, "CONTAINER-20")
        expected = tensors.size_of(data_type, shape)
        if len(tensor.content) != expected:
            what = f"found {len(tensor.content)} bytes, expected {expected}"
            raise self._error(f"{where}.tensor.content", what)
        return tensors.decode(memoryview(tensor.content), data_type, shape, place, self._code)

    def _error(self, where: str, what: str) -> TsError:
        return fault(self._code, what, f"{self._where}.{where}", _RULE)


def decode(
    bundle: data_pb2.DataBundle, where: str = "data", *, code: str = "BAD_REQUEST"
) -> list[tuple[str, Any]]:
    """Return the (name, value) pairs of a bundle, the name empty for by position.

    Tensors are read-only arrays over the message's bytes; a struct is the tuple of its fields.

    Raises:
        TsError: with `code`, for whatever is wrong with the bundle.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_DATA_TYPE.

    Spec: CONTAINER-24.
    """
    return BundleReader(bundle, code, where, newer=False).items()
