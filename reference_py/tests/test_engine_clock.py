"""A budget looks at the clock when it is asked to, and gives steps when they are used up."""

from __future__ import annotations

import pytest

from tracescript.engine.limits import Budget, Limits
from tracescript.errors import LimitError


def test_a_look_at_the_clock_stops_a_call_that_has_steps_left():
    with pytest.raises(LimitError) as caught:
        Budget(deadline=1e-9).tick(5)

    assert caught.value.code == "DEADLINE"


def test_a_look_at_the_clock_leaves_the_steps_as_they_are_until_one_is_begun_beyond_them():
    budget = Budget(Limits(steps=100))

    assert [budget.tick(left) for left in (8, 1, 0)] == [8, 1, 0]
    assert budget.tick(-1) > 0
    assert budget.steps + budget.left == budget.steps + 8
