"""What a traced torch program does with generators: seeds them, keeps states, puts them back."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch
ZERO = torch.zeros(2)
FIRST = [0x6627E8 / 2**24, 0xE169C5 / 2**24]
"""The words of Philox4x32-10 for key 0 and counter 0, the upper 24 bits of each."""


def loaded(f, x=ZERO):
    file = io.BytesIO()
    ts.save(ts.trace(f, (x,)), file)
    return ts.load(file.getvalue())


def answers(model, x=ZERO, count=3):
    return [model(x).tolist() for _ in range(count)]


def seeded(x):
    torch.manual_seed(0)
    return x + torch.rand(2)


def seeded_twice(x):
    torch.manual_seed(0)
    torch.rand(5)
    torch.manual_seed(0)
    return x + torch.rand(2)


def made_and_seeded(x):
    generator = torch.Generator().manual_seed(0)
    return x + torch.rand(2, generator=generator)


def seeded_by_a_size(x):
    generator = torch.Generator()
    generator.manual_seed(x.shape[0] - 2)
    return torch.empty(2).uniform_(generator=generator) + x


OUTSIDE = torch.Generator()


def seeded_outside(x):
    OUTSIDE.manual_seed(0)
    return x + torch.rand(2, generator=OUTSIDE)


@pytest.mark.parametrize(
    "f", [seeded, seeded_twice, made_and_seeded, seeded_by_a_size, seeded_outside]
)
def test_numbers_that_a_program_seeds_are_the_same_in_each_call(f):
    torch.manual_seed(1)

    assert answers(loaded(f)) == [FIRST] * 3


def test_a_seed_that_follows_a_size_fixes_the_size():
    assert loaded(seeded_by_a_size).dims == {}


def test_a_state_put_back_gives_its_numbers_again():
    def f(x):
        before = torch.get_rng_state()
        first = torch.rand(3)
        torch.set_rng_state(before)
        again = torch.rand(3)
        return torch.stack([first - again, torch.rand(3)]) + x[0]

    found = loaded(f)
    one, two = found(ZERO), found(ZERO)
    assert one[0].tolist() == two[0].tolist() == [0, 0, 0]
    assert not torch.equal(one[1], two[1])


def test_numbers_drawn_in_a_fork_leave_those_outside_as_they_were():
    def f(x):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            inner = torch.rand(2)
        return torch.stack([inner, torch.rand(2) + x])

    def plain(x):
        return x + torch.rand(2)

    torch.manual_seed(7)
    forked, alone = loaded(f), loaded(plain)
    for _ in range(3):
        inner, outer = forked(ZERO).tolist()
        assert inner == FIRST
        assert outer == alone(ZERO).tolist()


class Drawing(nn.Module):
    def __init__(self):
        super().__init__()
        self.generators = [torch.Generator().manual_seed(0), torch.Generator().manual_seed(1)]

    def forward(self, x):
        own, other = (torch.rand(2, generator=g) for g in self.generators)
        return torch.stack([own, other, torch.rand(2)]) + x


def test_each_generator_of_a_module_is_a_state_of_its_own_that_goes_on():
    torch.manual_seed(1)
    module = Drawing()
    before = [g.get_state() for g in (*module.generators, torch.default_generator)]
    model = loaded(module)
    one, two = model(ZERO), model(ZERO)

    assert one[0].tolist() == FIRST
    torch.testing.assert_close(one[1], one[2], rtol=0, atol=0)  # both began at seed 1
    assert not torch.equal(one, two)
    assert len(model.state()) == 3
    after = [g.get_state() for g in (*module.generators, torch.default_generator)]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Dropout(0.5), nn.Dropout(0.5)

    def forward(self, x):
        torch.manual_seed(3)
        y = self.first(x)
        torch.manual_seed(3)
        return self.second(x) - y, y


def test_modules_behind_the_same_seed_drop_the_same_elements():
    x = torch.ones(64)
    model = loaded(Twice(), x)

    difference, y = model(x)
    assert difference.tolist() == [0] * 64
    assert set(y.tolist()) == {0, 2}
    assert torch.equal(y, model(x)[1])


class Elsewhere:
    generator = torch.Generator()


def drawn_elsewhere(x):
    return x + torch.rand(2, generator=Elsewhere.generator)


def seeded_anew(x):
    torch.seed()
    return x + torch.rand(2)


def own_seeded_anew(x):
    generator = torch.Generator()
    generator.seed()
    return x + torch.rand(2, generator=generator)


STATE = torch.Generator().manual_seed(5)
torch.rand(3, generator=STATE)


def set_to_a_state_from_outside(x):
    torch.set_rng_state(STATE.get_state())
    return x + torch.rand(2)


@pytest.mark.parametrize(
    "f", [drawn_elsewhere, seeded_anew, own_seeded_anew, set_to_a_state_from_outside]
)
def test_numbers_that_no_state_stands_for_are_refused(f):
    kind, seed = torch.Generator, torch.seed
    with pytest.raises(ProducerError) as caught:
        ts.trace(f, (ZERO,))

    assert caught.value.code == "UNKNOWN_CALL"
    assert "test_trace_generators_torch.py" in caught.value.where
    assert (torch.Generator, torch.seed) == (kind, seed)


def test_explored_branches_go_on_from_the_same_numbers():
    def f(x):
        y = torch.rand(2)
        if x.sum() > 0:
            torch.manual_seed(0)
        return torch.rand(2) + y * 0

    torch.manual_seed(4)
    model = ts.trace(f, (ZERO,), explore=4)
    assert model(ZERO + 1).tolist() == model(ZERO + 1).tolist() == FIRST
    assert model(ZERO).tolist() != model(ZERO).tolist()


@pytest.mark.parametrize("p", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("kind", [nn.AlphaDropout, nn.FeatureAlphaDropout])
def test_alpha_dropout_in_training_keeps_mean_and_variance(kind, p):
    torch.manual_seed(0)
    x = torch.randn(300, 40, 3)
    y = loaded(kind(p), x)(x)
    # "Self-Normalizing Neural Networks", section on dropout: alpha' = -lambda alpha, q = 1 - p
    least, q = -1.0507009873554805 * 1.6732632423543772, 1 - p
    a = 0.0 if q == 0 else 1 / math.sqrt(q + least**2 * q * p)
    dropped = np.isclose(y.numpy(), a * (least - p * least), atol=1e-4)

    np.testing.assert_allclose(
        y.numpy()[~dropped], a * (x.numpy() - p * least)[~dropped], atol=1e-5
    )
    assert abs(dropped.mean() - p) < 0.02
    assert p == 1 or (abs(float(y.mean())) < 0.05 and abs(float(y.std()) - 1) < 0.05)
    if kind is nn.FeatureAlphaDropout:
        assert (dropped.all(-1) == dropped.any(-1)).mean() > 0.999


def test_alpha_dropout_writes_into_its_input_where_asked():
    def f(x):
        y = x + 1
        functional.alpha_dropout(y, 0.5, training=True, inplace=True)
        return y

    assert len(set(loaded(f, torch.zeros(40))(torch.zeros(40)).tolist())) == 2


@pytest.mark.parametrize(
    ("kind", "sizes"), [(nn.Dropout1d, (64, 9)), (nn.Dropout3d, (64, 2, 2, 2))]
)
def test_dropout_of_channels_without_a_batch_drops_whole_channels(kind, sizes):
    rows = loaded(kind(0.5), torch.ones(sizes))(torch.ones(sizes)).reshape(64, -1)

    assert set(rows.unique().tolist()) == {0, 2}
    assert torch.equal(rows, rows[:, :1].expand_as(rows))
