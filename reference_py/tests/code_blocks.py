"""Canonical functions with `if`, loops, guards, and the limits of nesting."""

from __future__ import annotations

BLOCKS = {
    "an if of nothing": """\
@authored
def f(c: bool) -> None:
    if c:
        ops.print('a')
    return
""",
    "an empty if": """\
@authored
def f(c: bool) -> None:
    if c:
        pass
    return
""",
    "an if that ends in a statement": """\
@authored
def f(c: bool, a: int) -> None:
    if c:
        v0 = a + 1
        pass
    else:
        ops.print('a')
    return
""",
    "an if inside else": """\
@authored
def f(c: bool, d: bool, a: int) -> None:
    if c:
        pass
    else:
        if d:
            v0 = a
        else:
            v0 = 1
    return
""",
    "elif": """\
@authored
def f(a: int, c: bool) -> int:
    if a > 1:
        v0 = 1
    elif (a * 2) > 1:
        v0 = 2
    elif c:
        v0 = a
    else:
        v0 = a + 1
    return v0
""",
    "else with more than an if": """\
@authored
def f(a: int, c: bool) -> int:
    if c:
        v0 = a
    else:
        v1 = a + 1
        if v1 > v1:
            v2 = 1
        else:
            v2 = 2
        v0 = v2
    return v0
""",
    "else whose test is an if": """\
@authored
def f(c: bool, d: bool) -> int:
    if c:
        v0 = 1
    else:
        if d:
            v1 = c
        else:
            v1 = d
        if v1:
            v2 = 2
        else:
            v2 = 3
        v0 = v2
    return v0
""",
    "loop of nothing": """\
@authored
def f(n: int) -> None:
    for i in range(n):
        ops.print('a')
    return
""",
    "an empty loop": """\
@authored
def f(n: int) -> None:
    for i in range(n):
        pass
    return
""",
    "a while of nothing carried": """\
@authored
def f(c: bool) -> None:
    v0 = c
    while v0:
        v0 = not c
    return
""",
    "a for with a condition": """\
@authored
def f(a: int, n: int, c: bool) -> int:
    v0, y = c, a
    for i in range(n):
        if not v0:
            break
        v1 = y + i
        v0, y = v1 < 9, v1
    return y
""",
    "a count": """\
@authored
def f() -> int:
    v0, y = True, 0
    for v1 in count():
        if not v0:
            break
        v0, y = v1 < 9, y + v1
    return y
""",
    "nesting broken by order": """\
@authored
def f(a: int) -> tuple[bool, int]:
    v0 = a + 1
    v1 = a < 9
    return v1, v0
""",
    "nesting broken by a second use": """\
@authored
def f(a: int) -> int:
    v0 = a + 1
    return v0 * v0
""",
    "nesting broken by a name": """\
@authored
def f(a: int) -> int:
    b = a + 1
    return b * 2
""",
    "nesting broken by length": """\
@authored
def f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: int, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: int) -> int:
    v0 = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    return v0 * 2222
""",  # noqa: E501  # as long as nesting may be
    "nesting up to the length": """\
@authored
def f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: int, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: int) -> int:
    return (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb) * 22
""",  # noqa: E501  # as long as nesting may be
    "nesting up to the depth": """\
@authored
def f(a: int) -> int:
    v0 = -(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-(-a)))))))))))))))))))))))))))))))
    return -v0
""",  # noqa: E501  # as long as nesting may be
    "a loop in a loop": """\
@authored
def f(a: int, n: int) -> int:
    y = a
    for i in range(n):
        y_2 = y
        for j in range(i):
            y_2 = y_2 + j
        y = y_2
    return y
""",
    "guards in a block": """\
@authored
def f(n: int) -> None:
    for i in range(n):
        guard(int_read, i, 0)
        v0 = i + 1
        guard(compare, v0, 1)
    return
""",
    "a guard on a parameter": """\
@authored
def f(n: int) -> None:
    guard(int_read, n, 3)
    guard(unrecorded, None, None)
    return
""",
    "an op of nobody": """\
@authored
def f(a: int) -> int:
    x: int = com.example.twice(a, _, 3, mode='fast')
    return x
""",
}
