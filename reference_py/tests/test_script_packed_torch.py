"""Packed sequences of torch in scripts: any lengths, any number of sequences."""

from __future__ import annotations

import io

import pytest

import tracescript as ts

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from packed_programs import BATCHES, CASES, Packed, batch, flat  # noqa: E402  # needs torch
from torch import nn  # noqa: E402  # as above
from torch.nn.utils import rnn  # noqa: E402  # as above
from torch.nn.utils.rnn import PackedSequence  # noqa: E402  # as above

TYPES = {"x": "float32[_, _, _]", "lengths": "int64[_]"}
NET = nn.LSTM(4, 3).eval()
X, LENGTHS = torch.randn(5, 3, 4), torch.tensor([5, 2, 1])


def agree(model, program, *given):
    for want, got in zip(flat(program(*given)), flat(model(*given)), strict=True):
        torch.testing.assert_close(got, want, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_a_network_over_packed_sequences_is_right_at_any_lengths(name):
    program, file = Packed(**CASES[name]).eval(), io.BytesIO()
    x = "float64[_, _, _]" if "doubles" in name else "float32[_, _, _]"
    ts.save(ts.script(program, types={"x": x, "lengths": "int64[_]"}), file)
    model = ts.load(file.getvalue())

    for steps, lengths in BATCHES:
        agree(model, program, *batch(program, steps, lengths))


def totalled(x, lengths, h, c):
    y, (h, c) = NET(rnn.pack_padded_sequence(x, lengths, enforce_sorted=False), (h, c))
    return rnn.pad_packed_sequence(y, padding_value=1.5, total_length=8), h, c


def listed(x, n: int):
    return rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, [n, n - 1, 1]))


def remade(x, lengths):
    packed = rnn.pack_padded_sequence(x, lengths)
    data, sizes, _, order = packed
    doubled = PackedSequence(packed.data * 2, packed.batch_sizes)
    return rnn.pad_packed_sequence(doubled)[0], data, sizes, packed[1], order is None


def chosen(x, lengths):
    if lengths.sum() > 7:
        packed = rnn.pack_padded_sequence(x, lengths)
    else:
        packed = rnn.pack_padded_sequence(-x, lengths)
    return rnn.pad_packed_sequence(packed)


def of_sequences(x, y):
    rows = [x, y]
    left = rnn.pad_sequence(rows, batch_first=True, padding_value=2.0, padding_side="left")
    return left, rnn.pad_packed_sequence(rnn.pack_sequence(rows, enforce_sorted=False))


def of_a_list(rows: list[torch.Tensor]):
    return rnn.pad_sequence(rows), rnn.unpack_sequence(rnn.pack_sequence(rows, False))


STATES = torch.randn(1, 3, 3), torch.randn(1, 3, 3)


@pytest.mark.parametrize(
    ("program", "given"),
    [
        (totalled, (X, LENGTHS.flip(0), *STATES)),
        (listed, (X, 4)),
        (remade, (X, LENGTHS)),
        (chosen, (X, LENGTHS)),
        (chosen, (X, LENGTHS.clamp(max=3))),
        (of_sequences, (X[:3, 0], X[:, 1])),
        (of_a_list, ([X[:3, 0], X[:, 1], X[:1, 2]],)),
    ],
)
def test_what_a_program_does_with_packed_sequences_gives_what_torch_gives(program, given):
    agree(ts.script(program), program, *given)


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.GRU(4, 4, 2, dropout=0.5)
        self.out = nn.LSTM(4, 2)

    def forward(self, x):
        if isinstance(x, PackedSequence):
            return self.out(self.net(x)[0])
        return self.out(x)


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x, lengths):
        y, (h, c) = self.inner(rnn.pack_padded_sequence(x, lengths, enforce_sorted=False))
        return rnn.pad_packed_sequence(y)[0], h, c, self.inner(x)[0]


def test_packed_sequences_go_through_modules():
    torch.manual_seed(0)
    program = Outer().eval()
    agree(ts.script(program), program, X, torch.tensor([2, 5, 4]))


def test_dropout_between_layers_over_packed_sequences_is_that_of_the_trace():
    torch.manual_seed(0)
    program = Outer().train()
    agree(ts.script(program), ts.trace(program, (X, LENGTHS)), X, LENGTHS)


@pytest.mark.parametrize("lengths", [[2, 4, 1], [4, 0, 0], [6, 2, 1], [3, 3]])
def test_lengths_that_torch_refuses_stop_the_model(lengths):
    program = Packed("GRU", batch_first=False).eval()
    model = ts.script(program, types=TYPES)
    given = torch.randn(5, 3, 3), torch.tensor(lengths)

    with pytest.raises(RuntimeError):
        program(*given)
    with pytest.raises(ts.errors.TrapError):
        model(*given)


def test_a_total_length_that_is_too_short_stops_the_model():
    def short(x, lengths):
        return rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, lengths), total_length=3)

    model = ts.script(short, types=TYPES)
    with pytest.raises(ts.errors.TrapError):
        model(X, LENGTHS)


def test_a_projection_is_refused():
    net = nn.LSTM(4, 3, proj_size=2)

    with pytest.raises(ts.errors.ProducerError, match="4 weights, found 5") as caught:
        ts.script(lambda x: net(x)[0], types={"x": "float32[_, _, _]"})

    assert (caught.value.code, caught.value.rule) == ("UNSUPPORTED_PYTHON", "SCRIPT-10")
    assert "proj_size" in caught.value.hint
