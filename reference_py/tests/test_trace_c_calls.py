"""C code that reads traced numbers: what it decides is recorded, or refused with its line."""

from __future__ import annotations

import array
import bisect
import cmath
import collections
import decimal
import fractions
import functools
import heapq
import itertools
import math
import operator
import random
import statistics
import struct
import time
import zlib
from datetime import timedelta
from math import comb, floor, gcd, isqrt, ldexp, sqrt

import numpy as np
import pytest

import tracescript as ts

XS = [3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0]
PI = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0])
ranged, listed = range, list.__getitem__

CALLS = {
    "slice of a list": lambda n, k: sum(XS[:k]),
    "slice of a tuple": lambda n, k: tuple(XS)[k:][0],
    "slice of a str": lambda n, k: float(len("abcdefgh"[:k])),
    "item of a list": lambda n, k: XS[k],
    "item by the list's own method": lambda n, k: listed(XS, k),
    "written item of a list": lambda n, k: operator.setitem(ys := list(XS), k, 7.0) or sum(ys[:4]),
    "removed item of a list": lambda n, k: [*XS].pop(k),
    "inserted item": lambda n, k: [*XS].index(4.0, 0, k) * 1.0,
    "percent f": lambda n, k: float("%f" % n),  # noqa: UP031  # what it is about
    "percent d": lambda n, k: float("%d" % k),  # noqa: UP031  # what it is about
    "percent s of a tuple": lambda n, k: float(len("%s %r" % (n, k))),  # noqa: UP031  # as above
    "width of a percent": lambda n, k: float(len("%*d" % (k, 1))),  # noqa: UP031  # as above
    "method format": lambda n, k: float("{:.1f}".format(n)),  # noqa: UP032  # what it is about
    "width of a format": lambda n, k: float(len(f"{1:{k}d}")),
    "decimal": lambda n, k: 1.0 if decimal.Decimal(n) > 2 else 0.0,
    "decimal of an int": lambda n, k: float(decimal.Decimal(k) / 3),
    "sum with a decimal": lambda n, k: float(k + decimal.Decimal(1)),
    "comparison with a decimal": lambda n, k: 1.0 if decimal.Decimal(4) > k else 2.0,
    "fraction": lambda n, k: float(fractions.Fraction(k, 6)),
    "fraction of a float": lambda n, k: float(fractions.Fraction(n) + 1),
    "islice": lambda n, k: sum(itertools.islice(XS, k)),
    "repeat": lambda n, k: sum(itertools.repeat(2.0, k)),
    "combinations": lambda n, k: float(len(list(itertools.combinations(XS, k)))),
    "accumulate": lambda n, k: list(itertools.accumulate([n, n, n]))[-1],
    "count": lambda n, k: next(itertools.count(k)) * 2.0,
    "sqrt bound before": lambda n, k: sqrt(n),
    "floor bound before": lambda n, k: floor(n) * 1.0,
    "gcd bound before": lambda n, k: gcd(k, 6) * 1.0,
    "isqrt bound before": lambda n, k: isqrt(k) * 1.0,
    "comb bound before": lambda n, k: comb(7, k) * 1.0,
    "ldexp bound before": lambda n, k: ldexp(1.0, k),
    "range": lambda n, k: float(len(range(k))),
    "range bound before": lambda n, k: float(sum(ranged(1, k))),
    "in a range": lambda n, k: 1.0 if k in range(2, 5) else 0.0,
    "repeated list": lambda n, k: float(len([0] * k)),
    "repeated deque": lambda n, k: float(len(collections.deque([0]) * k)),
    "bounded deque": lambda n, k: sum(collections.deque(XS, maxlen=k)),
    "operator.mul of a str": lambda n, k: float(len(operator.mul("ab", k))),
    "bytes": lambda n, k: float(len(bytes(k))),
    "bytearray": lambda n, k: float(len(bytearray(k))),
    "bytes of a list": lambda n, k: float(zlib.crc32(bytes([k, 1])) % 1000),
    "int.to_bytes": lambda n, k: float(k.to_bytes(2, "big")[1]),
    "int of a base": lambda n, k: float(int("101", k + 0)),
    "memoryview": lambda n, k: float(bytes(memoryview(b"abcdefgh")[:k])[-1]),
    "struct.pack": lambda n, k: struct.unpack("<f", struct.pack("<f", n))[0],
    "array": lambda n, k: array.array("d", [n])[0],
    "ljust": lambda n, k: float(len("a".ljust(k))),
    "zfill": lambda n, k: float(len("1".zfill(k))),
    "split": lambda n, k: float(len("a b c d e f g h".split(" ", k))),
    "replace": lambda n, k: float("aaaaaaaa".replace("a", "b", k).count("b")),
    "seed": lambda n, k: random.Random(k).random(),
    "randrange": lambda n, k: float(random.Random(5).randrange(k)),
    "sample": lambda n, k: sum(random.Random(5).sample(XS, k)),
    "time": lambda n, k: float(time.gmtime(k).tm_sec),
    "strftime": lambda n, k: float(time.strftime("%S", time.gmtime(n))),
    "timedelta": lambda n, k: timedelta(seconds=n).total_seconds(),
    "timedelta times": lambda n, k: (timedelta(seconds=2) * k).total_seconds(),
    "key of a dict": lambda n, k: {3: 1.0, 5: 2.0}.get(k, 9.0),
    "written key": lambda n, k: float(len({3: 1, k: 2})),
    "item of a frozenset": lambda n, k: 1.0 if n in frozenset({2.5, 9.5}) else 0.0,
    "set": lambda n, k: float(len({k, 3})),
    "isinstance": lambda n, k: n * 2 if isinstance(n, float) and isinstance(k, int) else n,
    "sorted by a key": lambda n, k: sorted(XS, key=lambda a: abs(a - n))[2],
    "sorted": lambda n, k: sorted([n, 2.0, 3.0])[1],
    "min and max": lambda n, k: min(n, 2.0) + max(k, 4),
    "bisect": lambda n, k: float(bisect.bisect([1.0, 2.0, 3.0], n)),
    "heap": lambda n, k: heapq.nsmallest(k, XS)[-1],
    "index": lambda n, k: XS[operator.index(k)],
    "itemgetter": lambda n, k: operator.itemgetter(k)(XS),
    "divmod": lambda n, k: divmod(n, 2)[0] + divmod(7, k)[1],
    "round": lambda n, k: round(n) + round(2.34567, k),
    "pow": lambda n, k: pow(k, 2, 7) + pow(n, 2),
    "complex": lambda n, k: complex(n).real + complex(1, n).imag,
    "cmath": lambda n, k: cmath.exp(n).real,
    "fsum": lambda n, k: math.fsum([n, 1]),
    "prod": lambda n, k: math.prod([n, k]),
    "sum": lambda n, k: sum([n, k, 1]),
    "sumprod": lambda n, k: statistics.fmean([n, 1.0]),
    "any": lambda n, k: 1.0 if any([n > 2]) else 0.0,
    "reduce": lambda n, k: functools.reduce(operator.add, [n, k]),
    "enumerate": lambda n, k: float(next(enumerate(XS, k))[0]),
    "slice.indices": lambda n, k: float(slice(0, k).indices(9)[1]),
    "chr": lambda n, k: float(ord(chr(k))),
    "number of a dict": lambda n, k: float(collections.Counter({"a": k}).total()),
    "getattr": lambda n, k: float(k.bit_length()),
    "match": lambda n, k: {True: 1.0, False: 2.0}[k == 3],
    "float from hex": lambda n, k: float.fromhex(n.hex()),
    "np.float64": lambda n, k: np.float64(n) * 2,
    "np.int32": lambda n, k: np.int32(k) * 2.0,
    "np.array": lambda n, k: np.array([n, 2.0]).sum(),
    "np.arange": lambda n, k: np.arange(k).sum() * 1.0,
    "array times": lambda n, k: (PI * n).sum(),
    "times array": lambda n, k: (k * PI).sum(),
    "scalar of numpy": lambda n, k: np.float32(2.0) * n + n * np.float64(3.0),
    "comparison with numpy": lambda n, k: 1.0 if np.float64(2.0) < n else 0.0,
    "power of an array": lambda n, k: (PI**n).sum() + (n**PI).sum(),
    "ufunc": lambda n, k: np.sqrt(n) + np.maximum(k, 4) * 1.0,
    "item of an array": lambda n, k: PI[k] * 1.0,
    "slice of an array": lambda n, k: PI[:k].sum(),
    "written array": lambda n, k: np.put(p := PI.copy(), k, n) or p.sum(),
    "np.where": lambda n, k: np.where(PI > 2, n, 0.0).sum(),
    "np.clip": lambda n, k: np.clip(PI, 0, n).sum(),
    "np.full": lambda n, k: np.full(3, n).sum(),
    "np.roll": lambda n, k: np.roll(PI, k)[0],
    "np.linspace": lambda n, k: np.linspace(0, n, 4).sum(),
    "np.percentile": lambda n, k: np.percentile(PI, n),
    "method of an array": lambda n, k: PI.repeat(k).sum() + PI.clip(n, 4).sum(),
    "np.random": lambda n, k: np.random.default_rng(k).random(),
    "np.isclose": lambda n, k: 1.0 if np.isclose(n, 2.5) else 0.0,
}
OTHERS = [(1.25, 5), (3.75, 2), (2.5, 4), (0.5, 3)]


FOLLOWED = {
    *("accumulate", "count", "floor bound before", "isinstance", "divmod", "prod", "sum", "reduce"),
    *("np.array", "np.arange", "array times", "times array", "scalar of numpy", "np.where"),
    *("power of an array", "ufunc", "np.clip", "np.full", "np.linspace"),
}
"""Calls that are in the graph, right for every number."""
REFUSED = {
    *("width of a percent", "decimal", "decimal of an int", "comparison with a decimal"),
    *("ldexp bound before", "bounded deque", "strftime", "timedelta", "np.random"),
}
"""Calls of C code that takes no number but Python's own."""


def outcome(call):
    """Return what a call gives, or the error that says where it was stopped."""
    try:
        return call(), None
    except ts.errors.TsError as error:
        return None, error


@pytest.mark.parametrize("name", sorted(CALLS.keys() - REFUSED))
def test_what_c_code_reads_of_a_number_is_in_the_graph_or_a_guard_with_its_line(name):
    f = CALLS[name]
    model = ts.trace(f, (2.5, 3), decisions="record")

    assert float(model(2.5, 3)) == pytest.approx(float(f(2.5, 3)), rel=1e-6)
    for n, k in OTHERS:
        found, error = outcome(lambda n=n, k=k: model(n, k))
        if error is None:
            assert float(found) == pytest.approx(float(f(n, k)), rel=1e-6)
        else:
            assert name not in FOLLOWED
            assert error.code == "GUARD_FAILED"
            assert "test_trace_c_calls.py:" in str(error)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_c_code_that_takes_plain_numbers_alone_is_refused_with_its_line(name):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(CALLS[name], (2.5, 3), decisions="record")

    assert caught.value.code == "UNRECORDED_READ"
    assert "test_trace_c_calls.py:" in str(caught.value)


def test_a_type_error_of_the_program_itself_stays_one():
    with pytest.raises(TypeError, match="can only concatenate"):
        ts.trace(lambda x: "a" + 1, (np.ones(3),))
