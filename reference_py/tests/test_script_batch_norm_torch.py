"""Batch normalisation in scripts: running statistics are state in training mode."""

from __future__ import annotations

import copy
import io

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402  # after the check for torch
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch


def close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


class Shared(nn.Module):
    """Layers that run in one arm, more than once, and whose statistics the program reads."""

    def __init__(self):
        super().__init__()
        self.one, self.other = nn.BatchNorm1d(3), nn.BatchNorm1d(3, momentum=0.4)

    def forward(self, x):
        before = self.other.running_mean * 1
        if x.sum() > 0:
            x = self.one(self.one(x))
        for _ in range(2):
            x = self.other(x)
        return x + before, self.other.running_var * 2


MODULES = [
    (nn.BatchNorm1d(3), (5, 3)),
    (nn.BatchNorm2d(3, momentum=0.3, affine=False), (5, 3, 2, 4)),
    (nn.Sequential(nn.Conv2d(1, 3, 2), nn.BatchNorm2d(3), nn.ReLU()), (5, 1, 4, 4)),
    (nn.BatchNorm1d(3, track_running_stats=False), (5, 3)),
    (nn.BatchNorm1d(3, track_running_stats=False).eval(), (5, 3)),
    (Shared(), (5, 3)),
]


@pytest.mark.parametrize(("module", "shape"), MODULES)
def test_each_call_moves_the_statistics_as_torch_does(module, shape):
    torch.manual_seed(0)
    program, file = copy.deepcopy(module), io.BytesIO()
    ts.save(ts.script(copy.deepcopy(module)), file)
    model = ts.load(file.getvalue())
    for k in (-3, 0, 3):
        x = torch.randn(shape) + k
        close(model(x), program(x))
    for name, buffer in program.named_buffers():
        close(torch.tensor(model.state()[name]), buffer)


def test_statistics_of_the_program_are_written_with_all_that_shows_them():
    def normed(x):
        mean, var = torch.zeros(3), torch.ones(3)
        first = mean[:2]
        y = functional.batch_norm(x, mean, var, training=True)
        return y, mean, var, first

    x = torch.randn(5, 3)
    close(ts.script(normed)(x), normed(x))


def test_torch_batch_norm_takes_the_weight_and_bias_first():
    def normed(x):
        two = torch.full((3,), 2.0)
        return torch.batch_norm(x, two, two + 1, two - 2, two * 2, False, 0.1, 1e-5, False)

    x = torch.randn(5, 3)
    close(ts.script(normed)(x), normed(x))


def test_statistics_of_the_caller_are_not_written():
    with pytest.raises(ProducerError) as caught:
        ts.script(lambda x, m, v: functional.batch_norm(x, m, v, training=True))

    assert (caught.value.code, caught.value.rule) == ("ALIASING", "SCRIPT-8")


def test_a_momentum_that_counts_the_calls_is_refused():
    with pytest.raises(ProducerError, match="momentum must be known"):
        ts.script(nn.BatchNorm1d(3, momentum=None))
