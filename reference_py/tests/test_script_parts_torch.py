"""Parts of tensors, which torch gives as tuples."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch


def kinds(x: torch.Tensor):
    parts = x.unbind(0)
    listed = list(parts)
    is_tuple = isinstance(parts, tuple), isinstance(parts[1:], tuple), isinstance(listed, tuple)
    return x, is_tuple, type(x.chunk(3)) is tuple, isinstance(torch.split(x, 2), list)


def joined(x: torch.Tensor):
    parts = x.split(2)
    parts += (x,)
    return torch.cat(parts), len((x, x) + parts[1:]), len(parts * 2)  # noqa: RUF005


def chosen(x: torch.Tensor):
    parts = x.split(2)
    if x.sum() > 0:
        parts = x.split(3)
    return torch.cat(parts), isinstance(parts, tuple)


def listed(x: torch.Tensor):
    parts = list(x.split(2))
    parts.append(x)
    parts[0] = x
    parts += x.chunk(2)
    return torch.cat(parts), isinstance(parts, list)


def written(x: torch.Tensor):
    y = x * 1
    for part in y.chunk(2):
        part += 1  # noqa: PLW2901  # a write into y
    return y


def unstacked(x: np.ndarray):
    parts = np.unstack(x)
    return x, isinstance(parts, tuple), isinstance(np.split(x, [2]), tuple)


def appended(x: torch.Tensor):
    parts = x.split(2)
    parts.append(x)
    return torch.cat(parts)


def beside_a_list(x: torch.Tensor):
    return torch.cat(x.split(2) + [x])  # noqa: RUF005


def replaced(x: torch.Tensor):
    parts = x.split(2)
    parts[0] = x
    return torch.cat(parts)


@pytest.mark.parametrize("sizes", ["float32[N]", "float32[6]"])
@pytest.mark.parametrize("f", [kinds, joined, chosen, listed, written])
def test_parts_of_a_tensor_are_a_tuple_to_the_program(f, sizes):
    x = torch.arange(6.0)
    found, wanted = ts.script(f, types={"x": sizes})(x), f(x)

    if isinstance(wanted, torch.Tensor):
        found, wanted = (found,), (wanted,)
    assert torch.equal(found[0], wanted[0])
    assert tuple(found[1:]) == wanted[1:]


def test_numpys_unstack_gives_a_tuple_and_its_split_a_list():
    x = np.arange(6, dtype=np.float32)

    assert tuple(ts.script(unstacked, types={"x": "float32[6]"})(x)[1:]) == unstacked(x)[1:]


@pytest.mark.parametrize("f", [appended, beside_a_list, replaced])
def test_what_only_lists_do_is_refused_of_parts(f):
    with pytest.raises((TypeError, AttributeError)):
        f(torch.arange(6.0))
    with pytest.raises(ProducerError):
        ts.script(f)
