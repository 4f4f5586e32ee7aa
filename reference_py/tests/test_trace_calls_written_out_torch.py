"""torch calls that a trace writes out as others give what torch gives, also at other sizes."""

from __future__ import annotations

import io

import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
nn, F = torch.nn, torch.nn.functional


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def resized(**given):
    return lambda x: F.interpolate(x, **given)


def squares(n, seed=0):
    return drawn(2, n, n, seed=seed) + 3 * torch.eye(n)


def solved(**given):
    return lambda a, b: torch.linalg.solve_triangular(a, b, **given)


IMAGES = (drawn(2, 3, 12, 9), drawn(3, 3, 20, 13))
SYSTEMS = ((squares(4), drawn(2, 4, 3)), (squares(5), drawn(2, 5, 2)))
TURNED = tuple((a, b.mT) for a, b in SYSTEMS)
CALLS = {
    **{
        f"{mode} with antialias, {given}": (
            resized(mode=mode, antialias=True, **given),
            [(x,) for x in IMAGES],
        )
        for mode in ("bilinear", "bicubic")
        for given in (
            {"size": (5, 7)},
            {"size": (30, 26), "align_corners": True},
            {"scale_factor": (1.7, 0.61)},
            {"scale_factor": 0.3, "recompute_scale_factor": True},
        )
    },
    "one place with antialias": (
        resized(mode="bilinear", antialias=True, align_corners=True, size=(1, 1)),
        [(x,) for x in IMAGES],
    ),
    "area of an image": (resized(mode="area", scale_factor=0.5), [(x,) for x in IMAGES]),
    "area of a signal": (resized(mode="area", size=4), [(drawn(2, 3, n),) for n in (9, 14)]),
    "scale that is no whole number": (resized(scale_factor=0.4), [(x,) for x in IMAGES]),
    "solve_triangular, upper": (solved(upper=True), SYSTEMS),
    "solve_triangular, ones": (solved(upper=False, unitriangular=True), SYSTEMS),
    "solve_triangular from the right": (solved(upper=True, left=False), TURNED),
    "solve_triangular from the right, ones": (
        solved(upper=True, left=False, unitriangular=True),
        TURNED,
    ),
    "tile of fewer axes": (lambda x: (x.tile(2), torch.tile(x, (2, 1))), [(x,) for x in IMAGES]),
    "tile of more axes": (lambda x: x.tile((3, 1, 2, 1, 1)), [(x,) for x in IMAGES]),
    "pool of steps in a list": (nn.MaxPool2d([2, 1], [2, 1], [1, 0]), [(x,) for x in IMAGES]),
    "flip of named axes": (
        lambda x: (x.flip(dims=(0,)), torch.flip(x, dims=[1, 3]), torch.flip(input=x, dims=(2,))),
        [(x,) for x in IMAGES],
    ),
    "full_like of a truth value": (
        lambda x: (torch.full_like(x, True), torch.full_like(x > 0, True), x.new_full((2,), True)),
        [(x,) for x in IMAGES],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_written_out_give_the_same_at_both_sizes(name):
    call, sizes = CALLS[name]
    file = io.BytesIO()
    ts.save(ts.trace(call, sizes[0]), file)
    loaded = ts.load(file.getvalue())
    for inputs in sizes:
        torch.testing.assert_close(loaded(*inputs), call(*inputs), rtol=1e-4, atol=1e-5)


class Moved(nn.Module):
    """Moves a layer to the data type that it has, in each call."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        """Return what the layer gives."""
        self.layer = self.layer.to(x.dtype)
        return self.layer(x)


def test_a_layer_that_moves_to_where_it_is_stays_the_same():
    program, x = Moved(), drawn(4, 3)
    torch.testing.assert_close(ts.trace(program, (x,))(x), program(x))


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (2, 0, 3, 1, 4), (3, 0, 4, 1, 2, 5)])
def test_attention_over_turned_axes_is_the_same(order):
    inputs = tuple(drawn(3, *(2, 3, 4, 3, 5, 8)[-len(order) :]))

    def attend(*parts):
        return F.scaled_dot_product_attention(*(x.permute(order) for x in parts))

    torch.testing.assert_close(ts.trace(attend, inputs)(*inputs), attend(*inputs))


def test_a_size_that_divides_by_another_can_be_compared():
    def program(x):
        return F.linear(torch.ones(2, 36 // x.shape[0]), torch.ones(2, 6)) + x.sum()

    x = drawn(6, 6)
    traced = ts.trace(program, (x,))
    torch.testing.assert_close(traced(x), program(x))
    with pytest.raises(ts.errors.TsError):
        traced(drawn(4, 6))


SEVERAL = {
    "a list of sizes": lambda n: [drawn(n, 4, 8, 8), drawn(n, 4, 4, 4), drawn(n, 4, 2, 2)],
    "a dict of sizes": lambda n: {"a": drawn(n, 4, 6, 3), "b": drawn(n, 4, 2, 2)},
    "a list of ranks": lambda n: [drawn(n, 4, 3, 2), drawn(n, 4)],
    "a dict of ranks": lambda n: {"a": drawn(n, 4, 3, 2), "b": drawn(n)},
}


@pytest.mark.parametrize("name", SEVERAL)
def test_arrays_of_several_sizes_in_one_argument_keep_their_own(name):
    def program(given):
        first, *rest = given.values() if isinstance(given, dict) else given
        joined = torch.cat([x.reshape(x.shape[0], -1) for x in (first, *rest)], 1)
        return joined, F.adaptive_avg_pool2d(first, 1) * first.shape[2]

    make = SEVERAL[name]
    traced = ts.trace(program, (make(2),), decisions="record")
    for batch in (2, 5):
        torch.testing.assert_close(traced(make(batch)), program(make(batch)))


def test_a_tensor_is_no_text_and_unequal_to_it():
    def program(x):
        return x * (2 if x == "Rep" else 3) * (5 if x != "Rep" else 7)

    x = drawn(3)
    torch.testing.assert_close(ts.trace(program, (x,))(x), program(x))


def test_broadcast_to_takes_sizes_one_by_one():
    def program(x):
        return x[:, None].broadcast_to(x.shape[0], 4, 3), x.broadcast_to((2, x.shape[0], 3))

    traced = ts.trace(program, (drawn(2, 3),))
    torch.testing.assert_close(traced(drawn(5, 3)), program(drawn(5, 3)))


def test_two_inputs_of_one_batch_that_meet_in_a_division_keep_it_open():
    def program(x, shift):
        parts = (torch.ones(6, 16) + shift.reshape(x.shape[0], 6, -1)).chunk(6, 1)
        return x * parts[0] + parts[5]

    def inputs(batch):
        return drawn(batch, 5, 16), drawn(batch, 96)

    traced = ts.trace(program, inputs(2))
    torch.testing.assert_close(traced(*inputs(4)), program(*inputs(4)))
    with pytest.raises(ts.errors.BadInputError):
        traced(drawn(4, 5, 16), drawn(2, 96))
