"""A loaded trace gives on other inputs what the torch program gives there, or stops.

Results come from torch itself, called on the same inputs. Spec: TRACE-4, TRACE-5.
"""

from __future__ import annotations

import copy

import pytest

import tracescript as ts
from tracescript.errors import GuardError, ProducerError, TsError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
nn = torch.nn
F = nn.functional

X = torch.arange(12.0).reshape(3, 4) - 5
WIDE = torch.arange(18.0).reshape(2, 9)
TWO = torch.arange(10.0).reshape(5, 2)
ROW = X[:1]
COLUMN = X[:, :1].contiguous()
SQUARE = torch.tensor([[4.0, 1, 0], [1, 3, 1], [0, 1, 5]])


def written(write):
    """A program that writes into a copy of its argument, and returns it with what it wrote."""

    def program(x):
        z = x.clone()
        return z, write(z)

    return program


def asks(question):
    return lambda x: x * (2 if question(x) else 3)


def attention(x):
    batch, steps, width = x.shape
    q = x.view(batch, steps, 2, width // 2).permute(0, 2, 1, 3)
    y = (q @ q.transpose(-2, -1)).softmax(-1) @ q
    y = y.transpose(1, 2).contiguous().view(batch, steps, width)
    y += x
    return y


def dropped(x):
    y = F.dropout(x * 2, 0.5, training=False)
    y += x
    return y


ASKED = {
    "a part of rows": asks(lambda x: x[:, :2].is_contiguous()),
    "a part by narrow": asks(lambda x: x.narrow(1, 0, 2).is_contiguous()),
    "a column": asks(lambda x: x[:, 0].is_contiguous()),
    "a part of a part": asks(lambda x: x[:, :3][:, :2].is_contiguous()),
    "every second row": asks(lambda x: x[::2].is_contiguous()),
    "a transposed tensor": asks(lambda x: x.t().is_contiguous()),
    "rows expanded": asks(lambda x: x[:1].expand(3, -1).is_contiguous()),
    "another format": asks(
        lambda x: x[:, :2][None, None].is_contiguous(memory_format=torch.channels_last)
    ),
    "where a view begins": lambda x: x * x[1:, 1:].storage_offset(),
    "strides of a part": lambda x: x * x[:, ::2].stride(0) + x[:, ::2].stride(1),
    "strides of a transposed part": lambda x: x * x[:, :2].t().stride(1),
    "write into a contiguous copy": written(lambda z: z.t().contiguous().add_(1)),
    "write into a contiguous part": written(lambda z: z[:, :2].contiguous().add_(1)),
    "write into what reshape copied": written(lambda z: z[:, :2].reshape(-1).add_(1)),
    "write into what flatten copied": written(lambda z: z.t().flatten().add_(1)),
    "write into what ravel copied": written(lambda z: z.T.ravel().add_(1)),
    "write behind a copy": written(lambda z: (z.t().contiguous(), z.add_(1))[0]),
    "write behind a reshape": written(lambda z: (z[:, :3].reshape(-1), z.add_(1))[0]),
}
FOLLOWED = {
    "a list of sizes as an index": (lambda x: x[[0, x.shape[0] - 1]], X, [TWO, ROW]),
    "write to a list of sizes": (
        written(lambda z: z.__setitem__([0, z.shape[0] - 1], 7.0)),
        X,
        [TWO, ROW],
    ),
    "write of an array beside an integer": (
        written(lambda z: z.__setitem__((0, torch.tensor([1, 0])), torch.tensor([5.0, 6.0]))),
        X,
        [TWO, WIDE],
    ),
    "attention with a batch of one": (
        attention,
        torch.randn(2, 3, 4),
        [torch.randn(1, 3, 4), torch.randn(5, 2, 4)],
    ),
    "write into dropout that drops nothing": (dropped, X, [TWO, ROW]),
    "solve for a vector": (
        lambda x: torch.linalg.solve(x, x[:, 0] + 1),
        SQUARE,
        [SQUARE[:2, :2], SQUARE * 2],
    ),
    "solve from the right": (
        lambda x: torch.linalg.solve(x, x[:2] + 1, left=False),
        SQUARE,
        [SQUARE * 2],
    ),
    "broadcast_shapes": (
        lambda x: x + torch.ones(torch.broadcast_shapes(x.shape, (1, 1, 1))),
        X,
        [TWO, WIDE],
    ),
    "weights of l1_loss": (
        lambda x: F.l1_loss(x, x * 2, weight=x * 0 + torch.arange(x.shape[1])),
        X,
        [TWO, WIDE],
    ),
    "linalg.norm of everything": (
        lambda x: torch.linalg.norm(x, keepdim=True, dtype=torch.float64),
        X,
        [TWO, WIDE],
    ),
    "bags up to a last offset": (
        lambda x: F.embedding_bag(
            torch.tensor([2, 0, 1]), x, torch.tensor([0, 2]), mode="sum", include_last_offset=True
        ),
        X,
        [X * 2],
    ),
    "topk of a part": (lambda x: x.topk(x.shape[1] // 2 + 1, 1), X, [TWO, COLUMN, WIDE]),
}
STOPPED = {
    "split into given sizes": (lambda x: x.split([1, 2]), X, TWO),
    "batch norm of one row": (nn.BatchNorm1d(4, track_running_stats=False), X, ROW),
    "instance norm of one element": (nn.InstanceNorm1d(3), X[None], COLUMN[None]),
}


def loaded(program, example, engine, tmp_path):
    ts.save(ts.trace(program, (example,), decisions="record"), tmp_path / "m.tsproto")
    return ts.load(tmp_path / "m.tsproto", engine=engine)


def outcome(model, given):
    """What a model returns, or the error with which it stops."""
    try:
        return model(given)
    except TsError as error:
        return error


def same(got, want):
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ASKED)
def test_how_a_tensor_lies_in_memory_follows_the_sizes_or_stops(name, tmp_path):
    program = ASKED[name]
    model = loaded(program, X, "py", tmp_path)

    same(model(X), program(X))
    for other in (ROW, COLUMN, TWO, WIDE, X[:2, :2].contiguous(), X.t().contiguous()):
        got = outcome(model, other)
        if isinstance(got, TsError):
            assert "test_trace_other_inputs_torch.py" in str(got)
        else:
            same(got, program(other))


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", FOLLOWED)
def test_other_inputs_give_what_the_program_gives(name, engine, tmp_path):
    program, example, others = FOLLOWED[name]
    model = loaded(program, example, engine, tmp_path)

    for given in (example, *others):
        want = program(copy.deepcopy(given))
        same(tuple(model(given)) if isinstance(want, tuple) else model(given), want)


@pytest.mark.parametrize("name", STOPPED)
def test_an_input_that_the_program_refuses_is_refused(name, tmp_path):
    program, example, other = STOPPED[name]
    model = loaded(program, example, "py", tmp_path)

    with pytest.raises((ValueError, RuntimeError)):
        program(other)
    with pytest.raises(GuardError) as refused:
        model(other)
    assert refused.value.code == "SHAPE_GUARD_FAILED"


def test_cond_of_torch_is_a_branch_that_exploring_keeps():
    def program(x):
        return torch.cond(x.sum() > 0, lambda x: x * 2, lambda x: x * 3, (x,))

    model = ts.trace(program, (X,), explore=4)
    same(model(X), X * (2 if X.sum() > 0 else 3))
    same(model(-X), -X * (2 if -X.sum() > 0 else 3))


def test_an_lstm_with_a_projection_is_refused_by_name():
    with pytest.raises(ProducerError) as refused:
        ts.trace(nn.LSTM(4, 5, proj_size=3), (torch.randn(2, 3, 4),))
    assert refused.value.code == "UNKNOWN_CALL"


def test_rcond_of_lstsq_is_refused_for_the_driver_that_takes_other_columns():
    with pytest.raises(ProducerError) as refused:
        ts.trace(lambda a: torch.linalg.lstsq(a, a, rcond=0.5).solution, (SQUARE,))
    assert refused.value.code == "UNKNOWN_CALL"


def test_a_batch_of_one_that_a_write_needs_stays_open():
    model = ts.trace(attention, (torch.randn(2, 3, 4),), dynamic={"x": {0: ts.Dim("B")}})
    one = torch.randn(1, 3, 4)
    same(model(one), attention(one))
