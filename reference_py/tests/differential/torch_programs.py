"""Writes random programs of torch: tensors changed in place, views, layers in containers, state.

All numbers are small whole floats, so that every result is exact.
"""

from __future__ import annotations

import random

HEAD = """\
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from typing import Dict, List, NamedTuple, Optional, Tuple

class Pair(NamedTuple):
    one: Tensor
    two: Tensor

class Gate(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x

class Scale(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k
        self.register_buffer("bias", torch.arange(3.0) - k)

    def forward(self, x, flip: bool = False):
        y = x * self.k if flip else x
        return (y + self.bias).clamp(-50, 50)

def small(v):
    return v.clamp(-50, 50)

def halves(v, n: int):
    if n <= 0:
        return v
    return small(halves(v, n - 1) + n)

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = Gate()
        self.layers = nn.ModuleList([Scale(1), nn.ReLU(), Scale(2)])
        self.named = nn.ModuleDict({"a": Scale(-1), "b": nn.Identity()})
        self.chain = nn.Sequential(nn.ReLU(), Scale(3))
        self.register_buffer("seen", torch.zeros(3))
        self.calls = 0
        self.limit: Optional[int] = None

    def forward(self, x: Tensor, n: int, m: Optional[Tensor] = None):
        y, z = x * 2, x[0] * 1
        xs: List[Tensor] = [x, x + 1]
        d: Dict[str, Tensor] = {"x": x}
        p = Pair(x, x[1])
"""
RESULT = "return y, z, n, m, xs, d, p.one, p.two, self.seen, self.calls"


def program(seed: int, size: int = 2) -> str:
    """Return the source of a module `M`; the same seed gives the same text."""
    r = random.Random(seed)
    lines = _Writer(r).block(size, indent=0)
    return HEAD + "".join(f"        {line}\n" for line in [*lines, RESULT])


class _Writer:
    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.count = 0

    def block(self, depth: int, *, indent: int) -> list[str]:
        out: list[str] = []
        for _ in range(self.r.randint(1, 3) if indent else self.r.randint(2, 7)):
            out += self.statement(depth, indent)
        return out

    def statement(self, depth: int, indent: int) -> list[str]:
        r, pad, pick = self.r, "    " * indent, self.r.random()
        if pick < 0.66 or depth == 0:
            kinds = [self.values, self.changes, self.changes, self.parts, self.calls]
            return [pad + r.choice(kinds)()]
        if pick < 0.84:
            out = [f"{pad}if {self.test()}:", *self.block(depth - 1, indent=indent + 1)]
            if r.random() < 0.5:
                out += [f"{pad}else:", *self.block(depth - 1, indent=indent + 1)]
            return out
        self.count += 1
        k = self.count
        head, first = r.choice(
            [
                (f"for i{k} in range(n % 3):", f"y = small(y + i{k})"),
                (f"for r{k} in y:", f"z = small(z + r{k})"),
                (f"for t{k} in xs:", f"n = n + t{k}.size(0)"),
                (f"for i{k}, l{k} in enumerate(self.layers):", f"y = l{k}(y)"),
                (f"for k{k}, l{k} in self.named.items():", f"z = l{k}(z)"),
                (f"for a{k}, b{k} in zip(y, x):", f"z = small(z + a{k} * b{k})"),
                (f"while n > {r.randint(1, 4)}:", "n -= 2"),
            ]
        )
        out = [pad + head, f"{pad}    {first}", *self.block(depth - 1, indent=indent + 1)]
        if r.random() < 0.2:
            out.append(f"{pad}    {r.choice(['break', 'continue'])}")
        return out

    # ------------------------------------------------------------------ statements of one line
    def tensor(self) -> str:
        """A tensor of shape (2, 3), a new one more often than not."""
        found = self._tensor()
        return f"({found}).clone()" if self.r.random() < 0.6 else found

    def _tensor(self) -> str:
        return self.r.choice(
            [
                *("x", "y", "y", "y + 1", "small(x * y)", "xs[0]", "p.one", "-y", "F.relu(y)"),
                *("y + z", "torch.where(x > y, x, -y)", "self.gate(y)", "y.clone()", "y.abs()"),
                *("torch.stack([z, z])", "torch.cat([x[:1], y[1:]])", "x.flip(0)", "y.view(2, 3)"),
                *(
                    "y.t().t()",
                    "x.reshape(3, 2).t()",
                    "torch.zeros_like(y)",
                    "y.masked_fill(y > 2, 1.0)",
                ),
                *("m if m is not None else y", "y.expand(2, 3)", "y.unsqueeze(0).squeeze(0)"),
            ]
        )

    def row(self) -> str:
        """A tensor of shape (3,)."""
        return self.r.choice(
            [
                *(
                    "z",
                    "z",
                    "y[0]",
                    "y[-1]",
                    "x.sum(0)",
                    "y.max(dim=0).values",
                    "z * 2",
                    "self.seen",
                ),
                *("y.sort(dim=0).values[0]", "x.argmax(0).float()", "y[:, 1].sum() + z"),
                *("torch.zeros(3)", "z.clone()", "p.two", "torch.arange(3).to(z.dtype)"),
            ]
        )

    def number(self) -> str:
        r = self.r
        return r.choice(
            [
                *("n", "n", "1", str(r.randint(-2, 4)), "len(xs)", "int(z[0])", "y.size(0)"),
                *("x.shape[1]", "n % 3", "len(d)", "self.calls", "int(y.sum().item()) % 5"),
            ]
        )

    def values(self) -> str:
        r = self.r
        return r.choice(
            [
                f"y = small({self.tensor()})",
                f"z = {self.row()}",
                f"n = ({self.number()} + {self.number()}) % 7",
                f"y, z = {self.tensor()}, {self.row()}",
                f"p = Pair({self.tensor()}, {self.row()})",
                f"m = {self.tensor()}",
                "m = None",
                f"m = {self.tensor()} if {self.test()} else None",
            ]
        )

    def changes(self) -> str:
        r, k = self.r, self.r.randint(-1, 1)
        return r.choice(
            [
                "y += 1",
                "z *= 2",
                f"y[{k}] = {self.row()}",
                f"y[:, {k}] = {r.randint(0, 5)}",
                "y[y > 3] = 0.0",
                f"y[{k}].add_(1)",
                f"y[..., {k}].mul_(2)",
                "y.clamp_(-9, 9)",
                "z.zero_()",
                f"z.copy_({self.row()})",
                "y.mul_(2).add_(1)",
                f"y[0, 1:] += {self.number()}",
                "z = y[0] + 0",
                "y = x + 0",
                "y = y.clone()",
                f"z[{k}] = n",
                "F.relu_(y)",
            ]
        )

    def parts(self) -> str:
        r = self.r
        return r.choice(
            [
                f"xs.append({self.tensor()})",
                f"xs[{r.randint(-1, 1)}] = {self.tensor()}",
                "y = xs.pop()",
                "y = xs[-1]",
                f"xs = [small(t + {r.randint(0, 2)}) for t in xs]",
                "y = small(torch.stack(xs).sum(0))",
                f'd["{r.choice("xyz")}"] = {self.tensor()}',
                'y = d["x"]',
                'y = d.get("z", x)',
                "d = {k: small(v * 2) for k, v in d.items()}",
                "a, b = y.chunk(2, dim=0)\n",
                "y, z = p.one, p.two",
                "n = sum([t.size(0) for t in xs])",
            ]
        ).strip()

    def calls(self) -> str:
        return self.r.choice(
            [
                f"y = self.gate({self.tensor()})",
                f"z = self.layers[0]({self.row()})",
                f"y = self.layers[2]({self.tensor()}, flip={self.test()})",
                f"y = self.chain({self.tensor()})",
                f"y = self.named['a']({self.tensor()})",
                f"y = halves({self.tensor()}, {self.number()} % 4)",
                "self.calls += 1",
                f"self.seen = ({self.row()}).clamp(-50, 50)",
                "self.seen.add_(1)",
                "self.seen += z.clamp(-5, 5)",
                "n = self.calls",
                "z = self.seen",
                "z = self.seen.clone()",
            ]
        )

    def test(self) -> str:
        r = self.r
        return r.choice(
            [
                f"{self.number()} {r.choice(['<', '>', '==', '!='])} {self.number()}",
                "y.sum() > z.sum()",
                "m is not None",
                "m is None or bool(m.max() > 2)",
                "bool((x > y).any())",
                "self.training",
                "x.dtype == torch.float32",
                "x.shape == y.shape",
                "'y' in d",
                "isinstance(m, Tensor)",
                "self.limit is None",
            ]
        )
