"""Writing and reading: the same model, the same bytes, whatever the model has in it."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from tests import wire_models as make
from tracescript import ir
from tracescript.errors import FormatError, InvalidModelError
from tracescript.ir import constants as c
from tracescript.ir.types import DataType
from tracescript.opset.dtypes import numpy_of
from tracescript.wire.reader import read
from tracescript.wire.tensors import FileSource
from tracescript.wire.writer import image, write

UNITS = (
    ir.CodeUnit("b", "def f(): ...\n", (("Gate.forward", 0, 12),)),
    ir.CodeUnit("a", "é = 1\n"),
)


def written(model: ir.Model, **options: object) -> bytes:
    out = io.BytesIO()
    write(model, out, **options)
    return out.getvalue()


def test_a_model_comes_back_equal_and_is_written_to_the_same_bytes() -> None:
    content = written(make.gate(), code_units=UNITS)
    opened = read(content, verify="full")
    assert make.describe(opened.model) == make.describe(make.gate())
    assert opened.code_units == tuple(sorted(UNITS, key=lambda u: u.name))
    assert written(opened.model, code_units=opened.code_units) == content


def test_two_equal_models_give_the_same_bytes() -> None:
    assert written(make.gate()) == written(make.gate())


@settings(max_examples=60, deadline=None)
@given(make.models())
def test_a_random_model_comes_back_equal_and_is_written_to_the_same_bytes(model: ir.Model) -> None:
    content = written(model)
    opened = read(content, verify="full")
    found, expected = ((m.root, sorted(m.functions, key=lambda f: f.name)) for m in (opened.model, model))
    assert make.describe(found) == make.describe(expected)
    assert written(opened.model) == content


def test_a_file_names_its_facts() -> None:
    content = written(make.gate())
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
    full = image(make.gate(), code_units=UNITS)
    bare = image(make.gate(), debug=False, examples=False, extra_files=False)
    assert set(bare.sections) == {4, 5}
    assert all(bare.sections[number] == full.sections[number] for number in (4, 5))


def test_a_stripped_copy_has_the_same_program_digest_and_no_names() -> None:
    full = read(written(make.gate()))
    bare = read(written(full.model, debug=False, examples=False, extra_files=False), verify="full")
    assert bare.program_digest == full.program_digest
    assert bare.digest != full.digest
    assert {value.name for value in bare.model.functions[0].body.params} == {""}


def test_tied_weights_stay_one_object() -> None:
    module = read(written(make.gate())).model.root
    assert module.parameters[0].weight is module.parameters[1].weight


def test_equal_weights_that_are_not_tied_stay_two() -> None:
    a, b = (c.weight(np.zeros(2, np.float32), make.F32) for _ in range(2))
    root = ir.Module("R", parameters=(ir.Parameter("a", a), ir.Parameter("b", b)))
    module = read(written(make.module_model(root)), verify="full").model.root
    assert module.parameters[0].weight is not module.parameters[1].weight


def test_equal_literals_become_one_weight_and_a_parameter_stays_apart() -> None:
    two = [c.tensor(np.float32(2), make.F32) for _ in range(2)]
    other = c.tensor(np.float64(2), DataType.FLOAT64)
    parameter = c.weight(np.float32(2), make.F32)
    attributes = tuple(ir.ModuleAttribute(str(i), k) for i, k in enumerate([*two, other]))
    root = ir.Module("R", parameters=(ir.Parameter("p", parameter),), attributes=attributes)
    opened = read(written(make.module_model(root)), verify="full")
    assert len(opened.weights) == 3
    assert opened.model.root.attributes[0].value is opened.model.root.attributes[1].value


def test_a_state_shared_by_two_modules_stays_one_object() -> None:
    state = ir.State("a.s", c.INT, c.scalar(1), "attribute")
    leaves = [ir.Module("L", attributes=(ir.ModuleAttribute("s", state),)) for _ in range(2)]
    children = (ir.Submodule("a", leaves[0]), ir.Submodule("b", leaves[1]))
    root = read(written(make.module_model(ir.Module("R", submodules=children)))).model.root
    assert root.submodules[0].module.attributes[0].value is root.submodules[1].module.attributes[0].value


def test_a_module_held_twice_stands_behind_all_that_hold_it() -> None:
    shared = ir.Module("Shared")
    last = ir.Module("Last", submodules=(ir.Submodule("s", shared),))
    root = ir.Module("R", submodules=(ir.Submodule("s", shared), ir.Submodule("last", last)))
    opened = read(written(make.module_model(root)), verify="full").model.root
    assert opened.submodules[0].module is opened.submodules[1].module.submodules[0].module


def test_functions_are_written_callees_first_and_unreached_ones_left_out() -> None:
    block = ir.Block((), (), ())
    call = ir.Node("call", (), (), (("function", ir.FunctionRef("callee")),))
    made = (
        make.function_of("unreached", block),
        make.function_of("caller", ir.Block((), (call,), ())),
        make.function_of("callee", ir.Block((), (), ())),
    )
    root = ir.Module("R", methods=(ir.Method("m", "caller", exported=True),))
    opened = read(written(make.module_model(root, *made)), verify="full")
    assert [f.name for f in opened.model.functions] == ["callee", "caller"]


def test_recursion_needs_its_feature() -> None:
    call = ir.Node("call", (), (), (("function", ir.FunctionRef("f")),))
    opened = read(written(make.one_function(ir.Block((), (call,), ()))), verify="full")
    assert opened.features == ("function.recursion",)


def test_complex_scalars_and_a_foreign_opset_need_their_features() -> None:
    value = ir.Value(c.COMPLEX, "z", ir.Constant(c.COMPLEX, complex(-0.0, float("inf"))))
    node = ir.Node("op", (value,), (), opset="org.example.ops")
    opened = read(written(make.one_function(ir.Block((), (node,), ()))), verify="full")
    assert opened.features == ("opset.custom", "scalar.complex")
    assert opened.model.functions[0].body.nodes[0].opset == "org.example.ops"


@pytest.mark.parametrize("data_type", [t for t in DataType if t is not DataType.COMPLEX32])
def test_every_data_type_keeps_its_elements(data_type: DataType) -> None:
    dtype = numpy_of(data_type)
    values = np.array([0, 1, 1, 0, 1], np.int8).astype(dtype)
    root = ir.Module("R", parameters=(ir.Parameter("p", c.weight(values, data_type)),))
    content = written(make.module_model(root))
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
    content = written(make.module_model(root))
    assert content.endswith(bytes.fromhex(expected))
    found = read(content, verify="full").model.root.parameters[0].weight.array
    assert found.astype(np.int8).tolist() == numbers


def test_bits_of_nan_and_the_sign_of_zero_are_kept_in_weights() -> None:
    payload = np.array([0x7FC12345, 0x80000000, 0xFFFFFFFF], np.uint32).view(np.float32)
    root = ir.Module("R", parameters=(ir.Parameter("p", c.weight(payload, make.F32)),))
    opened = read(written(make.module_model(root)), verify="full")
    assert opened.model.root.parameters[0].weight.array.tobytes() == payload.tobytes()


def test_constants_that_python_calls_equal_stay_apart() -> None:
    made = [c.scalar(v) for v in (1, 1.0, True, 0.0, -0.0, None)]
    made.append(ir.Constant(ir.OptionalType(c.INT), None))
    opened = read(written(make.constant_model(*made)), verify="full")
    found = [a.value.value for a in opened.model.root.attributes]
    assert [repr(v) for v in found] == ["1", "1.0", "True", "0.0", "-0.0", "None", "None"]
    assert opened.model.root.attributes[6].value.type == ir.OptionalType(c.INT)


def test_every_nan_constant_is_written_as_the_canonical_one() -> None:
    odd = float(np.array(0xFFF8000000000001, np.uint64).view(np.float64))
    assert written(make.constant_model(c.scalar(odd))) == written(
        make.constant_model(c.scalar(float("nan")))
    )


def test_equal_constants_are_one_value_of_a_function() -> None:
    five = [ir.Value(c.INT, "", c.scalar(5)) for _ in range(2)]
    node = ir.Node("int.add", tuple(five), (ir.Value(c.INT),))
    body = read(written(make.one_function(ir.Block((), (node,), ()))), verify="full")
    inputs = body.model.functions[0].body.nodes[0].inputs
    assert inputs[0] is inputs[1]


def test_a_thousand_nested_blocks_are_written_and_read() -> None:
    block = ir.Block((), (), ())
    for _ in range(1_000):
        block = ir.Block((), (ir.Node("if", (), (), blocks=(block,)),), ())
    assert sys.getrecursionlimit() <= 1_000
    content = written(make.one_function(block))
    opened = read(content, verify="full")
    assert written(opened.model) == content


def test_a_long_chain_of_call_sites_loses_its_outermost_calls() -> None:
    place = ir.Place("a.py", 1)
    for line in range(2, 400):
        place = ir.Place("a.py", line, inlined_at=place)
    node = ir.Node("neg", (), (), place=place)
    opened = read(written(make.one_function(ir.Block((), (node,), ()))))
    found, lines = opened.model.functions[0].body.nodes[0].place, []
    while found is not None:
        lines.append(found.line)
        found = found.inlined_at
    assert lines == list(range(399, 399 - 256, -1))


def test_a_path_is_replaced_only_when_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    digest = write(make.gate(), path)
    assert read(path).digest == digest
    before = path.read_bytes()
    broken = replace(c.weight(np.zeros(2, np.float32), make.F32), shape=(3,))
    root = ir.Module("R", parameters=(ir.Parameter("p", broken),))
    with pytest.raises(InvalidModelError) as error:
        write(make.module_model(root), path)
    assert error.value.code == "BAD_WEIGHT"
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["gate.tsproto"]


def test_a_failing_write_leaves_no_part_behind(tmp_path: Path) -> None:
    class Vanishing:
        calls = 0

        def array(self) -> np.ndarray:
            Vanishing.calls += 1
            if Vanishing.calls > 1:
                raise OSError("gone")
            return np.zeros(2, np.float32)

    weight = ir.Weight(make.F32, (2,), Vanishing())
    root = ir.Module("R", parameters=(ir.Parameter("p", weight),))
    with pytest.raises(OSError, match="gone"):
        write(make.module_model(root), tmp_path / "m.tsproto")
    assert list(tmp_path.iterdir()) == []


def test_a_loaded_model_can_be_saved_over_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    write(make.gate(), path)
    before = path.read_bytes()
    opened = read(path)
    write(opened.model, path)
    assert path.read_bytes() == before
    assert opened.model.root.parameters[0].weight.array[0, 1] == 1.0


def test_weights_of_a_mapped_file_are_views_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    write(make.gate(), path)
    weight = read(path).model.root.parameters[0].weight
    source = weight.source
    assert isinstance(source, FileSource)
    mapped = np.frombuffer(source.content(), np.uint8)
    assert np.shares_memory(weight.array, mapped)
    assert not weight.array.flags.owndata
    assert weight.array is weight.array


def test_a_file_read_without_mapping_survives_its_removal(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    write(make.gate(), path)
    opened = read(path, mmap=False)
    path.unlink()
    assert opened.model.root.parameters[0].weight.array[2, 3] == 11.0


def test_a_file_object_is_read_like_a_path() -> None:
    content = written(make.gate())
    assert read(io.BytesIO(content)).digest == read(content).digest


@pytest.mark.parametrize("alignment", [64, 4096, 65536])
def test_payloads_are_aligned(alignment: int) -> None:
    content = written(make.gate(), alignment=alignment)
    opened = read(content, verify="full")
    assert opened.alignment == alignment
    assert all(payload.place.start % alignment == 0 for payload in opened.storages)


@pytest.mark.parametrize("alignment", [0, 1, 32, 96, 131072])
def test_an_alignment_that_is_not_allowed_is_refused(alignment: int) -> None:
    with pytest.raises(FormatError) as error:
        written(make.gate(), alignment=alignment)
    assert (error.value.code, error.value.rule) == ("BAD_LAYOUT", "CONTAINER-7")


def test_an_empty_model_takes_few_bytes() -> None:
    assert len(written(make.module_model(ir.Module("")))) <= 256


def test_a_value_without_definition_is_refused() -> None:
    node = ir.Node("neg", (ir.Value(c.INT, "ghost"),), ())
    with pytest.raises(InvalidModelError) as error:
        written(make.one_function(ir.Block((), (node,), ())))
    assert error.value.code == "BAD_GRAPH"
    assert "ghost" in error.value.what


def test_a_block_with_two_owners_is_refused() -> None:
    inner = ir.Block((), (), ())
    nodes = tuple(ir.Node("if", (), (), blocks=(inner,)) for _ in range(2))
    with pytest.raises(InvalidModelError) as error:
        written(make.one_function(ir.Block((), nodes, ())))
    assert error.value.code == "BAD_GRAPH"


def test_a_value_defined_twice_is_refused() -> None:
    value = ir.Value(c.INT, "v")
    with pytest.raises(InvalidModelError) as error:
        written(make.one_function(ir.Block((value, value), (), ())))
    assert error.value.code == "BAD_GRAPH"


def test_a_missing_function_is_refused() -> None:
    root = ir.Module("R", methods=(ir.Method("m", "nowhere", exported=True),))
    with pytest.raises(InvalidModelError) as error:
        written(make.module_model(root))
    assert error.value.code == "BAD_INDEX"


def test_a_module_inside_itself_is_refused() -> None:
    root = ir.Module("R")
    object.__setattr__(root, "submodules", (ir.Submodule("self", root),))
    with pytest.raises(InvalidModelError) as error:
        written(make.module_model(root))
    assert error.value.code == "BAD_MODULE"


@pytest.mark.parametrize(
    "constant",
    [
        ir.Constant(c.INT, 2**63),
        ir.Constant(c.INT, "1"),
        ir.Constant(ir.ListType(c.INT), (1, 2**63)),
        ir.Constant(ir.ListType(c.INT), (1, 2.0)),
        ir.Constant(ir.TupleType((c.INT,)), (1, 2)),
    ],
)
def test_a_constant_that_does_not_fit_its_type_is_refused(constant: ir.Constant) -> None:
    with pytest.raises(InvalidModelError) as error:
        written(make.constant_model(constant))
    assert error.value.code == "BAD_CONSTANT"


def test_a_metadata_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(InvalidModelError) as error:
        written(make.gate(metadata=(("a", "1"), ("a", "2"))))
    assert error.value.code == "BAD_NAME"


def test_an_unknown_extent_in_a_guard_is_refused() -> None:
    guard = ir.ShapeGuard(None, "==", 1, "comparison")
    with pytest.raises(InvalidModelError) as error:
        written(make.one_function(ir.Block((), (), ()), shape_guards=(guard,)))
    assert error.value.code == "BAD_GUARD"
