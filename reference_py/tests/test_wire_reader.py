"""The reader on messages with sound digests and unsound content: code, rule and place."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests import wire_models as make
from tools import file_parts
from tracescript import ir
from tracescript.errors import TsError
from tracescript.ir import constants as c
from tracescript.ir.types import DataType
from tracescript.v1 import (
    code_pb2,
    debug_pb2,
    example_pb2,
    file_pb2,
    model_pb2,
    tensor_pb2,
)
from tracescript.wire import limits, scan
from tracescript.wire.reader import read
from tracescript.wire.writer import write

MESSAGES: dict[int, Any] = {
    scan.MODEL: model_pb2.Model,
    scan.WEIGHTS: tensor_pb2.WeightTable,
    scan.CODE: code_pb2.Code,
    scan.DEBUG: debug_pb2.DebugInfo,
    scan.EXAMPLES: example_pb2.Examples,
    scan.EXTRA_FILES: file_pb2.ExtraFiles,
}
Edit = Callable[[Any], Any]


def rich() -> ir.Model:
    """A model with an entry in every table."""
    n = ir.Symbol("n")
    sized = ir.TensorType(make.F32, (n, ir.DimExpr("+", (n, 1))))
    struct = ir.StructType("Pair", (("a", c.INT), ("b", c.FLOAT)))
    union = ir.UnionType((c.INT, c.STR))
    kinds: tuple[Any, ...] = (
        ir.ListType(c.INT),
        ir.TupleType((c.INT, c.FLOAT)),
        ir.DictType(c.STR, c.INT),
        ir.OptionalType(c.INT),
        union,
        struct,
    )
    outputs = tuple(ir.Value(t) for t in kinds)
    predicate = ir.Value(c.BOOL, "p")
    x = ir.Value(sized, "x")
    inner = ir.Block((), (ir.Node("neg", (x,), (ir.Value(sized),)),), (x,))
    constants = (
        c.scalar(1.5),
        c.scalar("text"),
        c.scalar(make.F32),
        c.numbers((1, 2), c.INT),
        c.numbers((1.0, 2.0), c.FLOAT),
        ir.Constant(ir.ListType(c.STR), (c.scalar("a"), c.scalar("b"))),
        ir.Constant(ir.DictType(c.STR, c.INT), (("k", c.scalar(4)),)),
    )
    nodes = (
        ir.Node("size", (x, None), (predicate,), (("dim", c.scalar(0)), ("type", union))),
        ir.Node("if", (predicate,), outputs, blocks=(inner, ir.Block((), (), (x,)))),
        ir.Node("call", (), (), (("function", ir.FunctionRef("helper")),)),
    )
    state_value = ir.Value(c.INT, "s")
    function = ir.Function(
        "f",
        "traced",
        (ir.Input("x", sized, default=constants[0]), ir.Input("s", c.INT, "state")),
        (ir.Output("y", sized), ir.Output("", c.INT)),
        ir.Block((x, state_value), nodes, (x, state_value)),
        (ir.TraceDecision("branch", predicate, c.scalar(True), ir.GuardDebug(predicate="p")),),  # noqa: FBT003
        (ir.ShapeGuard(n, "<=", 9, "comparison", ir.GuardDebug(statement="if")),),
    )
    state = ir.State("s", c.INT, c.scalar(7), "attribute")
    child = ir.Module("Child", buffers=(ir.Buffer("b", c.weight(np.ones(2, np.float32), make.F32)),))
    root = ir.Module(
        "Root",
        parameters=(ir.Parameter("w", c.weight(np.ones((2, 2), np.float32), make.F32)),),
        attributes=(
            ir.ModuleAttribute("s", state),
            *(ir.ModuleAttribute(f"c{i}", k) for i, k in enumerate(constants)),
        ),
        submodules=(ir.Submodule("child", child),),
        methods=(ir.Method("forward", "f", True, (constants[0],), (state,)),),
    )
    helper = make.function_of("helper", ir.Block((), (), ()))
    return make.gate(functions=(helper, function), root=root)


@pytest.fixture(scope="module")
def content() -> bytes:
    out = io.BytesIO()
    units = (ir.CodeUnit("u", "abc\n", (("f", 0, 2), ("helper", 2, 3))),)
    write(rich(), out, code_units=units)
    return out.getvalue()


def edited(content: bytes, number: int, edit: Edit) -> bytes:
    """The file with one message changed and all digests right."""
    parts = file_parts.take_apart(content)
    message = MESSAGES[number].FromString(parts.sections[number])
    edit(message)
    parts.sections[number] = message.SerializeToString(deterministic=True)
    return file_parts.assemble(parts)


def refused(content: bytes, **options: str) -> TsError:
    with pytest.raises(TsError) as error:
        read(content, **options)
    return error.value


def assign(path: str, value: Any) -> Edit:
    """An edit that sets a field: `types[1].list`."""

    def edit(message: Any) -> None:
        *parents, last = path.replace("[", ".[").split(".")
        target = message
        for step in parents:
            target = target[int(step[1:-1])] if step[0] == "[" else getattr(target, step)
        if last[0] == "[":
            target[int(last[1:-1])] = value
        else:
            setattr(target, last, value)

    return edit


def find(message: Any, table: str, arm: str) -> int:
    entries = getattr(message, table)
    oneof = "value" if table == "constants" else "kind"
    return next(i for i, entry in enumerate(entries) if entry.WhichOneof(oneof) == arm)


def test_the_rich_model_is_sound(content: bytes) -> None:
    assert make.describe(read(content, verify="full").model.root) == make.describe(rich().root)


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
    assert error.where.startswith(path.split("[0].value")[0])


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


def owners(edit: Edit) -> Edit:
    return lambda message: edit(message.functions[2])


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


def constant_edit(edit: Edit) -> Edit:
    def apply(message: Any) -> None:
        edit(message.constants.add())
        del message.constants[-1]

    return apply


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
    write(make.module_model(root), out)
    parts = file_parts.take_apart(out.getvalue())
    table = tensor_pb2.WeightTable()
    table.weights.add()
    table.weights.extend(weights)
    table.storages.add()
    import hashlib

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
    write(make.module_model(root), out)
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
