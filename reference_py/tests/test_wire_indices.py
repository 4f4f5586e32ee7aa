"""Indices, enums, arms and owners in messages with sound digests: code, rule and place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire_files import assign, edited, find, refused, rich_file
from tests.wire_models import describe
from tools import file_parts, sample_models
from tracescript.v1 import model_pb2
from tracescript.wire import scan
from tracescript.wire.reader import read


@pytest.fixture(scope="module")
def content() -> bytes:
    return rich_file()


def test_the_rich_model_is_sound(content: bytes) -> None:
    assert describe(read(content, verify="full").model.root) == describe(sample_models.rich().root)


TABLES = "opsets ops types symbols dim_exprs constants states functions modules".split()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind", ["missing", "filled"])
def test_a_table_without_its_empty_entry_is_refused(content: bytes, table: str, kind: str) -> None:
    def edit(message: Any) -> None:
        entries = getattr(message, table)
        if kind == "missing":
            del entries[:]
        else:
            entries[0].CopyFrom(entries[1])

    error = refused(edited(content, scan.MODEL, edit))
    assert (error.code, error.rule, error.where) == ("BAD_INDEX", "CONTAINER-17", f"{table}[0]")


INDICES = [
    "ops[1].opset",
    "functions[2].values[1].type",
    "functions[2].inputs[0].type",
    "functions[2].inputs[0].default_value",
    "functions[2].outputs[0].type",
    "functions[2].blocks[1].inputs[0]",
    "functions[2].blocks[1].results[0]",
    "functions[2].blocks[1].nodes[0].op",
    "functions[2].blocks[1].nodes[0].outputs[0]",
    "functions[2].blocks[1].nodes[0].attributes[0].constant",
    "functions[2].blocks[1].nodes[0].attributes[1].type",
    "functions[2].blocks[1].nodes[2].attributes[0].function",
    "functions[2].shape_guards[0].left",
    "functions[2].shape_guards[0].right",
    "states[1].type",
    "states[1].initial_value",
    "modules[1].parameters[0].weight",
    "modules[1].attributes[0].state",
    "modules[1].attributes[1].constant",
    "modules[1].methods[0].function",
    "modules[1].methods[0].bound_constants[0]",
    "modules[1].methods[0].states[0]",
    "modules[1].submodules[0].module",
    "modules[2].buffers[0].weight",
    "constants[1].type",
    "root_module",
]


@pytest.mark.parametrize("path", INDICES)
def test_an_index_behind_its_table_is_refused_with_its_path(content: bytes, path: str) -> None:
    error = refused(edited(content, scan.MODEL, assign(path, 999_999)))
    assert (error.code, error.rule, error.where) == ("BAD_INDEX", "CONTAINER-17", path)
    assert "999999" in error.what


@pytest.mark.parametrize(
    "path",
    [
        "functions[2].values[1].constant",
        "functions[2].blocks[1].nodes[0].inputs[0]",
        "functions[2].blocks[1].nodes[1].blocks[0]",
        "functions[2].trace_decisions[0].value",
        "functions[2].trace_decisions[0].observed",
    ],
)
def test_an_index_that_may_be_zero_is_refused_behind_its_table(content: bytes, path: str) -> None:
    error = refused(edited(content, scan.MODEL, assign(path, 999_999)))
    assert error.code == "BAD_INDEX"
    assert error.where.startswith(path.split("[0].value", maxsplit=1)[0])


@pytest.mark.parametrize("path", [p for p in INDICES if "attributes[0].state" not in p])
def test_an_index_of_zero_is_refused_where_one_is_needed(content: bytes, path: str) -> None:
    error = refused(edited(content, scan.MODEL, assign(path, 0)))
    assert error.code in {"BAD_INDEX", "BAD_MODULE"}


REFERENCES = [
    ("types", "list", "list"),
    ("types", "optional", "optional"),
    ("types", "tuple", "tuple.elements[0]"),
    ("types", "dict", "dict.key"),
    ("types", "dict", "dict.value"),
    ("types", "union", "union.members[0]"),
    ("types", "struct", "struct.fields[0].type"),
    ("types", "tensor", "tensor.shape.dims[0].symbol"),
    ("types", "tensor", "tensor.shape.dims[1].expr"),
    ("dim_exprs", "symbol", "symbol"),
    ("dim_exprs", "operation", "operation.operands[0]"),
    ("constants", "elements", "elements.items[0]"),
    ("constants", "entries", "entries.items[0]"),
]


@pytest.mark.parametrize(("table", "arm", "field"), REFERENCES)
@pytest.mark.parametrize("kind", ["itself", "later", "none"])
def test_an_entry_refers_to_earlier_ones_only(
    content: bytes, table: str, arm: str, field: str, kind: str
) -> None:
    model = model_pb2.Model.FromString(file_parts.take_apart(content).sections[scan.MODEL])
    index = find(model, table, arm)
    own_table = not field.startswith("tensor") and field != "symbol"
    wrong = {"itself": index if own_table else 999, "later": 9_999, "none": 0}[kind]
    path = f"{table}[{index}].{field}"
    error = refused(edited(content, scan.MODEL, assign(path, wrong)))
    assert (error.code, error.where) == ("BAD_INDEX", path)


ENUMS = [
    "functions[2].origin",
    "functions[2].inputs[0].kind",
    "functions[2].trace_decisions[0].kind",
    "functions[2].shape_guards[0].comparison",
    "functions[2].shape_guards[0].kind",
    "states[1].kind",
    "types[1].tensor.data_type",
]


@pytest.mark.parametrize("path", ENUMS)
@pytest.mark.parametrize("number", [0, 99])
def test_an_enum_number_that_is_not_defined_is_refused(
    content: bytes, path: str, number: int
) -> None:
    error = refused(edited(content, scan.MODEL, assign(path, number)))
    assert (error.code, error.rule, error.where) == ("BAD_ENUM", "CONTAINER-18", path)


@pytest.mark.parametrize("path", ENUMS)
def test_an_unknown_enum_number_of_a_newer_minor_is_not_supported(
    content: bytes, path: str
) -> None:
    parts = file_parts.take_apart(content)
    parts.header.format_minor = 1
    error = refused(edited(file_parts.assemble(parts), scan.MODEL, assign(path, 99)))
    code = "UNSUPPORTED_DATA_TYPE" if path.endswith("data_type") else "UNSUPPORTED_FEATURE"
    assert (error.code, error.where) == (code, path)


@pytest.mark.parametrize(
    ("table", "arm", "oneof", "code"),
    [
        ("types", "list", "kind", "BAD_TYPE"),
        ("dim_exprs", "symbol", "kind", "BAD_TYPE"),
        ("constants", "int_value", "value", "BAD_CONSTANT"),
    ],
)
def test_an_entry_without_its_arm_is_refused(
    content: bytes, table: str, arm: str, oneof: str, code: str
) -> None:
    def edit(message: Any) -> None:
        getattr(message, table)[find(message, table, arm)].ClearField(arm)

    assert oneof
    assert refused(edited(content, scan.MODEL, edit)).code == code


def test_an_attribute_without_value_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        message.functions[2].blocks[1].nodes[0].attributes[0].ClearField("constant")

    assert refused(edited(content, scan.MODEL, edit)).code == "BAD_CALL"


def test_a_call_of_a_later_function_needs_the_recursion_feature(content: bytes) -> None:
    path = "functions[2].blocks[1].nodes[2].attributes[0].function"
    changed = edited(content, scan.MODEL, assign(path, 2))
    assert refused(changed).where == path
    parts = file_parts.take_apart(changed)
    parts.header.required_features.append("function.recursion")
    read(file_parts.assemble(parts))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("functions[1].name", "f", "BAD_NAME"),
        ("functions[1].name", "", "BAD_NAME"),
        ("symbols[1].name", "", "BAD_NAME"),
    ],
)
def test_names_that_others_refer_by_are_unique(
    content: bytes, path: str, value: str, code: str
) -> None:
    error = refused(edited(content, scan.MODEL, assign(path, value)))
    assert (error.code, error.rule) == (code, "CONTAINER-21")


def test_a_symbol_and_an_opset_stand_once(content: bytes) -> None:
    for table in ("symbols", "opsets"):

        def edit(message: Any, table: str = table) -> None:
            getattr(message, table).add().CopyFrom(getattr(message, table)[1])

        assert refused(edited(content, scan.MODEL, edit)).code == "BAD_NAME"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("blocks[1].nodes[1].blocks[1]", 2),
        ("blocks[1].nodes[1].blocks[1]", 1),
        ("blocks[2].nodes[0].op", None),
    ],
)
def test_a_block_has_one_owner_in_an_earlier_block(
    content: bytes, path: str, value: int | None
) -> None:
    def edit(message: Any) -> None:
        function = message.functions[2]
        if value is None:
            function.blocks.add()
        else:
            assign(path, value)(function)

    error = refused(edited(content, scan.MODEL, edit))
    assert (error.code, error.rule) == ("BAD_GRAPH", "CONTAINER-23")
    assert error.where.startswith("functions[2].blocks[")


def test_a_function_without_a_body_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        del message.functions[1].blocks[1:]

    assert refused(edited(content, scan.MODEL, edit)).code == "BAD_INDEX"
