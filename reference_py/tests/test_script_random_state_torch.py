"""The random states of scripted torch programs: whose they are, and what moves them."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from philox_draws import loaded, seeded, uniform  # noqa: E402
from torch import nn  # noqa: E402

import tracescript as ts  # noqa: E402
from tools.verify import draws  # noqa: E402  # a Philox of its own; after the check for torch
from tracescript.errors import TrapError  # noqa: E402

pytestmark = pytest.mark.torch

OWN = torch.Generator().manual_seed(3)
linear = nn.Linear(2, 2)


# ---------------------------------------------------------------------- state


def test_a_call_that_fails_leaves_the_random_state_as_it_was():
    def strict(x):
        y = torch.rand(2)
        assert x.sum() > 0
        return y

    torch.manual_seed(0)
    model = ts.script(strict)
    with pytest.raises(TrapError):
        model(torch.zeros(2))

    assert model.state()["random"].tolist() == seeded(0).tolist()
    torch.testing.assert_close(model(torch.ones(2)), uniform(seeded(0), 2)[0], rtol=0, atol=0)


def test_arms_and_rounds_draw_only_where_they_run():
    def walk(x, n: int):
        for k in range(n):
            if k % 2 == 0:
                x = x + torch.rand(2)
            else:
                for row in x:
                    if row > 1:
                        x = x + torch.randn(1)
        return x

    torch.manual_seed(0)
    x, state = torch.zeros(2), seeded(0)
    for k in range(5):
        if k % 2 == 0:
            drawn, state = uniform(state, 2)
            x = x + drawn
        else:
            for row in x:
                if row > 1:
                    drawn, state = draws.normal(state, [1])
                    x = x + torch.tensor(np.asarray(drawn, np.float32))
    model = ts.script(walk)
    torch.testing.assert_close(model(torch.zeros(2), 5), x, rtol=1e-5, atol=1e-6)
    assert model.state()["random"].tolist() == np.asarray(state).tolist()


def test_submodules_and_functions_draw_from_the_state_of_the_model():
    def noise(x):
        return torch.rand_like(x)

    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.25)

        def forward(self, x):
            return self.drop(x) + noise(x) + self.drop(x)

    torch.manual_seed(0)
    model = loaded(ts.script(Noisy()))
    ones, state = torch.ones(6), seeded(0)
    for _ in range(2):
        one, state = uniform(state, 6)
        other, state = uniform(state, 6)
        last, state = uniform(state, 6)
        wanted = torch.where(one < 0.25, 0, 4 / 3) + other + torch.where(last < 0.25, 0, 4 / 3)
        torch.testing.assert_close(model(ones), wanted)
    assert list(model.state()) == ["random"]


def test_each_method_goes_on_where_the_one_before_stopped():
    class Two(nn.Module):
        def forward(self, x):
            return x + torch.rand(3)

        @torch.jit.export
        def other(self, x):
            return x - torch.rand(3)

    zero = torch.zeros(3)
    model = ts.script(Two())

    assert not torch.equal(model(zero), -model.other(zero))
    assert list(model.state()) == ["random"]


def test_finished_models_keep_random_states_of_their_own():
    inner, other = ts.script(lambda x: x + torch.rand(2)), ts.script(lambda x: x - torch.rand(2))

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.other = inner, other
            self.random = nn.Linear(2, 2)

        def forward(self, x):
            if x.sum() > 0:
                x = self.inner(x)
            return self.other(x) + torch.rand(2)

    torch.manual_seed(0)
    model = loaded(ts.script(Outer()))
    model(torch.zeros(2))
    moved, first = seeded(0, blocks=1).tolist(), inner.state()["random"].tolist()
    state = {name: value.tolist() for name, value in model.state().items()}
    assert state["inner.random"] == first
    assert state["other.random"] != other.state()["random"].tolist()
    assert state["random_2"] == moved
    model(torch.ones(2))
    assert model.state()["inner.random"].tolist() != first


def test_a_buffer_that_is_filled_is_state():
    class Held(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("noise", torch.zeros(4))

        def forward(self, x):
            shown = self.noise[:2]
            self.noise.uniform_()
            return x + shown.sum()

    torch.manual_seed(0)
    model = ts.script(Held())
    wanted, _ = uniform(seeded(0), 4)
    torch.testing.assert_close(model(torch.zeros(())), wanted[:2].sum())
    torch.testing.assert_close(torch.tensor(model.state()["noise"]), wanted, rtol=0, atol=0)


@pytest.mark.parametrize("parameter", ["random", "weight"])
def test_a_parameter_may_have_the_name_of_a_state_or_weight(parameter):
    class Plain(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.full((2,), 3.0))

        def forward(self, weight, random):
            return self.weight * weight + random + torch.rand(2)

    torch.manual_seed(0)
    given = {"weight": torch.zeros(2), "random": torch.zeros(2), parameter: torch.ones(2)}
    found = loaded(ts.script(Plain()))(**given)
    wanted = uniform(seeded(0), 2)[0] + (1 if parameter == "random" else 3)
    torch.testing.assert_close(found, wanted)


# ---------------------------------------------------------------------- generators and seeds


def test_each_generator_has_a_state_that_starts_at_its_seed():
    torch.manual_seed(0)
    model = loaded(ts.script(lambda x: (torch.rand(2, generator=OWN), x + torch.rand(2))))
    own, default = model(torch.zeros(2))

    torch.testing.assert_close(own, uniform(seeded(3), 2)[0], rtol=0, atol=0)
    torch.testing.assert_close(default, uniform(seeded(0), 2)[0], rtol=0, atol=0)
    assert len(model.state()) == 2


def test_a_program_that_seeds_torch_draws_the_same_in_each_call():
    def seeding(x):
        torch.manual_seed(-1)
        return x + torch.rand(2)

    model, wanted = ts.script(seeding), uniform(seeded(2**64 - 1), 2)[0]
    for _ in range(2):
        torch.testing.assert_close(model(torch.zeros(2)), wanted, rtol=0, atol=0)


def test_a_name_of_the_program_is_none_of_a_random_state():
    def linear_and_noise(x):
        return linear(x) + torch.rand(2)

    space = {"torch": torch, "random": linear}
    named = type(linear_and_noise)(linear_and_noise.__code__, globals() | space)
    model = loaded(ts.script(named))
    x = torch.ones(2)
    torch.manual_seed(0)
    torch.testing.assert_close(
        ts.script(named)(x), linear(x) + uniform(seeded(0), 2)[0], rtol=1e-6, atol=1e-6
    )
    assert not torch.equal(model(x), model(x))
