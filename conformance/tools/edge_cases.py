"""Makes cases of elementwise ops at the edges of each data type they take: a family, generated.

A case holds a vector of edges (for two operands, all their pairs), an empty one, and rank 0. The
first oracle is exact arithmetic or mpmath, element by element; the second torch in float64, or
numpy in the type itself where torch has no function.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

from oracles import elementwise, transcendental
from tools import edge_bounds
from tools.op_models import LONG, Literal, attributes
from tools.op_results import FIXED_ZERO, FLOATS
from tools.text_models import text_file
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance import values
from tracescript_conformance.values import Tensor, tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INTS = ("int8", "int16", "int32", "int64", "uint8")
SETS = {
    "float": [*FLOATS],
    "inexact": [*FLOATS],
    "int": [*INTS],
    "int|bool": [*INTS, "bool"],
    "real": [*INTS, *FLOATS],
    "numeric": [*INTS, *FLOATS],
    "any": ["bool", *INTS, *FLOATS],
    "storage": ["bool", *INTS, *FLOATS],
}
"""Data types by the name of a set, complex ones left out: their parts are floats."""
_CHOSEN: dict[str, dict[str, str]] = {
    "celu": {"alpha": "2.0"},
    "elu": {"alpha": "2.0"},
    "fake_quantize_per_tensor": {"qmin": "-8", "qmax": "7"},
    "hardshrink": {"lambd": "0.25"},
    "hardtanh": {"min": "1.0", "max": "2.0"},
    "isclose": {"rtol": "0.25", "atol": "0.5", "equal_nan": "True"},
    "leaky_relu": {"slope": "0.25"},
    "nan_to_num": {"nan": "1.5", "posinf": "2.0", "neginf": "-3.0"},
    "quantize_per_tensor": {"qmin": "0", "qmax": "200", "dtype": "uint8"},
    "softplus": {"beta": "2.0", "threshold": "1.0"},
    "softshrink": {"lambd": "0.25"},
    "threshold": {"threshold": "1.0", "value": "20.0"},
}
"""Attributes that are none of the defaults, exact in every type; the examples have the defaults."""
_SHAPED = {
    "fake_quantize_per_tensor": {"scale": "", "zero_point": ""},
    "masked_fill": {"value": ""},
    "prelu": {"weight": "1"},
    "quantize_per_tensor": {"scale": "", "zero_point": ""},
}
"""Inputs with a shape of their own."""
_HALVES = {"gelu", "hardswish", "silu"}
"""Ops that give half of a small number, which for the least one is a tie: bounds cannot tell."""


def largest(name: str) -> float:
    """Return the largest finite number of a float type."""
    precision, least = FLOATS[name]
    return (2 - 2.0 ** (1 - precision)) * 2.0 ** (1 - least)


def edges(op: dict[str, Any], name: str, operands: int) -> list[Any]:
    """Return the elements that an operand takes: fewer where there are pairs of them."""
    if name == "bool":
        return [False, True]
    if name in INTS:
        bits = int(name.strip("uint"))
        low, high = (
            (0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        )
        return sorted({low, high, 0, 1, 2, 7, *(() if name[0] == "u" else (-1, -3))})
    precision, least = FLOATS[name]
    tiny, top = 2.0 ** (least - precision + 1), largest(name)
    few = [math.nan, math.inf, -math.inf, -0.0, 0.0, top, tiny, 1.5, -2.0]
    more = [-top, -tiny, 2.0 ** (least - 1), 2.0**least, 1.0, -1.0, 0.5, -2.5, 3.5]
    left_out = {tiny, -tiny} if op["name"] in _HALVES else set()
    if op["name"] == "hardswish":
        left_out.add(top)  # six times it on the way
    return few if operands > 1 else [x for x in (*few, *more) if x not in left_out]


def families(op: dict[str, Any]) -> list[str]:
    """Return the data types that an op's cases are made for."""
    if op["name"] not in {*elementwise.EXACT, *elementwise.SHIFTS, *transcendental.INEXACT}:
        return []
    return SETS[op["variables"][0]["set"]]


def cases(op: dict[str, Any]) -> Iterator[case_pb2.Case]:
    """Yield the cases of an op, one for each data type. Raises DisagreementError."""
    for name in families(op):
        yield _case(op, name)


def _case(op: dict[str, Any], name: str) -> case_pb2.Case:
    texts = {"dtype": _target(name)} if op["name"] == "cast" else _CHOSEN.get(op["name"], {})
    given = [{"name": n, "text": t} for n, t in texts.items()]
    chosen = {n: v for n, (_, v) in attributes(op, given).items()}
    case = case_pb2.Case(
        id=f"num/{op['name']}/edges_of_{name}",
        revision=1,
        story=f"{op['summary'].rstrip('.')}, at the edges of {name}, of nothing, and of rank 0.",
        rules=[f"OP.{op['name']}"],
        needs=[op["profile"]],
        level=case_pb2.LEVEL_MUST,
        since="1.0",
    )
    first = case.provenance.oracles.add(name="Python", method="exact, element by element")
    first.kind = case_pb2.ORACLE_KIND_EXACT_ARITHMETIC
    if op["name"] in transcendental.INEXACT and name in FLOATS:
        first.name, first.method = "mpmath", "300 bits, element by element"
        first.kind = case_pb2.ORACLE_KIND_MULTIPRECISION
    rows, results = evaluated(op, name, chosen)
    outputs = _outputs(op, name, chosen, results[0])
    case.artifacts.add(content=text_file({"name": op["name"]}, [_text(op, name, outputs, texts)]))
    seconds = []
    for method, count in (("forward", len(rows)), ("forward", 0), ("single", 1)):
        shape = () if method == "single" else (count,)
        inputs = [
            (i["name"], _tensor(_type(i, name), _shape(op, i, shape), [r[k] for r in rows]))
            for k, i in enumerate(op["inputs"])
        ]
        wanted = Literal("y", None, _tensor(outputs, shape, results[:count]), ())
        if outputs == name and name in FLOATS:
            wanted = edge_bounds.bounded(op, name, rows[:count], chosen, wanted)
        seconds.append(edge_bounds.second(op, dict(inputs), chosen, wanted))
        case.run.steps.append(step(op, method, inputs, wanted))
    case.provenance.oracles.append(seconds[0].oracle)
    case.provenance.max_disagreement_ulps = max(second.ulps for second in seconds)
    return case


def _target(name: str) -> str:
    """Return what a type is cast to: one that cannot hold its edges."""
    return "int8" if name in FLOATS else "float16"


def _outputs(op: dict[str, Any], name: str, chosen: dict[str, Any], result: Any) -> str:
    if op["outputs"][0]["type"] == "complex(T)":
        return "complex128" if name == "float64" else "complex64"
    return "bool" if isinstance(result, bool) else str(chosen.get("dtype", name))


def evaluated(
    op: dict[str, Any], name: str, chosen: dict[str, Any]
) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """Return rows of operands and the result of each, rounded; rows that fail are left out."""
    function = _function(op, name)
    rows, results = [], []
    for row in _rows(op, name):
        try:
            found = function(*row, **chosen)
        except elementwise.NoValueError:
            continue
        rows.append(row)
        results.append(in_type(found, str(chosen.get("dtype", name))))
    return rows, results


def _function(op: dict[str, Any], name: str) -> Callable[..., Any]:
    found = elementwise.SHIFTS.get(op["name"])
    if found is not None:
        return functools.partial(found, width=int(name.strip("uint")))
    exact = elementwise.EXACT.get(op["name"])
    inexact = transcendental.INEXACT.get(op["name"], exact)
    return inexact if name in FLOATS else exact  # type: ignore[return-value]  # one has it


def in_type(found: Any, name: str) -> Any:
    """Return a number rounded, or wrapped, to what a type holds."""
    if isinstance(found, bool | complex):
        return found
    if name in FLOATS:
        precision, least = FLOATS[name]
        return elementwise.rounded(found, precision, least, largest(name))
    if name == "bool":
        return bool(found)
    bits = int(name.strip("uint"))
    low = 0 if name[0] == "u" else -(2 ** (bits - 1))
    return (int(found) - low) % 2**bits + low


def _rows(op: dict[str, Any], name: str) -> list[tuple[Any, ...]]:
    """Return the elements of each operand, a row for each element of the result."""
    inputs = op["inputs"]
    places = [k for k, i in enumerate(inputs) if i["type"] == "T" and not _own(op, i)]
    found = list(itertools.product(edges(op, name, len(places)), repeat=min(len(places), 2)))
    rows = []
    for n, row in enumerate(found):
        others = iter((*row, *([found[-1 - n][0]] if len(places) > 2 else [])))  # noqa: PLR2004
        rows.append(tuple(_element(op, i, name, n, others) for i in inputs))
    return rows


def _element(op: dict[str, Any], item: dict[str, Any], name: str, n: int, others: Any) -> Any:
    if _own(op, item):
        return 3 if _type(item, name) in INTS else True if name == "bool" else 0.25
    if item["type"] == "bool":
        return n % 3 != 1
    return (0.25, 0.75, 1.0)[n % 3] if item["name"] == "weight" else next(others)


def _own(op: dict[str, Any], item: dict[str, Any]) -> bool:
    return item["name"] in _SHAPED.get(op["name"], {})


def _shape(op: dict[str, Any], item: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    own = _SHAPED.get(op["name"], {}).get(item["name"])
    return shape if own is None else tuple(map(int, own.split()))


def _type(item: dict[str, Any], name: str) -> str:
    return name if item["type"] == "T" else str(item["type"])


def _tensor(name: str, shape: tuple[int, ...], elements: Sequence[Any]) -> Tensor:
    return tensor(LONG[name], shape, list(elements[: math.prod(shape)]))


def _text(op: dict[str, Any], name: str, outputs: str, texts: dict[str, str]) -> str:
    """Return the program: the op on vectors, and on rank 0."""
    methods = []
    for method, extent in (("forward", ", N"), ("single", "")):
        names = [i["name"] for i in op["inputs"]]
        own = [_SHAPED.get(op["name"], {}).get(n) for n in names]
        extents = [extent if o is None else f", {o}" if o else "" for o in own]
        types = [_type(i, name).replace("bool", "bool_") for i in op["inputs"]]
        given = ", ".join(
            f"{n}: Tensor[{t}{e}]" for n, t, e in zip(names, types, extents, strict=True)
        )
        passed = [
            f"{i['name']}={i['name']}" if i.get("optional") else i["name"] for i in op["inputs"]
        ]
        call = ", ".join([*passed, *(f"{n}={t}" for n, t in texts.items())])
        result = f"Tensor[{outputs.replace('bool', 'bool_')}{extent}]"
        methods.append(
            f"\n    @authored\n    def {method}(self, {given}) -> {result}:\n"
            f"        return ops.{op['name']}({call})\n"
        )
    return f"N = Dim('N', 0, None)\n\n\nclass Op(Module):\n{''.join(methods)}"


def step(
    op: dict[str, Any], method: str, inputs: Sequence[tuple[str, Tensor]], wanted: Literal
) -> case_pb2.Step:
    """Make the step of a case: inputs, the result, how far off it may be."""
    made = case_pb2.Step(method=method)
    made.inputs.CopyFrom(values.bundle([("", value) for _, value in inputs]))
    table = made.expected.outputs.table
    table.add()
    index = values.write(table, wanted.value)
    made.expected.outputs.items.add(data=index)
    if wanted.bounds:
        bound = tensor("f64", wanted.value.array.shape, list(wanted.bounds))
        made.expected.checks.add(data=index, bound=values.write(table, bound))
    elif op["name"] in FIXED_ZERO and wanted.value.is_float:
        made.expected.checks.add(data=index, zero_sign=True)
    return made
