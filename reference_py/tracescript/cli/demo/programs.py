"""The programs of the demo: a decision gate, and a classifier of handwritten digits."""

from __future__ import annotations

from typing import Any

from tracescript import nn


class Gate(nn.Module):
    """Hands its input through, or turns its sign: which one depends on the data."""

    def forward(self, x: Any) -> Any:
        """Apply the gate. x: any shape."""
        if x.sum() > 0:
            return x
        else:  # noqa: RET505  # both arms in sight
            return -x


class Digits(nn.Module):
    """Two convolutions and a linear layer. x: float32 (N, 1, 8, 8) in [0, 1], y: (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(8)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(16)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Any) -> Any:
        """Score the ten digits."""
        x = self.pool1(self.relu1(self.norm1(self.conv1(x))))
        x = self.pool2(self.relu2(self.norm2(self.conv2(x))))
        return self.linear(self.flatten(x))
