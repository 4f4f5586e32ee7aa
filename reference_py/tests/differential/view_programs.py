"""Writes random programs of torch that take views of tensors and change them in place.

All numbers are small whole floats, so that every result is exact.
"""

from __future__ import annotations

import random

import torch

HEAD = """\
import torch
import torch.nn.functional as F
from torch import Tensor, nn

def bump(t):
    t += 1

def swapped(t, u):
    t.copy_(u + 0)
    return u

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("buf", torch.arange(12.0).reshape(3, 4))

    def forward(self, x: Tensor, n: int):
        a, b = x + 0, torch.zeros(3, 4)
        c = a[1]
        xs = [torch.ones(4), x[2] * 2]
"""
SHAPES = {"a": (3, 4), "b": (3, 4), "c": (4,), "self.buf": (3, 4), "xs[0]": (4,), "xs[-1]": (4,)}
Shape = tuple[int, ...]


def program(seed: int, size: int = 2) -> str:
    """Return the source of a module `M`; the same seed gives the same text."""
    writer = _Writer(random.Random(seed))
    lines = writer.block(size, 0)
    names = [n for n in writer.shapes if n.isidentifier()]
    result = f"return {', '.join(names)}, xs, self.buf"
    return HEAD + "".join(f"        {line}\n" for line in [*lines, result])


class _Writer:
    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.shapes: dict[str, Shape] = dict(SHAPES)
        self.index = ""
        self.count = 0

    def block(self, depth: int, indent: int) -> list[str]:
        outer, out = dict(self.shapes), []
        for _ in range(self.r.randint(1, 3) if indent else self.r.randint(3, 8)):
            out += self.statement(depth, indent)
        if indent:
            self.shapes = outer
        return out

    def statement(self, depth: int, indent: int) -> list[str]:
        r, pad = self.r, "    " * indent
        pick = r.random()
        if depth and pick > 0.8:  # a fifth
            return [pad + line for line in self.compound(depth, indent)]
        if pick < 0.35:  # a third
            return [pad + self.view_statement()]
        return [pad + self.change()]

    def compound(self, depth: int, indent: int) -> list[str]:
        r = self.r
        self.count += 1
        k, outer, index = self.count, dict(self.shapes), self.index
        heads = [f"if x.sum() > {r.randint(0, 90)}:", f"if n > {r.randint(0, 3)}:"]
        heads += [f"for i{k} in range(n):", f"for r{k} in a:", f"for t{k} in xs:"]
        heads += [f"for r{k} in b.unbind(0):", f"for t{k} in (c, b[0]):", f"for i{k} in range(2):"]
        head = r.choice(heads)
        first: list[str] = []
        if head.startswith("for"):
            name = head.split()[1]
            if name.startswith("i"):
                self.index = name
            else:
                self.shapes[name] = (4,)
        body = self.block(depth - 1, 1)
        self.shapes, self.index = outer, index
        lines = [head, *first, *body]
        if head.startswith("if") and r.random() < 0.5:  # half
            lines += ["else:", *self.block(depth - 1, 1)]
        return lines

    # ------------------------------------------------------------------ views
    def view(self, steps: int) -> tuple[str, Shape]:
        """An expression that is a view of a tensor, most often, with its shape."""
        text = self.r.choice(list(self.shapes))
        shape = self.shapes[text]
        for _ in range(steps):
            step = self.step(shape)
            text, shape = f"{text}{step}", shape_after(shape, step)
        return text, shape

    def step(self, shape: Shape) -> str:
        r, rank = self.r, len(shape)
        if not rank:
            return r.choice([".unsqueeze(0)", ".view(1)", "[None]", ".detach()"])
        d = r.randrange(rank)
        k = r.randrange(shape[d]) if shape[d] else 0
        at = self.place(shape[0])
        steps = [f"[{at}]", f"[{at}]", f".select({d}, {k})", f".narrow({d}, {k}, {shape[d] - k})"]
        steps += [".view(-1)", ".unsqueeze(0)", f"[{k}:]" if d == 0 else "[..., 0]", "[::2]"]
        steps += [".squeeze(0)"] if shape[0] == 1 or shape in SHAPES.values() else []
        steps += [".detach()", f".unbind({d})[{k}]", "[None]", f".chunk(2, {d})[0]"]
        steps += [f".split(1, {d})[{k}]", f".movedim({d}, 0)", f".narrow({d}, -1, 1)", "[:-1]"]
        if r.random() < 0.1:  # a tenth
            steps = [".reshape(-1)", ".contiguous()", ".flatten()", f".expand(2, {str(shape)[1:]}"]
            steps += [f"[torch.tensor([{k}])]", ".clone()"]
        if rank > 1:
            order = list(range(rank))
            r.shuffle(order)
            steps += [".mT", f".permute({', '.join(map(str, order))})", ".diagonal()"]
            steps += [f".transpose(0, {d})", f".diagonal(1, {rank - 1}, 0)", f"[:, {at}]"]
            steps += [f".swapaxes({d}, -1)", ".T" if rank == 2 else ".mT"]  # a matrix
        if shape[d] > 1:
            steps.append(f".unfold({d}, 2, 2)")
        return r.choice([s for s in steps if shape_after(shape, s) is not None] or [".detach()"])

    def place(self, size: int) -> str:
        if self.index and self.r.random() < 0.5 and size:  # half
            return f"{self.index} % {size}"
        return str(self.r.randrange(-size, size)) if size else "0"

    def view_statement(self) -> str:
        r = self.r
        text, shape = self.view(r.randint(1, 3))
        same = [n for n, s in self.shapes.items() if s == shape and n.isidentifier()]
        if same and r.random() < 0.3:  # a third
            return f"{r.choice(same)} = {text}"
        if shape == (4,) and r.random() < 0.3:  # a third
            return r.choice([f"xs.append({text})", f"xs[0] = {text}"])
        self.count += 1
        self.shapes[f"v{self.count}"] = shape
        return f"v{self.count} = {text}"

    # ------------------------------------------------------------------ changes
    def change(self) -> str:
        r = self.r
        text, shape = self.view(r.choice([0, 0, 1, 1, 2]))
        k = r.randint(-2, 5)
        changes = [f"{text}.add_({k})", f"{text}.fill_({k})", f"{text}.zero_()", f"bump({text})"]
        changes += [f"{text}.sub_(1).clamp_(-50, 50)", f"F.relu_({text})", f"{text}.neg_()"]
        if shape and r.random() < 0.3:  # a third
            changes = [
                f"{text}[{text} > {k}] = {r.randint(0, 3)}",
                f"{text}.masked_fill_({text} > 3, 1)",
            ]
        is_part = any(f".{name}(" in text for name in ("chunk", "split", "unbind"))
        if text in self.shapes or (text.endswith("]") and not is_part):
            changes += [f"{text} += {k}", f"{text} -= 1"]
        if shape and shape[0]:
            inner, _ = self.place(shape[0]), 0
            changes += [f"{text}[{inner}] = {k}", f"{text}[{inner}] += {k}", f"{text}[:1] = {k}"]
        others = [n for n, s in self.shapes.items() if s == shape]
        if others:
            other = r.choice(others)
            changes += [f"{text}.copy_({other} + 1)", f"swapped({text}, {other})"]
        return r.choice(changes)


def shape_after(shape: Shape, step: str) -> Shape | None:
    """Return the shape of a step of a tensor of a shape; None where torch has none."""
    names = {"torch": torch, "t": torch.zeros(shape)}
    names |= {f"i{k}": 0 for k in range(100)}
    try:
        found = eval(f"t{step}", names)
    except (RuntimeError, IndexError):
        return None
    return tuple(found.shape)
