"""What torch says about a tensor op, computed in float64. Knows nothing of TraceScript's code."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import torch

from tracescript_conformance.values import NAME, Tensor

_TORCH = {
    "bool": torch.bool, "u8": torch.uint8, "i8": torch.int8, "i16": torch.int16, "i32": torch.int32,
    "i64": torch.int64, "u32": torch.uint32, "f16": torch.float16, "bf16": torch.bfloat16,
    "f32": torch.float32, "f64": torch.float64, "f8e4m3": torch.float8_e4m3fn,
    "f8e5m2": torch.float8_e5m2, "c64": torch.complex64, "c128": torch.complex128,
}  # fmt: skip
_DTYPES = {
    "bool": torch.bool, "uint8": torch.uint8, "int8": torch.int8, "int16": torch.int16,
    "int32": torch.int32, "int64": torch.int64, "float16": torch.float16,
    "bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64,
    "float8_e4m3fn": torch.float8_e4m3fn, "float8_e5m2": torch.float8_e5m2,
    "complex64": torch.complex64, "complex128": torch.complex128,
}  # fmt: skip

_IN_OWN_TYPE = {"nan_to_num"}
"""Ops whose result hangs on the data type itself; they are exact, so float64 gives nothing."""


class NoOracleError(Exception):
    """torch has no function for this call that can be used here."""


def to_torch(value: Any) -> Any:
    """Turn a value into torch's: float tensors exactly into float64, complex ones too."""
    if isinstance(value, Tensor):
        if value.is_inexact:
            return torch.tensor(value.wide())
        return torch.tensor(np.array(value.array))
    if isinstance(value, list):
        return [to_torch(item) for item in value]
    return value


def rounded(value: Any, like: Any) -> Any:
    """Turn torch's result back, rounded once to the data type of `like`; as float64 for floats."""
    if isinstance(like, Tensor):
        tensor = value if isinstance(value, torch.Tensor) else torch.tensor(value)
        wanted = _TORCH[NAME[like.data_type]]
        made = tensor.to(wanted)
        if like.is_inexact:
            made = made.to(torch.complex128 if made.is_complex() else torch.float64)
        return made.resolve_conj().numpy()
    if isinstance(like, list | tuple):
        return [rounded(v, item) for v, item in zip(value, like, strict=True)]
    return value.item() if isinstance(value, torch.Tensor) else value


def _resolve(name: str) -> Any:
    found: Any = torch
    for part in name.removeprefix("torch.").split("."):
        found = getattr(found, part, None)
        if found is None:
            raise NoOracleError(name)
    return found


def _attribute(value: Any, kind: str) -> Any:
    return _DTYPES[value.rstrip("_")] if kind == "data_type" else value


def run(op: dict[str, Any], inputs: dict[str, Any], attributes: dict[str, Any]) -> Any:
    """Call torch's function for an op by the names in its definition.

    Raises NoOracleError where no plain function fits; what torch raises passes through.
    """
    from oracles.torch_special import SPECIAL

    given = {name: to_torch(value) for name, value in inputs.items() if value is not None}
    if op["name"] in _IN_OWN_TYPE:
        given = {name: x.to(_TORCH[NAME[inputs[name].data_type]]) for name, x in given.items()}
    kinds = {a["name"]: a["kind"] for a in op.get("attributes", [])}
    given |= {name: _attribute(value, kinds[name]) for name, value in attributes.items()}
    if op["name"] in SPECIAL:
        return SPECIAL[op["name"]](**given)
    for entry in sorted(op.get("torch", []), key=lambda e: bool(e.get("when"))):
        if entry.get("in_place") or "__" in entry["name"]:
            continue
        try:
            return _call(_resolve(entry["name"]), entry, op, given)
        except (NoOracleError, TypeError, ValueError, RuntimeError):
            continue  # torch has the name and takes other arguments
    raise NoOracleError(op["name"])


def _call(function: Any, entry: dict[str, Any], op: dict[str, Any], given: dict[str, Any]) -> Any:
    """Call by the order of the entry's arguments; ours where it has none."""
    names = entry.get("arguments") or [
        *(i["name"] for i in op.get("inputs", [])),
        *(a["name"] for a in op.get("attributes", [])),
    ]
    if any("=" in name for name in names):
        raise NoOracleError(entry["name"])
    defaults = {a["name"]: a.get("default") for a in op.get("attributes", [])}
    args = []
    for name in names:
        if name in given:
            args.append(given[name])
        elif name in defaults and defaults[name] is not None:
            args.append(_literal(defaults[name]))
        else:
            args.append(None)
    while args and args[-1] is None:
        args.pop()
    unused = set(given) - set(names)
    if unused:
        parameters = _parameters(function)
        if parameters is not None and not unused <= parameters:
            raise NoOracleError(f"{entry['name']} has no {unused}")
        return function(*args, **{name: given[name] for name in unused})
    return function(*args)


def _parameters(function: Any) -> set[str] | None:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def _literal(text: str) -> Any:
    import ast

    return float(text) if text in {"inf", "-inf", "nan"} else ast.literal_eval(text)
