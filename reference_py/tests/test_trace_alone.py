"""A trace changes functions of libraries for its own program alone. Spec: TRACE-2."""

from __future__ import annotations

import builtins
import importlib
import math
import sys
import threading

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError
from tracescript.producer.session import active

X = np.arange(1.0, 7.0).reshape(2, 3)
LIBRARY = [(m, n) for m in (builtins, math, np) for n in ("range", "len", "sqrt", "zeros", "pow")]
KEEPING = """
from math import sqrt
from numpy import zeros
KEPT = [range, len, sqrt, zeros]
ROOT = sqrt(len([1, 2, 3, 4]))
"""


def library():
    return [getattr(module, name, None) for module, name in LIBRARY]


def inner(x):
    total = x * 0
    for i in range(len(x)):
        total = total + x[i] * math.sqrt(i + 1.0)
    return total if x.sum() > 0 else -total


@pytest.mark.parametrize("load", ["import", "import_module"])
def test_a_module_imported_in_a_trace_keeps_the_functions_of_the_libraries(
    load, tmp_path, monkeypatch
):
    name = f"kept_by_{load}"
    (tmp_path / f"{name}.py").write_text(KEEPING)
    monkeypatch.syspath_prepend(tmp_path)

    def program(x):
        module = importlib.import_module(name) if load == "import_module" else __import__(name)
        return x * module.ROOT

    model = ts.trace(program, (X,))

    assert sys.modules[name].KEPT == [range, len, math.sqrt, np.zeros]
    assert sys.modules[name].__spec__.loader.get_source(name) == KEEPING
    np.testing.assert_array_equal(model(X * 3), X * 6)


def test_what_a_program_raises_leaves_nothing_behind():
    before = library()

    def stopped(x):
        raise KeyboardInterrupt(float(x[0, 0]))

    with pytest.raises(KeyboardInterrupt):
        ts.trace(stopped, (X,), decisions="record")
    assert library() == before
    assert active() is None


@pytest.mark.parametrize("make", [ts.script, lambda f: ts.trace(f, (X,), decisions="record")])
def test_a_program_recorded_inside_a_trace_is_recorded_alone(make):
    before = library()

    def program(x):
        return make(inner)(x * 2) + 1

    model = ts.trace(program, (X,), decisions="record")

    assert library() == before
    np.testing.assert_allclose(model(X), program(X))
    try:
        np.testing.assert_allclose(model(-X), program(-X))
    except ts.errors.GuardError:
        assert make is not ts.script  # a script keeps both arms


def test_an_array_of_a_trace_is_no_constant_of_one_inside():
    def program(x):
        y = x * 2
        return ts.trace(lambda z: z + y, (X,))(x)

    with pytest.raises(ProducerError) as caught:
        ts.trace(program, (X,), decisions="record")
    assert caught.value.code == "UNRECORDED_READ"


def test_a_number_that_another_trace_left_is_refused():
    left = []

    def leaving(x):
        left.append(x.shape[0])
        return x

    ts.trace(leaving, (X,), strict=False, decisions="record", check=False)
    with pytest.raises(ProducerError) as caught:
        ts.trace(lambda x: x * left[0], (X,))
    assert caught.value.code == "UNRECORDED_READ"


def test_traces_of_several_threads_do_not_mix():
    found = []

    def trace(factor):
        model = ts.trace(lambda x: (x * factor).sum(0) + x.shape[0], (X,))
        found.append(model(X[:1]).tolist() == (X[0] * factor + 1).tolist())

    threads = [threading.Thread(target=trace, args=(i,)) for i in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [True] * 4
