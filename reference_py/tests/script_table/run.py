"""Runs the programs of the language table: under CPython and as scripted models."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.differential.check import in_model, in_python
from tracescript.code.reader import check_code
from tracescript.code.writer import write_units
from tracescript.engine.choose import choose
from tracescript.engine.protocol import Options
from tracescript.errors import ProducerError
from tracescript.model.hosts import calling, functions
from tracescript.model.input_checks import constant_value
from tracescript.producer.script.run import script
from tracescript.validator import validate

if TYPE_CHECKING:
    from tests.script_table.rows import Row

RAISED = {"CONVERSION_ERROR", "KEY_ERROR", "INDEX_ERROR", "VALUE_ERROR"}


def differences(row: Row, body: str, engine: str = "ref") -> list[str]:
    """Return what differs from CPython over the calls of a row."""
    function = row.function(body)
    scripted = script(function, types=row.types or None)
    model = scripted.model
    validate(model)
    if not scripted.hosts:
        check_code(model, write_units(model))
    method = model.root.methods[0]
    loaded = choose(engine).load(model, Options(hosts=functions(scripted.hosts)))
    prepared = calling_python(loaded.method(method))
    outputs = model.function(method.function).outputs
    types = [o.type for o in outputs[: len(outputs) - len(method.states)]]
    states = [constant_value(s.initial) for s in method.states]
    found = []
    for args in row.calls():
        expected = in_python(function, tuple(map(own, args)))
        result = in_model(prepared, tuple(map(plain, args)), types, states)
        if not same(expected, result):
            found.append(f"{args}: CPython {expected!r}, model {result!r}")
    return found


def calling_python(prepared: Any) -> Any:
    """Return a method whose calls may call Python functions."""
    return lambda *call: calling(lambda: prepared(*call), None)


def refusal(row: Row) -> ProducerError | None:
    """Return the error of the program that a row refuses."""
    try:
        script(row.function(row.refused), types=row.types or None)
    except ProducerError as error:
        return error
    return None


def own(value: Any) -> Any:
    """Return an argument nobody else holds."""
    return value.clone() if hasattr(value, "clone") else value


def plain(value: Any) -> Any:
    """Return a tensor of torch's as an array."""
    if hasattr(value, "detach"):
        return value.detach().numpy()
    return value


def same(expected: Any, found: Any) -> bool:
    """Whether a model gave what CPython gave; arrays of floats within a few units."""
    if isinstance(expected, str) and expected in RAISED and found == "RAISED":
        return True
    if isinstance(found, str) and (expected, found) == ("CONVERSION_ERROR", "VALUE_ERROR"):
        return True
    expected = plain(expected)
    if isinstance(expected, enum.Enum):
        if isinstance(expected, int | str):
            return same(expected.value, found)
        return (expected.name, expected.value) == (found.name, found.value)
    if expected is None:
        return found is None or found == ()
    if isinstance(expected, tuple | list):
        is_like = isinstance(found, tuple | list) and len(found) == len(expected)
        return is_like and all(map(same, expected, found))
    if isinstance(expected, dict):
        return list(expected) == list(found) and all(same(expected[k], found[k]) for k in expected)
    if isinstance(expected, np.ndarray | np.generic):
        made, wanted = np.asarray(found), np.asarray(expected)
        if made.dtype != wanted.dtype or made.shape != wanted.shape:
            return False
        return bool(np.allclose(made, wanted, rtol=2e-5, atol=1e-6, equal_nan=True))
    if isinstance(expected, float):
        return isinstance(found, float) and (
            math.isclose(expected, found, rel_tol=1e-14)
            or (math.isnan(expected) and math.isnan(found))
        )
    return type(expected) is type(found) and bool(expected == found)
