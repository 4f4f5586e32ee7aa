"""Runs a random program of numpy as it is and as a traced model, on two sets of arrays."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import tracescript as ts
from tests.differential.check import function_of
from tests.differential.numpy_programs import SHAPE

_NEAR = 1e-8
_STEP = 1e-12
"""How far inputs are moved to see whether a program is steady there."""


def compare_numpy(seed: int, source: str) -> str:
    """Return `equal`, `refused`, `guarded`, `unsteady`, or a text that says what differs.

    A program is unsteady where numpy itself gives far other results for nearly the same arrays.
    """
    f = function_of(source)
    calls = [_arrays(2 * seed), _arrays(2 * seed + 1)]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        wanted = [f(*args) for args in calls]
        try:
            model = ts.trace(f, calls[0], decisions="record")
        except ts.errors.ProducerError as error:
            is_told = error.code != "NONDETERMINISTIC_TRACE" and error.where and error.hint
            return "refused" if is_told else f"refused without a reason: {error}"
        for args, want in zip(calls, wanted, strict=True):
            try:
                found = model(*args)
            except ts.errors.GuardError:
                return "guarded"
            what = _difference(want, found)
            if what:
                is_steady = not _difference(want, f(args[0] + _STEP, args[1] - _STEP, args[2]))
                return what if is_steady else "unsteady"
    return "equal"


def compare_scripted(seed: int, source: str) -> str:
    """Return the same of the program compiled as a script for arrays of its types."""
    f = function_of(source)
    types = {"x": f"float64{list(SHAPE)}", "y": f"float64{list(SHAPE)}", "n": f"int64{list(SHAPE)}"}
    calls = [_arrays(2 * seed), _arrays(2 * seed + 1)]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        wanted = [f(*args) for args in calls]
        try:
            model = ts.script(f, types=types)
        except ts.errors.ProducerError as error:
            return "refused" if error.where and error.hint else f"refused without a hint: {error}"
        for args, want in zip(calls, wanted, strict=True):
            what = _difference(want, model(*args))
            if what:
                is_steady = not _difference(want, f(args[0] + _STEP, args[1] - _STEP, args[2]))
                return what if is_steady else "unsteady"
    return "equal"


def _arrays(seed: int) -> tuple[Any, ...]:
    r = np.random.default_rng(seed)
    return r.normal(size=SHAPE) * 1.5, r.normal(size=SHAPE), r.integers(-9, 10, size=SHAPE)


def _difference(want: Any, found: Any) -> str:
    for a, b in zip(want, found, strict=True):
        if a.dtype != b.dtype or a.shape != b.shape:
            return f"numpy {a.dtype}{a.shape}, model {b.dtype}{b.shape}"
        if not np.allclose(a, b, rtol=_NEAR, atol=_NEAR, equal_nan=True):
            return f"numpy {a!r}, model {b!r}"
    return ""
