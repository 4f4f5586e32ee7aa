"""Every example of every tensor op on the engine that generates Python."""

from __future__ import annotations

import pytest
from op_runs import model_of
from test_op_examples import EXAMPLES, check, is_refused

from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget
from tracescript.engine.protocol import Options


def runner(*, symbolic, expand):
    def run(name, inputs, attributes):
        model, given = model_of(name, inputs, attributes, symbolic=symbolic)
        loaded = choose("py").load(model, Options(expand=expand))
        return list(loaded.method(model.root.methods[0])(given, (), Budget()).outputs)

    return run


@pytest.mark.parametrize("expand", [False, True], ids=["kernels", "expanded"])
@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_generated_code_gives_what_the_example_says(name, number, expand):
    check(name, number, runner(symbolic=False, expand=expand))


@pytest.mark.parametrize("expand", [False, True], ids=["kernels", "expanded"])
@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_generated_code_holds_for_extents_known_only_at_run_time(name, number, expand):
    if not is_refused(name, number):
        check(name, number, runner(symbolic=True, expand=expand))
