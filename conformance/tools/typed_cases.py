"""Makes cases of primitives that are not elementwise, one for each data type: a family, generated.

The operand is two rows of three elements, edges of the type where nothing is added or multiplied.
The first oracle is Python on lists; the second torch, in the widest type of the kind.
"""

from __future__ import annotations

import itertools
import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.edge_cases import SETS, in_type, largest, step
from tools.op_models import LONG, Literal
from tools.op_results import FLOATS
from tools.second_oracle import compare_torch, torch_oracle
from tools.text_models import text_file
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance.values import tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rows = list[list[Any]]


def _sums(*rows: Any) -> Any:
    return [[sum(map(operator.mul, a, b)) for b in rows] for a in rows]


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    return lambda row: next((x for x in row if x != x), None) or choose(row)  # noqa: PLR0124  # NaN


def _place(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any]], int]:
    return lambda row: row.index(_extreme(choose)(row))


def _each(function: Callable[[list[Any]], Any]) -> Callable[[Rows], list[Any]]:
    return lambda rows: [function(row) for row in rows]


def _so_far(function: Callable[[Any, Any], Any]) -> Callable[[Rows], Rows]:
    return lambda rows: [list(itertools.accumulate(row, function)) for row in rows]


_MOVED: dict[str, tuple[str, str, Callable[[Rows], Any], Callable[[Any, Any], Any]]] = {
    "expand": ("x, [2, 2, 3]", "2, 2, 3", lambda r: [r, r], lambda _, x: x.expand(2, 2, 3)),
    "gather": (
        "x, i, dim=0",
        "1, 3",
        lambda r: [[r[1][0], r[0][1], r[1][2]]],
        lambda t, x: x.gather(0, t.tensor([[1, 0, 1]])),
    ),
    "index": (
        "x, [i]",
        "3, 3",
        lambda r: [r[1], r[0], r[1]],
        lambda t, x: x[t.tensor([1, 0, 1])],
    ),
    "index_select": (
        "x, i, dim=1",
        "2, 3",
        _each(lambda row: [row[2], row[0], row[2]]),
        lambda t, x: x.index_select(1, t.tensor([2, 0, 2])),
    ),
    "permute": (
        "x, dims=[1, 0]",
        "3, 2",
        lambda r: [list(column) for column in zip(*r, strict=True)],
        lambda _, x: x.permute(1, 0),
    ),
    "reshape": (
        "x, [3, 2]",
        "3, 2",
        lambda r: [r[0][:2], [r[0][2], r[1][0]], r[1][1:]],
        lambda _, x: x.reshape(3, 2),
    ),
    "scatter": (
        "x, i, x, dim=0",
        "2, 3",
        lambda r: [r[0], [r[0][0], *r[1][1:]]],
        lambda t, x: x.scatter(0, t.tensor([[1, 0]]), x),
    ),
    "slice": (
        "x, start=1, end=3, dim=1",
        "2, 2",
        _each(lambda row: row[1:3]),
        lambda _, x: x[:, 1:3],
    ),
    "amax": ("x, dim=[1]", "2", _each(_extreme(max)), lambda _, x: x.amax(1)),
    "amin": ("x, dim=[1]", "2", _each(_extreme(min)), lambda _, x: x.amin(1)),
}
"""Arguments, extents of the result, and both oracles: what makes a result of elements of x."""
_FOUND: dict[str, tuple[str, str, Callable[[Rows], Any], Callable[[Any, Any], Any]]] = {
    "argmax": ("x, dim=1", "2", _each(_place(max)), lambda _, x: x.argmax(1)),
    "argmin": ("x, dim=1", "2", _each(_place(min)), lambda _, x: x.argmin(1)),
    "nonzero": (
        "x",
        "_, 2",
        lambda r: [[i, k] for i, row in enumerate(r) for k, x in enumerate(row) if x != 0],
        lambda _, x: x.nonzero(),
    ),
}
"""What makes places, int64."""
_COMPUTED: dict[str, tuple[str, str, Callable[[Rows], Any], Callable[[Any, Any], Any]]] = {
    "cumprod": ("x, dim=1", "2, 3", _so_far(operator.mul), lambda _, x: x.cumprod(1)),
    "cumsum": ("x, dim=1", "2, 3", _so_far(operator.add), lambda _, x: x.cumsum(1)),
    "matmul": (
        "x, ops.permute(x, dims=[1, 0])",
        "2, 2",
        lambda r: _sums(*r),
        lambda _, x: x @ x.T,
    ),
    "prod": ("x, dim=[1]", "2", _each(math.prod), lambda _, x: x.prod(1)),
    "sum": ("x, dim=[1]", "2", _each(sum), lambda _, x: x.sum(1)),
}
"""What adds and multiplies: integers wrap, floats are chosen so that nothing is rounded."""
_PLACES = {
    "gather": [[1, 0, 1]],
    "index": [1, 0, 1],
    "index_select": [2, 0, 2],
    "scatter": [[1, 0]],
}
"""What stands for `i` among the arguments."""
_CALLS = {**_MOVED, **_FOUND, **_COMPUTED}


def families(op: dict[str, Any]) -> list[str]:
    """Return the data types that an op's cases are made for."""
    if op["name"] not in _CALLS:
        return []
    found = SETS[op["variables"][0]["set"]]
    return [name for name in found if name != "bool" or op["name"] not in _COMPUTED]


def cases(op: dict[str, Any]) -> Iterator[case_pb2.Case]:
    """Yield the cases of an op, one for each data type. Raises DisagreementError."""
    for name in families(op):
        yield _case(op, name)


def _elements(name: str, *, computed: bool) -> list[Any]:
    if name == "bool":
        return [True, False, False, True, True, False]
    if name in FLOATS:
        precision, least = FLOATS[name]
        edges = [math.nan, math.inf, -0.0, largest(name), 2.0 ** (least - precision + 1), -2.0]
        return [1.5, -2.0, 0.5, 3.5, -0.0, 1.0] if computed else edges
    limits = np.iinfo(name)
    return [int(limits.min), int(limits.max), 0, 1, 7, 2]


def _case(op: dict[str, Any], name: str) -> case_pb2.Case:
    arguments, extents, by_hand, by_torch = _CALLS[op["name"]]
    result_type = "int64" if op["name"] in _FOUND else name
    case = case_pb2.Case(
        id=f"tensor/{op['name']}/of_{name}",
        revision=1,
        story=f"{op['summary'].rstrip('.')}, of {name}.",
        rules=[f"OP.{op['name']}"],
        needs=[op["profile"]],
        level=case_pb2.LEVEL_MUST,
        since="1.0",
    )
    kind = case_pb2.ORACLE_KIND_EXACT_ARITHMETIC
    case.provenance.oracles.add(kind=kind, name="Python", method="exact, on lists")
    own, results = (t.replace("bool", "bool_") for t in (name, result_type))
    places = np.array(_PLACES.get(op["name"], []))
    second = f", i: Tensor[int64, {', '.join(map(str, places.shape))}]" if places.size else ""
    head = f"def forward(self, x: Tensor[{own}, 2, 3]{second}) -> Tensor[{results}, {extents}]:"
    body = f"return ops.{op['name']}({arguments})"
    text = f"class Op(Module):\n\n    @authored\n    {head}\n        {body}\n"
    case.artifacts.add(content=text_file({"name": op["name"]}, [text]))
    elements = _elements(name, computed=op["name"] in _COMPUTED)
    nested = by_hand([elements[:3], elements[3:]])
    flat = np.array(nested, object)
    made = [in_type(x, result_type) for x in flat.ravel()]
    given = tensor(LONG[name], (2, 3), elements)
    wanted = Literal("y", None, tensor(LONG[result_type], flat.shape, made), ())
    case.provenance.max_disagreement_ulps = _asked(op, given, wanted, by_torch)
    case.provenance.oracles.append(torch_oracle(op))
    inputs = [("x", given)]
    if places.size:
        inputs.append(("i", tensor("i64", places.shape, places.ravel().tolist())))
    case.run.steps.append(step(op, "forward", inputs, wanted))
    return case


def _asked(op: dict[str, Any], given: Any, wanted: Literal, by_torch: Any) -> float:
    """Compare with torch. Raises DisagreementError."""
    import torch

    got = by_torch(
        torch, torch.from_numpy(np.array(given.wide() if given.is_float else given.array))
    )
    if not wanted.value.is_float:
        got = got.to(torch.from_numpy(np.zeros(1, wanted.value.array.dtype)).dtype)
    return compare_torch(op, got, [wanted])
