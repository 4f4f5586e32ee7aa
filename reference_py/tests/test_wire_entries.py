"""Constants, sizes, limits and order in messages with sound digests: code, rule and place."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.wire_files import assign, edited, find, refused, rich_file
from tracescript.ir import limits
from tracescript.wire import scan
from tracescript.wire.reader import read
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[Any], Any]


@pytest.fixture(scope="module")
def content() -> bytes:
    return rich_file()


def set_constant(arm: str, form: str, make_value: Edit) -> Edit:
    """An edit that gives the first constant of an arm another type or content."""

    def edit(message: Any) -> None:
        index = find(message, "constants", arm)
        entry = message.constants[index]
        make_value(entry)
        if form:
            entry.type = find(message, "types", form)

    return edit


@pytest.mark.parametrize(
    ("arm", "form", "edit"),
    [
        ("int_value", "tensor", lambda e: None),
        ("int_value", "list", lambda e: None),
        ("int_value", "", lambda e: e.ClearField("int_value")),
        ("ints", "struct", lambda e: None),
        ("ints", "dict", lambda e: None),
        ("ints", "", lambda e: e.elements.SetInParent()),
        ("elements", "", lambda e: e.ints.SetInParent()),
        ("elements", "tuple", lambda e: e.elements.items.append(1)),
        ("entries", "", lambda e: e.entries.items.pop()),
        ("entries", "", lambda e: e.entries.items.extend(list(e.entries.items))),
        ("entries", "", lambda e: e.entries.items.__setitem__(0, e.entries.items[1])),
        ("float_value", "", lambda e: setattr(e, "float_value", -float("nan"))),
    ],
)
def test_a_constant_that_does_not_fit_its_type_is_refused(
    content: bytes, arm: str, form: str, edit: Edit
) -> None:
    error = refused(edited(content, scan.MODEL, set_constant(arm, form, edit)))
    assert (error.code, error.rule) == ("BAD_CONSTANT", "CONTAINER-22")


def test_a_buffer_or_attribute_has_exactly_one_content(content: bytes) -> None:
    for path, value in (("modules[1].attributes[1].state", 1), ("modules[2].buffers[0].state", 1)):
        error = refused(edited(content, scan.MODEL, assign(path, value)))
        assert (error.code, error.rule) == ("BAD_MODULE", "CONTAINER-30")


def test_a_submodule_stands_behind_its_holder(content: bytes) -> None:
    error = refused(edited(content, scan.MODEL, assign("modules[1].submodules[0].module", 1)))
    assert (error.code, error.where) == ("BAD_INDEX", "modules[1].submodules[0].module")


@pytest.mark.parametrize("operands", [[], [1]])
def test_an_operation_has_the_operands_of_its_operator(content: bytes, operands: list[int]) -> None:
    def edit(message: Any) -> None:
        entry = message.dim_exprs[find(message, "dim_exprs", "operation")].operation
        del entry.operands[:]
        entry.operands.extend(operands)

    assert refused(edited(content, scan.MODEL, edit)).code == "BAD_TYPE"


def test_an_operation_of_two_takes_no_third(content: bytes) -> None:
    def edit(message: Any) -> None:
        entry = message.dim_exprs[find(message, "dim_exprs", "operation")].operation
        entry.operator = 3
        entry.operands.append(1)

    assert refused(edited(content, scan.MODEL, edit)).code == "BAD_TYPE"


def test_types_that_unfold_to_a_huge_tree_are_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        for _ in range(40):
            last = len(message.types) - 1
            message.types.add().tuple.elements.extend([last, last])

    error = refused(edited(content, scan.MODEL, edit))
    assert (error.code, error.rule) == ("FILE_LIMIT", "CONTAINER-20")


def test_types_deeper_than_the_limit_are_refused(content: bytes) -> None:
    def edit(message: Any, count: int) -> None:
        for _ in range(count):
            last = len(message.types) - 1
            message.types.add().list = last

    read(edited(content, scan.MODEL, lambda m: edit(m, 32)))
    assert refused(edited(content, scan.MODEL, lambda m: edit(m, 65))).code == "FILE_LIMIT"


def test_a_rank_above_the_limit_is_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        message.types[1].tensor.shape.dims.extend([message.types[1].tensor.shape.dims[0]] * 64)

    assert refused(edited(content, scan.MODEL, edit)).code == "FILE_LIMIT"


def test_more_inputs_of_a_node_than_the_limit_are_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        inputs = message.functions[2].blocks[1].nodes[0].inputs
        inputs.extend([0] * limits.MAX_PORTS)

    error = refused(edited(content, scan.MODEL, edit))
    assert error.code == "FILE_LIMIT"
    assert error.where == "functions[2].blocks[1].nodes[0].inputs"


def test_blocks_deeper_than_the_limit_are_refused(content: bytes) -> None:
    def edit(message: Any) -> None:
        function = message.functions[1]
        del function.blocks[1:]
        for i in range(limits.MAX_BLOCK_DEPTH + 1):
            function.blocks.add().nodes.add(op=1, blocks=[i + 2])
        function.blocks.add()

    assert refused(edited(content, scan.MODEL, edit)).code == "FILE_LIMIT"


def test_another_order_of_tables_is_read_and_fails_a_full_verification(content: bytes) -> None:
    def edit(message: Any) -> None:
        message.types.add().CopyFrom(message.types[1])

    changed = edited(content, scan.MODEL, edit)
    opened = read(changed)
    error = refused(changed, verify="full")
    assert (error.code, error.rule, error.where) == ("NOT_CANONICAL", "CONTAINER-16", "model")
    out = io.BytesIO()
    write(opened.model, out, code_units=opened.code_units)
    assert out.getvalue() == content


@pytest.mark.parametrize("number", [scan.DEBUG, scan.EXTRA_FILES])
def test_an_entry_without_use_beside_the_model_fails_a_full_verification(
    content: bytes, number: int
) -> None:
    def edit(message: Any) -> None:
        if number == scan.DEBUG:
            message.sources.add(name="unused.py")
        else:
            message.files.add(name="zzz")
            message.files[-1].ClearField("content")
            del message.files[-1]

    changed = edited(content, number, edit)
    if number == scan.DEBUG:
        assert refused(changed, verify="full").code == "NOT_CANONICAL"
    else:
        read(changed, verify="full")
