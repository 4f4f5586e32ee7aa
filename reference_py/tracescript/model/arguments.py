"""Checks what a caller gives to the public verbs: choices, files, models."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

from tracescript.errors import BadInputError
from tracescript.model.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping


def choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """Raise BadInputError where an argument is none of its choices."""
    if value not in choices:
        raise _refused(name, f"one of {', '.join(map(repr, choices))}", repr(value))


def kind(name: str, value: Any, wanted: type) -> None:
    """Raise BadInputError where an argument is not of the wanted class."""
    if not isinstance(value, wanted):
        raise _refused(name, f"a {wanted.__name__}", _described(value))


def count(name: str, value: Any) -> None:
    """Raise BadInputError where an argument is no int of 1 or more."""
    if type(value) is not int or value < 1:
        raise _refused(name, "an int of 1 or more", repr(value))


def model(value: Any) -> None:
    """Raise BadInputError where a model is expected and something else is given."""
    if not isinstance(value, Model):
        hint = "ts.trace or ts.script makes a model of a program"
        raise _refused("model", "a ts.Model", _described(value), hint)


def file(value: Any, method: str) -> None:
    """Raise BadInputError for what is neither a path nor a binary file with this method."""
    if isinstance(value, io.TextIOBase):
        hint = "open it in binary mode"
        raise _refused("file", "a binary file", "a text file", hint)
    if not (isinstance(value, str | os.PathLike) or hasattr(value, method)):
        raise _refused("file", "a path or a binary file", _described(value))


def extra_files(value: Mapping[str, bytes]) -> None:
    """Raise BadInputError where extra files are not bytes by name."""
    for name, content in value.items():
        if not isinstance(name, str) or not isinstance(content, bytes):
            found = f"{_described(content)} by {_described(name)}"
            raise _refused("extra_files", "bytes by str", found)


def _described(value: Any) -> str:
    return "None" if value is None else f"an object of class {type(value).__name__}"


def _refused(name: str, expected: str, found: str, hint: str = "") -> BadInputError:
    return BadInputError(f"{name}: {expected} expected, found {found}", code="BAD_INPUT", hint=hint)
