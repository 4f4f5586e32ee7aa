"""The counter of the generator: carries, wraps, and the words in between."""

from __future__ import annotations

import numpy as np
import pytest
from op_runs import by_definition, by_kernel

import tracescript as ts
from tracescript.errors import BadInputError

FULL = 2**32 - 1


def state(*words: int) -> np.ndarray:
    return np.array(words, np.uint32)


@pytest.mark.parametrize(
    ("counter", "after"),
    [
        ((FULL, 0, 0, 0), (1, 1, 0, 0)),
        ((FULL, FULL, 0, 0), (1, 0, 1, 0)),
        ((FULL, FULL, FULL, FULL), (1, 0, 0, 0)),
    ],
)
def test_the_counter_carries_and_wraps(counter, after) -> None:
    bits, new = by_kernel("random_bits", [state(1, 2, *counter), [8]], {})

    assert new.tolist() == [1, 2, *after]
    second, _ = by_kernel(
        "random_bits", [state(1, 2, *[(after[0] - 1) % 2**32, *after[1:]]), [4]], {}
    )
    assert bits[4:].tolist() == second.tolist()


def test_the_published_vectors_hold() -> None:
    key, counter = (0xA4093822, 0x299F31D0), (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)

    bits, _ = by_kernel("random_bits", [state(*key, *counter), [4]], {})

    assert bits.tolist() == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def test_two_draws_in_a_row_are_one_long_draw() -> None:
    first, middle = by_kernel("random_bits", [state(7, 0, 0, 0, 0, 0), [4, 2]], {})
    second, end = by_kernel("random_bits", [middle, [4]], {})

    whole, last = by_kernel("random_bits", [state(7, 0, 0, 0, 0, 0), [12]], {})

    assert [*first.ravel(), *second] == whole.tolist()
    assert end.tolist() == last.tolist()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_uniform_numbers_lie_in_the_half_open_interval(dtype) -> None:
    from tracescript.ir import DataType

    drawn, _ = by_definition("rand", [state(3, 0, 0, 0, 0, 0), [2000]], {"dtype": DataType(dtype)})

    wide = drawn.astype(np.float64)
    assert wide.min() >= 0.0
    assert wide.max() < 1.0
    assert abs(wide.mean() - 0.5) < 0.03


def test_a_random_order_has_every_number_once() -> None:
    order, _ = by_definition("randperm", [state(3, 0, 0, 0, 0, 0), 50], {})

    assert sorted(order.tolist()) == list(range(50))


@pytest.mark.parametrize(
    ("seed", "key"), [(0, [0, 0]), (7, [7, 0]), (2**32 + 5, [5, 1]), (2**64 - 1, [FULL, FULL])]
)
def test_a_seed_is_a_key_of_two_words_and_a_counter_of_zero(seed, key) -> None:
    found = ts.random_state(seed)

    assert found.tolist() == [*key, 0, 0, 0, 0]
    assert found.dtype == np.uint32


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, True, None])
def test_what_is_no_seed_is_refused(seed) -> None:
    with pytest.raises(BadInputError) as caught:
        ts.random_state(seed)

    assert (caught.value.code, caught.value.rule) == ("BAD_INPUT", "RANDOM-5")
