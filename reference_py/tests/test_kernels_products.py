"""Products of matrices in parts: each is what it is at once, on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from tracescript.kernels import products, threads

RNG = np.random.default_rng(11)


def _whole_numbers(*shape):
    return RNG.integers(-9, 10, shape).astype(np.float32)


@pytest.fixture(params=[1, 2, 3])
def wide(request, monkeypatch):
    """Have AVX-512, some threads, and parts of few elements."""
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: True)
    monkeypatch.setattr(products, "_SMALL", 20_000)
    monkeypatch.setattr(threads, "_WORTH_A_THREAD", 1e-6)
    monkeypatch.setattr(threads, "_threads", lambda: request.param)


@pytest.mark.parametrize("leading", [(), (1,), (2,), (3, 2)])
@pytest.mark.parametrize("columns", [7, 32, 200, 224])
@pytest.mark.usefixtures("wide")
def test_a_product_is_the_same_in_parts_of_its_columns(leading, columns):
    a, b = _whole_numbers(*leading, 20, 30), _whole_numbers(*leading, 30, columns)
    out = np.empty((*leading, 20, columns), np.float32)
    products.product(a, b, out)
    np.testing.assert_array_equal(out, np.einsum("...ij,...jk->...ik", a, b))


@pytest.mark.parametrize("rows", [8, 17, 96])
@pytest.mark.usefixtures("wide")
def test_a_product_is_the_same_in_parts_of_its_rows(rows):
    a, b = _whole_numbers(rows, 40), _whole_numbers(5, 40, 12)
    out = np.empty((5, rows, 12), np.float32)
    products.product_in_parts(a, b, out)
    np.testing.assert_array_equal(out, np.einsum("ij,njk->nik", a, b))


@pytest.mark.parametrize(
    ("shape", "parts"),
    [
        ((96, 100, 100), 1),
        ((100, 100, 100), 1),
        ((16, 100, 1000), 2),
        ((96, 64, 400), 3),
        ((25, 100, 1000), 5),
        ((17, 100, 1000), 1),  # 17 parts are more than 8 times the 2 that would do
        ((0, 100, 1000), 1),
    ],
)
def test_rows_are_cut_into_the_fewest_equal_parts_that_are_small(shape, parts, monkeypatch):
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: True)
    assert products.parts_of(*shape) == parts
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: False)
    assert products.parts_of(*shape) == 1


@pytest.mark.parametrize(
    ("has_wide_lanes", "shape", "alone"),
    [
        (True, (10, 100, 100_000), True),  # parts of 256 columns
        (True, (1000, 1000, 1), True),
        (True, (1000, 1001, 1), False),
        (True, (1000, 1000, 2), False),
        (False, (64, 64, 64), True),
        (False, (64, 64, 65), False),
    ],
)
def test_small_products_take_no_threads_of_the_library(has_wide_lanes, shape, alone, monkeypatch):
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: has_wide_lanes)
    assert products.is_alone(*shape) == alone
