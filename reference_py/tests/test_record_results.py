"""Structs come back as named tuples."""

from __future__ import annotations

import pytest
from engine_runs import ENGINES, scalar_function

from benchmarks.author import FLOAT, INT
from tracescript import ir
from tracescript.model.instance import Settings
from tracescript.model.model import Model


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "shown"), [("Pair", "Pair"), ("class", "struct"), ("two words", "struct")]
)
def test_a_caller_gets_a_named_tuple_whatever_a_struct_is_called(engine, name, shown):
    pair = ir.StructType(name, (("a", INT), ("def", FLOAT)))
    author, _ = scalar_function(lambda w, x, y: [w("struct.make", x, y, type=pair)], INT, FLOAT)

    got = Model(author.model(), Settings(engine))(1, 2.5)

    assert (type(got).__name__, got._fields, tuple(got)) == (shown, ("a", "_1"), (1, 2.5))
