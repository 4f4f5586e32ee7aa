"""Traced numbers in calls of torch: followed, or guarded where a call needs to know them."""

from __future__ import annotations

import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
functional = torch.nn.functional
pytestmark = pytest.mark.torch

X = torch.arange(24.0).reshape(4, 6)
ROWS = torch.zeros(2, 2, dtype=torch.long)
FOLLOWED = {
    "alpha": lambda x, n, f: torch.add(x, x, alpha=n),
    "alpha of a difference": lambda x, n, f: torch.sub(x, x + 1, alpha=f),
    "full": lambda x, n, f: torch.full((n, 2), f),
    "tensor of numbers": lambda x, n, f: torch.tensor([n, 2]),
    "arange by a float": lambda x, n, f: torch.arange(0, n, f / 4),
    "slice": lambda x, n, f: x[:n, : n - 1],
    "expand": lambda x, n, f: x[:, :1].expand(-1, n),
    "power": lambda x, n, f: x**n + torch.pow(f, x / 24),
    "topk": lambda x, n, f: x.topk(n).values,
    "where": lambda x, n, f: torch.where(x > n, x, f),
    "linspace": lambda x, n, f: torch.linspace(0, f, n),
    "size of its own": lambda x, n, f: torch.zeros(torch.Size([n, 2])),
    "number of a small type": lambda x, n, f: torch.arange(3).to(torch.int8) + n * 30,
}
GUARDED = {
    "dim": lambda x, n, f: x.sum(n - 3),
    "dim of cat": lambda x, n, f: torch.cat([x, x], n - 3),
    "dim of softmax": lambda x, n, f: x.softmax(n - 3),
    "dim of scatter": lambda x, n, f: x.scatter(n - 3, ROWS, f),
    "size along a dim": lambda x, n, f: x * x.shape[n - 3],
    "rounds of diff": lambda x, n, f: x.diff(n - 3),
    "classes": lambda x, n, f: functional.one_hot(torch.arange(3), n),
    "parts": lambda x, n, f: x[0].chunk(n)[0],
    "parts of tensor_split": lambda x, n, f: x[0].tensor_split(n)[0],
    "kernel": lambda x, n, f: functional.avg_pool2d(x[None, None], n - 2),
    "eps": lambda x, n, f: functional.layer_norm(x, (6,), eps=f),
    "beta of addmm": lambda x, n, f: torch.addmm(x[:, :2], x, x[:2].T, beta=f),
    "scale of interpolate": lambda x, n, f: functional.interpolate(x[None], scale_factor=f),
    "scale of attention": lambda x, n, f: functional.scaled_dot_product_attention(x, x, x, scale=f),
    "numel of sizes": lambda x, n, f: x * torch.Size([n, 2]).numel(),
    "item of an array": lambda x, n, f: x * torch.ones(9).numpy()[n],
}
OTHERS = [(4, 3.0), (5, 2.0), (3, 1.0)]


@pytest.mark.parametrize("name", [*FOLLOWED, *GUARDED])
def test_a_number_in_a_call_of_torch_is_followed_or_guarded(name):
    f = {**FOLLOWED, **GUARDED}[name]
    model = ts.trace(f, (X, 4, 2.0), decisions="record")

    stopped = 0
    for n, x in OTHERS:
        try:
            found = model(X, n, x)
        except ts.errors.GuardError:
            stopped += 1
        else:
            torch.testing.assert_close(found, f(X, n, x))
    assert stopped == 0 if name in FOLLOWED else stopped > 0


@pytest.mark.parametrize("parts", ["chunk", "tensor_split"])
def test_parts_of_an_axis_that_was_divided_without_rest_are_guarded(parts):
    def f(x):
        return getattr(x, parts)(3)[0]

    model = ts.trace(f, (torch.arange(6.0),))

    torch.testing.assert_close(model(torch.arange(9.0)), f(torch.arange(9.0)))
    with pytest.raises(ts.errors.GuardError) as caught:
        model(torch.arange(7.0))
    assert caught.value.code == "SHAPE_GUARD_FAILED"
