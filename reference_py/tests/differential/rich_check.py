"""Runs a random program of containers and state under CPython and as a scripted model."""

from __future__ import annotations

import enum
import math
from typing import Any

import numpy as np

from tests.differential.check import LONGEST, TooLongError, function_of, in_python
from tests.script_table.run import RAISED
from tracescript.code.reader import check_code
from tracescript.code.writer import write_units
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.engine.values import named
from tracescript.errors import LimitError, ProducerError, TrapError
from tracescript.model.input_checks import constant_value
from tracescript.producer.script.run import script
from tracescript.validator import validate

ERRORS = {
    *RAISED,
    "RAISED",
    "SHAPE_ERROR",
    "ZERO_DIVISION",
    "ASSERTION_ERROR",
    "UNDEFINED",
    "INT_OVERFLOW",
    "NONE_ERROR",
}


def compare_rich(source: str, inputs: list[tuple[int, ...]], engine: str = "ref") -> str:
    """Return `equal`, `refused`, or a text that says what differs; state runs through the calls."""
    is_module = "class M(" in source
    made = function_of(source, "M" if is_module else "f")
    program = made() if is_module else made
    try:
        model = script(program).model
    except ProducerError as error:
        if "please report it" in (error.hint or ""):
            return f"crash: {error}"
        return (
            "refused" if error.where and error.hint else f"refused without place or hint: {error}"
        )
    validate(model)
    check_code(model, write_units(model))
    run = Runner(model, engine)
    for args in inputs:
        try:
            expected = in_python(program.forward if is_module else program, args)
            found = run(args)
        except (TooLongError, LimitError):
            break
        if isinstance(found, str) or isinstance(expected, str):
            if found == "INT_OVERFLOW" or (found in ERRORS and expected in ERRORS):
                break
            return f"{args}: CPython {expected!r}, model {found!r}"
        if not is_equal(expected, found):
            return f"{args}: CPython {expected!r}, model {found!r}"
    return "equal"


class Runner:
    """A model whose state runs through its calls; a trap becomes its code."""

    def __init__(self, model: Any, engine: str) -> None:
        (method,) = model.root.methods
        self.prepared = choose(engine).load(model, Options()).method(method)
        function = model.function(method.function)
        self.types = [o.type for o in function.outputs if not o.name]
        names = [i.name for i in function.inputs if i.kind == "state"]
        held = [*model.root.attributes, *model.root.buffers]
        states = {a.name: a.value for a in held if hasattr(a.value, "initial")}
        self.state = tuple(constant_value(states[n].initial) for n in names)

    def __call__(self, args: tuple[Any, ...]) -> Any:
        try:
            run = self.prepared(args, self.state, Budget(Limits(steps=LONGEST)))
        except TrapError as error:
            return error.code
        self.state = run.state
        outputs = tuple(named(v, t) for v, t in zip(run.outputs, self.types, strict=True))
        return outputs[0] if len(outputs) == 1 else outputs


def is_equal(a: Any, b: Any) -> bool:
    """Whether a model gave what CPython gave, to the last bit."""
    if isinstance(a, enum.Enum):
        return (a.name, a.value) == b
    if isinstance(a, np.ndarray | np.generic):
        made = np.asarray(b)
        return made.dtype == a.dtype and np.array_equal(np.asarray(a), made, equal_nan=True)
    if isinstance(a, tuple | list):
        is_like = isinstance(b, type(a)) and len(a) == len(b)
        return is_like and all(map(is_equal, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(is_equal(a[k], b[k]) for k in a)
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    return type(a) is type(b) and a == b
