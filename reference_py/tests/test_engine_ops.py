"""Every example of every tensor op on the engine that generates Python."""

from __future__ import annotations

import pytest
from op_runs import model_of
from test_op_examples import EXAMPLES, check, is_refused

from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget
from tracescript.engine.protocol import Options
from tracescript.engine.py import engine


@pytest.fixture(autouse=True, params=["shapes of the call", "open shapes"])
def _shapes(request, monkeypatch):
    """Run all tests with code for the shapes of the call, and with code for any shapes."""
    if request.param == "open shapes":
        monkeypatch.setattr(engine, "_MOST_SHAPES", -1)


def runner(*, symbolic, expand):
    def run(name, inputs, attributes):
        model, given = model_of(name, inputs, attributes, symbolic=symbolic)
        loaded = choose("py").load(model, Options(expand=expand))
        return list(loaded.method(model.root.methods[0])(given, (), Budget()).outputs)

    return run


@pytest.mark.parametrize("symbolic", [False, True], ids=["fixed", "symbolic"])
@pytest.mark.parametrize("expand", [False, True], ids=["kernels", "expanded"])
@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_generated_code_gives_what_the_example_says(name, number, expand, symbolic, request):
    is_open = "open" in request.node.name
    if not is_refused(name, number) and (symbolic or not is_open):
        check(name, number, runner(symbolic=symbolic, expand=expand))
