"""What a caller can rely on in every engine: nothing of theirs is written, errors have a place.

EXEC-14, EXEC-15, EXEC-17, FLOW-27, STATE-14, STATE-15, STATE-16.
"""

from __future__ import annotations

import io
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

import tracescript as ts
from benchmarks.author import INT, STR, Author, f32
from tracescript import ir
from tracescript.ir import constants
from tracescript.wire.writer import write

ENGINES = pytest.mark.parametrize("engine", ["ref", "py"])
PAIR = f32(2)


def loaded(engine, author):
    content = io.BytesIO()
    write(author.model(), content)
    return ts.load(content.getvalue(), engine=engine)


def one(engine, body, *kinds, **more):
    author = Author()
    names = [(f"x{i}", kind) for i, kind in enumerate(kinds)]
    weights = [np.ones(2, np.float32)] if "bound" in more else []
    author.method(author.function("F.forward", names, body, **more), weights)
    return loaded(engine, author)


@ENGINES
def test_a_result_shares_no_memory_with_inputs_weights_or_other_results(engine):
    model = one(engine, lambda w, x, k: [x, x, k], PAIR, bound=[("k", PAIR)])
    x = np.zeros(2, np.float32)

    for result in model(x):
        np.add(result, 7, out=result)

    assert x.tolist() == [0, 0]
    assert [r.tolist() for r in model(x)] == [[0, 0], [0, 0], [1, 1]]


@ENGINES
def test_an_input_that_cannot_be_written_is_enough(engine):
    model = one(engine, lambda w, x: [w("add", w("neg", x), x)], PAIR)
    x = np.ones(2, np.float32)
    x.flags.writeable = False

    assert model(x).tolist() == [0, 0]


@ENGINES
def test_a_later_write_into_inputs_and_results_changes_no_state(engine):
    zeros = constants.tensor(np.zeros(2, np.float32), ir.DataType.FLOAT32)
    state = ir.State("kept", PAIR, zeros, "buffer")
    author = Author()
    function = author.function(
        "F.forward", [("x", PAIR)], lambda w, x, s: [s, x], states=[("kept", PAIR)]
    )
    author.method(function, states=[state])
    made = author.model()
    root = replace(made.root, buffers=(ir.Buffer("kept", state),))
    content = io.BytesIO()
    write(replace(made, root=root), content)
    model, x = ts.load(content.getvalue(), engine=engine), np.ones(2, np.float32)

    model(x)
    x += 5
    found = model(x)
    found += 5

    assert model.state()["kept"].tolist() == [6, 6]


@ENGINES
@pytest.mark.parametrize("op", ["print", "warn"])
@pytest.mark.filterwarnings("ignore")
def test_to_print_or_to_warn_changes_no_value(engine, op, capsys):
    def body(w, x, s):
        w(op, s)
        return [w("add", x, x)]

    model = one(engine, body, PAIR, STR)

    assert model(np.ones(2, np.float32), "said").tolist() == [2, 2]


@ENGINES
@pytest.mark.parametrize(("x", "code"), [(5, "INDEX_ERROR"), (10**12, "MEMORY_LIMIT")])
def test_every_error_of_a_call_says_where_it_arose(engine, x, code):
    def body(w, n):
        sizes = w("list.make", n)
        zeros = w("zeros", sizes, dtype=ir.DataType.FLOAT32)
        return [w("list.get", sizes, w("size", zeros, dim=0))]

    with pytest.raises(ts.errors.TsError) as caught:
        one(engine, body, INT)(x)

    assert caught.value.code == code
    assert caught.value.rule
    assert caught.value.where.startswith("F.forward, node ")


def counting():
    """Make a model whose method gives how often it was called, and a weight with it."""
    state = ir.State("calls", INT, ir.Constant(INT, 0), "attribute")
    author = Author()
    function = author.function(
        "F.forward",
        [("x", PAIR)],
        lambda w, x, k, n: [w("int.add", n, 1), w("add", x, k), w("int.add", n, 1)],
        bound=[("k", PAIR)],
        states=[("calls", INT)],
    )
    author.method(function, [np.ones(2, np.float32)], states=[state])
    return author


@ENGINES
def test_calls_of_one_instance_from_many_threads_count_one_after_the_other(engine):
    model, counts = loaded(engine, counting()), []
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def call():
        counts.extend(model(np.zeros(2, np.float32))[0] for _ in range(50))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(switch)

    assert sorted(counts) == list(range(1, 401))
    assert model.state() == {"calls": 400}


@ENGINES
def test_no_call_writes_into_the_file(engine, tmp_path):
    path, x = tmp_path / "counting.tsproto", np.zeros(2, np.float32)
    write(counting().model(), path)
    before = path.read_bytes()
    model = ts.load(path, engine=engine)

    for _ in range(3):
        _, result = model(x)
        np.add(result, 7, out=result)
        x += 5
    model.reset_state()

    assert path.read_bytes() == before
    assert [int(model(x)[0]), model(x)[1].tolist()] == [1, [16, 16]]
