"""Reads the weight table: where each weight's bytes lie, without touching one of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracescript.ir import limits
from tracescript.ir.values import Weight
from tracescript.v1 import tensor_pb2
from tracescript.wire import scan, table_counts, tensors
from tracescript.wire.enums import DATA_TYPES, Enums
from tracescript.wire.faults import bad_index, check_sentinel, fault, over_limit
from tracescript.wire.tensors import FileSource, Payload

if TYPE_CHECKING:
    from tracescript.errors import TsError
    from tracescript.ir.types import DataType
    from tracescript.wire.container import Container

_BYTE = 8
# Looked up by number, because hashing an enum member costs as much as all else here.
_BITS = {number: (data_type, data_type.bits) for number, data_type in DATA_TYPES.items()}
_SHA256_SIZE = 32


def read_weights(container: Container) -> tuple[list[Weight], list[Payload]]:
    """Return the weights and the storages of a file; `weights[i]` is entry i + 1 of the table.

    Raises:
        FormatError: TRUNCATED, BAD_LAYOUT, or as `Container.message`.
        InvalidModelError: BAD_INDEX, BAD_ENUM, BAD_WEIGHT.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_FEATURE, UNSUPPORTED_DATA_TYPE.

    Spec: CONTAINER-5, WEIGHT-2, WEIGHT-3, WEIGHT-4, WEIGHT-5.
    """
    table = container.message(scan.WEIGHTS, tensor_pb2.WeightTable, table_counts.WEIGHT_TABLES)
    assert table is not None  # the walk requires this section
    check_sentinel(table.weights, "weights.weights")
    check_sentinel(table.storages, "weights.storages")
    payloads = _payloads(container, table)
    enums = Enums(newer=container.newer)
    forms: dict[tuple[Any, ...], tuple[DataType, int, int]] = {}
    weights = [_weight(e, i, payloads, forms, enums) for i, e in enumerate(table.weights[1:], 1)]
    for i, payload in enumerate(payloads, 1):
        if not payload.users:
            what = "found a storage that no weight lies in, expected one"
            raise fault("BAD_WEIGHT", what, f"weights.storages[{i}]", "WEIGHT-5")
    return weights, payloads


def _payloads(container: Container, table: tensor_pb2.WeightTable) -> list[Payload]:
    storages, lengths = table.storages[1:], list[int]()
    for i, storage in enumerate(storages, 1):
        if storage.shard:
            raise bad_index(f"weights.storages[{i}].shard", storage.shard, 0, 0)
        if not 0 < storage.length < limits.MAX_FILE:
            what = f"found length {storage.length}, expected 1..2^62-1"
            raise fault("BAD_WEIGHT", what, f"weights.storages[{i}].length", "WEIGHT-5")
        if len(storage.sha256) != _SHA256_SIZE:
            what = f"found a digest of {len(storage.sha256)} bytes, expected {_SHA256_SIZE}"
            raise fault("BAD_WEIGHT", what, f"weights.storages[{i}].sha256", "WEIGHT-10")
        lengths.append(storage.length)
    places, end = scan.layout(container.end, lengths, container.alignment)
    size = len(container.view)
    if end != size:
        code = "TRUNCATED" if end > size else "BAD_LAYOUT"
        what = f"found {size} bytes, expected {end} from the lengths of the sections and storages"
        raise fault(code, what, "file", "CONTAINER-5")
    return [
        Payload(container.view, i, place, storage.sha256)
        for i, (place, storage) in enumerate(zip(places, storages, strict=True), 1)
    ]


def _too_large(shape: tuple[int, ...], where: str) -> TsError:
    if len(shape) > limits.MAX_RANK:
        return over_limit(where, "dimensions", len(shape), limits.MAX_RANK)
    return over_limit(where, "elements", tensors.extent(shape), limits.MAX_ELEMENTS)


def _form(
    entry: tensor_pb2.Weight, shape: tuple[int, ...], index: int, enums: Enums
) -> tuple[DataType, int, int]:
    """Return a weight's data type, the bytes it needs and those of an element, 1 at least."""
    number = entry.data_type
    if number not in _BITS:
        enums.name(DATA_TYPES, number, f"{_at(index)}.data_type")
    data_type, bits = _BITS[number]
    if len(shape) > limits.MAX_RANK or tensors.extent(shape) > limits.MAX_ELEMENTS:
        raise _too_large(shape, f"{_at(index)}.shape")
    elements = math.prod(shape)
    return data_type, (elements * bits + _BYTE - 1) // _BYTE, max(1, bits // _BYTE)


def _weight(
    entry: tensor_pb2.Weight,
    index: int,
    payloads: list[Payload],
    forms: dict[tuple[Any, ...], tuple[DataType, int, int]],
    enums: Enums,
) -> Weight:
    """Return a weight; `forms` remembers those of a file, whose weights are often alike."""
    shape = tuple(entry.shape)
    key = (entry.data_type, shape)
    if key not in forms:
        forms[key] = _form(entry, shape, index, enums)
    data_type, need, size = forms[key]
    storage, offset = entry.storage, entry.byte_offset
    if entry.HasField("quantization"):
        what = "found quantization, expected none: this reader lacks weight.quantized"
        raise fault("UNSUPPORTED_FEATURE", what, f"{_at(index)}.quantization", "WEIGHT-11")
    if storage > len(payloads):
        raise bad_index(f"{_at(index)}.storage", storage, 0, len(payloads))
    if (need == 0) != (storage == 0):
        elements = math.prod(shape)
        what = f"found storage {storage} for {elements} elements"
        expected = "expected one" if elements else "expected none"
        raise fault("BAD_WEIGHT", f"{what}, {expected}", f"{_at(index)}.storage", "WEIGHT-4")
    payload, have = None, 0
    if storage:
        payload = payloads[storage - 1]
        payload.users += 1
        have = payload.length
    if offset + need > have:
        what = (
            f"found {have} bytes in its storage, expected {need} for "
            f"{data_type.value}{list(shape)} at offset {offset}"
        )
        raise fault("BAD_WEIGHT", what, _at(index), "WEIGHT-2")
    if offset % size:
        what = f"found offset {offset}, expected a multiple of the element size"
        raise fault("BAD_WEIGHT", what, f"{_at(index)}.byte_offset", "WEIGHT-3")
    return Weight(data_type, shape, FileSource(payload, offset, data_type, shape, index))


def _at(index: int) -> str:
    return f"weights.weights[{index}]"
