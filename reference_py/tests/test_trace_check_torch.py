"""A trace of torch is compared with what the program does unrecorded. Spec: TRACE-9."""

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


def test_a_text_made_of_elements_is_guarded_and_one_that_is_shown_is_not(capsys):
    def parses(x):
        print(x)
        return x * float(repr(x).split("[")[1].split(",")[0])

    with pytest.warns(ts.TraceWarning, match="copied the elements"):
        model = ts.trace(parses, torch.tensor([2.5, 3.0]))

    assert "2.5" in capsys.readouterr().out
    assert [d.kind for d in model.report.decisions] == ["tensor_read"]
    assert model(torch.tensor([2.5, 3.0])).tolist() == [6.25, 7.5]
    with pytest.raises(ts.errors.TsError) as caught:
        model(torch.tensor([2.5, 4.0]))
    assert caught.value.code == "GUARD_FAILED"


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
