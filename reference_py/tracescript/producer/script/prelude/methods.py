"""Methods of lists and dicts, and builtins that take functions, written in the language of scripts.

The compiler compiles these functions where a program calls what they stand for. A method that
changes its receiver returns the new one.
"""

from __future__ import annotations

import math
from typing import Any

ONE_OBJECT = "whether two NaN are equal here hangs on whether they are one object"
FIRST_PRINTED = 32
LAST_PRINTED = 126


def index(xs: Any, x: Any, start: Any = 0, stop: Any = None) -> Any:
    """Where an item first stands, between two places; it must."""
    begin = max(start + len(xs), 0) if start < 0 else start
    end = len(xs)
    if stop is not None:
        end = stop + len(xs) if stop < 0 else min(stop, len(xs))
    for i in range(begin, end):
        if xs[i] == x:
            return i
    raise ValueError("list.index(x): x not in list")


def count(xs: Any, x: Any) -> Any:
    """How often an item stands in a list."""
    found = 0
    for item in xs:
        if item == x:
            found += 1
    return found


def holds(xs: Any, x: Any) -> Any:
    """Whether an item is equal to another, as its class says."""
    return any(item == x for item in xs)


def same_items(xs: Any, ys: Any) -> Any:
    """Whether two lists have equal items, as their class says."""
    return len(xs) == len(ys) and all(xs[i] == ys[i] for i in range(len(xs)))


def same_numbers(xs: Any, ys: Any) -> Any:
    """Whether two lists of floats are equal; two NaN at one place may be one object."""
    if len(xs) != len(ys):
        return False
    for i in range(len(xs)):
        if xs[i] != ys[i]:
            if math.isnan(xs[i]) and math.isnan(ys[i]):
                raise ValueError(ONE_OBJECT)
            return False
    return True


def refuse_nan(xs: Any, x: Any) -> Any:
    """Stop where a number that is looked for is NaN and an item is, which may be one object."""
    if math.isnan(x):
        for item in xs:
            if math.isnan(item):
                raise ValueError(ONE_OBJECT)
    return 0


def removed(xs: Any, x: Any) -> Any:
    """A list without the first such item; there must be one."""
    at = -1
    for i in range(len(xs)):
        if xs[i] == x:
            at = i
            break
    if at < 0:
        raise ValueError("list.remove(x): x not in list")
    return xs[:at] + xs[at + 1 :]


def ordered(xs: Any, key: Any, reverse: bool) -> Any:
    """A list sorted by keys; equal ones keep their order."""
    pairs = [(key(x), i) for i, x in enumerate(xs)]
    if reverse:
        backwards = sorted([(k, -i) for k, i in pairs], reverse=True)
        return [xs[-i] for _, i in backwards]
    return [xs[i] for _, i in sorted(pairs)]


def smallest(xs: Any, key: Any) -> Any:
    """The first item with the smallest key."""
    if len(xs) == 0:
        raise ValueError("min() iterable argument is empty")
    best = xs[0]
    least = key(best)
    for i in range(1, len(xs)):
        found = key(xs[i])
        if found < least:
            best = xs[i]
            least = found
    return best


def largest(xs: Any, key: Any) -> Any:
    """The first item with the largest key."""
    if len(xs) == 0:
        raise ValueError("max() iterable argument is empty")
    best = xs[0]
    most = key(best)
    for i in range(1, len(xs)):
        found = key(xs[i])
        if found > most:
            best = xs[i]
            most = found
    return best


def product(xs: Any, start: Any = 1) -> Any:
    """All items multiplied."""
    for x in xs:
        start = start * x
    return start


def updated(d: Any, more: Any) -> Any:
    """A dict with the entries of another, or of pairs; the one given is a value like any other."""
    for key, value in more:
        d[key] = value
    return d


def last_key(d: Any) -> Any:
    """The key that was added last; there must be one."""
    keys = list(d)
    if len(keys) == 0:
        raise KeyError("popitem(): dictionary is empty")
    return keys[-1]


def reduced(function: Any, xs: Any) -> Any:
    """Items combined from the left."""
    result = xs[0]
    for i in range(1, len(xs)):
        result = function(result, xs[i])
    return result


def reduced_from(function: Any, xs: Any, start: Any) -> Any:
    """Items combined from the left, with a start."""
    for x in xs:
        start = function(start, x)
    return start


def mapped(function: Any, *lists: Any) -> Any:
    """A function of the items of one or more lists."""
    return [function(*items) for items in zip(*lists, strict=False)]


def kept(function: Any, xs: Any) -> Any:
    """The items for which a function holds."""
    return [x for x in xs if function(x)]


def gcd(a: Any, b: Any) -> Any:
    """The greatest common divisor."""
    a, b = abs(a), abs(b)
    while b:
        a, b = b, a % b
    return a


def factorial(n: int) -> Any:
    """1 * 2 * ... * n."""
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    result = 1
    for k in range(2, n + 1):
        result *= k
    return result


def comb(n: int, k: Any) -> Any:
    """How many ways there are to choose."""
    if n < 0 or k < 0:
        raise ValueError("n must be a non-negative integer")
    result = 1
    for i in range(min(k, n - k)):
        result = result * (n - i) // (i + 1)
    return result if k <= n else 0


def isqrt(n: int) -> Any:
    """The largest int whose square is not larger."""
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    x = int(float(n) ** 0.5)
    while x * x > n:
        x -= 1
    while (x + 1) * (x + 1) <= n:
        x += 1
    return x


def isclose(a: Any, b: Any, rel_tol: float = 1e-09, abs_tol: float = 0.0) -> Any:
    """Whether two numbers are near each other."""
    a, b = float(a), float(b)
    if a == b:
        return True
    inf = float("inf")
    if a in (inf, -inf) or b in (inf, -inf):
        return False
    gap = abs(b - a)
    return gap <= abs(rel_tol * b) or gap <= abs(rel_tol * a) or gap <= abs_tol


def digits(n: int, base: int, prefix: Any) -> Any:
    """An int in another base, as bin, oct and hex write it."""
    if n == 0:
        return prefix + "0"
    out = ""
    rest = abs(n)
    while rest > 0:
        out = "0123456789abcdef"[rest % base] + out
        rest = rest // base
    return ("-" if n < 0 else "") + prefix + out


def quoted(s: str) -> Any:
    """A text as repr writes it; ASCII only."""
    mark = '"' if "'" in s and '"' not in s else "'"
    out = ""
    for c in s:
        if ord(c) > LAST_PRINTED or (ord(c) < FIRST_PRINTED and c not in ("\n", "\r", "\t")):
            raise ValueError("repr of text that is not plain ASCII")
        if c in (mark, "\\"):
            out += "\\" + c
        elif c == "\n":
            out += "\\n"
        elif c == "\r":
            out += "\\r"
        elif c == "\t":
            out += "\\t"
        else:
            out += c
    return mark + out + mark


def list_text(xs: Any) -> Any:
    """A list as repr writes it."""
    return "[" + ", ".join([repr(x) for x in xs]) + "]"


def tuple_text(xs: Any) -> Any:
    """A tuple as repr writes it, of a list."""
    inner = ", ".join([repr(x) for x in xs])
    return "(" + inner + (",)" if len(xs) == 1 else ")")


def dict_text(d: Any) -> Any:
    """A dict as repr writes it."""
    return "{" + ", ".join([repr(k) + ": " + repr(v) for k, v in d.items()]) + "}"
