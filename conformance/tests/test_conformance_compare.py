"""Values against what a case expects: a table of lies, and of what is right."""

from __future__ import annotations

import pytest
from case_values import bundle, expected

from tracescript_conformance.compare import compare


@pytest.mark.parametrize(
    ("want", "got", "is_right"),
    [
        ("f32[2] 1 2", "f32[2] 1 2", True),
        ("f32[2] 1 2", "f32[2] 1 3", False),
        ("f32[2] 1 2", "f64[2] 1 2", False),
        ("f32[2] 1 2", "f32[1,2] 1 2", False),
        ("f32[2] 1 2", "f32[3] 1 2 3", False),
        ("f32[2] 1 2", "[float 1, float 2]", False),
        ("f32[1] nan", "f32[1] nan", True),
        ("f32[1] nan", "f32[1] 0", False),
        ("f32[1] nan", "f32[1] inf", False),
        ("f32[1] inf", "f32[1] nan", False),
        ("f32[1] inf", "f32[1] -inf", False),
        ("f32[1] inf", "f32[1] inf", True),
        ("f32[1] 3e38", "f32[1] inf", False),
        ("f32[1] 0", "f32[1] -0.0", True),
        ("i64[1] 9007199254740993", "i64[1] 9007199254740992", False),
        ("bool[2] 1 0", "bool[2] 1 1", False),
        ("i32[1] 1", "bool[1] 1", False),
        ("int 1", "int 1", True),
        ("int 1", "bool true", False),
        ("int 1", "float 1", False),
        ("float 1", "int 1", False),
        ("float nan", "float nan", True),
        ("none", "none", True),
        ("none", "int 0", False),
        ("str 'a'", "str 'b'", False),
        ("[int 1, int 2]", "(int 1, int 2)", False),
        ("[int 1, int 2]", "[int 1]", False),
        ("[int 1, int 2]", "[int 2, int 1]", False),
        ("(f32[1] 1, int 2)", "(f32[1] 1, int 2)", True),
        ("(f32[1] 1, int 2)", "(f32[1] 1, int 3)", False),
        ("f32[0]", "f32[0]", True),
        ("f32[0,2]", "f32[0,3]", False),
    ],
)
def test_a_value_is_right_or_a_lie(want, got, is_right):
    found = compare(expected(want), bundle(got))

    assert (not found.what) == is_right, found


@pytest.mark.parametrize(
    ("got", "is_right"),
    [
        ("f32[1] 1.5", True),
        ("f32[1] 1.75", True),
        ("f32[1] 2", False),
        ("f32[1] nan", False),
        ("f32[1] inf", False),
    ],
)
def test_a_bound_is_the_limit(got, is_right):
    found = compare(expected("f32[1] 1.5", bound="f64[] 0.25"), bundle(got))

    assert (not found.what) == is_right


def test_a_ratio_of_one_is_on_the_limit():
    found = compare(expected("f32[1] 1.5", bound="f64[] 0.25"), bundle("f32[1] 1.25"))

    assert found.worst_ratio == 1.0


def test_a_bound_is_for_each_element():
    want = expected("f32[2] 1 1", bound="f64[2] 0.5 0")

    assert not compare(want, bundle("f32[2] 1.5 1")).what
    assert "[1]" in compare(want, bundle("f32[2] 1 1.5")).where


def test_an_infinite_bound_compares_nothing_but_type_and_shape():
    want = expected("f32[1] 1", bound="f64[] inf")

    assert not compare(want, bundle("f32[1] nan")).what
    assert compare(want, bundle("f32[2] 1 1")).what


def test_the_sign_of_zero_counts_where_the_case_fixes_it():
    want = expected("f32[2] -0.0 1", zero_sign=True)

    assert not compare(want, bundle("f32[2] -0.0 1")).what
    assert compare(want, bundle("f32[2] 0.0 1")).what


def test_another_right_result_as_a_whole_passes():
    want = expected("f32[2] 1 2", alternatives=("f32[2] 3 4",))

    assert not compare(want, bundle("f32[2] 3 4")).what
    assert compare(want, bundle("f32[2] 1 4")).what


def test_the_worst_element_is_named():
    found = compare(expected("f32[2,2] 1 2 3 4"), bundle("f32[2,2] 1 2 30 4"))

    assert found.where == "output 0[1, 0]"


def test_bytes_that_do_not_fill_the_shape_are_no_value():
    got = bundle("f32[2] 1 2")
    got.table[1].tensor.content = b"\x00"

    assert "well-formed" in compare(expected("f32[2] 1 2"), got).what


def test_an_entry_that_refers_to_itself_is_no_value():
    got = bundle("[int 1]")
    got.table[2].list.items[0] = 2

    assert "well-formed" in compare(expected("[int 1]"), got).what
