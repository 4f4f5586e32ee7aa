"""What tests of torch traces share: trace with every self-check, and compare with eager torch."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import nn

from tracescript.model.model import Model, Settings
from tracescript.producer.trace.run import trace
from tracescript.validator import validate


def traced(f, *args, engine="ref", **options):
    if isinstance(f, nn.Module) and options.pop("evaluate", True):
        f.eval()
    made = trace(f, args, decisions="record", **options)
    validate(made.model)
    model = Model(made.model, Settings(engine), report=made.report)
    checked = Model(replace(made.model, examples=(made.example,)), Settings(engine))
    assert all(result.passed for result in checked.verify())
    return model


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [t for part in parts for t in flat(part)]


def assert_same(model, f, *args):
    with torch.no_grad():
        want = flat(f(*copy.deepcopy(args)))
    got = flat(model(*args))
    assert len(got) == len(want)
    for g, w in zip(got, want, strict=True):
        torch.testing.assert_close(g, w, rtol=1e-4, atol=1e-5)
