"""Programs made by chance: branches inside and behind each other, values that arms pass through."""

from __future__ import annotations

import importlib.util
import random

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ExecutionError

HEAD = """
import numpy as np

def like(v):
    if v.mean() > 0.5:
        return v
    return v + 1

def program(x, y):
    a, b, c = x, y, x * 2
"""


class Chance:
    """Writes the body of a program with a few branches."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.left = self.choose.randint(1, 4)
        self.lines: list[str] = []
        while self.left > 0:
            self.block("    ", 0)

    def name(self) -> str:
        return self.choose.choice("abc")

    def value(self) -> str:
        a, b = self.name(), self.name()
        forms = (f"{a} + {b}", f"-{a}", a, b, "x", f"np.tanh({a})", f"like({a})", f"{a} * 2")
        return self.choose.choice(forms)

    def block(self, indent: str, depth: int) -> None:
        for _ in range(self.choose.randint(1, 3)):
            if self.left <= 0 or depth > 2 or self.choose.random() < 0.45:
                self.lines.append(f"{indent}{self.name()} = {self.value()}")
            else:
                self.branch(indent, depth)

    def branch(self, indent: str, depth: int) -> None:
        self.left -= 1
        self.lines.append(f"{indent}if {self.name()}.sum() > {self.choose.choice((-2, 0, 1))}:")
        self.block(f"{indent}    ", depth + 1)
        if self.choose.random() < 0.1:
            self.lines.append(f"{indent}    return {self.name()} - 1")
        elif self.choose.random() < 0.05:
            self.lines.append(f"{indent}    raise ValueError('no')")
        if self.choose.random() < 0.6:
            self.lines.append(f"{indent}else:")
            self.block(f"{indent}    ", depth + 1)


def made(path, seed):
    source = HEAD + "\n".join(Chance(seed).lines) + "\n    return a + b\n"
    file = path / f"chance_{seed}.py"
    file.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.program


def result(program, given):
    try:
        return program(*given)
    except (ValueError, ExecutionError) as error:
        return "raised" if "no" in str(error) else str(error)


@pytest.mark.parametrize("seed", range(24))
def test_an_explored_program_does_what_python_does_whatever_arms_the_example_takes(tmp_path, seed):
    program = made(tmp_path, seed)
    numbers = np.random.default_rng(seed)
    texts = set()
    for _ in range(2):
        given = [(numbers.standard_normal((2, 3)) * 2).astype(np.float32) for _ in "xy"]
        if isinstance(result(program, given), str):
            continue
        model = ts.trace(program, tuple(given), explore=200)
        texts.add(model.code)
        assert model.report.decisions == ()
        for _ in range(30):
            given = [(numbers.standard_normal((2, 3)) * 2).astype(np.float32) for _ in "xy"]
            expected, found = result(program, given), result(model, given)
            if isinstance(expected, str):
                assert found == expected
            else:
                np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)

    assert len(texts) <= 1
