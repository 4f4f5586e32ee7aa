"""Random numbers of scripted torch programs: drawn from a state of the model."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from philox_draws import loaded, seeded, uniform  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch

OWN = torch.Generator().manual_seed(3)
linear = nn.Linear(2, 2)


# ---------------------------------------------------------------------- each call


def rand(x):
    return torch.rand(x.shape[0], 4)


def rand_of_size(x):
    return torch.rand(size=x.shape, dtype=torch.float64)


def uniform_(x):
    y = torch.empty_like(x)
    y.uniform_(-3, to=-2)
    return y + 3


def randn(x):
    return torch.randn(x.shape)


def normal(x):
    return torch.normal(x * 0, 1.0) + torch.normal(0.0, x * 0) + torch.normal(x * 0, x * 0)


def normal_of_size(x):
    return (torch.normal(2.0, 3.0, (30, 8)) - 2) / 3


def normal_(x):
    return x.clone().normal_(mean=2) - 2


def exponential_(x):
    return 1 - torch.exp(-2 * torch.zeros_like(x).exponential_(2.0))


def bernoulli(x):
    return (torch.bernoulli(x * 0 + 0.5) + x.bernoulli(0.5)) * 0.4999


def bernoulli_(x):
    y = torch.zeros(x.shape, dtype=torch.int64)
    y.bernoulli_(0.5)
    return y * 0.999


def randint(x):
    return torch.randint(3, 1003, x.shape) / 1000 - 0.003


def randint_from_zero(x):
    return torch.randint(high=1000, size=x.shape, dtype=torch.int32) / 1000


def randint_like(x):
    return torch.randint_like(x, 1000) / 1000


def random_(x):
    return torch.zeros_like(x).random_(0, 1000) / 1000


def randperm(x):
    return torch.randperm(x.shape[0])


def multinomial(x):
    return torch.multinomial(x[:, 0] * 0 + 1, 30)


def several_places(x):
    return torch.multinomial(x * 0 + 1, 50, replacement=True) / 8 + 1 / 16


def gumbel_softmax(x):
    return functional.gumbel_softmax(x * 0, hard=True).argmax(-1) / 8 + 1 / 16


def is_uniform(y):
    return bool(((y >= 0) & (y < 1)).all()) and abs(float(y.double().mean()) - 0.5) < 0.1


def is_normal(y):
    return abs(float(y.mean())) < 0.2 and abs(float(y.std()) - 1) < 0.2


def is_permutation(y):
    return sorted(y.tolist()) == list(range(30))


DRAWS = {
    **dict.fromkeys((rand, rand_of_size, torch.rand_like, uniform_, exponential_), is_uniform),
    **dict.fromkeys((bernoulli, bernoulli_, randint, randint_from_zero), is_uniform),
    **dict.fromkeys((randint_like, random_, several_places, gumbel_softmax), is_uniform),
    **dict.fromkeys((randn, torch.randn_like, normal, normal_of_size, normal_), is_normal),
    **dict.fromkeys((randperm, multinomial), is_permutation),
}


@pytest.mark.parametrize("draw", DRAWS, ids=lambda f: f.__name__)
def test_each_call_draws_anew_what_a_trace_of_the_same_seed_draws(draw):
    def program(x):
        return draw(x)

    x = torch.randn(30, 8)
    scripted, traced = loaded(ts.script(program)), loaded(ts.trace(program, (x,)))
    first, second = scripted(x), scripted(x)

    wanted = program(x)
    assert (first.dtype, first.shape) == (wanted.dtype, wanted.shape)
    assert not torch.equal(first, second)
    assert DRAWS[draw](first)
    assert DRAWS[draw](second)
    for one in (first, second):
        torch.testing.assert_close(one, traced(x), rtol=0, atol=0)


def test_the_numbers_are_those_of_the_generator_at_the_seed_of_torch():
    torch.manual_seed(7 + 2**32)
    model = ts.script(lambda x: x + torch.rand(2))
    zero = torch.zeros(2)

    first, after = uniform(seeded(7 + 2**32), 2)
    second, _ = uniform(after, 2)
    torch.testing.assert_close(model(zero), first, rtol=0, atol=0)
    torch.testing.assert_close(model(zero), second, rtol=0, atol=0)


def test_what_is_drawn_and_not_used_moves_the_state_as_well():
    def skipping(x):
        torch.rand(5)
        return x + torch.rand(2)

    torch.manual_seed(0)
    model = ts.script(skipping)
    wanted, _ = uniform(seeded(0, blocks=2), 2)
    torch.testing.assert_close(model(torch.zeros(2)), wanted, rtol=0, atol=0)


# ---------------------------------------------------------------------- what is refused


def of_ints(x):
    return torch.rand_like(x, dtype=torch.int64)


def of_a_made_generator(x):
    return x + torch.rand(2, generator=torch.Generator())


def of_a_seed_of_run_time(x, n: int):
    torch.manual_seed(n)
    return x + torch.rand(2)


def of_itself(x, n: int):
    return x if n <= 0 else of_itself(x + torch.rand(2), n - 1)


def of_no_bound(x):
    return x.clone().random_()


def of_another_word(x):
    return x + torch.rand(2, names=["a"])


def of_no_method(x):
    return x.uniform()


def of_a_method_without_its_tensor(x):
    return torch.Tensor.uniform_(x)


def of_another_library(x):
    return x + np.random.rand(2)  # noqa: NPY002  # what programs use


REFUSED = {
    of_ints: ("TYPE_INFERENCE", "SCRIPT-10"),
    of_a_made_generator: ("UNKNOWN_CALL", "SCRIPT-12"),
    of_a_seed_of_run_time: ("UNSUPPORTED_PYTHON", "SCRIPT-10"),
    of_itself: ("UNSUPPORTED_PYTHON", "SCRIPT-12"),
    of_no_bound: ("UNKNOWN_CALL", "SCRIPT-12"),
    of_another_word: ("TYPE_INFERENCE", "SCRIPT-10"),
    of_no_method: ("UNKNOWN_CALL", "SCRIPT-12"),
    of_a_method_without_its_tensor: ("UNKNOWN_CALL", "SCRIPT-12"),
    of_another_library: ("SOURCE_NOT_FOUND", "SCRIPT-2"),
}


@pytest.mark.parametrize("program", REFUSED, ids=lambda f: f.__name__)
def test_draws_that_no_state_stands_for_are_refused(program):
    with pytest.raises(ProducerError) as caught:
        ts.script(program)

    assert (caught.value.code, caught.value.rule) == REFUSED[program]
    assert caught.value.where
    assert caught.value.hint
