"""Sizes of tensors in scripts are written and compared as torch.Size."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after importorskip

pytestmark = pytest.mark.torch


def written_sizes(x: torch.Tensor, y: torch.Tensor):
    s = x.shape
    t = y.T.size() if bool(x.sum() > 0) else s
    u = s
    for _ in range(y.size(0)):
        u = y.shape
    plain = f"{list(s)} {s[0]} {[n + 1 for n in s]}"
    made = f"{torch.Size([2, x.size(0)])} {torch.Size((1, 2))} {torch.Size([])}"
    named = "%s" % (s,) + "{0!r}".format(s)  # noqa: UP030, UP031, UP032  # each has its own way
    return f"{s} {t} {u} {s[:1]} {s * 2}", str(x.shape), repr(x.size()), plain, made, named


def stored_sizes(x: torch.Tensor):
    return str([x.shape, x.shape])


def stored_plain_sizes(x: torch.Tensor):
    return str([list(x.shape), list(x.shape)])


def compared_sizes(x: torch.Tensor):
    return x.shape == torch.Size((2, 3)), x.shape == torch.Size([2, 3]), torch.Size((2,)) == x.shape


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (written_sizes, (torch.ones(2, 3), torch.ones(3, 4))),
        (written_sizes, (torch.zeros(5), torch.ones(0, 1))),
        (stored_plain_sizes, (torch.ones(2, 3),)),
        (compared_sizes, (torch.ones(2, 3),)),
    ],
)
def test_sizes_are_written_and_compared_as_torch_does(function, args):
    assert ts.script(function)(*args) == function(*args)


def test_the_text_of_sizes_in_a_container_is_refused():
    with pytest.raises(ts.errors.TsError) as caught:
        ts.script(stored_sizes)(torch.ones(2, 3))

    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "^" in caught.value.excerpt
    assert "list(x.shape)" in caught.value.hint


def carried_sizes(x: torch.Tensor, c: int):
    s, both, text = x.shape, (x.shape, 1), ""
    for i in range(c):
        text = text + f"{s} {s!s} {both}" + repr(s)
        s = torch.cat([x, x]).size() if i > 0 else s
        both = (s, i)
    while c > 0:
        text = text + f"{s}{both[0]}"
        s, c = x.shape, c - 1
    return f"{text} {s} {both}"


def sizes_at_times(x: torch.Tensor, c: int):
    s, text = (1, 2), ""
    for _ in range(c):
        text = text + f"{s}"
        s = x.shape
    return text


@pytest.mark.parametrize("kind", ["float32[2, 3]", "float32[_, _]"])
def test_sizes_that_loops_and_branches_carry_are_written_as_torch_does(kind):
    x = torch.ones(2, 3)

    assert ts.script(carried_sizes, types={"x": kind})(x, 3) == carried_sizes(x, 3)


def test_the_text_of_what_is_sizes_at_times_is_refused():
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(sizes_at_times, types={"x": "float32[2, 3]"})

    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "list(x.shape)" in caught.value.hint


def written_shape(x):
    return f"{x.shape}"


def test_an_annotation_that_is_a_class_tells_that_a_function_speaks_torch():
    written_shape.__annotations__ = {"x": torch.Tensor}
    x = torch.zeros(2, 3)

    assert ts.script(written_shape)(x) == written_shape(x)
