"""Python's numbers in traces: what a program computes with them is recorded, or is a decision."""

from __future__ import annotations

import cmath
import collections
import copy
import functools
import json
import math
import pickle
import struct

import numpy as np
import pytest

import tracescript as ts
from tracescript.producer.trace.numbers import SymFloat, SymInt

COMPUTED = {
    "abs": lambda n, k: abs(n) + abs(k),
    "abs of less than 0": lambda n, k: abs(-n) + abs(-k),
    "rounded to ints": lambda n, k: math.floor(n) + 10 * math.ceil(n) + 100 * math.trunc(-n),
    "rounded ints": lambda n, k: math.floor(k) + math.ceil(k) + math.trunc(k) + round(k) * 1.0,
    "math of floats": lambda n, k: math.sqrt(n) + math.exp(n) * math.sin(n) + math.log(n),
    "divmod": lambda n, k: divmod(n, 2)[0] + divmod(7, n)[1] + divmod(k, 2)[1] + divmod(9, k)[0],
    "bits": lambda n, k: ((k & 1) + (k | 8) + (k ^ 1) + (k << 2) + (k >> 1) + ~k) * 1.0,
    "reflected bits": lambda n, k: ((9 & k) + (8 | k) + (1 ^ k) + (1 << k) + (99 >> k)) * 1.0,
    "signs": lambda n, k: +n - (+k) + (-n),
    "parts": lambda n, k: n.real + n.imag + k.real + k.imag + k.numerator + k.denominator,
    "conjugates": lambda n, k: n.conjugate() + k.conjugate(),
    "copies": lambda n, k: copy.copy(n) + copy.deepcopy([n])[0] + copy.deepcopy({"k": k})["k"],
}
READ = {
    "pickle": lambda n, k: pickle.loads(pickle.dumps(n)),
    "pickle of old": lambda n, k: pickle.loads(pickle.dumps([n], 1))[0],
    "pickle of an int": lambda n, k: pickle.loads(pickle.dumps(k)) * 1.0,
    "json": lambda n, k: json.loads(json.dumps({"n": [n]}))["n"][0],
    "json of an int": lambda n, k: json.loads(json.dumps(k)) * 1.0,
    "struct": lambda n, k: struct.unpack("d", struct.pack("d", n))[0],
    "float": lambda n, k: float(n),
    "int": lambda n, k: int(n) * 1.0,
    "format": lambda n, k: float(f"{n:.3f}"),
    "str": lambda n, k: float(str(n)),
    "round": lambda n, k: round(n) * 1.0,
    "round to digits": lambda n, k: round(n, 1),
    "math of ints": lambda n, k: math.sqrt(k) + math.gcd(k, 6),
    "math of two": lambda n, k: math.hypot(n, 1.0) + math.fmod(n, 2),
    "math of lists": lambda n, k: math.fsum([n, 1.0]) + math.dist([n], [0.0]),
    "cmath": lambda n, k: cmath.sqrt(n).real,
    "complex": lambda n, k: complex(n).real,
    "complex sum": lambda n, k: (n + 1j).real,
    "hash": lambda n, k: hash(n) % 1000 * 1.0,
    "key of a dict": lambda n, k: {2.5: 1.0}.get(n, 9.0),
    "item of a set": lambda n, k: 1.0 if k in {1, 2, 3} else 0.0,
    "counter": lambda n, k: next(iter(collections.Counter([n]))),
    "cache": lambda n, k: functools.lru_cache(lambda a: a * 2)(n),
    "numpy's float": lambda n, k: float(np.float64(n)),
    "sum with numpy's float": lambda n, k: float(n + np.float64(1.0)),
    "methods of floats": lambda n, k: float.fromhex(n.hex()) + n.as_integer_ratio()[0],
    "methods of ints": lambda n, k: k.bit_length() + k.as_integer_ratio()[0] * 1.0,
    "texts of ints": lambda n, k: int(hex(k), 16) + int(bin(k), 2) + ord(chr(k)) * 1.0,
    "power in a ring": lambda n, k: pow(k, 2, 7) * 1.0,
}


@pytest.mark.parametrize("name", COMPUTED)
def test_what_a_program_computes_with_a_number_is_in_the_graph(name):
    f = COMPUTED[name]
    model = ts.trace(f, (2.5, 3), decisions="record")

    for n, k in ((2.5, 3), (1.25, 5)):
        assert model(n, k) == pytest.approx(f(n, k), rel=1e-15)


@pytest.mark.parametrize("name", READ)
def test_a_number_that_leaves_the_trace_is_a_decision(name):
    f = READ[name]
    model = ts.trace(f, (2.5, 3), decisions="record")

    assert {d.kind for d in model.report.decisions} <= {"float_read", "int_read", "branch"}
    assert model(2.5, 3) == pytest.approx(f(2.5, 3), rel=1e-15)
    with pytest.raises(ts.errors.TsError) as caught:
        model(1.25, 5)
    assert caught.value.code == "GUARD_FAILED"


def test_sizes_keep_their_arithmetic():
    def f(x):
        half = math.ceil(x.shape[0] / 2)
        return np.reshape(x[: half * 2], (half, -1)) * (x.shape[1] >> 1)

    model = ts.trace(f, (np.ones((4, 6), np.float32),))

    for rows, columns in ((4, 6), (8, 2), (2, 10)):
        x = np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)
        np.testing.assert_array_equal(model(x), f(x))


@pytest.mark.parametrize(("kind", "plain"), [(SymInt, int), (SymFloat, float)])
def test_a_number_has_the_methods_of_the_class_it_passes_for_and_is_none(kind, plain):
    public = {n for n in dir(plain) if not n.startswith("_")} - {"from_number"}

    assert public <= set(dir(kind))
    assert not issubclass(kind, (int, float))

    def program(n, k):
        assert type(n) is not float
        assert type(k) is not int
        assert isinstance(n, float)
        assert isinstance(k, int)
        return n

    ts.trace(program, (2.5, 3), check=False)


def test_functions_of_python_are_as_before_after_a_trace():
    before = math.sqrt, json.dumps, hex, range, len
    ts.trace(lambda n: math.sqrt(n) + 1, (2.5,))

    assert (math.sqrt, json.dumps, hex, range, len) == before
