"""A file says which line fixed a size of an input, wherever in the input the size is."""

from __future__ import annotations

import dataclasses
import io
from typing import NamedTuple

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402

pytestmark = pytest.mark.torch


def loaded(f, *args, **options):
    file = io.BytesIO()
    ts.save(ts.trace(f, args, **options), file)
    return ts.load(file.getvalue())


def assert_same(model, f, *args):
    with torch.no_grad():
        torch.testing.assert_close(model(*args), f(*args), rtol=1e-4, atol=1e-5)


def added(x):
    n = x.size(1)
    for i in range(n):
        x = x * (i + 1)
    return x + torch.ones(3)


def test_a_file_names_the_line_that_fixed_a_size():
    model = loaded(added, torch.randn(2, 3))

    with pytest.raises(ts.errors.BadInputError) as caught:
        model(torch.randn(2, 5))
    line = added.__code__.co_firstlineno + 2
    assert f"fixed at test_trace_fixed_sizes.py:{line}: " in caught.value.hint
    assert_same(model, added, torch.randn(4, 3))


@dataclasses.dataclass
class Batch:
    x: torch.Tensor
    y: torch.Tensor


class Pair(NamedTuple):
    x: torch.Tensor
    y: torch.Tensor


def added_from(place):
    def forward(given):
        x = place(given)
        for i in range(x.size(1)):
            x = x * (i + 1)
        return x + torch.ones(3)

    return forward


@pytest.mark.parametrize(
    ("place", "given"),
    [
        (lambda g: g[0], lambda x: [x, x]),
        (lambda g: g[1], lambda x: (torch.ones(2), x)),
        (lambda g: g["h"], lambda x: {"h": x}),
        (lambda g: g["h"], lambda x: {"h": x, "n": 3}),
        (lambda g: g["layers"][1][0], lambda x: {"layers": [(x, x), (x, x)]}),
        (lambda g: g.y, lambda x: Pair(torch.ones(2), x)),
        (lambda g: g.y, lambda x: Batch(torch.ones(2), x)),
    ],
    ids=["list", "tuple", "dict", "dict of several types", "nested", "named tuple", "data class"],
)
def test_a_file_names_the_line_that_fixed_a_size_inside_an_input(place, given):
    f = added_from(place)
    model = loaded(f, given(torch.randn(2, 3)), decisions="record")

    with pytest.raises(ts.errors.BadInputError) as caught:
        model(given(torch.randn(2, 5)))
    line = f.__code__.co_firstlineno + 2
    assert f"fixed at test_trace_fixed_sizes.py:{line}: " in caught.value.hint
    assert_same(model, f, given(torch.randn(4, 3)))


def test_a_file_without_debug_information_names_no_line():
    file = io.BytesIO()
    ts.save(ts.trace(added, (torch.randn(2, 3),)), file, debug=False)

    with pytest.raises(ts.errors.BadInputError) as caught:
        ts.load(file.getvalue())(torch.randn(2, 5))
    assert "test_trace_fixed_sizes" not in caught.value.hint
    assert b"test_trace_fixed_sizes" not in file.getvalue()
