"""Reads input values from the command line and prints results."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np

from tracescript.opset import dtypes

_TYPED = re.compile(r"(?P<dtype>[a-z_0-9]+)\[(?P<shape>[0-9, ]*)\](?:\s+(?P<items>.*))?", re.DOTALL)
_INT_HIGH = 8


def load_object(target: str) -> Any:
    """Import `module:object` or `path.py:object`, the working folder first on the path.

    Raises click.BadParameter where either part cannot be found.
    """
    module_name, _, name = target.partition(":")
    if not name:
        raise click.BadParameter(f"module:object expected, found {target!r}")
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
    try:
        return target()
    except TypeError as error:
        raise click.BadParameter(
            f"{target.__name__} cannot be made without arguments: {error}"
        ) from error


def read_value(text: str, seed: int = 0) -> Any:
    """Read an input: a .npy file, `float32[2] 1 2`, `float32[2, 3]` (seeded random), a literal."""
    if text.endswith(".npy"):
        try:
            return np.load(text, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise click.BadParameter(f"cannot read {text!r}: {error}") from error
    match = _TYPED.fullmatch(text.strip())
    if match:
        return _typed(match, seed)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise click.BadParameter(
            f"{text!r} is no input: give file.npy, 'float32[2] 1 2', 'float32[2, 3]' or a literal"
        ) from error


def _typed(match: re.Match[str], seed: int) -> np.ndarray[Any, Any]:
    try:
        dtype = dtypes.numpy_of(dtypes.as_data_type(match["dtype"]))
    except (ValueError, KeyError) as error:
        raise click.BadParameter(f"unknown data type {match['dtype']!r}") from error
    shape = tuple(int(s) for s in match["shape"].split(",") if s.strip())
    if match["items"]:
        items = [
            float(item) if "." in item or "e" in item or "n" in item else int(item)
            for item in match["items"].split()
        ]
        if len(items) != int(np.prod(shape)):
            raise click.BadParameter(
                f"{list(shape)} takes {int(np.prod(shape))} elements, found {len(items)}"
            )
        return np.array(items).astype(dtype).reshape(shape)
    generator = np.random.default_rng(seed)
    if np.issubdtype(dtype, np.integer) or dtype == np.bool_:
        return generator.integers(0, 2 if dtype == np.bool_ else _INT_HIGH, shape).astype(dtype)
    return generator.standard_normal(shape).astype(dtype)


def read_inputs(texts: tuple[str, ...]) -> tuple[list[Any], dict[str, Any]]:
    """Read `--input` options: values by position, `name=value` by name."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for seed, text in enumerate(texts):
        name, equals, rest = text.partition("=")
        if equals and name.isidentifier():
            kwargs[name] = read_value(rest, seed)
        else:
            args.append(read_value(text, seed))
    return args, kwargs


def lines_of(value: Any, name: str) -> list[str]:
    """Write a result for a person: type, shape and elements, long tensors shortened."""
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        shown = np.array2string(array, threshold=64, precision=6, max_line_width=100)
        head = f"{name}: {array.dtype}[{', '.join(map(str, array.shape))}]"
        return [head, *(f"  {line}" for line in shown.splitlines())]
    return [f"{name}: {value!r}"]
