"""Calls that break one rule of an op: valid examples of its page, changed in one or two places."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from op_runs import model_of, run_model

from tools.op_examples import examples
from tracescript.errors import InvalidModelError, TsError
from tracescript.opset.table import OpDef, opset
from tracescript.passes.expand import expand_all

SHAPES = (
    (),
    (1,),
    (2,),
    (5,),
    (7, 5),
    (2, 3, 7),
    (2, 3, 5, 7),
    (2, 3, 2, 5, 7),
    (0,),
    (0, 0),
    (2, 0),
    (1, 1, 0),
    (1, 1, 0, 0),
)
INTS = (99, -99, 0, -1, 2, 7)
FLOATS = (-1.5, 1.5, float("nan"), 1e300, float("inf"), 0.0)
LISTS = (
    [],
    [99],
    [0, 0],
    [-1],
    [1],
    [2, 2],
    [7, 7],
    [-5, 3],
    [1, 1, 1],
    [0, 0, 0, 0],
    [2] * 9,
    [-1, -1],
    [99, 99],
)
FEWEST = 400
"""Changes in two places that are tried after all in one."""


def valid(op: OpDef) -> list[tuple[list[Any], dict[str, Any]]]:
    """Return the calls of an op's examples that succeed."""
    return [
        ([None if i is None else i.value for i in e.inputs], dict(e.attributes))
        for e in examples(op, opset().message(op.name))
        if not e.error
    ]


def other_values(value: Any) -> list[Any]:
    """Return what may stand in the place of an operand or attribute."""
    if isinstance(value, np.ndarray | np.generic):
        return tensors_instead(np.asarray(value))
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, int):
        return list(INTS)
    if isinstance(value, float):
        return list(FLOATS)
    if isinstance(value, list | tuple):
        if any(isinstance(v, np.ndarray | np.generic) for v in value):
            changed = [[*value[:-1], other] for other in other_values(value[-1])]
            return [*changed, [value[0], *value], list(value[:-1]) or [value[0], value[0]]]
        return [type(value)(v) for v in LISTS if not value or type(value[0]) is int]
    return []


def tensors_instead(x: np.ndarray) -> list[np.ndarray]:
    """Return tensors of other shapes and with other elements."""
    changed = [np.concatenate([x, x], axis) for axis in range(x.ndim)]
    changed += [x[:1] for _ in range(x.ndim > 0 and len(x) > 1)]
    changed += [x[None], x[0] if x.ndim and len(x) else x]
    fills: list[Any] = (
        [99, -99, 0] if x.dtype.kind in "iu" else [np.nan, 2, -1, 0] if x.dtype.kind != "b" else []
    )
    for fill in fills:
        whole = x.copy()
        with np.errstate(all="ignore"):
            whole[...] = np.asarray(fill).astype(x.dtype)
        changed.append(whole)
    changed = [np.asarray(c) for c in changed]
    return [*changed, *(np.ones(shape, x.dtype) for shape in SHAPES)]


def one_change(op: OpDef, inputs: list[Any], attributes: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return the changes of one place, as (place, value)."""
    places = [(i, other) for i, v in enumerate(inputs) for other in other_values(v)]
    for declared in op.attributes:
        now = attributes.get(declared.name, declared.default)
        now = {"ints": (0,), "int": 1, "float": 1.0}.get(declared.kind) if now is None else now
        now = tuple(now) if isinstance(now, list) else now
        places += [(declared.name, v) for v in other_values(now)]
        places += [(declared.name, c) for c in declared.choices if c != now]
    return places


def changed(inputs: list[Any], attributes: dict[str, Any], *changes: tuple[Any, Any]) -> Any:
    """Apply changes to a call."""
    inputs, attributes = list(inputs), dict(attributes)
    for place, value in changes:
        if isinstance(place, str):
            attributes[place] = value
        else:
            inputs[place] = value
    return inputs, attributes


def variations(op: OpDef) -> Any:
    """Yield changed calls: one place first, then two."""
    calls = valid(op)
    single = [(c, one_change(op, *c)) for c in calls]
    for call, places in single:
        for change in places:
            yield changed(*call, change)
    for call, places in single:
        pairs = itertools.combinations(places, 2)
        for first, second in itertools.islice(
            (p for p in pairs if p[0][0] != p[1][0]), 0, 40 * FEWEST, 40
        ):
            yield changed(*call, first, second)


def refusal(name: str, call: Any) -> InvalidModelError | None:
    """Return how the call checker refuses a call."""
    try:
        model_of(name, *call)
    except InvalidModelError as error:
        return error
    return None


def stop(name: str, call: Any, *, expand: bool) -> TsError | None:
    """Return how a call with extents known at run time stops."""
    try:
        model, given = model_of(name, *call, symbolic=True)
        run_model(expand_all(model) if expand else model, given)
    except InvalidModelError:
        return None
    except TsError as error:
        return error
    return None
