"""Runs one program under CPython and as a scripted model, and compares what happens."""

from __future__ import annotations

import linecache
import math
import sys
import warnings
from typing import TYPE_CHECKING, Any

from tracescript.code.reader import check_code
from tracescript.code.writer import write_units
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.engine.values import named
from tracescript.errors import LimitError, ProducerError, TrapError
from tracescript.producer.script.run import script
from tracescript.validator import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODES = {
    ZeroDivisionError: "ZERO_DIVISION",
    IndexError: "INDEX_ERROR",
    KeyError: "KEY_ERROR",
    AssertionError: "ASSERTION_ERROR",
    ValueError: "CONVERSION_ERROR",
    OverflowError: "CONVERSION_ERROR",
    RuntimeError: "RAISED",
}
LONGEST = 20_000


class TooLongError(Exception):
    """The program runs too long to compare."""


def function_of(source: str, name: str = "f", label: str = "program") -> Any:
    """Make a function whose source the compiler finds."""
    path = f"<{label}>"
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    space: dict[str, Any] = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        exec(compile(source, path, "exec"), space)
    return space[name]


def in_python(function: Any, args: tuple[Any, ...]) -> Any:
    """Run in CPython; an error becomes its code."""
    left = [LONGEST]

    def watch(frame: Any, event: str, arg: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise TooLongError
        return watch

    sys.settrace(watch)
    try:
        return function(*args)
    except UnboundLocalError:
        return "UNDEFINED"
    except tuple(_CODES) as error:
        return next(code for kind, code in _CODES.items() if isinstance(error, kind))
    finally:
        sys.settrace(None)


def in_model(
    prepared: Any, args: tuple[Any, ...], types: Sequence[Any] = (), states: Sequence[Any] = ()
) -> Any:
    """Run the model; an error becomes its code. Results are as callers see them."""
    try:
        outputs = prepared(args, states, Budget(Limits(steps=LONGEST))).outputs
    except TrapError as error:
        return error.code
    if types:
        outputs = tuple(named(v, t) for v, t in zip(outputs, types, strict=True))
    return outputs[0] if len(outputs) == 1 else outputs


def compare(source: str, inputs: list[tuple[int, ...]], engine: str = "ref") -> str:
    """Return `equal`, `refused`, `long`, or a text that says what differs."""
    function = function_of(source)
    try:
        model = script(function).model
    except ProducerError as error:
        return "refused" if error.where else f"refused without a place: {error}"
    validate(model)
    check_code(model, write_units(model))
    prepared = choose(engine).load(model, Options()).method(model.root.methods[0])
    for args in inputs:
        try:
            expected, found = in_python(function, args), in_model(prepared, args)
        except (TooLongError, LimitError):
            continue
        if found == "INT_OVERFLOW" or _beyond(expected):
            continue
        if not _equal(expected, found):
            return f"{args}: CPython {expected!r}, model {found!r}"
    return "equal"


def _beyond(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return any(isinstance(v, int) and abs(v) >= 2**62 for v in parts)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    return type(a) is type(b) and a == b
