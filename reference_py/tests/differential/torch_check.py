"""Runs a random program of torch under CPython and as a scripted model, call after call."""

from __future__ import annotations

from typing import Any

import torch

from tests.differential.check import TooLongError, function_of, in_python
from tests.differential.rich_check import ERRORS, Runner, is_equal
from tests.script_table.run import plain
from tracescript.code.reader import check_code
from tracescript.code.writer import write_units
from tracescript.errors import LimitError, ProducerError
from tracescript.producer.script.run import script
from tracescript.validator import validate


def compare_torch(source: str, inputs: list[tuple[int, ...]], engine: str = "ref") -> str:
    """Return `equal`, `refused`, or a text that says what differs."""
    calls = [
        (torch.arange(6.0).reshape(2, 3) + a, b, torch.full((2, 3), float(c)) if c > 0 else None)
        for a, b, c in inputs
    ]
    return _compare(source, {"x": "float32[2, 3]", "m": "float32[2, 3] | None"}, calls, engine)


def compare_views(source: str, engine: str = "ref") -> str:
    """As `compare_torch`; `undefined` where torch itself refuses to run the program."""
    rows, columns = torch.arange(12.0).reshape(3, 4), torch.arange(12.0).reshape(4, 3).t()
    calls = [(rows, 2), (-rows, 3), (columns, 1), (columns + 1, 0)]
    outcome = _compare(source, {"x": "float32[3, 4]"}, calls, engine)
    return "undefined" if ": CPython 'RAISED'" in outcome else outcome


def _compare(source: str, types: dict[str, str], calls: list[tuple[Any, ...]], engine: str) -> str:
    make = function_of(source, "M")
    program = make().eval()
    try:
        model = script(make().eval(), types=types).model
    except ProducerError as error:
        if "please report it" in (error.hint or ""):
            return f"crash: {error}"
        return (
            "refused" if error.where and error.hint else f"refused without place or hint: {error}"
        )
    validate(model)
    check_code(model, write_units(model))
    run = Runner(model, engine)
    for args in calls:
        try:
            expected = in_python(program, tuple(map(_own, args)))
            found = run(tuple(plain(v) for v in args))
        except (TooLongError, LimitError):
            break
        if isinstance(found, str) or isinstance(expected, str):
            both = isinstance(found, str) and isinstance(expected, str)
            if both and (found == "INT_OVERFLOW" or {found, expected} <= ERRORS):
                break
            return f"{args}: CPython {expected!r}, model {found!r}"
        if not is_equal(_arrays(expected), found):
            return f"{args}: CPython {expected!r}, model {found!r}"
    return "equal"


def _own(value: Any) -> Any:
    return value.clone() if isinstance(value, torch.Tensor) else value


def _arrays(value: Any) -> Any:
    """Return what a program gave with arrays in place of tensors."""
    if isinstance(value, tuple):
        return tuple(map(_arrays, value))
    if isinstance(value, list):
        return list(map(_arrays, value))
    if isinstance(value, dict):
        return {k: _arrays(v) for k, v in value.items()}
    return plain(value)


def compare_sizes(source: str, engine: str = "ref") -> str:
    """As `compare_torch`, of a tensor of any rank."""
    shapes = [(3,), (2, 3), (2, 1, 3), (1, 2)]
    calls = [
        (torch.arange(float(torch.Size(s).numel())).reshape(s), n) for n, s in enumerate(shapes)
    ]
    outcome = _compare(source, {"x": "float32[...]"}, calls, engine)
    return "undefined" if ": CPython 'RAISED'" in outcome else outcome
