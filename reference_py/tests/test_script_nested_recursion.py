"""Nested functions that call themselves, and change what is around them: as under CPython."""

from __future__ import annotations

import pytest

from tests.differential.check import function_of
from tests.differential.rich_check import compare_rich
from tracescript.errors import ProducerError
from tracescript.producer.script.run import script

HEAD = "from collections import defaultdict\n\n\ndef f(a: int, b: int):\n"
CALLS = [(1, 2), (3, 0), (4, 5)]

EQUAL = {
    "what is around is read as it is at each call": """
k = 10
def go(n: int) -> int:
    return k if n <= 0 else go(n - 1) + k
first = go(a)
k = 100
return first, go(b)
""",
    "a list, a set and a dict around are changed": """
order: list[int] = []
seen: set[int] = set()
memo: dict[int, int] = {}
def go(n: int) -> int:
    if n in memo:
        return memo[n]
    seen.add(n)
    order.append(n)
    memo[n] = n if n < 2 else go(n - 1) + go(n - 2)
    return memo[n]
x = go(a + 3)
order.append(-1)
return x, order, sorted(seen), memo, go(b), len(order)
""",
    "changes before, between and after the inner calls keep their order": """
log: list[str] = []
def move(k: int, p: str, q: str) -> None:
    if k == 0:
        return
    log.append(f"in{k}{p}")
    move(k - 1, q, p)
    log.append(f"mid{k}")
    move(k - 1, p, q)
    log.append(f"out{k}")
for i in range(2):
    move(a - i, "x", "y")
return log
""",
    "functions that call each other": """
calls: list[int] = []
def even(n: int) -> bool:
    calls.append(n)
    return True if n == 0 else odd(n - 1)
def odd(n: int) -> bool:
    return False if n == 0 else even(n - 1)
return even(a), odd(b), calls
""",
    "what is put on before an inner call and taken off behind it": """
path: list[int] = []
found: list[str] = []
def walk(n: int) -> None:
    if n == 0:
        found.append("".join(str(p) for p in path))
        return
    for step in (1, 2):
        if step <= n:
            path.append(step)
            walk(n - step)
            path.pop()
walk(a)
return found, path
""",
    "an argument that has a name is changed": """
def fill(xs: list[int], k: int) -> int:
    if k == 0:
        return len(xs)
    xs.append(k)
    return fill(xs, k - 1) + k
ys = [7]
n = fill(ys, a)
return ys, n, fill([1, 2], b), fill(ys, 1), ys
""",
    "calls in arms, rounds and other nested functions": """
out: list[int] = []
def down(n: int) -> None:
    if n > 0:
        down(n - 1)
        out.append(n * a)
def twice(n: int) -> None:
    down(n)
    down(n - 1)
if a > b:
    down(a)
else:
    twice(b)
while len(out) < 6:
    twice(2)
return out
""",
    "a parameter that is given another value leaves the caller's list as it is": """
def go(xs: list[int]) -> int:
    if len(xs) == 0:
        return 0
    first = xs[0]
    xs = xs[1:]
    return first + 10 * go(xs)
def drop(xs: list[int], n: int) -> int:
    if n > 2:
        xs = [n]
    return len(xs) if n == 0 else drop(xs, n - 1) + len(xs)
ys = [a, b, 3]
return go(ys), ys, drop(ys, b), ys
""",
    "several results beside a change": """
used: set[int] = set()
def split(xs: list[int]) -> tuple[list[int], int]:
    if len(xs) < 2:
        return xs, 0
    used.add(len(xs))
    left, m = split(xs[: len(xs) // 2])
    right, n = split(xs[len(xs) // 2 :])
    return [*right, *left], m + n + 1
return split(list(range(a + b))), sorted(used)
""",
    "a given list is shown, changed and shown again": """
out: list[int] = []
def go(n: int) -> int:
    if n == 0:
        return sum(out)
    out.append(n)
    total = go(n - 1)
    out[0] = total
    return total + out[-1]
before = list(out)
x = go(a)
out.reverse()
return before, x, out, go(1)
""",
}

REFUSED = {
    "a list that has another name": """
out: list[int] = []
same = out
def go(n: int) -> None:
    if n > 0:
        out.append(n)
        go(n - 1)
go(a)
return same, out
""",
    "a list that is passed as what the function sees around it": """
out: list[int] = []
def go(xs: list[int], n: int) -> int:
    if n > 0:
        out.append(n)
        go(xs, n - 1)
    return len(xs)
return go(out, a), out
""",
    "a loop runs over what a call changes": """
out = [a, b]
def go(n: int) -> None:
    if n > 0:
        out.append(n)
        go(n - 1)
for x in out:
    if len(out) < 9:
        go(x)
return out
""",
    "a parameter of the outermost function's caller": """
def go(xs: list[list[int]], n: int) -> None:
    if n > 0:
        xs[0].append(n)
        go(xs, n - 1)
rows = [[a], [b]]
go(rows, a)
return rows
""",
    "a list that is changed and then given another value": """
def go(xs: list[int], n: int) -> int:
    xs.append(n)
    xs = [0]
    return n if n == 0 else go(xs, n - 1)
ys = [a]
return go(ys, b), ys
""",
    "nonlocal names": """
total = 0
def go(n: int) -> None:
    nonlocal total
    if n > 0:
        total += n
        go(n - 1)
go(a)
return total
""",
    "an empty container of which nothing says the type": """
memo = {}
def go(n: int) -> int:
    if n < 2:
        return n
    if n not in memo:
        memo[n] = go(n - 1) + go(n - 2)
    return memo[n]
return go(a)
""",
    "a dict with a default": """
seen: dict[int, int] = defaultdict(int)
def go(n: int) -> int:
    if n > 0:
        seen[n] += 1
        go(n - 1)
    return len(seen)
return go(a)
""",
    "a value of several types": """
x = max(a, 0.5)
def go(n: int) -> float:
    return float(x) if n == 0 else go(n - 1)
return go(a)
""",
}


def source_of(body):
    return HEAD + "".join(f"    {line}\n" for line in body.strip("\n").splitlines())


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", EQUAL)
def test_nested_functions_that_call_themselves_give_what_cpython_gives(name, engine):
    assert compare_rich(source_of(EQUAL[name]), CALLS, engine) == "equal"


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_caller_would_see_otherwise_is_refused(name):
    with pytest.raises(ProducerError) as caught:
        script(function_of(source_of(REFUSED[name])))
    assert caught.value.where
    assert caught.value.hint
    assert "report it" not in caught.value.hint
