"""Code, debug, examples and extra files: what is kept, what is refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests import wire_models as make
from tools import file_parts, sample_models
from tracescript import ir
from tracescript.errors import InvalidModelError, TsError, UnsupportedError
from tracescript.ir import constants as c
from tracescript.v1 import code_pb2, debug_pb2, example_pb2, file_pb2
from tracescript.wire import scan
from tracescript.wire.reader import read
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

UNIT = ir.CodeUnit("u", "def forward(): ...\n", (("Gate.forward", 0, 18),))


def content(model: ir.Model, *units: ir.CodeUnit) -> bytes:
    out = io.BytesIO()
    write(model, out, code_units=units)
    return out.getvalue()


def changed(number: int, kind: Any, edit: Callable[[Any], Any]) -> bytes:
    parts = file_parts.take_apart(content(sample_models.gate(), UNIT))
    message = kind.FromString(parts.sections[number])
    edit(message)
    parts.sections[number] = message.SerializeToString(deterministic=True)
    return file_parts.assemble(parts)


def refused(data: bytes, **options: str) -> TsError:
    with pytest.raises(TsError) as error:
        read(data, **options)
    return error.value


@pytest.mark.parametrize(
    "text",
    ["", "x", "x\n\n", "x\r\n", "x\0\n", "x\u202e\n", "x\u2066\n", "x\u200f\n", "\u061c\n"],
)
def test_text_that_shows_other_than_it_says_is_refused(text: str) -> None:
    def edit(code: Any) -> None:
        code.units[0].text = text
        del code.units[0].spans[:]

    error = refused(changed(scan.CODE, code_pb2.Code, edit))
    assert (error.code, error.rule) == ("BAD_CODE", "CONTAINER-28")


def test_text_in_any_script_is_kept() -> None:
    unit = ir.CodeUnit("u", "# \u05d0 \u4e2d \N{SNOWMAN}\n")
    assert read(content(sample_models.gate(), unit)).code_units == (unit,)


@pytest.mark.parametrize("span", [(1, 0, 99), (1, 5, 5), (1, 6, 5)])
def test_a_span_outside_the_text_is_refused(span: tuple[int, int, int]) -> None:
    def edit(code: Any) -> None:
        entry = code.units[0].spans[0]
        entry.function, entry.begin, entry.end = span

    assert refused(changed(scan.CODE, code_pb2.Code, edit)).code == "BAD_CODE"


def test_spans_that_overlap_and_spans_of_no_function_are_refused() -> None:
    def overlap(code: Any) -> None:
        code.units[0].spans.add(function=1, begin=17, end=19)

    def nowhere(code: Any) -> None:
        code.units[0].spans[0].function = 2

    assert refused(changed(scan.CODE, code_pb2.Code, overlap)).code == "BAD_CODE"
    assert refused(changed(scan.CODE, code_pb2.Code, nowhere)).code == "BAD_INDEX"


def test_units_that_are_not_sorted_are_refused() -> None:
    def edit(code: Any) -> None:
        code.units.add(name="a", text="x\n")

    assert refused(changed(scan.CODE, code_pb2.Code, edit)).code == "BAD_CODE"


def test_spans_of_functions_that_are_left_out_are_left_out() -> None:
    unit = ir.CodeUnit("u", "abc\n", (("unreached", 0, 1), ("Gate.forward", 1, 3)))
    assert read(content(sample_models.gate(), unit)).code_units[0].spans == (
        ("Gate.forward", 1, 3),
    )


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", "c:x", "a\nb", "x" * 256])
def test_an_extra_file_is_one_path_component(name: str) -> None:
    def edit(section: Any) -> None:
        section.files[0].name = name

    error = refused(changed(scan.EXTRA_FILES, file_pb2.ExtraFiles, edit))
    assert (error.code, error.rule) == ("BAD_NAME", "CONTAINER-31")


def test_an_extra_file_stands_once() -> None:
    def edit(section: Any) -> None:
        section.files.add().CopyFrom(section.files[0])

    assert refused(changed(scan.EXTRA_FILES, file_pb2.ExtraFiles, edit)).code == "BAD_NAME"


def debug(edit: Callable[[Any], Any]) -> TsError:
    return refused(changed(scan.DEBUG, debug_pb2.DebugInfo, edit))


def set_location(section: Any, **fields: int) -> None:
    for name, value in fields.items():
        setattr(section.locations[1], name, value)


@pytest.mark.parametrize(
    ("edit", "code", "where"),
    [
        (lambda s: s.functions[0].value_names.pop(), "BAD_DEBUG", "value_names"),
        (lambda s: s.functions[0].node_locations.append(0), "BAD_DEBUG", "node_locations"),
        (lambda s: s.functions[0].trace_decisions.add(), "BAD_DEBUG", "trace_decisions"),
        (lambda s: s.functions[0].shape_guards.add(), "BAD_DEBUG", "shape_guards"),
        (lambda s: s.functions[0].node_locations.__setitem__(0, 9), "BAD_INDEX", "[0]"),
        (lambda s: setattr(s.functions[0], "function", 9), "BAD_INDEX", ".function"),
        (lambda s: s.functions.add(function=1), "BAD_INDEX", "functions[1].function"),
        (lambda s: set_location(s, source=9), "BAD_INDEX", "locations[1].source"),
        (lambda s: set_location(s, inlined_at=1), "BAD_INDEX", "locations[1].inlined_at"),
        (lambda s: setattr(s.sources[1], "name", "/home/me/gate.py"), "BAD_DEBUG", "name"),
        (lambda s: s.sources.add(name="gate.py"), "BAD_DEBUG", "sources[2].name"),
        (lambda s: s.sources.pop(0), "BAD_INDEX", "sources[0]"),
        (lambda s: s.locations.pop(0), "BAD_INDEX", "locations[0]"),
    ],
)
def test_debug_info_that_does_not_fit_the_model_is_refused(
    edit: Callable[[Any], Any], code: str, where: str
) -> None:
    error = debug(edit)
    assert error.code == code
    assert error.where.endswith(where)


def test_a_chain_of_call_sites_beyond_the_limit_is_refused() -> None:
    def edit(section: Any) -> None:
        for _ in range(256):
            last = len(section.locations) - 1
            section.locations.add(line=1, inlined_at=last)

    assert debug(edit).code == "FILE_LIMIT"


def gate_with(*outputs: ir.ExpectedValue, **more: Any) -> ir.Model:
    call = ir.ExampleCall("forward", (("", np.ones(2, np.float32)),), outputs, **more)
    return sample_models.gate(examples=(ir.Example("e", (call,)),))


EXPECTED = [
    ir.ExpectedValue(1.0, np.float64(0.5), zero_sign=True),
    ir.ExpectedValue([np.zeros(2, np.float32), 3], (np.array([0.0, 1.0]), None)),
    ir.ExpectedValue({"a": 1.5, "b": "x"}, (np.float64(1), None)),
    ir.ExpectedValue(2.5, None, alternatives=(3.5, 4.5)),
    ir.ExpectedValue((1, "x")),
    ir.ExpectedValue(()),
]


@pytest.mark.parametrize("expected", EXPECTED)
def test_an_expected_value_comes_back_with_its_bounds(expected: ir.ExpectedValue) -> None:
    model = gate_with(expected)
    found = read(content(model), verify="full").model.examples
    assert make.describe(found) == make.describe(arrays(model.examples))


def test_one_bound_for_a_container_is_written_for_each_float_part() -> None:
    parts = [np.zeros(2, np.float32), 3, np.zeros(2, np.int64), 1.5]
    model = gate_with(ir.ExpectedValue(parts, 0.5))

    [example] = read(content(model), verify="full").model.examples

    first, *exact, last = example.calls[0].outputs[0].bound
    assert (first, exact, last) == (0.5, [None, None], 0.5)


def test_bounds_of_another_length_than_the_container_are_refused() -> None:
    model = gate_with(ir.ExpectedValue([1.5, 2.5], (0.5,)))

    with pytest.raises(InvalidModelError, match="found 1 bounds, expected 2"):
        content(model)


def arrays(item: Any) -> Any:
    """Bounds come back as arrays."""
    [example] = item
    [call] = example.calls
    made = tuple(
        ir.ExpectedValue(o.value, as_arrays(o.bound), o.zero_sign, o.alternatives)
        for o in call.outputs
    )
    return (ir.Example(example.name, (ir.ExampleCall(call.method, call.inputs, made),)),)


def as_arrays(bound: Any) -> Any:
    if isinstance(bound, tuple):
        return tuple(map(as_arrays, bound))
    return None if bound is None else np.asarray(bound, np.float64)


def test_an_expected_error_comes_back() -> None:
    found = read(content(gate_with(error="ZERO_DIVISION"))).model.examples[0].calls[0]
    assert (found.error, found.outputs) == ("ZERO_DIVISION", ())


def test_struct_inputs_of_a_submodule_are_written_with_their_name() -> None:
    pair = ir.StructType("Pair", (("a", c.INT), ("b", c.INT)))
    value = ir.Value(pair, "p")
    function = sample_models.function_of("f", ir.Block((value,), (), (value,)))
    leaf = ir.Module("Leaf", methods=(ir.Method("go", "f", exported=True),))
    root = ir.Module("R", submodules=(ir.Submodule("leaf", leaf),))
    call = ir.ExampleCall("leaf.go", (("i0", (1, 2)),), (ir.ExpectedValue((1, 2)),))
    model = ir.Model("m", (function,), root, examples=(ir.Example("e", (call,)),))
    parts = file_parts.take_apart(content(model))
    section = example_pb2.Examples.FromString(parts.sections[scan.EXAMPLES])
    assert section.examples[0].calls[0].inputs.table[3].struct.name == "Pair"
    assert section.examples[0].calls[0].expected.outputs.table[3].struct.name == "Pair"


@pytest.mark.parametrize("method", ["nowhere", "a.b"])
def test_an_example_of_an_unknown_method_is_written_without_types(method: str) -> None:
    call = ir.ExampleCall(method, (("", (1, 2)),), (ir.ExpectedValue(1),))
    model = sample_models.gate(examples=(ir.Example("e", (call,)),))
    assert read(content(model)).model.examples[0].calls[0].method == method


def example(edit: Callable[[Any], Any], *outputs: ir.ExpectedValue) -> TsError:
    parts = file_parts.take_apart(content(gate_with(*(outputs or (EXPECTED[0],)))))
    section = example_pb2.Examples.FromString(parts.sections[scan.EXAMPLES])
    edit(section.examples[0].calls[0])
    parts.sections[scan.EXAMPLES] = section.SerializeToString(deterministic=True)
    return refused(file_parts.assemble(parts))


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda call: call.ClearField("expected"), "BAD_EXAMPLE"),
        (lambda call: setattr(call, "error", 9999), "BAD_ENUM"),
        (lambda call: setattr(call.expected.checks[0], "data", 0), "BAD_EXAMPLE"),
        (lambda call: setattr(call.expected.checks[0], "data", 9), "BAD_EXAMPLE"),
        (lambda call: setattr(call.expected.checks[0], "bound", 9), "BAD_EXAMPLE"),
        (lambda call: setattr(call.expected.checks[0], "bound", 1), "BAD_EXAMPLE"),
        (lambda call: call.expected.checks[0].alternatives.append(9), "BAD_EXAMPLE"),
        (lambda call: call.expected.checks.add(data=1), "BAD_EXAMPLE"),
        (lambda call: call.inputs.table.pop(0), "BAD_EXAMPLE"),
    ],
)
def test_an_example_that_is_not_sound_is_refused(edit: Callable[[Any], Any], code: str) -> None:
    assert example(edit).code == code


def test_alternatives_of_an_element_are_not_supported() -> None:
    def edit(call: Any) -> None:
        call.expected.checks[0].alternatives.append(1)

    assert example(edit, EXPECTED[1]).code == "UNSUPPORTED_FEATURE"
    with pytest.raises(TsError) as error:
        content(gate_with(ir.ExpectedValue([1.0], alternatives=([2.0],))))
    assert error.value.code == "BAD_EXAMPLE"


def test_a_section_larger_than_the_limit_is_refused_before_it_is_read() -> None:
    head = scan.SIGNATURE + scan.head(scan.HEADER, 300 << 20)
    with pytest.raises(UnsupportedError) as error:
        read(head)
    assert error.value.code == "FILE_LIMIT"
