"""What random ops draw by the separate Philox, for tests of scripts."""

from __future__ import annotations

import io

import numpy as np
import torch

import tracescript as ts
from tools.verify import draws
from tracescript.ir import DataType


def loaded(model):
    file = io.BytesIO()
    ts.save(model, file)
    return ts.load(file.getvalue())


def uniform(state, *shape):
    """Return what `rand` draws by the separate Philox, and the state behind it."""
    drawn, after = draws.uniform(state, list(shape), DataType.FLOAT32)
    return torch.tensor(np.asarray(drawn, np.float32)), after


def seeded(seed, *, blocks=0):
    return np.array([seed % 2**32, seed >> 32, blocks, 0, 0, 0], np.uint32)
