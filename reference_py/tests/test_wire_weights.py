"""The weight table and the payloads: what is refused, what is kept."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.wire_files import assign, edited, refused, rich_file
from tools import file_parts, sample_models
from tracescript import ir
from tracescript.errors import TsError
from tracescript.ir import constants as c
from tracescript.ir.types import DataType
from tracescript.v1 import tensor_pb2
from tracescript.wire import scan
from tracescript.wire.reader import read
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[Any], Any]


@pytest.fixture(scope="module")
def content() -> bytes:
    return rich_file()


def test_a_weight_without_use_fails_a_full_verification(content: bytes) -> None:
    changed = edited(content, scan.WEIGHTS, lambda m: m.weights.add(data_type=1, shape=[0]))
    read(changed)
    error = refused(changed, verify="full")
    assert (error.code, error.where) == ("NOT_CANONICAL", "weights")


W, S = "weights[1]", "storages[1]"


@pytest.mark.parametrize(
    ("path", "value", "code", "rule"),
    [
        (f"{W}.storage", 9, "BAD_INDEX", "CONTAINER-17"),
        (f"{W}.storage", 0, "BAD_WEIGHT", "WEIGHT-4"),
        (f"{W}.data_type", 99, "BAD_ENUM", "CONTAINER-18"),
        (f"{W}.data_type", 0, "BAD_ENUM", "CONTAINER-18"),
        (f"{W}.shape[0]", 0, "BAD_WEIGHT", "WEIGHT-4"),
        (f"{W}.shape[0]", 3, "BAD_WEIGHT", "WEIGHT-2"),
        (f"{W}.shape[0]", 2**61, "FILE_LIMIT", "CONTAINER-20"),
        (f"{W}.shape[0]", 2**64 - 1, "FILE_LIMIT", "CONTAINER-20"),
        (f"{W}.byte_offset", 4, "BAD_WEIGHT", "WEIGHT-2"),
        (f"{W}.byte_offset", 2**64 - 1, "BAD_WEIGHT", "WEIGHT-2"),
        (f"{S}.length", 0, "BAD_WEIGHT", "WEIGHT-5"),
        (f"{S}.length", 2**63, "BAD_WEIGHT", "WEIGHT-5"),
        (f"{S}.length", 2000, "TRUNCATED", "CONTAINER-5"),
        (f"{S}.shard", 1, "BAD_INDEX", "CONTAINER-17"),
        (f"{S}.sha256", b"", "BAD_WEIGHT", "WEIGHT-10"),
    ],
)
def test_a_weight_table_that_is_not_sound_is_refused(
    content: bytes, path: str, value: Any, code: str, rule: str
) -> None:
    error = refused(edited(content, scan.WEIGHTS, assign(path, value)))
    assert (error.code, error.rule) == (code, rule)


def test_an_offset_that_is_no_multiple_of_the_element_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        message.weights[1].shape[0] = 1
        message.weights[1].byte_offset = 2

    error = refused(edited(content, scan.WEIGHTS, edit))
    assert (error.code, error.rule) == ("BAD_WEIGHT", "WEIGHT-3")


def test_a_rank_of_a_weight_above_the_limit_is_refused(content: bytes) -> None:
    error = refused(edited(content, scan.WEIGHTS, lambda m: m.weights[1].shape.extend([1] * 63)))
    assert error.code == "FILE_LIMIT"


def test_a_storage_without_weight_is_refused(content: bytes) -> None:
    parts = file_parts.take_apart(content)
    table = tensor_pb2.WeightTable.FromString(parts.sections[scan.WEIGHTS])
    table.storages.add(length=4, sha256=bytes(32))
    parts.sections[scan.WEIGHTS] = table.SerializeToString()
    parts.payloads.append(bytes(4))
    error = refused(file_parts.assemble(parts))
    assert (error.code, error.rule) == ("BAD_WEIGHT", "WEIGHT-5")


def test_quantization_is_not_supported_yet(content: bytes) -> None:
    edit: Edit = lambda m: m.weights[1].quantization.SetInParent()
    error = refused(edited(content, scan.WEIGHTS, edit))
    assert (error.code, error.rule) == ("UNSUPPORTED_FEATURE", "WEIGHT-11")


def with_payload(payload: bytes, *weights: tensor_pb2.Weight, count: int = 1) -> bytes:
    """A file whose root has these weights as parameters, all in one storage."""
    root = ir.Module(
        "R",
        parameters=tuple(
            ir.Parameter(f"p{i}", c.weight(np.full(1, i, np.uint8), DataType.UINT8))
            for i in range(len(weights))
        ),
    )
    out = io.BytesIO()
    write(sample_models.module_model(root), out)
    parts = file_parts.take_apart(out.getvalue())
    table = tensor_pb2.WeightTable()
    table.weights.add()
    table.weights.extend(weights)
    table.storages.add()
    for _ in range(count):
        table.storages.add(length=len(payload), sha256=hashlib.sha256(payload).digest())
    parts.sections[scan.WEIGHTS] = table.SerializeToString(deterministic=True)
    parts.payloads = [payload] * count
    return file_parts.assemble(parts)


def entry(data_type: DataType, shape: list[int], offset: int = 0) -> tensor_pb2.Weight:
    number: Any = data_type.number
    return tensor_pb2.Weight(data_type=number, shape=shape, storage=1, byte_offset=offset)


@pytest.mark.parametrize(
    ("payload", "weight", "rule"),
    [
        (b"\x00\x02", entry(DataType.BOOL, [2]), "WEIGHT-7"),
        (b"\x10", entry(DataType.INT4, [1]), "WEIGHT-8"),
        (b"\x00\x10", entry(DataType.UINT4, [3]), "WEIGHT-8"),
        (b"\x40", entry(DataType.FLOAT6_E2M3FN, [1]), "WEIGHT-8"),
        (b"\x00\x01", entry(DataType.UINT8, [1]), "WEIGHT-6"),
        (b"\x01\x00", entry(DataType.UINT8, [1], 1), "WEIGHT-6"),
        (bytes(65), entry(DataType.UINT8, [1]), "WEIGHT-6"),
    ],
)
def test_a_payload_that_stands_for_no_elements_is_refused(
    payload: bytes, weight: tensor_pb2.Weight, rule: str
) -> None:
    error = refused(with_payload(payload, weight), verify="full")
    assert (error.code, error.rule) == ("BAD_WEIGHT", rule)
    if rule in {"WEIGHT-7", "WEIGHT-8"}:
        found = read(with_payload(payload, weight)).model.root.parameters[0].weight
        with pytest.raises(TsError):
            _ = found.array


def test_weights_that_share_a_storage_keep_it_when_saved() -> None:
    weights = entry(DataType.UINT8, [4]), entry(DataType.UINT8, [4], 4)
    content = with_payload(bytes(range(8)), *weights)
    opened = read(content, verify="full")
    assert [p.weight.array.tolist() for p in opened.model.root.parameters] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
    ]
    out = io.BytesIO()
    write(opened.model, out)
    assert out.getvalue() == content


def test_a_weight_taken_out_of_a_shared_storage_gets_its_own() -> None:
    weights = entry(DataType.UINT8, [4]), entry(DataType.UINT8, [4], 4)
    opened = read(with_payload(bytes(range(8)), *weights))
    root = ir.Module("R", parameters=opened.model.root.parameters[1:])
    out = io.BytesIO()
    write(sample_models.module_model(root), out)
    assert out.getvalue().endswith(bytes((4, 5, 6, 7)))
    assert read(out.getvalue(), verify="full").storages[0].sha256 != opened.storages[0].sha256


def test_complex32_is_kept_though_numpy_cannot_hold_it() -> None:
    content = with_payload(bytes(range(8)), entry(DataType.COMPLEX32, [2]))
    opened = read(content, verify="full")
    with pytest.raises(TsError) as error:
        _ = opened.model.root.parameters[0].weight.array
    assert error.value.code == "UNSUPPORTED_DATA_TYPE"
    out = io.BytesIO()
    write(opened.model, out)
    assert out.getvalue() == content
