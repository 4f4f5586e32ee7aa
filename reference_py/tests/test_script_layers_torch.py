"""Layers of torch.nn in scripts whose arguments say None or have several forms."""

import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
nn, F = torch.nn, torch.nn.functional

INDICES = torch.tensor([[1, 2, 2], [3, 4, 9]])


class Rows(nn.Module):
    def __init__(self, **given):
        super().__init__()
        self.bag = nn.EmbeddingBag(10, 3, **given)

    def forward(self, index):
        return self.bag(index)


class Bags(Rows):
    def forward(self, index, offsets):
        return self.bag(index, offsets)


class Weighted(Rows):
    def forward(self, index, factors):
        return self.bag(index, per_sample_weights=factors)


def agree(program, types, *args):
    program.eval()
    torch.testing.assert_close(ts.script(program, types=types)(*args), program(*args))


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_a_row_of_indices_is_a_bag(mode):
    program = Rows(mode=mode)

    agree(program, {"index": "int64[N, L]"}, INDICES)
    agree(program, {"index": "int64[N, L]"}, INDICES[:1, :2])


@pytest.mark.parametrize("last", [False, True])
def test_bags_begin_at_offsets(last):
    offsets = torch.tensor([0, 2, 2, 6] if last else [0, 2, 2])

    agree(
        Bags(mode="mean", include_last_offset=last),
        {"index": "int64[N]", "offsets": "int64[M]"},
        INDICES.flatten(),
        offsets,
    )


def test_rows_of_a_bag_are_weighted():
    types = {"index": "int64[N, L]", "factors": "float32[N, L]"}

    agree(Weighted(mode="sum"), types, INDICES, torch.rand(2, 3))


def test_a_bag_leaves_its_padding_index_out():
    agree(Rows(padding_idx=2), {"index": "int64[N, L]"}, torch.tensor([[0, 2, 4], [2, 2, 2]]))


@pytest.mark.parametrize("size", [(2, None), (None, 3), 4])
def test_an_adaptive_pool_keeps_the_size_that_is_none(size):
    for program in (nn.AdaptiveAvgPool2d(size), nn.AdaptiveMaxPool2d(size)):
        agree(program, {"input": "float32[N, C, H, W]"}, torch.rand(1, 2, 7, 9))


@pytest.mark.parametrize("flag", [None, False, True])
def test_an_optional_bool_is_true_only_if_it_is_true(flag):
    class Asks(nn.Module):
        def forward(self, x: torch.Tensor, flag: bool | None = None):
            if flag is True:
                return x + 1
            return x * 2 if True is not flag else x

    program = Asks()
    x = torch.rand(3)
    torch.testing.assert_close(ts.script(program)(x, flag), program(x, flag))


def test_a_whole_transformer_is_scripted():
    program = nn.Transformer(8, 2, 1, 1, 16, batch_first=True).eval()
    source, target = torch.rand(2, 5, 8), torch.rand(2, 4, 8)

    torch.testing.assert_close(ts.script(program)(source, target), program(source, target))


class Normalised(nn.Module):
    """Statistics of its own, in calls that take them."""

    def __init__(self, call):
        super().__init__()
        self.call = call
        self.register_buffer("mean", torch.linspace(-1, 1, 4))
        self.register_buffer("var", torch.linspace(0.5, 2, 4))

    def forward(self, x):
        return self.call(x, self.mean, self.var)


def evaluated(x, mean, var):
    plain = torch.batch_norm(x, mean + 1, None, mean, var, False, 0.1, 1e-5, False)
    return plain + F.instance_norm(x, mean, var, use_input_stats=False)


PRODUCERS = {"trace": lambda m, x: ts.trace(m, (x,)), "script": lambda m, _: ts.script(m)}


@pytest.mark.parametrize("produce", PRODUCERS)
def test_running_statistics_normalise_where_a_call_says_so(produce):
    torch.manual_seed(0)
    module, x = Normalised(evaluated), torch.randn(3, 4, 6)
    layer = nn.InstanceNorm1d(4, affine=True, track_running_stats=True)
    layer(torch.randn(5, 4, 6) * 3 + 1)

    for program in (module, layer.eval()):
        model = PRODUCERS[produce](program, x)
        torch.testing.assert_close(torch.as_tensor(model(x * 2)), program(x * 2))


@pytest.mark.parametrize("produce", PRODUCERS)
def test_instance_norm_that_changes_running_statistics_is_refused(produce):
    module = Normalised(F.instance_norm)

    with pytest.raises(ts.errors.ProducerError) as caught:
        PRODUCERS[produce](module, torch.randn(3, 4, 6))

    assert "eval" in caught.value.hint


def test_torchs_plain_batch_norm_changes_the_running_statistics_of_a_trace():
    def call(x, mean, var):
        return torch.batch_norm(x, None, None, mean, var, True, 0.1, 1e-5, False)

    module, x = Normalised(call), torch.randn(3, 4, 6)
    model = ts.trace(Normalised(call), (x,))

    for _ in range(2):
        torch.testing.assert_close(torch.as_tensor(model(x * 2)), module(x * 2))
    torch.testing.assert_close(torch.as_tensor(model.state()["mean"]), module.mean)
    torch.testing.assert_close(torch.as_tensor(model.state()["var"]), module.var)


@pytest.mark.parametrize("name", ["adaptive_max_pool1d", "adaptive_max_pool2d"])
def test_pools_give_the_places_where_a_call_asks_for_them(name):
    x = torch.randn(2, 3, 6, 5)[..., 0] if name.endswith("1d") else torch.randn(2, 3, 6, 5)

    def program(x):
        return getattr(F, name)(x, 2, True)

    for want, got in zip(program(x), ts.script(program)(x), strict=True):
        torch.testing.assert_close(torch.as_tensor(got), want)


def test_exact_places_of_a_scaled_image_are_refused_where_the_scale_is_no_whole_number():
    def program(x):
        return F.interpolate(x, scale_factor=0.6, mode="nearest-exact")

    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(program)

    assert caught.value.code == "UNKNOWN_CALL"
    assert "size=" in caught.value.hint
