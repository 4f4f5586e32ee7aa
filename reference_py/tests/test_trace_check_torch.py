"""A trace of torch is compared with what the program does unrecorded. Spec: TRACE-9."""

import numpy as np
import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def refused(program, *args):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(program, args)
    assert caught.value.code == "NONDETERMINISTIC_TRACE"
    return caught.value


def test_a_branch_on_the_exact_type_of_a_size_is_refused():
    class Branches(torch.nn.Module):
        def forward(self, x):
            return x + 1 if type(x.shape[0]) is int else x - 1

    assert "2.0) expected, found" in refused(Branches(), torch.ones(3)).what


@pytest.mark.parametrize(
    "read",
    [
        lambda x: float(repr(x).split("[")[1].split(",")[0]),
        lambda x: np.frombuffer(bytes(x.untyped_storage()), np.float32)[0].item(),
    ],
    ids=["text", "storage"],
)
def test_a_number_read_where_no_trace_sees_it_is_refused(read):
    assert (
        "on inputs near the example"
        in refused(lambda x: x * read(x), torch.tensor([2.5, 3.0])).what
    )


def test_buffers_and_random_numbers_are_as_after_one_run():
    class Counts(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("seen", torch.zeros(2))

        def forward(self, x):
            self.seen += 1
            return x + self.seen

    program = Counts()
    before = torch.get_rng_state()
    model = ts.trace(program, (torch.ones(2),))

    assert program.seen.tolist() == [1.0, 1.0]
    assert torch.equal(torch.get_rng_state(), before)
    assert model(torch.ones(2)).tolist() == [2.0, 2.0]
    assert model(torch.ones(2)).tolist() == [3.0, 3.0]


def test_a_module_in_training_is_compared_where_nothing_is_drawn():
    program = torch.nn.BatchNorm1d(3).train()
    x = torch.arange(12.0).reshape(4, 3)
    model = ts.trace(program, (x,))

    assert program.num_batches_tracked.item() == 1
    torch.testing.assert_close(model(x), torch.nn.BatchNorm1d(3).train()(x))
