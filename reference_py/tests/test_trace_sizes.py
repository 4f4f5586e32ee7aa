"""Sizes that numpy and Python read: followed where an op can, guarded where none can."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import GuardError

X = np.arange(12, dtype=np.float32).reshape(3, 4)
LARGER = np.arange(20, dtype=np.float32).reshape(5, 4)


def recurrent(x):
    h = np.zeros((x.shape[0], 4), np.float32)
    for _ in range(2):
        h = np.tanh(h + x)
    h[0] = 3
    return h


FOLLOWED = {
    "ones": lambda x: np.ones(x.shape[0]),
    "zeros": lambda x: np.zeros((x.shape[0], 3)),
    "empty": lambda x: np.empty((x.shape[0], 2)) * 0,
    "full": lambda x: np.full((x.shape[0], 2), x.shape[1]),
    "eye": lambda x: np.eye(x.shape[0]),
    "identity": lambda x: np.identity(x.shape[0]),
    "arange": lambda x: np.arange(1, x.shape[0], 2, dtype=np.float32),
    "linspace": lambda x: np.linspace(0, x.shape[0], x.shape[0]),
    "broadcast_to": lambda x: np.broadcast_to(np.arange(4), (x.shape[0], 4)),
    "repeat": lambda x: np.repeat(np.arange(3), x.shape[0]),
    "array": lambda x: np.array(x.shape),
    "len": lambda x: x / len(x),
    "slice": lambda x: x[x.shape[0] // 2 :],
    "reversed": lambda x: x[::-1, ::-2],
    "recurrent": recurrent,
    "asarray": lambda x: np.asarray(x, dtype=np.float64) + 1,
    "array of arrays": lambda x: np.array([x[0], x[1] * 2]) + x.sum(),
    "array of numbers": lambda x: np.array([[x[0, 0], x[1, 0]], [1.0, 2.0]]),
    "sum of a list": lambda x: np.sum([x[0], x[1]], axis=0),
}
GUARDED = {
    "repetition": lambda x: [0] * x.shape[0],
    "repetition from the left": lambda x: x.shape[0] * (1,),
    "str": lambda x: str(x.shape[0]),
    "text": lambda x: f"{x.shape}",
    "format": lambda x: f"{x.shape[0]:3d}",
    "eye with a diagonal": lambda x: np.eye(x.shape[0], k=1),
    "linspace without its end": lambda x: np.linspace(0, 1, x.shape[0], endpoint=False),
}


@pytest.mark.parametrize("name", FOLLOWED)
@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_size_that_an_op_takes_is_followed(name, engine, tmp_path):
    ts.save(ts.trace(FOLLOWED[name], (X,)), tmp_path / "m.tsproto")

    got = ts.load(tmp_path / "m.tsproto", engine=engine)(LARGER)

    want = FOLLOWED[name](LARGER)
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("name", GUARDED)
def test_a_size_that_becomes_a_plain_number_is_guarded(name):
    model = ts.trace(GUARDED[name], (X,))

    with pytest.raises(GuardError) as caught:
        model(LARGER)

    assert caught.value.code == "SHAPE_GUARD_FAILED"
    assert "x.shape" in caught.value.excerpt


def test_a_size_that_is_only_shown_stays_open(capsys):
    def shown(x):
        print("shape", x.shape, x.shape[0])
        assert x.shape[1] == 4, f"{x.shape}"
        return x + 1

    assert ts.trace(shown, (X,))(LARGER).shape == (5, 4)
    assert "shape (3, 4) 3" in capsys.readouterr().out


def test_numpy_has_its_own_functions_again_after_a_trace():
    before = (np.zeros, np.asarray, len, range)

    ts.trace(lambda x: x + 1, (X,))

    assert (np.zeros, np.asarray, len, range) == before


def distances(x, y):
    return ts.ops.cdist(x, y)


def divergence(x, y):
    return ts.ops.kl_div(x, y)


def product(x, y):
    return ts.ops.matmul(x, y)


EQUAL = {
    "same_size": (distances, [X, LARGER], [(0, 1), (2, 1)]),
    "can_broadcast": (divergence, [X, X], [(0, 1), (0, 1)]),
    "can_matmul": (product, [X, LARGER.T], [(0, 1), (1, 2)]),
}
"""Programs of an op by the function that its page's constraint uses; which sizes are one."""


@pytest.mark.parametrize("function", EQUAL)
def test_sizes_that_a_constraint_of_an_op_s_page_makes_equal_become_one_symbol(function):
    program, examples, groups = EQUAL[function]
    inputs = ts.trace(program, tuple(examples)).ir.functions[0].inputs

    symbols: dict[int, set[str]] = {}
    for one, numbers in zip(inputs, groups, strict=True):
        for dim, number in zip(one.type.shape, numbers, strict=True):
            symbols.setdefault(number, set()).add(str(dim))
    assert all(len(names) == 1 for names in symbols.values())
    assert len(set.union(*symbols.values())) == len(symbols)
