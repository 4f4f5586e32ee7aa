"""Networks over packed sequences, and batches for them."""

from __future__ import annotations

import torch
from torch.nn.utils import rnn

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
