"""What scripts refuse: code, rule, place, caret and hint."""

from __future__ import annotations

import pytest

from tests.differential.check import function_of
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script

HEAD = "import math\nimport numpy as np\nfrom typing import Optional\n"


def refused(body, signature="n: int", types=None):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    function = function_of(f"{HEAD}def f({signature}):\n{lines}\n", label="user.py")
    with pytest.raises(ProducerError) as caught:
        script(function, types=types)
    return caught.value


CASES = {
    "a statement outside the subset": (
        "try:\n    return n\nexcept ValueError:\n    return 0",
        "n: int",
        ("UNSUPPORTED_PYTHON", "SCRIPT-1", 5, "scripts cannot use `try`", "`ts.trace`"),
    ),
    "undefined on one path": (
        "if n > 0:\n    z = 1\nreturn z + 1",
        "n: int",
        (
            "UNSUPPORTED_PYTHON",
            "SCRIPT-3",
            7,
            "'z' may be undefined here",
            "assign z on every path",
        ),
    ),
    "types that differ over arms": (
        "if np.sum(x) > 0:\n    y = 1\nelse:\n    y = x\nreturn y",
        "x",
        ("TYPE_INFERENCE", "SCRIPT-4", 9, "int or Tensor", "make both the same"),
    ),
    "a changing type in a loop": (
        "x = 0\nfor i in range(n):\n    x = x + 0.5\nreturn x",
        "n: int",
        ("TYPE_INFERENCE", "SCRIPT-4", 7, "int before the loop", "0.0 for a float"),
    ),
    "none that is not excluded": (
        "return x + m",
        "x: np.ndarray, m: Optional[np.ndarray]",
        ("TYPE_INFERENCE", "SCRIPT-7", 5, "m may be None here", "if m is not None:"),
    ),
    "a wrong argument of an op": (
        "return np.sum(x, axes=1)",
        "x",
        (
            "TYPE_INFERENCE",
            "SCRIPT-10",
            5,
            "no parameter `axes`; did you mean `dim`?",
            "signature: sum(",
        ),
    ),
    "an unknown call": (
        "return math.gamma(1.5) * n",
        "n: int",
        ("UNKNOWN_CALL", "SCRIPT-12", 5, "math.gamma is not an op", ""),
    ),
    "an int beyond 64 bits": (
        "return 9223372036854775808",
        "n: int",
        ("UNSUPPORTED_PYTHON", "SCRIPT-5", 5, "9223372036854775808 is beyond 64 bits", "a float"),
    ),
    "a change through a view": (
        "y = x * 2\nrow = y if n > 0 else x * 3\nrow += 1\nreturn y",
        "x, n: int",
        ("ALIASING", "SCRIPT-8", 7, "'row' and 'y' may be the same tensor", "x = x + y"),
    ),
    "a shared container": (
        "a = [1]\nb = a\nb.append(n)\nreturn a",
        "n: int",
        ("ALIASING", "SCRIPT-8", 7, "'b' and 'a' may be the same container", "list(...)"),
    ),
    "an empty container": (
        "a = []\nreturn a",
        "n: int",
        (
            "TYPE_INFERENCE",
            "SCRIPT-4",
            5,
            "cannot tell the element type of []",
            "annotate: xs: list[Tensor] = []",
        ),
    ),
    "a name that is nowhere": (
        "return n + nowhere",
        "n: int",
        ("UNSUPPORTED_PYTHON", "SCRIPT-3", 5, "no name 'nowhere'", ""),
    ),
    "a change while a loop runs": (
        "xs = [n, 1]\nfor x in xs:\n    xs.append(x)\nreturn xs",
        "n: int",
        ("ALIASING", "SCRIPT-8", 7, "while a loop runs over it", "for x in list(xs)"),
    ),
    "a change of the caller's list": (
        "xs.append(1)\nreturn xs",
        "xs: list[int]",
        ("ALIASING", "SCRIPT-8", 5, "the caller's container 'xs'", "xs = list(xs)"),
    ),
    "an axis known only at run time": (
        "return np.sum(x, axis=n)",
        "x, n: int",
        (
            "UNSUPPORTED_PYTHON",
            "SCRIPT-10",
            5,
            "dim must be known at compile time",
            "make it a constant",
        ),
    ),
    "recursion": (
        "return f(n)",
        "n: int",
        ("UNSUPPORTED_PYTHON", "SCRIPT-12", 5, "f calls itself on every path", "return something"),
    ),
    "a wrong number of values": (
        "a, b = 1, 2, 3\nreturn a",
        "n: int",
        ("TYPE_INFERENCE", "SCRIPT-4", 5, "2 values expected, found 3", ""),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_refused_with_its_line_and_a_hint(name):
    body, signature, (code, rule, line, what, hint) = CASES[name]

    error = refused(body, signature)

    assert (error.code, error.rule) == (code, rule)
    assert error.where.startswith(f"<user.py>:{line}:")
    assert what in error.what
    assert hint in error.hint
    assert "^" in error.excerpt


def test_the_text_shows_the_line_the_caret_the_second_place_and_the_hint():
    error = refused("if n > 0:\n    z = 1\nreturn z + 1")

    assert str(error) == (
        "<user.py>:7:12: 'z' may be undefined here [UNSUPPORTED_PYTHON SCRIPT-3]\n"
        "    return z + 1\n"
        "           ^\n"
        "  <user.py>: it is assigned only on some paths, in line 6\n"
        "  hint: assign z on every path before this line"
    )


def test_an_error_in_an_inlined_function_names_the_call():
    source = f"{HEAD}def g(v):\n    return v.nothing()\ndef f(x):\n    return g(x)\n"
    with pytest.raises(ProducerError, match="not an op") as caught:
        script(function_of(source, label="user.py"))

    assert caught.value.where.startswith("<user.py>:5:")
    assert "called from <user.py>:7:12" in caught.value.excerpt


def test_an_error_in_a_layer_of_this_package_is_at_the_call_of_the_layer():
    head = "from tracescript.nn import Linear\nLINEAR = Linear(3, 2)\n"
    source = f"{head}def f(x):\n    return LINEAR(x)\n"
    with pytest.raises(ProducerError) as caught:
        script(function_of(source, label="user.py"), types={"x": "float32[2, 4]"})

    assert caught.value.where == "<user.py>:4:12"
    assert "return LINEAR(x)" in caught.value.excerpt


def test_what_has_no_source_is_refused():
    space = {}
    exec("def f(x):\n    return x", space)
    with pytest.raises(ProducerError) as caught:
        script(space["f"])

    assert (caught.value.code, caught.value.rule) == ("SOURCE_NOT_FOUND", "SCRIPT-2")


@pytest.mark.parametrize("types", [{"y": int}, {"x": "float33[2]"}, {"x": 7}])
def test_types_that_fit_no_parameter_are_refused(types):
    with pytest.raises(ProducerError) as caught:
        script(function_of("def f(x):\n    return x\n"), types=types)

    assert caught.value.rule == "SCRIPT-13"


def test_what_is_no_function_is_refused():
    with pytest.raises(ProducerError, match="cannot be scripted"):
        script(7)
