"""Loads the program that a user names on the command line, and words what it raises."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracescript.errors import TsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_THEIRS = (str(Path(__file__).parents[1]), str(Path(click.__file__).parent), "<frozen ")


@contextmanager
def running() -> Iterator[None]:
    """Run a user's code: what it raises itself becomes one line with the place in that code.

    Raises click.ClickException; TraceScript's own errors pass.
    """
    try:
        yield
    except (TsError, click.ClickException):
        raise
    except SyntaxError as error:
        message = f"{error.filename}:{error.lineno}: SyntaxError: {error.msg}"
        raise click.ClickException(message) from error
    except Exception as error:
        message = f"{_place(error)}{type(error).__name__}: {error}"
        raise click.ClickException(message) from error


def _place(error: Exception) -> str:
    """Return the innermost line of the user's own code, as `file:line: `."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not f.filename.startswith(_NOT_THEIRS)]
    return f"{theirs[-1].filename}:{theirs[-1].lineno}: " if theirs else ""


def load_object(target: str) -> Any:
    """Import `module:object` or `path.py:object`, the working folder first on the path.

    Raises click.ClickException where either part cannot be found or the module raises.
    """
    module_name, _, name = target.partition(":")
    if not name:
        raise click.BadParameter(f"module:object expected, found {target!r}")
    with running():
        try:
            module = _module(module_name)
        except ImportError as error:
            raise click.BadParameter(f"cannot import {module_name!r}: {error}") from error
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise click.BadParameter(f"{module_name!r} has no object {name!r}")
        found = getattr(found, part)
    return found


def _module(name: str) -> Any:
    if not name.endswith(".py"):
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        return importlib.import_module(name)
    path = Path(name)
    if not path.is_file():
        raise click.BadParameter(f"no file {name!r}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise click.BadParameter(f"{name!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def instance(target: Any) -> Any:
    """Return an object as it is, or an instance where it is a class without required arguments."""
    if not isinstance(target, type):
        return target
    with running():
        try:
            return target()
        except TypeError as error:
            raise click.BadParameter(
                f"{target.__name__} cannot be made without arguments: {error}"
            ) from error
