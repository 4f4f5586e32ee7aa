"""Writes random programs of torch about sizes, tuples of any length and tensors as indexes."""

from __future__ import annotations

import random

HEAD = """\
import torch
from torch import Tensor, nn
from typing import List, Optional, Tuple

def spread(x, *sizes):
    return x.reshape(*sizes)

def last(sizes: List[int]):
    return sizes[-1] if len(sizes) > 0 else 1

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("at", torch.tensor(1))
        self.steps = 0

    def forward(self, x: Tensor, n: int):
        k = torch.tensor(n % 3)
        s = x.shape
        t = x.shape[:-1]
        y = x.reshape(-1)
        v: List[int] = [1]
        g = n
"""
RESULT = "return y, list(s), list(t), v, g, k, x.shape[-1], self.steps"


def program(seed: int) -> str:
    """Return the source of a module `M`; the same seed gives the same text."""
    r = random.Random(seed)
    lines: list[str] = []
    for _ in range(r.randint(2, 6)):
        line = _line(r)
        if r.random() < 0.2:
            lines += [f"if {_test(r)}:", *(f"    {x}" for x in line.split("\n"))]
        else:
            lines += line.split("\n")
    return HEAD + "".join(f"        {line}\n" for line in [*lines, RESULT])


def _number(r: random.Random) -> str:
    return r.choice(
        [
            *("n", "g", "len(s)", "x.dim()", "x.numel()", "s[0]", "s[-1]", "x.size(-1)"),
            *("int(k)", "k.item()", "y.shape[0]", "len(t)", "last(v)", "self.steps", "s.numel()"),
        ]
    )


def _test(r: random.Random) -> str:
    return r.choice(
        [
            *("x.dim() > 1", "s == t", "len(t) > 0", "x.shape[-1] == 3", "s[-1] > n", "k > 1"),
            *("2 in s", "tuple(s) == (2, 3)", "x.ndim == 2 and x.shape[0] > 1", "y.numel() > g"),
        ]
    )


def _line(r: random.Random) -> str:
    a = _number(r)
    return r.choice(
        [
            f"g = {a} % 5 + {_number(r)} % 4",
            "t = x.shape[:-1]",
            "t = x.shape[1:]",
            "s = x.flatten().shape",
            "s = y.shape",
            "s = x.shape",
            "y = x.reshape(*x.shape[:-1], -1).reshape(-1)",
            "y = spread(x, *x.shape[1:], -1).reshape(-1)",
            "y = x.view(s[0], -1).sum(0)",
            "y = torch.zeros(t + (2,)).reshape(-1) + y.sum()",
            "y = torch.ones(*t, 3).reshape(-1)",
            "y = x.expand(2, *s).reshape(-1)",
            "v = list(s)",
            "v = list(t) + [g]",
            "v = [w * 2 for w in s]",
            "v.append(s.numel() % 7)",
            "v = [*t, 1, *v][:4]",
            "g = sum(s) + max(s)",
            "g = 0\nfor w in t:\n    g = g * 2 + w",
            "for i, w in enumerate(s):\n    g += i * w",
            "y = y[k % y.shape[0]:]",
            "y = y[int(k) % 2:] + y[k * 0]",
            "g = v[k % len(v)]",
            "v[k * 0] = g",
            "g = s[k * 0]",
            "y[k * 0] = 5.0",
            "y = y.clone()\ny[self.at % y.shape[0]] += 1",
            "k = k + 1",
            "k = torch.tensor(len(s)) - k",
            "g = len(range(0, k, 1))",
            "for i in range(k):\n    g += i",
            "y = torch.zeros(k + 1) + y.sum()",
            "y = torch.arange(k + 1).float()",
            "y = y.repeat((1,) * 1).reshape(-1)",
            "y = x.unsqueeze(0).shape[1] * y",
            "self.steps = self.steps + len(s)",
            "g = (n, 1)[k % 2]",
            "y = x.permute(*range(x.dim() - 1, -1, -1)).reshape(-1)",
            "t = tuple(w + 1 for w in s)",
            "g = int(s == x.shape) + int(t != s)",
            "y = x.narrow(-1, 0, k * 0 + 1).reshape(-1)",
            "y = x.select(0, k * 0).reshape(-1)",
        ]
    )
