"""Random programs of torch give the same as modules of torch and as scripted models."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from tests.differential import (
    size_programs,  # after importorskip
    torch_programs,  # after importorskip
    view_programs,  # after importorskip
)
from tests.differential.torch_check import (
    compare_sizes,  # after importorskip
    compare_torch,  # after importorskip
    compare_views,  # after importorskip
)
from tests.test_script_differential import inputs_of  # after importorskip

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(("engine", "first"), [("ref", 0), ("py", 30)])
def test_random_programs_of_torch_give_what_torch_gives_or_are_refused(engine, first):
    seeds = range(first, first + 30)
    outcomes = {s: compare_torch(torch_programs.program(s), inputs_of(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 15


@pytest.mark.parametrize(("engine", "first"), [("ref", 0), ("py", 30)])
def test_random_programs_that_change_views_give_what_torch_gives_or_are_refused(engine, first):
    seeds = range(first, first + 30)
    outcomes = {s: compare_views(view_programs.program(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused", "undefined"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 15


@pytest.mark.parametrize(("engine", "first"), [("ref", 0), ("py", 20)])
def test_random_programs_about_sizes_give_what_torch_gives_or_are_refused(engine, first):
    seeds = range(first, first + 20)
    outcomes = {s: compare_sizes(size_programs.program(s), engine) for s in seeds}

    different = {s: o for s, o in outcomes.items() if o not in {"equal", "refused", "undefined"}}
    assert different == {}
    assert list(outcomes.values()).count("equal") >= 10
