"""Canonical functions, one expression or statement form each."""

from __future__ import annotations

BODIES = {
    "several results": """\
@authored
def f(x: int) -> tuple[int, int]:
    return 1, x
""",
    "no results": """\
@authored
def f(x: int) -> None:
    return
""",
    "operators in operators": """\
@authored
def f(a: int, b: int) -> int:
    return ((a + b) * a) - (-b)
""",
    "a negative base": """\
@authored
def f(a: int) -> int:
    return (-2) ** a
""",
    "a negative exponent": """\
@authored
def f(a: float) -> float:
    return a ** -0.5
""",
    "minus of a literal": """\
@authored
def f() -> int:
    return ops.int.neg(3)
""",
    "bits": """\
@authored
def f(a: int, b: int) -> int:
    return (a << 2) | (b & 1)
""",
    "comparison of strings": """\
@authored
def f(a: str, b: str) -> bool:
    return (a + b) == 'x'
""",
    "membership": """\
@authored
def f(a: int, b: list[int]) -> bool:
    return not (a in b)
""",
    "membership of a dict": """\
@authored
def f(a: str, b: dict[str, int]) -> bool:
    return a in b
""",
    "conversions": """\
@authored
def f(a: Tensor[int64]) -> str:
    return str(float(int(a)))
""",
    "subscripts": """\
@authored
def f(a: list[list[int]], b: tuple[str, int]) -> int:
    return a[0][b[1]]
""",
    "displays": """\
@authored
def f(a: int, b: str) -> tuple[list[int], tuple[str], dict[str, int]]:
    return [a, 1], (b,), {b: a}
""",
    "displays of literals are ops": """\
@authored
def f() -> list[int]:
    return ops.list.make(1, 2)
""",
    "lengths": """\
@authored
def f(a: list[str], b: str) -> int:
    return len(a) + len(b)
""",
    "none test": """\
@authored
def f(a: Optional[int]) -> bool:
    return a is None
""",
    "several outputs": """\
@authored
def f(xs: list[int]) -> tuple[list[int], int]:
    a, b = ops.list.pop(xs, 0)
    return b, a
""",
    "an effect": """\
@authored
def f(a: bool) -> None:
    ops.assert_(a, message='no')
    ops.raise_('stop', kind='KeyError')
    return
""",
    "an unused result": """\
@authored
def f(a: int) -> None:
    v0 = a + 1
    return
""",
    "a declared type": """\
@authored
def f(a: Tensor[float32, 2]) -> Tensor[float32, ...]:
    x: Tensor[float32, ...] = ops.neg(a)
    return x
""",
    "declared types of several": """\
@authored
def f(xs: list[int]) -> tuple[int, list[Optional[int]]]:
    b: list[Optional[int]]
    a, b = ops.list.pop(xs, 0)
    return a, b
""",
    "a wide loop variable": """\
@authored
def f(a: Tensor[float32, 1, 1], n: int) -> Tensor[float32, ...]:
    x: Tensor[float32, ...]
    x = a
    for i in range(n):
        x = ops.squeeze(x, dim=[-1])
    return x
""",
    "a wide if": """\
@authored
def f(a: int, c: bool) -> Optional[int]:
    y: Optional[int]
    if c:
        y = a
    else:
        y = 2
    return y
""",
}
