"""Writing and reading: the same model, the same bytes, whatever the model has in it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings

from tests import wire_models as make
from tests.wire_files import written
from tools import sample_models
from tracescript import ir
from tracescript.ir import constants as c
from tracescript.ir.types import DataType
from tracescript.opset.dtypes import numpy_of
from tracescript.wire.reader import read
from tracescript.wire.writer import image

UNITS = (
    ir.CodeUnit("b", "def f(): ...\n", (("Gate.forward", 0, 12),)),
    ir.CodeUnit("a", "é = 1\n"),
)


def test_a_model_comes_back_equal_and_is_written_to_the_same_bytes() -> None:
    content = written(sample_models.gate(), *UNITS)
    opened = read(content, verify="full")
    assert make.describe(opened.model) == make.describe(sample_models.gate())
    assert opened.code_units == tuple(sorted(UNITS, key=lambda u: u.name))
    assert written(opened.model, *opened.code_units) == content


def test_two_equal_models_give_the_same_bytes() -> None:
    assert written(sample_models.gate()) == written(sample_models.gate())


@settings(max_examples=60, deadline=None)
@given(make.models())
def test_a_random_model_comes_back_equal_and_is_written_to_the_same_bytes(model: ir.Model) -> None:
    content = written(model)
    opened = read(content, verify="full")
    found, expected = (
        (m.root, sorted(m.functions, key=lambda f: f.name)) for m in (opened.model, model)
    )
    assert make.describe(found) == make.describe(expected)
    assert written(opened.model) == content


def test_a_file_names_its_facts() -> None:
    content = written(sample_models.gate())
    opened = read(content)
    assert opened.size == len(content)
    assert opened.format_version == (1, 0)
    assert opened.opsets == (("tracescript", 1, 0),)
    assert opened.profiles == ("control", "core")
    assert opened.features == ()
    assert [name for name, _ in opened.sections][2:] == [
        "model",
        "weights",
        "debug",
        "examples",
        "extra_files",
    ]


def test_stripping_changes_no_byte_of_model_and_weights() -> None:
    full = image(sample_models.gate(), code_units=UNITS)
    bare = image(sample_models.gate(), debug=False, examples=False, extra_files=False)
    assert set(bare.sections) == {4, 5}
    assert all(bare.sections[number] == full.sections[number] for number in (4, 5))


def test_a_stripped_copy_has_the_same_program_digest_and_no_names() -> None:
    full = read(written(sample_models.gate()))
    bare = read(written(full.model, debug=False, examples=False, extra_files=False), verify="full")
    assert bare.program_digest == full.program_digest
    assert bare.digest != full.digest
    assert {value.name for value in bare.model.functions[0].body.params} == {""}


def test_tied_weights_stay_one_object() -> None:
    module = read(written(sample_models.gate())).model.root
    assert module.parameters[0].weight is module.parameters[1].weight


def test_equal_weights_that_are_not_tied_stay_two() -> None:
    a, b = (c.weight(np.zeros(2, np.float32), sample_models.F32) for _ in range(2))
    root = ir.Module("R", parameters=(ir.Parameter("a", a), ir.Parameter("b", b)))
    module = read(written(sample_models.module_model(root)), verify="full").model.root
    assert module.parameters[0].weight is not module.parameters[1].weight


def test_equal_literals_become_one_weight_and_a_parameter_stays_apart() -> None:
    two = [c.tensor(np.float32(2), sample_models.F32) for _ in range(2)]
    other = c.tensor(np.float64(2), DataType.FLOAT64)
    parameter = c.weight(np.float32(2), sample_models.F32)
    attributes = tuple(ir.ModuleAttribute(str(i), k) for i, k in enumerate([*two, other]))
    root = ir.Module("R", parameters=(ir.Parameter("p", parameter),), attributes=attributes)
    opened = read(written(sample_models.module_model(root)), verify="full")
    assert len(opened.weights) == 3
    assert opened.model.root.attributes[0].value is opened.model.root.attributes[1].value


def test_a_state_shared_by_two_modules_stays_one_object() -> None:
    state = ir.State("a.s", c.INT, c.scalar(1), "attribute")
    leaves = [ir.Module("L", attributes=(ir.ModuleAttribute("s", state),)) for _ in range(2)]
    children = (ir.Submodule("a", leaves[0]), ir.Submodule("b", leaves[1]))
    root = read(written(sample_models.module_model(ir.Module("R", submodules=children)))).model.root
    assert (
        root.submodules[0].module.attributes[0].value
        is root.submodules[1].module.attributes[0].value
    )


def test_a_module_held_twice_stands_behind_all_that_hold_it() -> None:
    shared = ir.Module("Shared")
    last = ir.Module("Last", submodules=(ir.Submodule("s", shared),))
    root = ir.Module("R", submodules=(ir.Submodule("s", shared), ir.Submodule("last", last)))
    opened = read(written(sample_models.module_model(root)), verify="full").model.root
    assert opened.submodules[0].module is opened.submodules[1].module.submodules[0].module


def test_functions_are_written_callees_first_and_unreached_ones_left_out() -> None:
    block = ir.Block((), (), ())
    call = ir.Node("call", (), (), (("function", ir.FunctionRef("callee")),))
    made = (
        sample_models.function_of("unreached", block),
        sample_models.function_of("caller", ir.Block((), (call,), ())),
        sample_models.function_of("callee", ir.Block((), (), ())),
    )
    root = ir.Module("R", methods=(ir.Method("m", "caller", exported=True),))
    opened = read(written(sample_models.module_model(root, *made)), verify="full")
    assert [f.name for f in opened.model.functions] == ["callee", "caller"]


def test_recursion_needs_its_feature() -> None:
    call = ir.Node("call", (), (), (("function", ir.FunctionRef("f")),))
    opened = read(written(sample_models.one_function(ir.Block((), (call,), ()))), verify="full")
    assert opened.features == ("function.recursion",)


def test_complex_scalars_and_a_foreign_opset_need_their_features() -> None:
    value = ir.Value(c.COMPLEX, "z", ir.Constant(c.COMPLEX, complex(-0.0, float("inf"))))
    nodes = (ir.Node("op", (value,), (), opset="org.example.ops"), ir.Node("neg", (value,), ()))
    opened = read(written(sample_models.one_function(ir.Block((), nodes, ()))), verify="full")
    assert [name for name, _, _ in opened.opsets] == ["org.example.ops", "tracescript"]
    assert opened.features == ("opset.custom", "scalar.complex")
    assert opened.model.functions[0].body.nodes[0].opset == "org.example.ops"


@pytest.mark.parametrize("data_type", [t for t in DataType if t is not DataType.COMPLEX32])
def test_every_data_type_keeps_its_elements(data_type: DataType) -> None:
    dtype = numpy_of(data_type)
    values = np.array([0, 1, 1, 0, 1], np.int8).astype(dtype)
    root = ir.Module("R", parameters=(ir.Parameter("p", c.weight(values, data_type)),))
    content = written(sample_models.module_model(root))
    opened = read(content, verify="full")
    found = opened.model.root.parameters[0].weight.array
    assert found.dtype == dtype
    assert not found.flags.writeable
    assert found.tobytes() == values.tobytes()
    assert written(opened.model) == content


@pytest.mark.parametrize(
    ("data_type", "numbers", "expected"),
    [
        (DataType.INT4, [1, -1, 7], "f107"),
        (DataType.UINT4, [1, 15, 8], "f108"),
        (DataType.INT2, [1, -1, -2, 0, 1], "2d01"),
        (DataType.UINT2, [1, 3, 2, 0], "2d"),
    ],
)
def test_narrow_integers_are_packed_from_the_low_bits(
    data_type: DataType, numbers: list[int], expected: str
) -> None:
    array = np.array(numbers, np.int8).astype(numpy_of(data_type))
    root = ir.Module("R", parameters=(ir.Parameter("p", c.weight(array, data_type)),))
    content = written(sample_models.module_model(root))
    assert content.endswith(bytes.fromhex(expected))
    found = read(content, verify="full").model.root.parameters[0].weight.array
    assert found.astype(np.int8).tolist() == numbers


def test_bits_of_nan_and_the_sign_of_zero_are_kept_in_weights() -> None:
    payload = np.array([0x7FC12345, 0x80000000, 0xFFFFFFFF], np.uint32).view(np.float32)
    root = ir.Module("R", parameters=(ir.Parameter("p", c.weight(payload, sample_models.F32)),))
    opened = read(written(sample_models.module_model(root)), verify="full")
    assert opened.model.root.parameters[0].weight.array.tobytes() == payload.tobytes()


def test_constants_that_python_calls_equal_stay_apart() -> None:
    made = [c.scalar(v) for v in (1, 1.0, True, 0.0, -0.0, None)]
    made.append(ir.Constant(ir.OptionalType(c.INT), None))
    opened = read(written(sample_models.constant_model(*made)), verify="full")
    found = [a.value.value for a in opened.model.root.attributes]
    assert [repr(v) for v in found] == ["1", "1.0", "True", "0.0", "-0.0", "None", "None"]
    assert opened.model.root.attributes[6].value.type == ir.OptionalType(c.INT)


def test_every_nan_constant_is_written_as_the_canonical_one() -> None:
    odd = float(np.array(0xFFF8000000000001, np.uint64).view(np.float64))
    assert written(sample_models.constant_model(c.scalar(odd))) == written(
        sample_models.constant_model(c.scalar(float("nan")))
    )


def test_equal_constants_are_one_value_of_a_function() -> None:
    five = [ir.Value(c.INT, "", c.scalar(5)) for _ in range(2)]
    node = ir.Node("int.add", tuple(five), (ir.Value(c.INT),))
    body = read(written(sample_models.one_function(ir.Block((), (node,), ()))), verify="full")
    inputs = body.model.functions[0].body.nodes[0].inputs
    assert inputs[0] is inputs[1]


def test_a_thousand_nested_blocks_are_written_and_read() -> None:
    block = ir.Block((), (), ())
    for _ in range(1_000):
        block = ir.Block((), (ir.Node("if", (), (), blocks=(block,)),), ())
    assert sys.getrecursionlimit() <= 1_000
    content = written(sample_models.one_function(block))
    opened = read(content, verify="full")
    assert written(opened.model) == content


def test_a_long_chain_of_call_sites_loses_its_outermost_calls() -> None:
    place = ir.Place("a.py", 1)
    for line in range(2, 400):
        place = ir.Place("a.py", line, inlined_at=place)
    node = ir.Node("neg", (), (), place=place)
    opened = read(written(sample_models.one_function(ir.Block((), (node,), ()))))
    found, lines = opened.model.functions[0].body.nodes[0].place, []
    while found is not None:
        lines.append(found.line)
        found = found.inlined_at
    assert lines == list(range(399, 399 - 256, -1))
