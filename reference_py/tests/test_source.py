"""Places and carets in the user's source."""

from __future__ import annotations

import doctest
import importlib.util
import os
import sys

import numpy as np
import pytest
from differential.check import function_of

import tracescript as ts
from tracescript.errors import ProducerError
from tracescript.ir import Place
from tracescript.producer.source import caret, place_of, source_of


def simple(x):
    return x + 1


def test_a_function_is_found_with_its_file_and_line():
    source, definition = source_of(simple)

    assert source.name == "test_source.py"
    assert definition.name == "simple"
    assert source.lines[definition.lineno - 1].startswith("def simple")


def test_two_lambdas_of_one_line_are_told_apart():
    first, second = (lambda a: a + 1), (lambda a: a * 2)

    if sys.version_info >= (3, 11):
        assert source_of(first)[1].body.op.__class__.__name__ == "Add"
        assert source_of(second)[1].body.op.__class__.__name__ == "Mult"


def test_a_builtin_has_no_source():
    with pytest.raises(ProducerError) as caught:
        source_of(len)

    assert caught.value.code == "SOURCE_NOT_FOUND"


def test_a_caret_stands_under_the_range():
    lines = ("def f(x):\n", "    return x + yy\n")

    text = caret(lines, Place("a.py", 2, 15, 2, 17))

    assert text == "    return x + yy\n               ^^"


def test_a_caret_counts_characters_where_a_place_counts_bytes():
    lines = ('    s = "ä" + zz\n',)

    text = caret(lines, Place("a.py", 1, 15, 1, 17))

    assert text == '    s = "ä" + zz\n              ^^'


def test_a_line_that_is_not_there_has_no_excerpt():
    assert caret(("x\n",), Place("a.py", 7, 0, 7, 1)) == ""


def test_the_place_of_a_frame_is_its_current_line():
    place = place_of(sys._getframe())

    assert place.file == "test_source.py"
    assert place.scope == "test_the_place_of_a_frame_is_its_current_line"
    assert place.line > 0


def module_of(folder, text, name="edited_program"):
    """Import a module with this text."""
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, path


def edited(path, text):
    """Change a file, a second later by its time."""
    path.write_text(text)
    later = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))


def test_a_module_that_is_loaded_again_is_scripted_as_it_is_now(tmp_path):
    module, path = module_of(tmp_path, "def f(x: int) -> int:\n    return x + 1\n")
    assert ts.script(module.f)(3) == 4

    edited(path, "def f(x: int) -> int:\n    return x * 9\n")
    module.__spec__.loader.exec_module(module)

    assert ts.script(module.f)(3) == 27


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: int) -> int:\n    return x + 2\n",
        "def f(x: int) -> int:\n    return x - 1\n",
        "def f(x: int) -> float:\n    return x + 1.0\n",
        "\ndef f(x: int) -> int:\n    return x + 1\n",
        "def f(x: int) -> int:\n    return x +\n",
        "",
    ],
    ids=["constant", "operator", "type", "lines", "no python", "empty"],
)
def test_a_function_whose_file_was_edited_since_is_not_scripted(tmp_path, text):
    module, path = module_of(tmp_path, "def f(x: int) -> int:\n    return x + 1\n")
    edited(path, text)

    with pytest.raises(ProducerError) as caught:
        ts.script(module.f)

    assert (caught.value.code, caught.value.rule) == ("SOURCE_NOT_FOUND", "SCRIPT-2")


def test_a_function_stays_scriptable_while_its_file_is_edited_below_it(tmp_path):
    module, path = module_of(tmp_path, "def f(x: int) -> int:\n    return x + 1\n\n\nN = 3\n")
    edited(path, "def f(x: int) -> int:\n    return x + 1\n\n\nN = 4\n")

    assert ts.script(module.f)(3) == 4


def test_a_global_that_the_edited_file_imports_changes_no_function(tmp_path):
    text = "import math\n\n\ndef f(x: float) -> float:\n    return math.sqrt(x)\n"
    module, path = module_of(tmp_path, text)
    edited(path, f"{text}\n\nEND = 1\n")

    assert ts.script(module.f)(9.0) == 3.0


def test_a_method_called_by_a_program_whose_file_was_edited_since_is_not_scripted(tmp_path):
    text = "def g(x: int) -> int:\n    return x + 1\n\ndef f(x: int) -> int:\n    return g(x)\n"
    module, path = module_of(tmp_path, text)
    edited(path, text.replace("+", "-"))

    with pytest.raises(ProducerError) as caught:
        ts.script(module.f)

    assert caught.value.code == "SOURCE_NOT_FOUND"


def test_text_that_an_interactive_shell_runs_again_under_one_name_is_scripted_as_it_is_now():
    first = function_of("def f(x: int) -> int:\n    return x + 1\n", label="cell")
    assert ts.script(first)(3) == 4
    second = function_of("def f(x: int) -> int:\n    return x + 5\n", label="cell")

    assert ts.script(second)(3) == 8
    with pytest.raises(ProducerError, match="has changed"):
        ts.script(first)


def test_functions_of_a_doctest_are_scripted():
    example = """
    >>> def f(x: int) -> int:
    ...     return x + 1
    >>> ts.script(f)(3)
    4
    >>> def f(x: int) -> int:
    ...     return x + 2
    >>> ts.script(f)(3)
    5
    """
    case = doctest.DocTestParser().get_doctest(example, {"ts": ts}, "cells", "cells", 0)

    assert doctest.DocTestRunner().run(case).failed == 0


def test_a_function_typed_into_a_prompt_has_no_source():
    space = {}
    exec(compile("def f(x: int) -> int:\n    return x + 1\n", "<stdin>", "single"), space)

    with pytest.raises(ProducerError) as caught:
        ts.script(space["f"])

    assert caught.value.code == "SOURCE_NOT_FOUND"


def test_decorated_nested_and_private_code_counts_as_what_its_file_says(tmp_path):
    module, _ = module_of(
        tmp_path,
        "from __future__ import annotations\n"
        "def same(f):\n"
        "    return f\n"
        "def plus(k: int):\n"
        "    @same\n"
        "    def added(x: int) -> int:\n"
        "        'Add.'\n"
        "        return sum([x + i for i in range(2)]) + k + (-0.0 == 0.0) * Box(1).get()\n"
        "    return added\n"
        "class Box:\n"
        "    def __init__(self, n: int) -> None:\n"
        "        super().__init__()\n"
        "        self.__n = n\n"
        "    def get(self) -> int:\n"
        "        return self.__n\n",
    )

    assert ts.script(module.plus(4))(3) == module.plus(4)(3) == 12


def test_a_trace_shows_no_line_and_reads_no_condition_of_a_file_edited_since(tmp_path):
    text = "def f(x):\n    if x.sum() > 0:\n        return x + 1\n    return x\n"
    module, path = module_of(tmp_path, text)
    edited(path, "def f(x):\n    assert x.sum() < 99, 'no'\n    return x\n")

    with pytest.warns(ts.TraceWarning) as caught:
        traced = ts.trace(module.f, (np.ones(2, np.float32),))

    assert "assert" not in str(caught[0].message)
    assert traced.report.decisions[0].place.line == 2
    assert not any("x.sum()" in str(d) for d in traced.report.decisions)
