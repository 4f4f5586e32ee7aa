"""What a module changes while it is traced: buffers become states, the rest is refused."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn
from tracescript.errors import ProducerError

ONE = np.ones(2, np.float32)


class Held(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("n", np.zeros(2, np.float32))
        self.register_buffer("p", np.zeros(2, np.float32))
        self.cache = []
        self.table = {"deep": {"count": 1}}


def test_the_array_that_was_the_buffer_keeps_its_value():
    class Before(Held):
        def forward(self, x):
            before = self.n
            self.n = self.n + x
            return before

    model = ts.trace(Before(), (ONE,))

    assert [model(ONE).tolist() for _ in range(3)] == [[0, 0], [1, 1], [2, 2]]


def test_a_buffer_that_takes_the_place_of_another_follows_it_by_one_call():
    class Shifted(Held):
        def forward(self, x):
            self.p = self.n
            self.n = self.n + x
            return self.p, self.n

    model = ts.trace(Shifted(), (ONE,))

    assert [[v.tolist() for v in model(ONE)] for _ in range(2)] == [
        [[0, 0], [1, 1]],
        [[1, 1], [2, 2]],
    ]


def test_a_buffer_that_changes_its_size_is_refused_at_its_line():
    class Growing(Held):
        def forward(self, x):
            self.n = np.concatenate([self.n, x])
            return self.n

    with pytest.raises(ProducerError, match="sizes of the buffer n") as caught:
        ts.trace(Growing(), (ONE,))

    assert caught.value.rule == "TRACE-14"
    assert "self.n = np.concatenate" in caught.value.excerpt


def test_a_list_that_a_module_fills_is_refused_at_its_line():
    class Remembering(Held):
        def forward(self, x):
            self.cache.append(x)
            return np.stack(self.cache).sum(0)

    with pytest.raises(ProducerError, match="the attribute cache of Remembering") as caught:
        ts.trace(Remembering(), (ONE,))

    assert caught.value.rule == "TRACE-14"
    assert "self.cache.append(x)" in caught.value.excerpt


def test_a_number_deep_inside_a_dict_that_changes_is_refused():
    class Counting(Held):
        def forward(self, x):
            self.table["deep"]["count"] += 1
            return x * self.table["deep"]["count"]

    with pytest.raises(ProducerError, match="the attribute table of Counting") as caught:
        ts.trace(Counting(), (ONE,))

    assert caught.value.rule == "TRACE-14"


def test_an_array_attribute_that_is_written_in_place_is_refused():
    class Summing(Held):
        def __init__(self):
            super().__init__()
            self.total = np.zeros(2)

        def forward(self, x):
            self.total += 1
            return x + self.total

    with pytest.raises(ProducerError, match="the attribute total of Summing") as caught:
        ts.trace(Summing(), (ONE,))

    assert caught.value.rule == "TRACE-14"


def test_a_module_that_changes_nothing_may_hold_lists_and_dicts():
    class Quiet(Held):
        def forward(self, x):
            return x * self.table["deep"]["count"] + len(self.cache)

    assert ts.trace(Quiet(), (ONE,))(ONE).tolist() == [1, 1]
