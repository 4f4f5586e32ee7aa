"""What a hostile file can do to a loader and to who reads its messages: nothing."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import tracescript as ts
from benchmarks.author import Author, f32
from tools import file_parts, sample_models
from tracescript import ir
from tracescript.cli.main import cli
from tracescript.errors import (
    BadInputError,
    FormatError,
    InvalidModelError,
    TsError,
    UnsupportedError,
)
from tracescript.v1 import example_pb2
from tracescript.wire import scan
from tracescript.wire.writer import write


def content(model):
    out = io.BytesIO()
    write(model, out)
    return out.getvalue()


def renamed(function="Gate.forward", parameter="w"):
    gate = sample_models.gate()
    (made,) = gate.functions
    method = replace(gate.root.methods[0], function=function)
    weights = tuple(replace(p, name=parameter) for p in gate.root.parameters[:1])
    root = replace(gate.root, parameters=weights, methods=(method,))
    return replace(gate, functions=(replace(made, name=function),), root=root)


class Endless(io.RawIOBase):
    """A device: as many bytes as anybody asks for."""

    def read(self, size=-1):
        assert size >= 0, "read to the end of what has none"
        return bytes(size)


def test_what_does_not_begin_like_a_file_is_not_read_to_its_end():
    with pytest.raises(FormatError) as caught:
        ts.load(Endless())

    assert (caught.value.code, caught.value.rule) == ("NOT_TSPROTO", "CONTAINER-1")


def test_a_stripped_file_passes_a_full_verification():
    model = ts.load(content(sample_models.gate()), verify="full")

    assert model(np.ones(3, np.float32)).tolist() == [1, 1, 1]


@pytest.mark.parametrize(("shown", "name"), [("\\x1b", "a\x1b[31m"), ("\\u202e", "a\u202eb")])
def test_an_error_shows_control_characters_of_names_instead_of_sending_them(shown, name):
    error = TsError(f"found {name}", code="BAD_NAME", where=name, excerpt=name)

    assert str(error).count(shown) == 3
    assert name not in str(error)


@pytest.mark.parametrize("name", ["a[/bold]", "a[red]", "[b]x"])
def test_show_prints_names_that_look_like_markup_as_they_are(tmp_path, name):
    file = tmp_path / "m.tsproto"
    file.write_bytes(content(renamed(function=name, parameter=name)))

    result = CliRunner().invoke(cli, ["show", str(file), "-p", "weights"])

    assert result.exit_code == 0
    assert name in result.output


@pytest.mark.parametrize("bound", [np.nan, -1.0, [1e-6] * 5])
def test_a_bound_by_which_nothing_can_be_judged_is_refused(bound):
    gate = sample_models.gate()
    (example,), (call,) = gate.examples, gate.examples[0].calls
    wrong = replace(call.outputs[0], bound=np.asarray(bound, np.float64))
    lying = replace(example, calls=(replace(call, outputs=(wrong,)),))

    with pytest.raises(InvalidModelError) as caught:
        ts.load(content(replace(gate, examples=(lying,))))

    assert (caught.value.code, caught.value.rule) == ("BAD_EXAMPLE", "CONTAINER-24")


@pytest.mark.parametrize("engine", ["ref", "py"])
def test_a_definition_that_unrolls_without_end_is_refused(engine):
    author = Author()
    shape = (0, 1, 2**40, 1, 1)
    body = lambda w, x, weight: [w("conv3d", x, weight, None)]
    author.method(author.function("F.forward", [("x", f32(*shape)), ("w", f32(*shape))], body))
    nothing = np.empty(shape, np.float32)

    with pytest.raises(UnsupportedError) as caught:
        ts.load(content(author.model()), engine=engine, expand=True)(nothing, nothing)

    assert (caught.value.code, caught.value.rule) == ("UNSUPPORTED_OP", "EXEC-6")


def test_data_that_shares_its_parts_is_looked_through_once():
    parts = file_parts.take_apart(content(sample_models.gate()))
    examples = example_pb2.Examples.FromString(parts.sections[scan.EXAMPLES])
    call = examples.examples[0].calls[0]
    del call.expected.checks[:]
    for bundle in (call.inputs, call.expected.outputs):
        del bundle.table[1:]
        bundle.table.add(int_value=5)
        for index in range(1, 23):
            bundle.table.add().list.items.extend([index, index])
        bundle.items[0].data = len(bundle.table) - 1
    for _ in range(50):
        examples.examples[0].calls.add().CopyFrom(call)
    parts.sections[scan.EXAMPLES] = examples.SerializeToString(deterministic=True)

    start = time.monotonic()
    with pytest.raises(InvalidModelError, match="found another value"):
        ts.load(file_parts.assemble(parts))

    assert time.monotonic() - start < 5  # 2^22 parts, fifty times over, would take hours


def nested():
    n = ir.Symbol("n")
    pair = ir.TupleType((f32(n), ir.ListType(f32(ir.DimExpr("+", (n, 1))))))
    author = Author()
    author.method(author.function("F.forward", [("p", pair)], lambda w, p: [p]))
    return ts.load(content(author.model()))


def test_an_expression_inside_a_container_is_compared_with_its_extent():
    model, two, three = nested(), np.ones(2, np.float32), np.ones(3, np.float32)

    assert model((two, [three, three]))[1][1].shape == (3,)
    with pytest.raises(BadInputError) as caught:
        model((two, [three, two]))

    assert (caught.value.code, caught.value.rule) == ("BAD_INPUT", "EXEC-4")
    assert caught.value.where == "input p[1][1], axis 0"


def test_every_refused_argument_says_which_input_it_was():
    model = nested()

    for args in ((), (1,), ((1, 2),), ((np.ones(2), []),)):
        with pytest.raises(BadInputError) as caught:
            model(*args)
        assert caught.value.where
        assert caught.value.rule
