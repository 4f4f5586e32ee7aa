"""Packed sequences of torch in traces: any lengths, any number of sequences."""

from __future__ import annotations

import pytest

import tracescript as ts

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")
rnn = torch.nn.utils.rnn

from packed_programs import BATCHES, CASES, Packed, batch, flat  # noqa: E402  # needs torch


@pytest.mark.parametrize("name", CASES)
def test_a_network_over_packed_sequences_is_right_at_any_lengths(name):
    model = Packed(**CASES[name]).eval()

    traced = ts.trace(model, batch(model, *BATCHES[0]))

    assert not traced.report.decisions
    for steps, lengths in BATCHES:
        given = batch(model, steps, lengths)
        for want, got in zip(flat(model(*given)), flat(traced(*given)), strict=True):
            torch.testing.assert_close(got, want, atol=1e-5, rtol=1e-5)


def test_first_states_and_a_total_length_may_be_given():
    net = torch.nn.LSTM(3, 4).eval()

    def program(x, lengths, h, c):
        y, _ = net(rnn.pack_padded_sequence(x, lengths), (h, c))
        return rnn.pad_packed_sequence(y, total_length=8)

    given = [torch.randn(5, 2, 3), torch.tensor([5, 2]), torch.randn(1, 2, 4), torch.randn(1, 2, 4)]
    traced = ts.trace(program, tuple(given), decisions="record")  # torch compares the length

    for lengths in ([5, 2], [4, 4]):
        given[1] = torch.tensor(lengths)
        for want, got in zip(program(*given), traced(*given), strict=True):
            torch.testing.assert_close(got, want, atol=1e-5, rtol=1e-5)


def test_what_the_program_does_with_packed_data_is_followed():
    def program(x, lengths):
        packed = rnn.pack_padded_sequence(x, lengths, batch_first=True)
        doubled = rnn.PackedSequence(packed.data * 2, packed.batch_sizes)
        return rnn.pad_packed_sequence(doubled, batch_first=True)[0], packed.batch_sizes

    traced = ts.trace(program, (torch.randn(3, 4, 2), torch.tensor([4, 2, 2])))

    for lengths in ([4, 2, 2], [3, 3, 1]):
        given = torch.randn(3, 4, 2), torch.tensor(lengths)
        for want, got in zip(program(*given), traced(*given), strict=True):
            torch.testing.assert_close(got, want)


@pytest.mark.parametrize("lengths", [[2, 4], [4, 0], [6, 2]])
def test_lengths_that_torch_refuses_stop_the_model(lengths):
    model = Packed("GRU").eval()
    traced = ts.trace(model, (torch.randn(2, 5, 3), torch.tensor([5, 2])))
    wrong = torch.randn(2, 5, 3), torch.tensor(lengths)

    with pytest.raises(RuntimeError):
        model(*wrong)
    with pytest.raises(ts.errors.ExecutionError) as caught:
        traced(*wrong)
    assert caught.value.code == "VALUE_ERROR"
    with pytest.raises(RuntimeError):
        ts.trace(model, wrong)
