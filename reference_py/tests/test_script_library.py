"""Calls of numpy in scripts that are what a trace records of them."""

from __future__ import annotations

import numpy as np
import pytest
from differential.check import function_of

import tracescript as ts

_RANDOM = np.random.default_rng(0)
TYPES = {"x": "float64[B, 4]", "y": "float64[B, 4]", "i": "int64[B, 4]"}


def program(*lines):
    body = "\n    ".join(lines)
    return function_of(
        f"import numpy as np\n\nOUTER = np.zeros(3)\n\n\ndef f(x, y, i):\n    {body}\n"
    )


def arguments(rows):
    x, y = _RANDOM.normal(size=(2, rows, 4))
    return x, y, _RANDOM.integers(0, 4, (rows, 4))


def parts(value):
    return [p for v in value for p in parts(v)] if isinstance(value, (tuple, list)) else [value]


def assert_means_the_same(f, rows, types=TYPES):
    model = ts.script(f, types=types)
    for count in rows:
        args = arguments(count)
        for want, got in zip(parts(f(*args)), parts(model(*args)), strict=True):
            assert (np.asarray(got).dtype, np.shape(got)) == (
                np.asarray(want).dtype,
                np.shape(want),
            )
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)


OPEN_SIZES = """
np.pad(x, ((1, 2), (0, 1)), "edge")
np.insert(x, 1, 0.5, axis=1)
np.histogram(x, 5, (-2, 2), density=True)
np.nanquantile(x, 0.3, axis=1)
np.unique(i, return_index=True)
np.add.reduce(x)
np.maximum.accumulate(x, axis=1)
np.multiply.outer(x, y[0])
np.linalg.norm(x, np.inf)
np.take_along_axis(x, np.argsort(x, axis=1), axis=1)
np.select([x > 1, x > 0], [x, y], 0.25)
np.block([[x, y], [y, x]])
np.digitize(x, np.array([-1.0, 0.0, 1.0]))
np.interp(x, [-1.0, 0.0, 2.0], [1.0, 3.0, 2.0])
np.array_equal(x, y), np.allclose(x, x), np.array_equiv(x, x)
np.einsum(x, [0, 1], y, [2, 1], [0, 2])
np.tensordot(x, y, ([1], [1]))
x.trace(), x.swapaxes(0, 1), x.ravel()
x.item(2), i.item(-1), y[0, :1].item()
np.concatenate((x, y), None)
np.concatenate((x, i), dtype=np.float32)
""".strip().splitlines()


@pytest.mark.parametrize("call", OPEN_SIZES)
def test_a_recorded_call_holds_for_every_size_that_is_open(call):
    assert_means_the_same(program(f"return {call}"), (1, 2, 5))


ARGUMENTS = """
np.sort(x, axis=None)
np.argsort(x, axis=None)
np.add(x, y, dtype=np.float32)
np.array((x[0], y[0]))
np.cumsum(x, dtype=np.float32)
np.std(x, axis=0, keepdims=True)
np.unique(i, True, False, True)
abs(i > 1), (i > 1) ** 2
""".strip().splitlines()


@pytest.mark.parametrize("call", ARGUMENTS)
def test_arguments_that_no_op_has_mean_what_they_mean_in_numpy(call):
    assert_means_the_same(program(f"return {call}"), (3,))


WRITES = """
np.fill_diagonal(z, 9)
np.put(z, [0, 5], [1.0, 2.0])
np.copyto(z, y, where=y > 0)
np.copyto(z, y)
z.sort(axis=0)
z.partition(1)
np.add.at(z, [0, 1, 0], 1.0)
np.add(x, 1, out=z)
np.median(x, axis=1, out=z[:, 0])
np.clip(z, -1, 1, out=z)
z.fill(2.5)
""".strip().splitlines()


@pytest.mark.parametrize("write", WRITES)
def test_an_array_that_a_call_writes_is_what_it_is_afterwards(write):
    assert_means_the_same(program("z = np.copy(x)", "w = z", write, "return z, w + 1, x, y"), (3,))


def test_an_array_of_numbers_that_a_call_writes_is_what_it_is_afterwards():
    lines = ["z = np.array([1.0, 2.0, 3.0, 4.0])", "np.put(z, [1], [5.0])", "return z, z + x"]
    assert_means_the_same(program(*lines), (3,))


def test_numpys_array_of_an_array_is_a_copy():
    assert_means_the_same(program("z = np.array(x)", "z[0] = 0", "return x, z"), (3,))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("np.add.reduce(x, axis=5)", "TYPE_INFERENCE"),
        ("np.apply_along_axis(lambda v: v * 2, 1, x)", "UNKNOWN_CALL"),
        ("np.squeeze(x)", "UNSUPPORTED_PYTHON"),
        ("np.put(OUTER, [0], x[0, 0])", "UNKNOWN_CALL"),
        ("np.savetxt('a file', x)", "UNKNOWN_CALL"),
        ("np.save('a file', np.array([1.0]))", "UNKNOWN_CALL"),
        ("np.random.rand(4) + x", "SOURCE_NOT_FOUND"),
    ],
)
def test_what_elements_or_open_sizes_decide_is_refused_at_the_call(
    call, code, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(program(f"return {call}"), types=TYPES)

    assert caught.value.code == code
    assert "<program>:7" in caught.value.where
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []
