from __future__ import annotations

import io
import re

import numpy as np
import pytest
from code_programs import Programs
from code_texts import GATE, LINEAR, compiled, function, units

from tracescript.code.compare import difference
from tracescript.code.constants import ConstantTable
from tracescript.code.reader import check_code, read_units
from tracescript.code.writer import function_text, unit_text, write_units
from tracescript.ir import (
    DataType,
    Function,
    Input,
    Method,
    Model,
    Module,
    ModuleAttribute,
    Output,
    TensorType,
    TraceDecision,
    Value,
    order,
)
from tracescript.ir.constants import INT, STR, numbers, scalar, tensor
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.wire.reader import read
from tracescript.wire.write_model import write_model
from tracescript.wire.writer import write


@pytest.mark.parametrize("seed", range(60))
def test_a_random_program_survives_writing_and_reading(seed):
    model = Programs(seed).model()
    written = write_units(model)
    read = read_units(written, model)
    assert [difference(f, read.function(f.name)) for f in model.functions] == [""] * len(
        model.functions
    )
    assert write_units(read) == written
    check_code(model, written)


def test_spans_are_bytes_of_the_functions():
    first = function("ops.print('\\xe9')\nreturn")
    second = first.replace("def f(", "def g(")
    (unit,) = write_units(compiled(f"{first}\n{second}"))
    data = unit.text.encode()
    assert [(name, data[a:b].decode()) for name, a, b in unit.spans] == [
        ("f", first),
        ("g", second),
    ]
    assert units(first)[0].name == unit.name


def table_model():
    array = np.arange(20)
    tables = [tensor(array, DataType.INT64), numbers(range(20), INT), scalar("long " * 300)]
    single = tensor(np.float32(3), DataType.FLOAT32)
    builder = Builder(Typing())
    x = Value(TensorType(DataType.INT64, (20,)), "x")
    values = [builder.constant(c) for c in (*tables, single)]
    (y,) = builder.call("add", [x, values[0]])
    (n,) = builder.call("list.len", [values[1]])
    (m,) = builder.call("str.len", [values[2]])
    results = (y, n, m, builder.constant([1, 2]), values[3])
    late = TraceDecision("tensor_read", y, tensor(array + 1, DataType.INT64))
    function = Function(
        "Table.forward",
        "traced",
        (Input("x", x.type), Input("s", STR, default=scalar("d"))),
        tuple(Output("", v.type) for v in results),
        builder.block((x, Value(STR, "s")), results),
        (late,),
    )
    held = ModuleAttribute("held", scalar(5))
    root = Module("Table", attributes=(held,), methods=(Method("forward", "Table.forward", True),))
    return Model("m", (function,), root)


def test_constants_without_a_literal_are_numbered():
    model = table_model()
    (unit,) = write_units(model)
    assert re.findall(r"constant\((\d+)\)", unit.text) == ["2", "7", "3", "4"]
    check_code(model, [unit])


def held(entry):
    """Return the plain value of a constant of the file, None for others."""
    arm = entry.WhichOneof("value")
    plain = {"bool_value", "int_value", "str_value"}
    return getattr(entry, arm) if arm in plain else None


@pytest.mark.parametrize("seed", range(10))
def test_constants_have_the_numbers_of_the_file(seed):
    model = order.canonical(Programs(seed).model()) if seed else table_model()
    table = ConstantTable(model)
    entries = write_model(model).message.constants
    found = [(table.get(k), held(entries[k])) for k in range(1, len(entries))]
    assert [c.value for c, value in found if value is not None] == [
        value for _, value in found if value is not None
    ]
    assert table.get(len(entries)) is None


@pytest.mark.parametrize("seed", range(10))
def test_the_text_in_a_file_belongs_to_the_model_in_it(seed):
    model = order.canonical(Programs(seed).model()) if seed else table_model()
    file = io.BytesIO()
    write(model, file, code_units=write_units(model))
    opened = read(file.getvalue())
    assert len(opened.code_units) == len(write_units(model))
    check_code(opened.model, opened.code_units)


@pytest.mark.parametrize("seed", range(5))
def test_a_model_without_debug_names_has_canonical_text_too(seed):
    model = order.canonical(Programs(seed).model())
    file = io.BytesIO()
    write(model, file, code_units=write_units(model), debug=False)
    opened = read(file.getvalue())
    check_code(opened.model, opened.code_units)


def test_one_function_and_one_unit_can_be_written_alone():
    model = compiled(GATE, LINEAR)
    assert unit_text(model, "Gate") == GATE
    assert function_text(model, "Gate.forward").splitlines()[0] == "@traced"
    assert (
        "".join(f"    {line}\n" for line in function_text(model, "Gate.forward").splitlines())
        in GATE
    )
