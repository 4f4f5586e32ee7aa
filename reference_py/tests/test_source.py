"""Places and carets in the user's source."""

from __future__ import annotations

import sys

import pytest

from tracescript.errors import ProducerError
from tracescript.ir import Place
from tracescript.producer.source import caret, place_of, position, source_of


def simple(x):
    return x + 1


def test_a_function_is_found_with_its_file_and_line():
    source, definition = source_of(simple)

    assert source.name == "test_source.py"
    assert definition.name == "simple"
    assert source.lines[definition.lineno - 1].startswith("def simple")


def test_two_lambdas_of_one_line_are_told_apart():
    first, second = (lambda a: a + 1), (lambda a: a * 2)

    if sys.version_info >= (3, 11):
        assert source_of(first)[1].body.op.__class__.__name__ == "Add"
        assert source_of(second)[1].body.op.__class__.__name__ == "Mult"


def test_a_builtin_has_no_source():
    with pytest.raises(ProducerError) as caught:
        source_of(len)

    assert caught.value.code == "SOURCE_NOT_FOUND"


def test_a_caret_stands_under_the_range():
    lines = ("def f(x):\n", "    return x + yy\n")

    text = caret(lines, Place("a.py", 2, 15, 2, 17))

    assert text == "    return x + yy\n               ^^"


def test_a_caret_counts_characters_where_a_place_counts_bytes():
    lines = ('    s = "ä" + zz\n',)

    text = caret(lines, Place("a.py", 1, 15, 1, 17))

    assert text == '    s = "ä" + zz\n              ^^'


def test_a_line_that_is_not_there_has_no_excerpt():
    assert caret(("x\n",), Place("a.py", 7, 0, 7, 1)) == ""


def test_a_position_counts_columns_from_one():
    assert position(Place("a.py", 3, 4, 3, 9)) == "a.py:3:5"
    assert position(Place("a.py", 3)) == "a.py:3"


def test_the_place_of_a_frame_is_its_current_line():
    place = place_of(sys._getframe())

    assert place.file == "test_source.py"
    assert place.scope == "test_the_place_of_a_frame_is_its_current_line"
    assert place.line > 0
