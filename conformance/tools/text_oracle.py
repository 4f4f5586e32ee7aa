"""Has CPython vouch for the values of cases whose model is written as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from oracles import text_programs
from tools import literals
from tools.second_oracle import DisagreementError
from tracescript_conformance import values
from tracescript_conformance.compare import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.conformance.v1 import case_pb2

_TYPES = {np.dtype(layout).name: number for number, layout in values.SHORT.values()}


def vouches(source: Mapping[str, Any], steps: Sequence[case_pb2.Step]) -> bool:
    """Whether CPython gives the expected values; False where it cannot run the text.

    Raises DisagreementError.
    """
    try:
        program = program_of(source)
        for step in steps:
            if step.WhichOneof("outcome") == "expected":
                _check(program, step)
    except text_programs.NoOracleError:
        return False
    return True


def program_of(source: Mapping[str, Any]) -> Any:
    """Return an instance of the root class of a text, with the source's weights and states.

    Raises NoOracleError where the text has no such class.
    """
    members = {**source.get("weights", {}), **source.get("states", {})}
    held = {path: _plain(_parsed(text, members)) for path, text in members.items()}
    root = dict(source.get("tree", {})).get("") or _last_class(source["text"])
    return text_programs.instance(source["text"], root, held)


def _parsed(text: str, members: Mapping[str, str]) -> Any:
    return literals.parse(members.get(text.removeprefix("same as "), text))


def _last_class(text: str) -> str:
    return re.findall(r"^class (\w+)", text, re.MULTILINE)[-1]


def _check(program: Any, step: case_pb2.Step) -> None:
    given = values.items(step.inputs)
    args = [_plain(value) for name, value in given if not name]
    kwargs = {name: _plain(value) for name, value in given if name}
    got = text_programs.call(program, step.method, args, kwargs)
    found = compare(step.expected, values.bundle([("", _suite(value)) for value in got]))
    if found.what:
        raise DisagreementError(f"{step.method}: CPython: {found.where}: {found.what}")


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return np.array(value.array) if isinstance(value, values.Tensor) else value


def _suite(value: Any) -> Any:
    if isinstance(value, values.Tensor):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return values.Tensor(_TYPES[value.dtype.name], np.asarray(value))
    return [_suite(item) for item in value] if isinstance(value, list) else value
