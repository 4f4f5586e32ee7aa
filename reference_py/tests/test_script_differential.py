"""Random programs give the same in CPython and as scripted models, and their code reads back."""

from __future__ import annotations

import random

import pytest

from tests.differential import programs, rich
from tests.differential.check import compare
from tests.differential.rich_check import compare_rich


def inputs_of(seed):
    r = random.Random(seed)
    return [tuple(r.randint(-3, 6) for _ in "abc") for _ in range(3)]


@pytest.mark.parametrize("engine", ["ref", "py"])
@pytest.mark.parametrize("block", range(4))
def test_random_programs_give_what_cpython_gives(block, engine):
    seeds = range(block * 30, block * 30 + 15)
    outcomes = {s: compare(programs.program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 12


@pytest.mark.parametrize(("engine", "first"), [("ref", 0), ("py", 25)])
def test_random_programs_of_shared_containers_give_what_cpython_gives_or_are_refused(engine, first):
    seeds = range(first, first + 25)
    outcomes = {s: compare_rich(rich.program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 10


@pytest.mark.parametrize(("engine", "first"), [("ref", 70), ("py", 98)])
def test_random_programs_of_sets_contexts_and_choices_give_what_cpython_gives(engine, first):
    seeds = range(first, first + 10)
    outcomes = {s: compare_rich(rich.wide_program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 5


@pytest.mark.parametrize(("engine", "first"), [("ref", 1000), ("py", 1010)])
def test_random_programs_that_give_sets_members_and_unions_give_what_cpython_gives(engine, first):
    seeds = range(first, first + 10)
    outcomes = {s: compare_rich(rich.value_program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 3


@pytest.mark.parametrize(("engine", "first"), [("ref", 2000), ("py", 2012)])
def test_random_programs_of_several_changes_and_records_give_what_cpython_gives(engine, first):
    seeds = range(first, first + 12)
    outcomes = {s: compare_rich(rich.flow_program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 4


@pytest.mark.parametrize(("engine", "first"), [("ref", 0), ("py", 8)])
def test_random_programs_of_views_iterators_and_two_types_give_what_cpython_gives(engine, first):
    seeds = range(first, first + 8)
    outcomes = {s: compare_rich(rich.form_program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 4
