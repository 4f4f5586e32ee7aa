"""Layers of our library take what torch's layers of the name take: arguments and ranks."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ROW, PLANE, BALL = (4, 9), (4, 7, 8), (4, 5, 6, 5)
UNBATCHED = {
    "Conv1d": (lambda m: m.Conv1d(4, 3, 3, padding=1), ROW),
    "Conv2d": (lambda m: m.Conv2d(4, 3, 3), PLANE),
    "Conv3d": (lambda m: m.Conv3d(4, 2, 2), BALL),
    "ConvTranspose1d": (lambda m: m.ConvTranspose1d(4, 3, 2, 2), ROW),
    "ConvTranspose2d": (lambda m: m.ConvTranspose2d(4, 3, 2, 2), PLANE),
    "ConvTranspose3d": (lambda m: m.ConvTranspose3d(4, 3, 2, 2), BALL),
    "MaxPool1d": (lambda m: m.MaxPool1d(2), ROW),
    "MaxPool2d": (lambda m: m.MaxPool2d(2), PLANE),
    "MaxPool3d": (lambda m: m.MaxPool3d(2), BALL),
    "AvgPool1d": (lambda m: m.AvgPool1d(2), ROW),
    "AvgPool2d": (lambda m: m.AvgPool2d(2), PLANE),
    "AvgPool3d": (lambda m: m.AvgPool3d(2), BALL),
    "AdaptiveAvgPool1d": (lambda m: m.AdaptiveAvgPool1d(4), ROW),
    "AdaptiveAvgPool2d": (lambda m: m.AdaptiveAvgPool2d((3, 5)), PLANE),
    "AdaptiveAvgPool3d": (lambda m: m.AdaptiveAvgPool3d(2), BALL),
    "AdaptiveMaxPool1d": (lambda m: m.AdaptiveMaxPool1d(4), ROW),
    "AdaptiveMaxPool2d": (lambda m: m.AdaptiveMaxPool2d(3), PLANE),
    "InstanceNorm1d": (lambda m: m.InstanceNorm1d(4), ROW),
    "InstanceNorm2d": (lambda m: m.InstanceNorm2d(4, 1e-5, 0.1, True), PLANE),
    "InstanceNorm3d": (lambda m: m.InstanceNorm3d(4), BALL),
}


@pytest.mark.parametrize("name", UNBATCHED)
def test_a_layer_takes_one_sample_as_torchs_does(name) -> None:
    make, shape = UNBATCHED[name]
    theirs, ours = make(torch.nn).eval(), make(nn)
    ours.load_state_dict(theirs.state_dict())
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    with torch.no_grad():
        expected = theirs(torch.from_numpy(x)).numpy()

    for found in (ours(x), ts.trace(ours, (x,))(x)):
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def _by_place(layer):
    kinds = inspect.signature(layer).parameters.values()
    return [p.name for p in kinds if p.kind is p.POSITIONAL_OR_KEYWORD]


_OTHERWISE = {"RNN", "LSTM", "GRU", "RMSNorm"}
"""Torch's signature names no arguments; the last has its first argument under another name."""


@pytest.mark.parametrize(
    "name",
    [n for n in dir(nn) if inspect.isclass(getattr(torch.nn, n, None)) and n not in _OTHERWISE],
)
def test_arguments_by_place_are_torchs(name) -> None:
    ours, theirs = (_by_place(getattr(m, name)) for m in (nn, torch.nn))

    assert ours == theirs[: len(ours)]
