"""What the generated Python looks like: nothing of the file in it, and what makes it fast."""

from __future__ import annotations

import builtins
import io
import keyword
import re
import sys
import tokenize

import numpy as np
import pytest

from benchmarks.author import INT, Author, call, f32
from benchmarks.programs import PROGRAMS
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.errors import TrapError
from tracescript.ir import constants

NAME = re.compile(r"[vckng][0-9]+|f[0-9]+")
WORDS = frozenset(
    "make C K B E s range min max float bool len renew tick left enter leave fits reserve release "
    "out nbytes dot ravel item shape size append reshape transpose".split()
)  # fmt: skip


def prepared(model, method, guards="error"):
    return choose("py").load(model, Options(guards=guards)).method(method)


def source_of(body, *types):
    author = Author()
    names = [(f"x{i}", t) for i, t in enumerate(types)]
    method = author.method(author.function("F.forward", names, body))
    return prepared(author.model(), method).source


def foreign_names(source):
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        t.string
        for t in tokens
        if t.type in {tokenize.NAME, tokenize.STRING}
        and not keyword.iskeyword(t.string)
        and not NAME.fullmatch(t.string)
        and t.string not in WORDS
    }


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_every_name_in_the_source_is_a_number_or_one_of_a_few_words(name):
    model, method, _ = PROGRAMS[name]()

    assert foreign_names(prepared(model, method).source) == set()


def test_hostile_strings_of_a_file_do_not_reach_the_source():
    hostile = "'''\n__import__('os').system('x')\n'''"
    author = Author()

    def body(w, x):
        y = w("add", x, x, place=ir.Place(hostile, 1))
        w("assert", w("item_bool", w("gt", w("sum", y), np.float32(-1e9))), hostile)
        return [y, w("str.concat", hostile, hostile)]

    function = author.function(hostile + ".forward", [(hostile, f32(2))], body)
    source = prepared(author.model(), author.method(function)).source

    assert foreign_names(source) == set()


def test_compiling_and_running_opens_and_imports_nothing_of_the_file():
    model, method, inputs = PROGRAMS["gate"]()
    prepared(model, method)(inputs, (), Budget())
    seen, is_watching = [], [True]

    def hook(event, args):
        if is_watching[0] and event in {"open", "import", "socket.connect", "os.system"}:
            seen.append((event, args))

    sys.addaudithook(hook)
    model, method, inputs = PROGRAMS["gate"]()
    prepared(model, method)(inputs, (), Budget())
    is_watching[0] = False

    assert seen == []


def test_generated_code_has_six_builtins():
    model, method, _ = PROGRAMS["cell"]()
    function = prepared(model, method)._latest[2].function

    assert set(function.__globals__["__builtins__"]) == {
        "range",
        "min",
        "max",
        "float",
        "bool",
        "len",
    }
    assert not hasattr(builtins, "make")


def test_fibonacci_needs_no_overflow_check():
    model, method, _ = PROGRAMS["fib"]()

    assert "9223372036854775807" not in prepared(model, method).source


def test_a_step_limit_beyond_the_proofs_brings_the_checks_back():
    author = Author()

    def body(w, n):
        return list(w.loop(n, True, [0], lambda b, i, x: [True, b("int.add", x, 1)]))

    method = author.method(author.function("F.forward", [("n", INT)], body))
    ready = prepared(author.model(), method)

    assert "9223372036854775807" not in ready.source
    assert "9223372036854775807" in ready._variant(Limits(steps=2**40), ()).source.text


def test_collatz_checks_three_n_plus_one_once():
    model, method, _ = PROGRAMS["collatz"]()

    assert prepared(model, method).source.count("if not -92233720368547758") == 1


def test_elementwise_results_go_into_dead_buffers():
    source = source_of(lambda w, x: [w("tanh", w("add", w("neg", x), x))], f32(3))

    assert re.search(r"k\d+\((v\d+), v\d+, \1\)", source)
    assert re.search(r"k\d+\((v\d+), \1\)", source)


def test_an_output_that_nobody_else_holds_is_not_copied():
    fresh = source_of(lambda w, x: [w("add", x, x)], f32(3))
    shared = source_of(lambda w, x: [w("reshape", x, [3, 1])], f32(3))

    assert re.search(r"return \(v\d+, \)", fresh)
    assert re.search(r"return \(k\d+\(B, v\d+\), \)", shared)


def test_small_callees_are_inlined_and_large_ones_are_not():
    def model(count):
        author = Author()

        def inner(w, x):
            for _ in range(count):
                x = w("tanh", x)
            return [x]

        author.function("Inner.forward", [("x", f32(3))], inner)
        function = author.function(
            "F.forward", [("x", f32(3))], lambda w, x: [call(w, "Inner.forward", x)]
        )
        return author.model(), author.method(function)

    assert "def f1" not in prepared(*model(5)).source
    assert "def f1" in prepared(*model(400)).source


def test_a_size_that_the_types_tell_is_a_number():
    source = source_of(
        lambda w, x: list(w.loop(w("size", x, dim=0), True, [0], lambda b, i, y: [True, i])),
        f32(7, 2),
    )

    assert "= 7" in source


def test_what_nobody_reads_is_dropped_unless_it_can_trap():
    dropped = source_of(lambda w, x: [w("neg", x), w("tanh", x)][:1], f32(3)).partition("def f0")[2]
    kept = source_of(lambda w, n: [w("int.add", n, 1), w("int.mul", n, 2)][:1], INT)

    assert dropped.count("= k") == 1
    assert " * 2" in kept


def test_ignored_guards_cost_nothing():
    author = Author()

    def body(w, x):
        w("gt", w("sum", x), np.float32(0))
        return [w("neg", x)]

    function = author.function(
        "F.forward", [("x", f32(2))], body,
        decisions=lambda v: [ir.TraceDecision("branch", v[1], constants.scalar(False))],
    )  # fmt: skip
    method = author.method(function)

    assert "dot" in prepared(author.model(), method).source
    assert "dot" not in prepared(author.model(), method, "ignore").source


def test_the_first_shapes_get_code_of_their_own_and_later_ones_share_one():
    author = Author()
    unknown = ir.TensorType(ir.DataType.FLOAT32, None)

    def body(w, x):
        step = lambda b, i, h: [True, b("add", h, b("select", x, i, dim=0))]
        start = w("select", x, 0, dim=0)
        return list(w.loop(w("size", x, dim=0), True, [start], step, types=[unknown]))

    method = author.method(author.function("F.forward", [("x", unknown)], body, outputs=[unknown]))
    ready = prepared(author.model(), method)

    for rows in (1, 2, 3, 4, 5, 6, 7, 2):
        x = np.ones((rows, 3), np.float32)
        (result,) = ready([x], (), Budget()).outputs
        np.testing.assert_array_equal(result, np.full(3, rows + 1))
        assert (f"range({rows})" in ready.source) == (rows <= 5)


def test_a_loop_whose_value_grows_keeps_an_open_shape():
    author = Author()
    unknown = ir.TensorType(ir.DataType.FLOAT32, None)

    def body(w, x):
        step = lambda b, i, h: [True, b("cat", b("list.make", h, x), dim=0)]
        return list(w.loop(3, True, [x], step, types=[unknown]))

    method = author.method(author.function("F.forward", [("x", unknown)], body, outputs=[unknown]))
    x = np.ones((2, 3), np.float32)

    assert prepared(author.model(), method)([x], (), Budget()).outputs[0].shape == (8, 3)


def test_shapes_that_do_not_fit_trap_in_their_node():
    author = Author()
    unknown = ir.TensorType(ir.DataType.FLOAT32, None)
    method = author.method(
        author.function(
            "F.forward", [("x", unknown), ("y", unknown)],
            lambda w, x, y: [w("add", x, y, place=ir.Place("f.py", 2))],
        )
    )  # fmt: skip
    ready = prepared(author.model(), method)

    with pytest.raises(TrapError) as caught:
        ready([np.ones(2, np.float32), np.ones(3, np.float32)], (), Budget())
    assert (caught.value.code, caught.value.where) == ("SHAPE_ERROR", "f.py:2")
