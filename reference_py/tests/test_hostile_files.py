"""What a hostile file can do to a loader and to who reads its messages: nothing."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import tracescript as ts
from benchmarks.author import Author, f32
from tools import sample_models
from tracescript import ir
from tracescript.cli.main import cli
from tracescript.errors import BadInputError, FormatError, TsError
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
