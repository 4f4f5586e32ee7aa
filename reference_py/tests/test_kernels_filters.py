"""Banks of filters: every way to compute them gives what the definition says."""

from __future__ import annotations

import numpy as np
import pytest
from conv_definition import by_definition

from tracescript.kernels import products, threads
from tracescript.kernels.filters import Filters

RNG = np.random.default_rng(5)

FILTERS = [
    # planes, filters, kernel, stride, padding, dilation, groups
    (1, 64, (7, 7), (2, 2), (3, 3, 3, 3), (1, 1), 1),
    (24, 8, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
    (24, 8, (3, 2), (2, 3), (0, 2, 1, 0), (2, 1), 1),
    (6, 4, (1, 1), (2, 2), (0, 0, 0, 0), (1, 1), 1),
    (6, 4, (1, 1), (1, 1), (1, 0, 0, 1), (1, 1), 1),
    (8, 4, (3, 3), (1, 2), (1, 1, 1, 1), (1, 2), 4),
    (6, 6, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 6),
    (6, 6, (3, 5), (2, 3), (2, 0, 1, 3), (2, 1), 6),
    (2, 3, (2, 2), (1, 1), (9, 9, 9, 9), (1, 1), 1),
    (2, 40, (4, 4), (4, 3), (0, 0, 0, 0), (1, 2), 1),
    (4, 80, (2, 3), (1, 2), (0, 0, 0, 0), (2, 1), 2),
]


@pytest.mark.parametrize("case", FILTERS)
@pytest.mark.parametrize("size", [(11, 13), (5, 100)])
@pytest.mark.parametrize("once", [True, False])
def test_a_convolution_is_its_definition_whichever_way_is_taken(case, size, once, monkeypatch):
    planes, filters, kernel, *given = case
    monkeypatch.setattr("tracescript.kernels.filters._LAID_OUT", 500)
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: size == (5, 100))
    monkeypatch.setattr(products, "_SMALL", 8000)
    x = RNG.standard_normal((2, planes, *size))
    weight = RNG.standard_normal((filters, planes // given[-1], *kernel))
    bias = RNG.standard_normal(filters)
    found = Filters(weight, *given).apply(x, bias, once=once)
    np.testing.assert_allclose(found, by_definition(x, weight, bias, *given), atol=1e-11)


@pytest.mark.parametrize("case", FILTERS)
@pytest.mark.parametrize("way", ["_at_once", "_by_rows", "_by_groups", "_row_by_row"])
def test_a_way_serves_all_filters_but_those_it_is_never_chosen_for(way, case, monkeypatch):
    planes, filters, kernel, *given = case
    dilation, groups = given[-2:]
    if (way == "_by_groups" and groups == 1) or (way == "_row_by_row" and dilation[0] > 1):
        return
    x = RNG.integers(-4, 5, (3, planes, 11, 40)).astype(np.float64)
    weight = RNG.integers(-4, 5, (filters, planes // groups, *kernel)).astype(np.float64)
    bias, bank = np.arange(filters, dtype=np.float64), Filters(weight, *given)
    monkeypatch.setattr(bank, "_way", lambda out, once: (getattr(bank, way), weight[0].size))
    found = bank.apply(x, bias, once=False)
    np.testing.assert_array_equal(found, by_definition(x, weight, bias, *given))


@pytest.mark.parametrize("case", FILTERS)
@pytest.mark.parametrize("once", [True, False])
def test_a_convolution_of_an_image_is_the_same_beside_others(case, once):
    planes, filters, kernel, *given = case
    x = RNG.standard_normal((5, planes, 12, 40)).astype(np.float32)
    weight = RNG.standard_normal((filters, planes // given[-1], *kernel)).astype(np.float32)
    bank = Filters(weight, *given)
    alone = [bank.apply(image[np.newaxis], None, once=once)[0] for image in x]
    np.testing.assert_array_equal(bank.apply(x, None, once=once), alone)


@pytest.mark.parametrize(("planes", "rows"), [(0, 4), (3, 0)])
def test_a_convolution_of_no_elements_is_its_bias(planes, rows):
    bank = Filters(np.ones((2, planes, 3, 3)), (1, 1), (2, 2, 1, 1), (1, 1), 1)
    found = bank.apply(np.ones((1, planes, rows, 5)), np.array([3.0, 4.0]), once=True)
    np.testing.assert_array_equal(found, np.broadcast_to([[[3.0]], [[4.0]]], (1, 2, rows + 2, 5)))


@pytest.mark.parametrize("case", FILTERS)
def test_a_convolution_is_the_same_on_any_number_of_threads(case, monkeypatch):
    planes, filters, kernel, *given = case
    monkeypatch.setattr(products, "_has_wide_lanes", lambda: True)
    monkeypatch.setattr(threads, "_WORTH_A_THREAD", 1e-3)
    x = RNG.standard_normal((1, planes, 40, 50)).astype(np.float32)
    weight = RNG.standard_normal((filters, planes // given[-1], *kernel)).astype(np.float32)
    found = []
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "_threads", lambda n=count: n)
        found.append(Filters(weight, *given).apply(x, None, once=False))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])
