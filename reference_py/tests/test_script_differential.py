"""Random programs give the same in CPython and as scripted models, and their code reads back."""

from __future__ import annotations

import random

import pytest

from tests.differential.check import compare
from tests.differential.programs import program


@pytest.mark.parametrize("engine", ["ref", "py"])
@pytest.mark.parametrize("block", range(4))
def test_random_programs_give_what_cpython_gives(block, engine):
    outcomes = {}
    for seed in range(block * 30, block * 30 + 30):
        r = random.Random(seed)
        inputs = [tuple(r.randint(-3, 6) for _ in "abc") for _ in range(3)]
        outcomes[seed] = compare(program(seed), inputs, engine)

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 24
