"""A Python number before a loop that is an array after it: as in Python, whatever the rounds."""

from __future__ import annotations

import io

import numpy as np
import pytest

import tracescript as ts
from tests.differential.check import function_of
from tracescript.errors import ProducerError

HEAD = "import math\nimport numpy as np\n"
ROUNDS = [np.array([]), np.array([1.5]), np.array([1.0, -2.0, 3.25]), np.array([np.nan, 1.0, 0.3])]
SUMS = {
    "a sum from 0.0": "t = 0.0\nfor v in x:\n    t += v\nreturn t",
    "a sum from 0": "t = 0\nfor v in x:\n    t = t + v\nreturn t / 2, -t, t > 1, t + x.sum()",
    "a product": "t = 1\nfor i in range(len(x)):\n    t *= x[i]\nreturn t",
    "sum() of a generator": "return sum(x[i] * i for i in range(len(x)))",
    "the smallest": "t = float('inf')\nfor v in x:\n    t = min(t, v)\nreturn t",
    "the largest of three": "t = 0\nfor v in x:\n    t = max(v, t, 1)\nreturn t",
    "the largest and its place": (
        "t, k = -math.inf, -1\nfor i in range(len(x)):\n    if x[i] > t:\n        t, k = x[i], i\n"
        "return t, k"
    ),
    "some of the items": "t = 0.0\nfor v in x:\n    if v > 0:\n        t += v\nreturn t",
    "until it is small": "t = 0\nfor v in x:\n    t -= v\n    if t < -2:\n        break\nreturn t",
    "two loops in one": "t = 0\nfor v in x:\n    for w in x:\n        t += v * w\nreturn t",
    "a number that stays one in part": "t = 0.1\nfor v in x:\n    t = t * 0.3 + v\nreturn t",
    "two names in turn": "t = u = 0\nfor v in x:\n    t, u = u + v, t\nreturn t, u",
    "weak beside other arrays": "t = 0.0\nfor v in x:\n    t += v\nreturn np.arange(3) + t",
    "numbers kept in a list": (
        "t = 0.0\nout = []\nfor v in x:\n    t = t + v\n    out.append(t)\nreturn out"
    ),
    "an array": "t = 0\nfor v in x:\n    t += x * v\nreturn t",
}


def scripted(body, types):
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    names = ", ".join(f"{name}: np.ndarray" for name in types)
    function = function_of(f"{HEAD}def f({names}):\n{lines}")
    return function, ts.script(function, types=types)


def alike(found, wanted):
    if isinstance(wanted, tuple | list):
        return len(found) == len(wanted) and all(map(alike, found, wanted))
    if isinstance(wanted, np.ndarray | np.generic):
        found = np.asarray(found)
        is_alike = (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
        return is_alike and np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f")
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("body", SUMS.values(), ids=SUMS)
def test_a_number_that_a_loop_makes_an_array_is_what_it_is_in_python(body, dtype):
    function, model = scripted(body, {"x": f"{dtype}[N]"})
    file = io.BytesIO()
    ts.save(model, file)

    for engine in ("py", "ref"):
        loaded = ts.load(io.BytesIO(file.getvalue()), engine=engine)
        for x in ROUNDS:
            assert alike(loaded(x.astype(dtype)), function(x.astype(dtype)))


SEEN = {
    "by a list": "t = 0\nout = []\nfor v in x:\n    t += v\n    out.append(t)\nreturn out",
    "by another name": "t = 0\nfor v in x:\n    t += v\nu = t\nt += 1\nreturn t, u",
    "by the caller": "t = 0\nfor v in x:\n    t = v\nt += 1\nreturn t",
}


@pytest.mark.parametrize("body", SEEN.values(), ids=SEEN)
def test_such_an_array_is_not_changed_where_something_else_sees_it(body):
    with pytest.raises(ProducerError) as caught:
        scripted(body, {"x": "float64[N, M]"})

    assert (caught.value.code, caught.value.rule) == ("ALIASING", "SCRIPT-8")


REFUSED = {
    "in a list": (
        "t = 0\nfor v in x:\n    t += v\nreturn [t, t]",
        "start with an array: np.float32(0)",
    ),
    "rows in a list": (
        "t = 0\nfor v in x:\n    t = t + y\nreturn [t, t]",
        "start with an array: np.zeros((3,), np.float32)",
    ),
    "an array without axes or a number": (
        "t = 0\nfor v in x:\n    t += v\nt += y.astype(np.float64).sum()\nreturn t",
        "write x = x + y",
    ),
}


@pytest.mark.parametrize(("body", "hint"), REFUSED.values(), ids=REFUSED)
def test_where_one_type_is_needed_the_hint_says_what_to_start_with(body, hint):
    with pytest.raises(ProducerError) as caught:
        scripted(body, {"x": "float32[N]", "y": "float32[3]"})

    assert (caught.value.code, caught.value.hint) == ("TYPE_INFERENCE", hint)
