"""A trace of a torch program leaves torch as it is for everybody else. Spec: TRACE-2."""

from __future__ import annotations

import sys
import threading

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the skip
from tracescript.errors import ProducerError  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch
X = torch.arange(1.0, 7.0).reshape(2, 3)
KEEPING = """
from torch import FloatTensor, Generator, broadcast_shapes, from_numpy, seed
from torch.nn.functional import l1_loss
KEPT = [FloatTensor, Generator, broadcast_shapes, from_numpy, seed, l1_loss]
import torch
class Scaled(torch.nn.Module):
    def forward(self, x):
        return x * FACTORS
FACTORS = torch.ones(3) * 2
TWICE = Scaled()(FACTORS)
"""


def library():
    names = ["FloatTensor", "Generator", "broadcast_shapes", "from_numpy", "seed"]
    own = [torch.nn.Module.__call__, torch.Tensor.__new__, threading.Thread.start]
    return [*(getattr(torch, name) for name in names), torch.nn.functional.l1_loss], own


def gate(x):
    return x * 2 if x.sum() > 0 else -x


def test_a_module_imported_in_a_trace_keeps_torch_and_its_tensors_are_constants(
    tmp_path, monkeypatch
):
    (tmp_path / "kept_torch.py").write_text(KEEPING)
    monkeypatch.syspath_prepend(tmp_path)

    def program(x):
        import kept_torch  # what lazy libraries do

        return kept_torch.Scaled()(x) + kept_torch.TWICE

    model = ts.trace(program, (X,))

    assert sys.modules["kept_torch"].KEPT == library()[0]
    assert torch.equal(model(X * 3), X * 6 + 4)


def test_a_trace_inside_a_trace_leaves_torch_as_it_was():
    before = library()

    def program(x):
        return ts.trace(gate, (x * 2,), decisions="record")(x) + 1

    def captures(x):
        y = x * 2
        return ts.script(lambda z: z + y)(x)

    model = ts.trace(program, (X,), decisions="record")

    assert library() == before
    assert torch.equal(model(X), program(X))
    with pytest.raises(ProducerError) as caught:
        ts.trace(captures, (X,), decisions="record")
    assert caught.value.code == "UNRECORDED_READ"


def test_another_thread_is_not_recorded_while_a_trace_runs():
    layer, begun, done, found = torch.nn.Linear(3, 3), threading.Event(), threading.Event(), []

    def other():
        begun.wait(10)
        found.append(layer(torch.ones(1, 3)))
        found.append(torch.FloatTensor([1, 2]) + torch.Generator().manual_seed(1).initial_seed())
        found.append(torch.seed())
        done.set()

    thread = threading.Thread(target=other)
    thread.start()

    def program(x):
        y = x + 1
        begun.set()
        assert done.wait(10)
        return y * 2

    model = ts.trace(program, (X,), check=False)
    thread.join()

    assert len(found) == 3
    assert [node.op for f in model.ir.functions for node in f.body.nodes] == ["add", "mul"]
