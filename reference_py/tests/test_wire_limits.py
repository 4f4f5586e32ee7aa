"""The limits of a reader, made small where the real ones take too long, and rarer paths."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from tests.wire_files import edited, refused, rich_file, written
from tests.wire_models import describe
from tools import file_parts, sample_models
from tracescript import ir
from tracescript.errors import InvalidModelError
from tracescript.ir import constants as c
from tracescript.ir import limits
from tracescript.ir.types import DataType
from tracescript.v1 import example_pb2, model_pb2
from tracescript.wire import scan, tensors, varint, write_weights
from tracescript.wire.reader import read


@pytest.fixture(scope="module")
def content() -> bytes:
    return rich_file()


@pytest.mark.parametrize(
    ("name", "limit", "where"),
    [
        ("MAX_STRING", 3, "constants["),
        ("MAX_VALUES", 3, "functions[2].values"),
        ("MAX_BLOCKS", 3, "functions[2].blocks"),
        ("MAX_PORTS", 1, "functions[2].inputs"),
        ("MAX_TOTAL_PARTS", 3, "dim_exprs["),
        ("MAX_RANK", 1, "weights.weights[1].shape"),
        ("MAX_ELEMENTS", 3, "weights.weights[1].shape"),
    ],
)
def test_what_is_above_a_limit_is_refused(
    content: bytes, monkeypatch: pytest.MonkeyPatch, name: str, limit: int, where: str
) -> None:
    monkeypatch.setattr(limits, name, limit)
    error = refused(content)
    assert (error.code, error.rule) == ("FILE_LIMIT", "CONTAINER-20")
    assert error.where.startswith(where)


def test_nodes_of_all_blocks_of_a_function_count(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(message: Any) -> None:
        body = message.functions[1].blocks[1]
        for _ in range(len(message.functions[1].values) + 1):
            body.nodes.add(op=1)

    crowded = edited(content, scan.MODEL, edit)
    found = model_pb2.Model.FromString(file_parts.take_apart(crowded).sections[scan.MODEL])
    nodes = sum(len(block.nodes) for block in found.functions[1].blocks)
    monkeypatch.setattr(limits, "MAX_VALUES", nodes - 1)
    assert refused(crowded).where == "functions[1].blocks"


def test_a_large_section_within_the_limits_is_counted_and_read(content: bytes) -> None:
    parts = file_parts.take_apart(content)
    model = model_pb2.Model.FromString(parts.sections[scan.MODEL])
    first = model.constants[1].__class__(type=model.constants[1].type)
    first.CopyFrom(next(k for k in model.constants if k.WhichOneof("value") == "str_value"))
    first.str_value = "x" * limits.MAX_TABLE * 2
    model.constants.append(first)
    parts.sections[scan.MODEL] = model.SerializeToString(deterministic=True)
    assert read(file_parts.assemble(parts)).model.name == "gate"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", []),
        ("0801120261620d000000001a001100000000000000002201ff", [2, 3, 4]),
        ("120013", [2]),
        ("120008", [2]),
        ("12000b1a002b32002c1a000c2200", [2, 4]),
        ("1200" + "ff" * 11, [2]),
    ],
)
def test_the_fields_of_a_message_are_walked_up_to_the_first_flaw(
    data: str, expected: list[int]
) -> None:
    found = [number for number, _, _ in varint.fields(memoryview(bytes.fromhex(data)))]
    assert found == expected


def test_a_newer_layout_is_named() -> None:
    error = refused(scan.SIGNATURE[:13] + b"\x02\x00\x00" + bytes(99))
    assert (error.code, "newer" in error.hint) == ("NOT_TSPROTO", True)


def test_constants_of_union_type_keep_their_alternative() -> None:
    union = ir.UnionType((ir.ListType(c.FLOAT), ir.ListType(c.INT), c.STR))
    made = [ir.Constant(union, v) for v in ((1, 2), (1.0,), "text")]
    opened = read(written(sample_models.constant_model(*made)), verify="full")
    found = [a.value for a in opened.model.root.attributes]
    assert describe(found) == describe(made)
    with pytest.raises(InvalidModelError):
        written(sample_models.constant_model(ir.Constant(union, None)))


def test_unions_of_the_same_members_are_one_type() -> None:
    a, b = ir.UnionType((c.INT, c.STR)), ir.UnionType((c.STR, c.INT))
    made = [ir.Constant(a, 1), ir.Constant(b, 2)]
    opened = read(written(sample_models.constant_model(*made)), verify="full")
    first, second = (x.value.type for x in opened.model.root.attributes)
    assert first is second


@pytest.mark.parametrize("extent", [-1, 2**64])
def test_an_extent_that_is_no_size_is_refused(extent: int) -> None:
    value = ir.Value(ir.TensorType(DataType.FLOAT32, (extent,)))
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.one_function(ir.Block((value,), (), ())))
    assert error.value.code == "BAD_TYPE"


def test_an_extent_is_an_expression_only_if_it_is_an_operation(content: bytes) -> None:
    def edit(message: Any) -> None:
        message.types[1].tensor.shape.dims[0].expr = 1

    error = refused(edited(content, scan.MODEL, edit))
    assert (error.code, error.where) == ("BAD_TYPE", "types[1].tensor.shape.dims[0].expr")


def test_a_default_without_its_flag_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        message.functions[2].inputs[0].has_default = False

    error = refused(edited(content, scan.MODEL, edit))
    assert (error.code, error.where) == ("BAD_INDEX", "functions[2].inputs[0].default_value")


def test_a_dict_key_that_is_no_scalar_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        kinds = {entry.WhichOneof("value"): i for i, entry in enumerate(message.constants)}
        message.constants[kinds["entries"]].entries.items[0] = kinds["ints"]

    assert refused(edited(content, scan.MODEL, edit)).code == "BAD_CONSTANT"


def test_a_dict_key_of_another_type_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        kinds = {entry.WhichOneof("value"): i for i, entry in enumerate(message.constants)}
        message.constants[kinds["entries"]].entries.items[0] = kinds["int_value"]

    assert refused(edited(content, scan.MODEL, edit)).code == "BAD_CONSTANT"


def test_an_unrecorded_decision_has_neither_value_nor_observation() -> None:
    decision = ir.TraceDecision("unrecorded", None, None)
    model = sample_models.one_function(ir.Block((), (), ()), decisions=(decision,))
    [found] = read(written(model), verify="full").model.functions[0].decisions
    assert (found.kind, found.value, found.observed) == ("unrecorded", None, None)


def test_an_empty_examples_section_fails_a_full_verification(content: bytes) -> None:
    parts = file_parts.take_apart(content)
    parts.sections[scan.EXAMPLES] = example_pb2.Examples().SerializeToString()
    error = refused(file_parts.assemble(parts), verify="full")
    assert (error.code, error.where) == ("NOT_CANONICAL", "examples")


def test_bounds_inside_a_struct_come_back() -> None:
    pair = ir.StructType("Pair", (("a", c.FLOAT), ("b", c.INT)))
    value = ir.Value(pair, "p")
    expected = ir.ExpectedValue((1.5, 2), (np.array(0.5), None))
    call = ir.ExampleCall("forward", (("i0", (1.5, 2)),), (expected,))
    function = sample_models.one_function(ir.Block((value,), (), (value,)))
    model = ir.Model("m", function.functions, function.root, examples=(ir.Example("e", (call,)),))
    found = read(written(model)).model.examples
    assert describe(found) == describe(model.examples)


def test_large_payloads_are_hashed_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = [c.weight(np.full(9, i, np.float32), DataType.FLOAT32) for i in range(3)]
    alone = write_weights.digests(weights)
    monkeypatch.setattr(write_weights, "_WORTH_A_THREAD", 1)
    assert write_weights.digests(weights) == alone


def test_on_a_big_endian_machine_bytes_are_swapped_both_ways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    array = np.array([1, 256], np.uint16)
    monkeypatch.setattr(tensors.sys, "byteorder", "big")
    content = tensors.encode(array, DataType.UINT16)
    assert content.tobytes() == array.byteswap().tobytes()
    assert tensors.decode(content, DataType.UINT16, (2,), "w").tolist() == [1, 256]


def test_a_file_object_that_stands_behind_its_start_is_read_from_there() -> None:
    data = written(sample_models.gate())
    source = io.BytesIO(b"before" + data)
    source.seek(6)
    assert read(source).size == len(data)
