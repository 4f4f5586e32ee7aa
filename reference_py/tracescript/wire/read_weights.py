"""Reads the weight table: where each weight's bytes lie, without touching one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.values import Weight
from tracescript.v1 import tensor_pb2
from tracescript.wire import limits, scan
from tracescript.wire.enums import DATA_TYPES, Enums
from tracescript.wire.faults import bad_index, check_sentinel, fault, over_limit
from tracescript.wire.tensors import FileSource, Payload, size_of

if TYPE_CHECKING:
    from tracescript.wire.container import Container

_BYTE = 8
_SHA256_SIZE = 32


def read_weights(container: Container) -> tuple[list[Weight], list[Payload]]:
    """Return the weights and the storages of a file; `weights[i]` is entry i + 1 of the table.

    Raises:
        FormatError: TRUNCATED, BAD_LAYOUT, or as `Container.message`.
        InvalidModelError: BAD_INDEX, BAD_ENUM, BAD_WEIGHT.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_FEATURE, UNSUPPORTED_DATA_TYPE.

    Spec: CONTAINER-5, WEIGHT-2, WEIGHT-3, WEIGHT-4, WEIGHT-5.
    """
    table = container.message(scan.WEIGHTS, tensor_pb2.WeightTable, limits.WEIGHT_TABLES)
    assert table is not None  # the walk requires this section
    check_sentinel(table.weights, "weights.weights")
    check_sentinel(table.storages, "weights.storages")
    payloads = _payloads(container, table)
    enums = Enums(newer=container.newer)
    weights = []
    for i, entry in enumerate(table.weights):
        if i:
            weights.append(_weight(entry, f"weights.weights[{i}]", payloads, enums))
    for i, payload in enumerate(payloads, 1):
        if not payload.users:
            what = "found a storage that no weight lies in, expected one"
            raise fault("BAD_WEIGHT", what, f"weights.storages[{i}]", "WEIGHT-5")
    return weights, payloads


def _payloads(container: Container, table: tensor_pb2.WeightTable) -> list[Payload]:
    storages = table.storages[1:]
    for i, storage in enumerate(storages, 1):
        where = f"weights.storages[{i}]"
        if storage.shard:
            raise bad_index(f"{where}.shard", storage.shard, 0, 0)
        if not 0 < storage.length < limits.MAX_FILE:
            what = f"found length {storage.length}, expected 1..2^62-1"
            raise fault("BAD_WEIGHT", what, f"{where}.length", "WEIGHT-5")
        if len(storage.sha256) != _SHA256_SIZE:
            what = f"found a digest of {len(storage.sha256)} bytes, expected {_SHA256_SIZE}"
            raise fault("BAD_WEIGHT", what, f"{where}.sha256", "WEIGHT-10")
    lengths = [storage.length for storage in storages]
    places, end = scan.layout(container.end, lengths, container.alignment)
    size = len(container.view)
    if end != size:
        code = "TRUNCATED" if end > size else "BAD_LAYOUT"
        what = f"found {size} bytes, expected {end} from the lengths of the sections and storages"
        raise fault(code, what, "file", "CONTAINER-5")
    return [
        Payload(container.view, place, storage.sha256, f"weights.storages[{i}]")
        for i, (place, storage) in enumerate(zip(places, storages, strict=True), 1)
    ]


def _elements(shape: tuple[int, ...], where: str) -> int:
    if len(shape) > limits.MAX_RANK:
        raise over_limit(f"{where}.shape", "dimensions", len(shape), limits.MAX_RANK)
    elements = 0 if 0 in shape else 1
    for extent in shape:
        elements *= extent
        if elements > limits.MAX_ELEMENTS:
            raise over_limit(f"{where}.shape", "elements", elements, limits.MAX_ELEMENTS)
    return elements


def _weight(entry: tensor_pb2.Weight, where: str, payloads: list[Payload], enums: Enums) -> Weight:
    data_type = enums.name(DATA_TYPES, entry.data_type, f"{where}.data_type")
    shape = tuple(entry.shape)
    elements = _elements(shape, where)
    if entry.HasField("quantization"):
        what = "found quantization, expected none: this reader lacks weight.quantized"
        raise fault("UNSUPPORTED_FEATURE", what, f"{where}.quantization", "WEIGHT-11")
    if entry.storage > len(payloads):
        raise bad_index(f"{where}.storage", entry.storage, 0, len(payloads))
    if bool(elements) != bool(entry.storage):
        what = f"found storage {entry.storage} for {elements} elements"
        expected = "expected one" if elements else "expected none"
        raise fault("BAD_WEIGHT", f"{what}, {expected}", f"{where}.storage", "WEIGHT-4")
    payload = payloads[entry.storage - 1] if entry.storage else None
    have = 0
    if payload is not None:
        payload.users += 1
        have = payload.place.end - payload.place.start
    need = size_of(data_type, shape)
    if entry.byte_offset + need > have:
        what = (
            f"found {have} bytes in its storage, expected {need} for "
            f"{data_type.value}{list(shape)} at offset {entry.byte_offset}"
        )
        raise fault("BAD_WEIGHT", what, where, "WEIGHT-2")
    if entry.byte_offset % max(1, data_type.bits // _BYTE):
        what = f"found offset {entry.byte_offset}, expected a multiple of the element size"
        raise fault("BAD_WEIGHT", what, f"{where}.byte_offset", "WEIGHT-3")
    source = FileSource(payload, entry.byte_offset, data_type, shape, where)
    return Weight(data_type, shape, source)
