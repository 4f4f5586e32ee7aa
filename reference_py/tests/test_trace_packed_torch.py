"""Packed sequences of torch in traces: any lengths, any number of sequences."""

from __future__ import annotations

import pytest

import tracescript as ts

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")
rnn = torch.nn.utils.rnn
CASES = {
    "lstm": {"kind": "LSTM"},
    "lstm of two layers both ways": {"kind": "LSTM", "num_layers": 2, "bidirectional": True},
    "lstm in any order": {"kind": "LSTM", "in_order": False, "bidirectional": True},
    "lstm, time first": {"kind": "LSTM", "batch_first": False, "bias": False},
    "lstm of doubles": {"kind": "LSTM", "dtype": torch.float64},
    "gru": {"kind": "GRU", "num_layers": 2, "in_order": False},
    "gru both ways": {"kind": "GRU", "bidirectional": True, "batch_first": False},
    "rnn": {"kind": "RNN", "nonlinearity": "relu", "bidirectional": True},
}
BATCHES = [(6, [6, 4, 1]), (6, [5, 5, 2]), (9, [4, 3, 1]), (7, [7, 7]), (3, [3])]


class Packed(torch.nn.Module):
    """A recurrent network over what was packed, padded again with -2."""

    def __init__(self, kind, in_order=True, batch_first=True, **options):
        super().__init__()
        torch.manual_seed(0)
        self.net = getattr(torch.nn, kind)(3, 4, batch_first=batch_first, **options)
        self.in_order, self.batch_first = in_order, batch_first

    def forward(self, x, lengths):
        packed = rnn.pack_padded_sequence(x, lengths, self.batch_first, self.in_order)
        y, last = self.net(packed)
        return *rnn.pad_packed_sequence(y, self.batch_first, -2.0), last


def batch(model, steps, lengths):
    """Sequences with NaN behind their ends, which torch never reads."""
    lengths = lengths if model.in_order else lengths[::-1]
    x = torch.randn(steps, len(lengths), 3, dtype=next(model.parameters()).dtype)
    for k, n in enumerate(lengths):
        x[n:, k] = torch.nan
    return x.transpose(0, 1) if model.batch_first else x, torch.tensor(lengths)


def flat(value):
    return [p for v in value for p in flat(v)] if isinstance(value, (tuple, list)) else [value]


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
