"""What real architectures do under a trace stays right after a file and at other sizes."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402

pytestmark = pytest.mark.torch


def loaded(f, *args, **options):
    file = io.BytesIO()
    ts.save(ts.trace(f, args, **options), file)
    return ts.load(file.getvalue())


def assert_same(model, f, *args):
    with torch.no_grad():
        torch.testing.assert_close(model(*args), f(*args), rtol=1e-4, atol=1e-5)


class Heads(nn.Module):
    """Splits into heads, attends, joins again: the sizes come from the input, -1 for the rest."""

    def __init__(self, width=16):
        super().__init__()
        self.q, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        sizes = x.shape[:-1]
        q = self.q(x).view(*sizes, -1, 4).transpose(1, 2)
        y = functional.scaled_dot_product_attention(q, q, q).transpose(1, 2)
        return self.out(y.reshape(*sizes, -1))


class Strided(Heads):
    """The same behind convolutions, whose results could be empty for all that is known."""

    def __init__(self):
        super().__init__(16)
        self.conv = nn.Conv1d(1, 16, 5, stride=3)

    def forward(self, x):
        return super().forward(self.conv(x[:, None]).transpose(1, 2))


class Same(nn.Module):
    """Has an argument and a parameter of one name."""

    def __init__(self):
        super().__init__()
        self.r = nn.Parameter(torch.randn(4))

    def forward(self, r):
        return r * self.r


class Around(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Same()

    def forward(self, r):
        return self.inner(r) + self.inner.r


def matrices_added(x):
    return torch.addmm(torch.ones(4), x.reshape(-1, x.size(-1)), torch.ones(5, 4))


def batches_added(x):
    bias = torch.ones(x.size(0), 1, 1)
    return bias.baddbmm(batch1=x, batch2=x.transpose(1, 2), beta=0.5, alpha=2)


def differences(x):
    return torch.diff(x, prepend=x[:, :1] - 1, dim=-1), torch.diff(x > 0, n=2)


def joined_to_nothing(x):
    return torch.cat([torch.tensor([]), x], dim=-2)


def size_from_a_tensor(x):
    return x.view(x.size(0), torch.div(x.size(1), 2, rounding_mode="floor"), 2)


def chunks_that_overlap(x):
    size, stride = list(x.size()), list(x.stride())
    size[1] = size[1] * 2 - 1
    stride[1] = stride[1] // 2
    return x.as_strided(size=size, stride=stride)


def strided_across_a_transpose(x):
    return torch.as_strided(x.transpose(0, 1), (2, 2), (1, 2), 1), x.t().stride(-1) * x


def read_after_a_write(x):
    y = x.clone()
    window = y.as_strided((2, 2), (3, 1))
    y.mul_(2)
    return window + 0


def each_three_times(x):
    sizes = x.repeat_interleave(3, dim=1, output_size=3 * x.shape[1]).shape
    return x.repeat_interleave(3, dim=1).reshape(sizes), x.repeat_interleave(2)


def windows(x):
    return x.unfold(dimension=-1, size=3, step=2)


def normalised_by_the_batch(x):
    return functional.batch_norm(x, None, None, torch.arange(3.0), training=True)


def counted_in_the_data(x):
    lengths = (x > 0).sum(1).clamp(min=1)
    most = lengths.max()
    return torch.arange(most)[None] < lengths[:, None], torch.zeros(2, most)


def joined_of_different_types(x):
    return torch.cat([x.long(), x, x > 0]), torch.stack([x.long(), x])


def largest_in_any_order(x):
    values, places = torch.topk(x, 3, sorted=False)
    return torch.zeros_like(x).scatter_(1, places, values)


def beside_what_was_selected(x):
    kept = x[x[:, 0] > -99]
    return kept + x, torch.where(kept > 0, x, x * 2)


def checked_by_torch(x):
    torch._check_tensor_all(x < 100)
    return x + 1


@pytest.mark.parametrize(
    ("f", "example", "other"),
    [
        (chunks_that_overlap, (2, 3, 4, 5), (3, 5, 4, 5)),
        (strided_across_a_transpose, (4, 3), (5, 4)),
        (read_after_a_write, (2, 4), (3, 4)),
        (each_three_times, (2, 3), (4, 5)),
        (windows, (2, 7), (3, 9)),
        (normalised_by_the_batch, (2, 3, 4), (3, 3, 5)),
        (counted_in_the_data, (3, 40), (4, 50)),
        (checked_by_torch, (3, 4), (4, 5)),
        (beside_what_was_selected, (3, 4), (4, 5)),
        (joined_of_different_types, (3, 4), (4, 5)),
        (largest_in_any_order, (3, 4), (4, 5)),
        (Heads(), (2, 7, 16), (3, 11, 16)),
        (Strided(), (2, 40), (3, 64)),
        (Same(), (3, 4), (5, 4)),
        (Around(), (3, 4), (5, 4)),
        (matrices_added, (2, 3, 5), (4, 6, 5)),
        (batches_added, (2, 3, 4), (5, 6, 7)),
        (differences, (2, 6), (3, 9)),
        (joined_to_nothing, (2, 3, 4), (3, 5, 6)),
        (size_from_a_tensor, (2, 8), (2, 8)),
    ],
    ids=lambda v: getattr(v, "__name__", type(v).__name__ if isinstance(v, nn.Module) else ""),
)
def test_a_program_traced_at_one_size_gives_what_torch_gives_at_another(f, example, other):
    torch.manual_seed(0)
    model = loaded(f, torch.randn(example), decisions="record")

    assert_same(model, f, torch.randn(example))
    assert_same(model, f, torch.randn(other))


def scaled(x: torch.Tensor, factor: float) -> torch.Tensor:
    return torch.tanh(x) * factor


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_function_of_torch_jit_is_traced_as_it_was_written():
    scripted = torch.jit.script(scaled)

    def f(x):
        return scripted(x, 2.0) + x.size(0)

    model = loaded(f, torch.randn(2, 3))

    assert_same(model, f, torch.randn(4, 3))


def test_a_write_into_a_strided_view_shows_in_the_memory_it_is_of():
    def written(x):
        y = x.clone()
        y.as_strided((2, 2), (4, 1)).add_(1)
        return y

    model = loaded(written, torch.randn(3, 4))

    assert_same(model, written, torch.randn(3, 4))


def test_memory_with_gaps_is_no_place_to_take_strides_in():
    with pytest.raises(ts.errors.ProducerError, match="with gaps"):
        ts.trace(lambda x: x[:, :2].as_strided((2,), (1,)), (torch.randn(3, 4),))


def cached(x, past):
    longer = [(torch.cat([key, x], 1), value * 2) for key, value in past]
    return x.sum(1), longer


def test_a_list_of_tensors_keeps_its_sizes_open():
    def past(batch, count):
        return [(torch.randn(batch, count, 4), torch.randn(batch, count)) for _ in range(2)]

    model = loaded(cached, torch.randn(2, 1, 4), past(2, 5), decisions="record")

    assert set(model.dims.values()) == {(1, None)}
    assert_same(model, cached, torch.randn(3, 1, 4), past(3, 9))
