"""A Python number before a loop that is a tensor after it."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tests.differential.check import function_of  # noqa: E402  # after the check for torch
from tracescript.errors import ProducerError  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.torch
SUMS = {
    "a loss": "t = 0\nfor v in x:\n    t = t + v.sum()\nreturn t",
    "a sum in place": "t = 0.0\nfor v in x:\n    t += v\nreturn t",
    "discounted": "t = 0.0\nfor v in x:\n    t = v + 0.9 * t * (1 - v)\nreturn t * x",
    "the smallest": "t = float('inf')\nfor v in x:\n    t = min(t, v)\nreturn t",
    "sum() of a list": "return sum([v * 2 for v in x])",
}


def function(body):
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return function_of(f"import torch\ndef f(x):\n{lines}")


@pytest.mark.parametrize("body", SUMS.values(), ids=SUMS)
def test_a_number_that_a_loop_makes_a_tensor_is_what_it_is_in_python(body):
    file, program = io.BytesIO(), function(body)
    ts.save(ts.script(program, types={"x": "float32[N]"}), file)

    for engine in ("py", "ref"):
        model = ts.load(io.BytesIO(file.getvalue()), engine=engine)
        for x in (torch.tensor([1.5, -2.0, 0.25]), torch.tensor([0.5]), torch.tensor([])):
            found, wanted = model(x), program(x)
            assert type(found) is type(wanted)
            assert torch.equal(torch.as_tensor(found), torch.as_tensor(wanted))


def test_a_tensor_that_was_a_number_is_not_changed_where_a_list_sees_it():
    body = "t = 0.0\nout = []\nfor v in x:\n    t += v\n    out.append(t)\nreturn out"

    with pytest.raises(ProducerError) as caught:
        ts.script(function(body), types={"x": "float32[N]"})

    assert (caught.value.code, caught.value.rule) == ("ALIASING", "SCRIPT-8")


def test_where_one_type_is_needed_the_hint_says_what_to_start_with():
    body = "t = 0\nfor v in x:\n    t = t + v\nreturn [t, t]"

    with pytest.raises(ProducerError) as caught:
        ts.script(function(body), types={"x": "float32[N]"})

    assert caught.value.hint == "start with a tensor: torch.zeros((), dtype=torch.float32)"
