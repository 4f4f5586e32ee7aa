"""Layers without weights that work element by element or only reshape."""

from __future__ import annotations

from typing import Any

from tracescript import ops
from tracescript.nn.module import Module


class Identity(Module):
    """y = x."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return x


class ReLU(Module):
    """y = max(x, 0)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.relu(x)


class LeakyReLU(Module):
    """y = x where x > 0, else negative_slope * x."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.leaky_relu(x, slope=self.negative_slope)


class ELU(Module):
    """y = x where x > 0, else alpha * (exp(x) - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.elu(x, alpha=self.alpha)


class GELU(Module):
    """y = x * Phi(x), the exact form."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.gelu(x)


class SiLU(Module):
    """y = x * sigmoid(x)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.silu(x)


class Sigmoid(Module):
    """y = 1 / (1 + exp(-x))."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.sigmoid(x)


class Tanh(Module):
    """y = tanh(x)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.tanh(x)


class Softmax(Module):
    """Exponentials along `dim`, divided by their sum."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.softmax(x, dim=self.dim)


class LogSoftmax(Module):
    """The logarithm of softmax along `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.log_softmax(x, dim=self.dim)


class Dropout(Module):
    """The identity that keeps its meaning; this library only evaluates."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.dropout(x, p=self.p)


class Flatten(Module):
    """Join the axes start_dim..end_dim into one. x: (N, ...), y: (N, product of the rest)."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.flatten(x, start_dim=self.start_dim, end_dim=self.end_dim)
