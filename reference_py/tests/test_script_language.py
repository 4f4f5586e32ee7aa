"""Scripts of plain Python: statements and expressions give what CPython gives."""

from __future__ import annotations

import math

import pytest

from tests.differential.check import function_of, in_model, in_python
from tracescript.engine.choose import choose
from tracescript.engine.protocol import Options
from tracescript.producer.script.run import script
from tracescript.validator import validate

PROGRAMS = {
    "early return": """
for i in range(n):
    if i * i > 10:
        return i
return -1
""",
    "break and else": """
k = 0
for i in range(n):
    if i == 3:
        k = 10
        break
else:
    k = 20
return k
""",
    "continue": """
t = 0
for i in range(n):
    if i % 2:
        continue
    t += i
return t
""",
    "while else": """
k = n
while k > 2:
    k -= 2
else:
    k += 100
return k
""",
    "nested loops": """
t = 0
for i in range(n):
    for j in range(i):
        if j == 2:
            break
        t += j + i
return t
""",
    "defined on all paths by exits": """
t = 0
for i in range(n):
    if i > 1:
        if i == 2:
            continue
        y = i
    else:
        y = 5
    t += y
return t
""",
    "return inside while true": """
k = 0
while True:
    k += n + 1
    if k > 20:
        return k
""",
    "floor division and modulo": """
return -7 // (n + 1), -7 % (n + 1), (n - 9) // 2, (n - 9) % 4
""",
    "true division": """
return n / 7, (n - 3) / 2
""",
    "power": """
return 2 ** n, n ** 2, 2.0 ** -n, n ** -1.0 if n else 0.0
""",
    "bool arithmetic": """
p = n > 2
return p + 1, -p, p * 3, p & True, p ^ True
""",
    "bits": """
return n & 6, n | 9, n ^ 5, ~n, n << 3, -n >> 1
""",
    "chained comparison": """
return 1 < n <= 4, 0 == n != 2
""",
    "and or give operands": """
return n or 7, n and 5, (n > 2 and n < 5) or n == 0
""",
    "ternary": """
return n if n % 2 else -n
""",
    "list methods": """
xs = [3, n, 1]
xs.append(4)
xs.insert(1, 9)
q = xs.pop()
xs.sort()
xs.reverse()
xs += [n]
return xs, q, len(xs)
""",
    "list slices": """
xs = [1, 2, 3, n]
return xs[1:], xs[::-1], xs[-2], xs[:n]
""",
    "item assignment": """
xs = [0, 0, 0]
for i in range(3):
    xs[i] = i * n
return xs
""",
    "dicts": """
d = {"a": n}
d["b"] = 2
d["a"] += 1
k = 0
for key, v in d.items():
    k += v
return k, "a" in d, d.get("z", 5), len(d)
""",
    "comprehensions": """
a = [i * n for i in range(5) if i != 2]
return a, [x for x in (1, 2, n)], {i: i * i for i in range(3)}
""",
    "generators": """
a, b = any(i > 3 for i in range(n)), all(i < 3 for i in range(n))
return sum(i for i in range(n)), a, b, max(i % 3 for i in range(5))
""",
    "unpacking": """
a, (b, c) = n, (1, 2)
h, *rest = [n, 2, 3]
a, b = b, a
return a, b, c, h, rest
""",
    "enumerate and zip": """
t = 0
for i, (x, y) in enumerate(zip(range(n), [4, 5, 6])):
    t += i * x + y
return t
""",
    "range with steps": """
return [i for i in range(5, -n, -2)], len(range(1, n, 3))
""",
    "walrus": """
t = 0
while (k := t + 2) < n * 3:
    t = k
return t
""",
    "lambda and closure": """
f = lambda v, k=2: v * k
def g(v):
    return f(v) + n
return g(3), f(4, 5)
""",
    "rounding": """
return round(n / 2), round(n * 1.005, 2), int(-n / 2), abs(-n), divmod(n + 7, 3)
""",
    "text": """
return f"{n} {n / 4:.2f} {n:03d}", str(n) + "x", f"{n > 1}"
""",
    "math": """
return math.sqrt(n), math.floor(n / 2), math.exp(-n), math.atan2(n, 2)
""",
    "exact comparison of int and float": """
k = n + 2 ** 53
u = float(2 ** 53) + n
return k == u, k < u, k >= u, k != u + 1.0, (k + 1) > u, u <= k + 1, n > 0.5
""",
    "comparison at the end of the range": """
k = 2 ** 62 + (2 ** 62 - 1) - n
u = 2.0 ** 62 * 2.0 * (1 if n < 9 else 2)
return k < u, k <= u, k == u, k > u, u > k
""",
    "names that a loop which surely runs assigns": """
for i in range(3):
    y = n * i
return y, i
""",
    "optional": """
x = None
if n > 2:
    x = n
if x is None:
    return -1
return x + 1
""",
    "early return of none": """
if n > 3:
    return None
return n
""",
    "starred call": """
def g(a, b, *c, k=1):
    return a + b + len(c) + k
t = (n, 2, 3)
return g(*t), g(1, 2, k=n)
""",
}


def prepared(function):
    model = script(function).model
    validate(model)
    return choose("ref").load(model, Options()).method(model.root.methods[0])


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("n", [0, 1, 2, 4, 6])
def test_a_program_gives_what_cpython_gives(name, n):
    body = "\n".join(f"    {line}" for line in PROGRAMS[name].strip().splitlines())
    function = function_of(f"import math\ndef f(n: int):\n{body}\n", label=name)

    found = in_model(prepared(function), (n,))

    expected = in_python(function, (n,))
    if expected is None and found == ():
        expected = ()
    parts = zip(_flat(expected), _flat(found), strict=True)
    assert all((a == b and type(a) is type(b)) or _close(a, b) for a, b in parts)


def _flat(value):
    if isinstance(value, tuple | list):
        return [x for part in value for x in _flat(part)]
    return [value]


def _close(a, b):
    return isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-15)


@pytest.mark.parametrize(
    ("body", "args", "code"),
    [
        ("return 7 // n", (0,), "ZERO_DIVISION"),
        ("xs = [1, 2]\nreturn xs[n]", (2,), "INDEX_ERROR"),
        ("assert n > 0, f'n is {n}'\nreturn n", (0,), "ASSERTION_ERROR"),
        ("if n < 0:\n    raise ValueError('negative')\nreturn n", (-1,), "RAISED"),
        ("return n * n * n", (2**31,), "INT_OVERFLOW"),
        ("d = {1: 2}\nreturn d[n]", (3,), "KEY_ERROR"),
    ],
)
def test_what_python_raises_traps_with_its_code(body, args, code):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    function = function_of(f"def f(n: int):\n{lines}\n", label=code)

    assert in_model(prepared(function), args) == code


def test_an_op_that_can_trap_is_kept_though_nothing_uses_it():
    function = function_of("def f(n: int):\n    unused = 1 // n\n    return n\n")

    assert in_model(prepared(function), (0,)) == "ZERO_DIVISION"
    assert in_model(prepared(function), (3,)) == 3


def test_the_arm_that_is_not_taken_does_not_trap():
    function = function_of("def f(n: int):\n    return 0 if n == 0 else 6 // n\n")

    assert in_model(prepared(function), (0,)) == 0


def test_a_flag_known_when_compiling_leaves_no_branch():
    function = function_of(
        "DEBUG = False\ndef f(n: int):\n    if DEBUG:\n        return n + undefined\n    return n\n"
    )

    model = script(function).model

    assert [n.op for n in model.functions[0].body.nodes] == []


def test_names_of_the_source_name_the_values():
    function = function_of("def f(n: int):\n    total = n + 1\n    return total\n")

    model = script(function).model

    assert model.functions[0].body.nodes[0].outputs[0].name == "total"
    assert model.functions[0].body.nodes[0].place.line == 2
    assert model.functions[0].origin == "scripted"
