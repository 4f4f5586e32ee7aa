"""Reads input values from the command line and prints results."""

from __future__ import annotations

import ast
import re
from typing import Any

import click
import numpy as np

from tracescript.opset import dtypes

_TYPED = re.compile(r"(?P<dtype>[a-z_0-9]+)\[(?P<shape>[0-9, ]*)\](?:\s+(?P<items>.*))?", re.DOTALL)
_INT_HIGH = 8
_BOOLS = {"0": False, "1": True, "false": False, "true": True, "False": False, "True": True}


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
        texts = match["items"].split()
        if len(texts) != int(np.prod(shape)):
            raise click.BadParameter(
                f"{list(shape)} takes {int(np.prod(shape))} elements, found {len(texts)}"
            )
        return np.array([_element(t, dtype) for t in texts], dtype).reshape(shape)
    generator = np.random.default_rng(seed)
    if np.issubdtype(dtype, np.integer) or dtype == np.bool_:
        return generator.integers(0, 2 if dtype == np.bool_ else _INT_HIGH, shape).astype(dtype)
    return generator.standard_normal(shape).astype(dtype)


def _element(text: str, dtype: np.dtype[Any]) -> Any:
    """Read one element. Raises click.BadParameter for one that the data type cannot hold."""
    try:
        if dtype == np.bool_:
            return _BOOLS[text]
        if np.issubdtype(dtype, np.integer):
            return np.array(int(text), dtype)
        return complex(text) if dtype.kind == "c" else float(text)
    except (ValueError, OverflowError, KeyError) as error:
        raise click.BadParameter(f"{text!r} is no element of {dtype}") from error


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
        shown = np.array2string(array, threshold=64, precision=6, max_line_width=78)
        head = f"{name}: {array.dtype}[{', '.join(map(str, array.shape))}]"
        return [head, *(f"  {line}" for line in shown.splitlines())]
    if isinstance(value, dict) and value:
        return [line for key, v in value.items() for line in lines_of(v, f"{name}[{key!r}]")]
    if isinstance(value, tuple | list) and any(map(_is_large, value)):
        return [line for i, v in enumerate(value) for line in lines_of(v, f"{name}[{i}]")]
    return [f"{name}: {value!r}"]


def _is_large(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | tuple | list | dict)
