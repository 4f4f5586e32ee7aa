"""The oracle of an op from its page: the expression it gives, a library's function, its definition.

Operands come as torch tensors, widened as the plan says; numpy's functions get arrays.
"""

from __future__ import annotations

import ast
import functools
import importlib
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from tools.verify.execute import Graph, run
from tools.verify.plan import Call, Stop
from tracescript.ir import DataType
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.verify.plan import Oracle
    from tracescript.opset.table import OpDef, PythonName

_LIBRARIES: Final = {"torch": torch, "numpy": np, "np": np, "math": math}
_STOPS: Final = {
    ZeroDivisionError: "ZERO_DIVISION",
    OverflowError: "INT_OVERFLOW",
    IndexError: "INDEX_ERROR",
    KeyError: "KEY_ERROR",
    ValueError: "VALUE_ERROR",
}
"""What Python's own functions raise, as our codes."""


class NoOpinionError(Exception):
    """The page names nothing that knows the op's results; the text says what to write there."""


def opinion(op: OpDef) -> Oracle:
    """Return the oracle of an op. Raises NoOpinionError."""
    text = opset().message(op.name).verify.oracle
    if text:
        return functools.partial(_evaluated, op, _compiled(op, text))
    for library, names in (("torch", op.torch), ("numpy", op.numpy), ("python", op.python)):
        usable = [_named(op, name, library) for name in names if _is_plain(name)]
        found = [name for name in usable if name is not None]
        if found:
            return functools.partial(_called, op, found)
    if op.is_composite:
        return functools.partial(_defined, op)
    raise NoOpinionError(
        f"{op.name}: no torch, numpy or Python name of its page takes all its arguments; write in"
        f' spec/ops/{op.name}.toml, under [verify], oracle = "..." in numpy, torch and math'
    )


def formula_names(op: OpDef) -> Callable[..., dict[str, Any]]:
    """Return a function from a call to what the formulas of the op's tolerances name."""
    told = opset().message(op.name).verify.names
    codes = {n.name: _compiled(op, n.text) for n in told}

    def names(*operands: Any, **attributes: Any) -> dict[str, Any]:
        return {k: _evaluated(op, c, *operands, **attributes) for k, c in codes.items()}

    return names


def _compiled(op: OpDef, text: str) -> Any:
    return compile(text, f"spec/ops/{op.name}.toml", "eval")


def _evaluated(op: OpDef, code: Any, *operands: Any, **attributes: Any) -> Any:
    """Evaluate an expression of a page: it is one of ours, and run as such."""
    names = _arranged(op, operands) | attributes
    return _listed(op, eval(code, {**_LIBRARIES, **names}))  # noqa: S307 - our own pages


@dataclass(frozen=True)
class _Named:
    """A library's function that means an op where the attributes are `fixed`."""

    function: Callable[..., Any]
    library: str
    order: tuple[str, ...]
    fixed: dict[str, Any]


def _is_plain(name: PythonName) -> bool:
    """Whether a name gives a result, under no condition but the kinds of its operands."""
    return not name.in_place and not re.sub(r"kind\(\w+\) == '\w+'( and )?", "", name.when)


def _named(op: OpDef, name: PythonName, library: str) -> _Named | None:
    """Return a name that takes all inputs and attributes of an op, else None."""
    root, *parts = name.name.split(".")
    found = _LIBRARIES.get(root) or importlib.import_module(root)
    for part in parts:
        found = getattr(found, part, None)
    declared = [i.name for i in op.inputs] + [a.name for a in op.attributes]
    order = [a for a in name.arguments if "=" not in a] or declared
    fixed = dict(a.split("=") for a in name.arguments if "=" in a)
    while _bare(order[-1]) not in declared:
        order.pop()
    names = [_bare(a) for a in order]
    if not callable(found) or not set(declared) <= {*names, *fixed}:
        return None
    if not {*names, *fixed} <= {*declared, "_"}:
        return None
    literal = {k: ast.literal_eval(v) for k, v in fixed.items()}
    return _Named(found, library, tuple(order), literal)


def _bare(argument: str) -> str:
    """Return the input or attribute of an argument; a star says that it is spread."""
    return argument.lstrip("*")


def _called(op: OpDef, names: list[_Named], *operands: Any, **attributes: Any) -> Any:
    """Call the first of an op's names that means these attributes."""
    fitting = (n for n in names if n.fixed.items() <= attributes.items())
    name = next(fitting)
    given = _arranged(op, operands) | attributes
    values = {k: _plain(v, name.library) for k, v in given.items()} | {"_": None}
    spread: list[Any] = []
    for argument in name.order:
        found = values[_bare(argument)]
        spread += found if argument.startswith("*") else [found]
    try:
        try:
            return _listed(op, name.function(*spread))
        except TypeError:
            options = {k: values[k] for k in attributes if k not in name.fixed}
            inputs = [values[a] for a in map(_bare, name.order) if a not in options]
            return _listed(op, name.function(*inputs, **options))
    except tuple(_STOPS) as error:
        if name.library != "python":
            raise
        raise Stop(_STOPS[type(error)]) from error


def _arranged(op: OpDef, operands: tuple[Any, ...]) -> dict[str, Any]:
    """Return the operands by input; omitted ones are None, variadic ones a list."""
    found: dict[str, Any] = {}
    for place, declared in enumerate(op.inputs):
        rest = operands[place:]
        found[declared.name] = list(rest) if declared.variadic else rest[0] if rest else None
    return found


def _plain(value: Any, library: str) -> Any:
    """Return a value as a library takes it."""
    if isinstance(value, DataType):
        return getattr(torch if library == "torch" else np, value.value)
    if library == "numpy" and isinstance(value, torch.Tensor):
        return value.numpy()
    return [_plain(v, library) for v in value] if isinstance(value, list) else value


def _listed(op: OpDef, found: Any) -> Any:
    """Return a result as ours: ints have 64 bits, lists are no tuples."""
    if type(found) is int and not -(2**63) <= found < 2**63:
        raise Stop("INT_OVERFLOW")
    is_list = len(op.outputs) == 1 and op.outputs[0].kind == "list"
    return list(found) if is_list else found


def _defined(op: OpDef, *operands: Any, **attributes: Any) -> Any:
    """Run the op's definition on operands widened to float64."""
    given = tuple(v.numpy() if isinstance(v, torch.Tensor) else v for v in operands)
    graph = Graph(op.name, Call(given, attributes), symbolic=False)
    found = run(graph.model, graph.given, "ref", expand=True)
    return found if len(op.outputs) != 1 else found[0]
