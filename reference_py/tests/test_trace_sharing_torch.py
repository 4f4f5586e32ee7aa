"""`view` of parts: whether torch can give one follows from sizes: a guard. Spec: TRACE-5."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the skip
from tracescript.errors import GuardError  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch
SIZES = [(2, 4), (5, 4), (1, 4), (2, 9), (1, 9), (3, 8), (3, 2), (6, 3), (7, 1), (1, 1)]
SOME = {
    "columns": (lambda x: x[:, :4].view(-1), (3, 4)),
    "narrowed": (lambda x: x.narrow(1, 0, 2).view(-1), (3, 2)),
    "rows": (lambda x: x[::2].view(-1), (2, 4)),
    "every_other_column": (lambda x: x[:, ::2].view(x.shape[0], -1, 1), (3, 4)),
    "cut": (lambda x: x[:, 1:].view(-1), (1, 4)),
}
ALL = {
    "whole": (lambda x: x.view(-1), (3, 2)),
    "last_rows": (lambda x: x.view(x.shape[0], -1)[:2].view(-1), (3, 2)),
    "one_column": (lambda x: x[:, 0].view(1, -1), (3, 4)),
    "copied": (lambda x: x[:, :2].contiguous().view(-1), (3, 2)),
    "split": (lambda x: x[:, :2].view(x.shape[0], 1, -1, 1), (3, 4)),
    "heads": (
        lambda x: x.view(x.shape[0], 1, -1).transpose(1, 2).contiguous().view(x.shape[0], -1),
        (3, 4),
    ),
    "repeated": (lambda x: x.unsqueeze(0).expand(2, -1, -1).view(2, -1), (3, 4)),
}


def traced(f, sizes):
    return ts.trace(f, (torch.rand(sizes),), dynamic={"x": {0: ts.Dim("A"), 1: ts.Dim("B")}})


@pytest.mark.parametrize(("f", "sizes"), SOME.values(), ids=SOME)
def test_a_view_that_torch_refuses_is_refused_by_a_guard(f, sizes):
    model = ts.trace(f, (torch.rand(sizes),))
    for other in SIZES:
        x = torch.rand(other)
        try:
            found = model(x).tolist()
        except (GuardError, ts.errors.BadInputError):
            continue  # guards may refuse more than torch does
        assert found == f(x).tolist()


@pytest.mark.parametrize(("f", "sizes"), ALL.values(), ids=ALL)
def test_a_view_that_torch_gives_for_every_size_limits_none(f, sizes):
    model = traced(f, sizes)

    assert model.report.shape_guards == ()
    for other in SIZES:
        x = torch.rand(other)
        assert torch.equal(model(x), f(x))


def test_the_guard_names_the_line_of_the_view():
    model = ts.trace(SOME["columns"][0], (torch.rand(3, 4),))

    with pytest.raises(GuardError) as caught:
        model(torch.rand(2, 9))
    assert caught.value.code == "SHAPE_GUARD_FAILED"
    assert caught.value.where.startswith("test_trace_sharing_torch.py:15")
