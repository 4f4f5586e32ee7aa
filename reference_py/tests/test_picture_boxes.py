"""What the boxes of a picture say."""

from __future__ import annotations

import numpy as np

import tracescript as ts
from tracescript import nn
from tracescript.ir import dims
from tracescript.view.graph_lines import Folds
from tracescript.view.scene import scene


def test_a_long_size_is_in_the_hint_of_its_box_alone():
    made = ts.trace(nn.Conv2d(3, 5, 3, stride=2), (np.ones((1, 3, 9, 9), np.float32),)).ir
    made_of = scene(Folds(made), made.functions[-1])

    (box,) = (b for b in made_of.boxes if b.title == "conv2d")
    (output,) = made.functions[-1].outputs
    assert box.lines[-1] == "float32[1, 5, …, …]"
    assert all(dims.text(size) in box.hint for size in output.type.shape)
