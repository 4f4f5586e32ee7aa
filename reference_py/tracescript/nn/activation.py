"""Activations: layers that work element by element, most of them without weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from tracescript import ops
from tracescript.nn.module import Module, Parameter


class ReLU(Module):
    """y = max(x, 0)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.relu(x)


class ReLU6(Module):
    """y = min(max(x, 0), 6)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.relu6(x)


class LeakyReLU(Module):
    """y = x where x > 0, else negative_slope * x."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.leaky_relu(x, slope=self.negative_slope)


class PReLU(Module):
    """y = x where x > 0, else weight * x; one weight, or one for each channel. x: (N, C, *)."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        super().__init__()
        self.weight = Parameter(np.full(num_parameters, init, np.float32))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.prelu(x, self.weight)


class ELU(Module):
    """y = x where x > 0, else alpha * (exp(x) - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.elu(x, alpha=self.alpha)


class CELU(Module):
    """y = x where x > 0, else alpha * (exp(x / alpha) - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.celu(x, alpha=self.alpha)


class SELU(Module):
    """The scaled exponential linear unit."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.selu(x)


class GELU(Module):
    """y = x * Phi(x), exact, or with approximate 'tanh' by a tanh."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.gelu(x, approximate=self.approximate)


class SiLU(Module):
    """y = x * sigmoid(x)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.silu(x)


class Mish(Module):
    """y = x * tanh(softplus(x))."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.mish(x)


class Sigmoid(Module):
    """y = 1 / (1 + exp(-x))."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.sigmoid(x)


class LogSigmoid(Module):
    """The logarithm of sigmoid."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.logsigmoid(x)


class Hardsigmoid(Module):
    """y = min(max(x + 3, 0), 6) / 6."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.hardsigmoid(x)


class Hardswish(Module):
    """y = x * hardsigmoid(x)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.hardswish(x)


class Tanh(Module):
    """y = tanh(x)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.tanh(x)


class Tanhshrink(Module):
    """y = x - tanh(x)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.tanhshrink(x)


class Hardtanh(Module):
    """y = x limited to [min_val, max_val]."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.hardtanh(x, min=self.min_val, max=self.max_val)


class Hardshrink(Module):
    """y = x outside [-lambd, lambd], else 0."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.hardshrink(x, lambd=self.lambd)


class Softshrink(Module):
    """y = x moved towards 0 by lambd, 0 in between."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.softshrink(x, lambd=self.lambd)


class Softplus(Module):
    """y = log(1 + exp(beta * x)) / beta, x itself where beta * x > threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.softplus(x, beta=self.beta, threshold=self.threshold)


class Softsign(Module):
    """y = x / (1 + |x|)."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.softsign(x)


class Threshold(Module):
    """y = x where x > threshold, else value."""

    def __init__(self, threshold: float, value: float) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.threshold(x, threshold=self.threshold, value=self.value)


class GLU(Module):
    """The first half along `dim` times the sigmoid of the second."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.glu(x, dim=self.dim)


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
