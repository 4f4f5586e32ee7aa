"""The measured models in torch form, run by TorchScript: `torch.jit.script` and `freeze`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Callable


class Gate(nn.Module):
    """Keeps or negates its input by the sign of its sum."""

    def forward(self, x: Tensor) -> Tensor:
        """Run it."""
        if x.sum() > 0:
            return x
        else:  # noqa: RET505  # as people write it
            return -x


class Cell(nn.Module):
    """A gated recurrent cell."""

    def __init__(self) -> None:
        super().__init__()
        self.dg = Gate()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Run it."""
        new = torch.tanh(self.dg(self.linear(x)) + h)
        return new, new


class Loop(nn.Module):
    """The cell over a sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = Cell()

    def forward(self, xs: Tensor) -> tuple[Tensor, Tensor]:
        """Run it."""
        h, y = torch.zeros(3, 4), torch.zeros(3, 4)
        for i in range(xs.size(0)):
            y, h = self.cell(xs[i], h)
        return y, h


class MLP(nn.Module):
    """Three linear layers with relu between."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 512), nn.Linear(512, 512), nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Run it."""
        return self.c(torch.relu(self.b(torch.relu(self.a(x)))))


class Fib(nn.Module):
    """Fibonacci numbers modulo a prime."""

    def forward(self, n: int) -> int:
        """Run it."""
        a, b = 0, 1
        for _ in range(n):
            a, b = b, (a + b) % 1000003
        return a


class Collatz(nn.Module):
    """The longest Collatz chain seen within a number of steps."""

    def forward(self, limit: int) -> int:
        """Run it."""
        steps, best, first = 0, 0, 1
        while steps < limit:
            n, k = first, 0
            while n != 1:
                if n % 2 == 0:  # noqa: SIM108  # as people write it
                    n = n // 2
                else:
                    n = 3 * n + 1
                k += 1
            steps += k + 1
            if k > best:  # noqa: PLR1730  # as people write it
                best = k
            first += 1
        return best


class Bisection(nn.Module):
    """A root by bisection, restarted when it is found."""

    def forward(self, n: int) -> tuple[float, float]:
        """Run it."""
        low, high = 1.0, 2.0
        for _ in range(n):
            middle = (low + high) * 0.5
            if middle * middle * middle - middle - 2.0 < 0.0:
                low = middle
            else:
                high = middle
            if high - low < 1e-12:
                low, high = 1.0, 2.0
        return low, high


_MODULES = {
    "cell": Cell,
    "gate": Loop,
    "mlp1": MLP,
    "mlp64": MLP,
    "fib": Fib,
    "collatz": Collatz,
    "bisection": Bisection,
}


def torchscript(name: str) -> Callable[[], Any]:
    """Return a call of a model under TorchScript, with the weights and inputs of our program."""
    _, method, inputs = PROGRAMS[name]()
    module = _MODULES[name]().eval()
    with torch.no_grad():
        for parameter, constant in zip(module.parameters(), method.bound, strict=True):
            parameter.copy_(torch.from_numpy(constant.value.array.copy()))
    run = torch.jit.freeze(torch.jit.script(module))
    given = [torch.from_numpy(x) if hasattr(x, "shape") else x for x in inputs]

    def call() -> Any:
        with torch.no_grad():
            return run(*given)

    return call
