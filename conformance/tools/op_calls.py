"""Makes cases of the calls in `authored/ops`: an op, its inputs and attributes, and no values.

Two oracles compute them: the op's definition over numpy in float64, and torch.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tools import literals
from tools.op_cases import declared_forms, definitions, expect, output_forms
from tools.op_models import LONG, Literal, attributes, model_of, ordered_inputs
from tools.second_oracle import Second, compare_torch, torch_oracle
from tools.sources import strict
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance import values
from tracescript_conformance.values import NAME, Tensor, tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KEYS = {"op", "id", "story", "inputs", "attributes", "bound"}
_LONG = {short: name for name, short in LONG.items()}


def case(table: Mapping[str, Any], where: str) -> case_pb2.Case:
    """Make the case of a call. Raises SourceError, DisagreementError, NoOracleError."""
    strict(table, _KEYS, where)
    op = op_named(table["op"])
    given = [item for name, text in table["inputs"].items() for item in _literals(name, text)]
    texts = [{"name": n, "text": t} for n, t in table.get("attributes", {}).items()]
    inputs, chosen = ordered_inputs(op, given), attributes(op, texts)
    made = case_pb2.Case(
        id=table["id"],
        revision=1,
        story=table["story"],
        rules=[f"OP.{op['name']}"],
        needs=[op["profile"]],
        level=case_pb2.LEVEL_MUST,
        since="1.0",
    )
    named = {i["name"]: x for i, x in zip(op["inputs"], inputs, strict=True) if x is not None}
    forms = _forms(op, given, texts)
    results = _results(op, named, chosen, forms, float(table.get("bound", 0.0)))
    second = _torch(op, named, chosen, results)
    made.artifacts.add(content=model_of(op, inputs, chosen, output_forms(results)))
    step = case_pb2.Step(method="forward")
    step.inputs.CopyFrom(values.bundle([("", i.value) for i in inputs if i is not None]))
    expect(op, step, results)
    made.run.steps.append(step)
    first = made.provenance.oracles.add(kind=case_pb2.ORACLE_KIND_FLOAT64, name="numpy")
    first.method = "the op's definition in float64"
    made.provenance.oracles.append(second.oracle)
    made.provenance.max_disagreement_ulps = second.ulps
    return made


def op_named(name: str) -> dict[str, Any]:
    """Return an op's definition. Raises KeyError."""
    return _definitions()[name]


@functools.cache
def _definitions() -> dict[str, dict[str, Any]]:
    return {op["name"]: op for op in definitions()}


def _literals(name: str, text: str | Sequence[str]) -> list[Literal]:
    """Read an input; tensors of a list are elements by number, numbers of a list are one value."""
    if not isinstance(text, str):
        found = [literals.parse(part) for part in text]
        if isinstance(found[0], Tensor):
            return [_literal(f"{name}[{k}]", value) for k, value in enumerate(found)]
        return [Literal(name, ("list", ("scalar", "int")), found, ())]
    return [_literal(name, literals.parse(text))]


def _literal(name: str, value: Any) -> Literal:
    if isinstance(value, Tensor):
        long = _LONG[NAME[value.data_type]]
        return Literal(name, ("tensor", long, value.array.shape), value, ())
    return Literal(name, ("scalar", "int"), value, ())


def _forms(op: dict[str, Any], given: list[Literal], texts: list[dict[str, str]]) -> list[Any]:
    """Return the types of the outputs; a complex or a real one follows from the first input's."""
    name = given[0].form[1]
    wide = name in {"float64", "complex128"}
    of_type = {
        "complex(T)": ("tensor", "complex128" if wide else "complex64", None),
        "real(T)": ("tensor", "float64" if wide else "float32", None),
    }
    declared = declared_forms(op, given, {"attributes": texts})
    types = [output.get("type", "") for output in op["outputs"]]
    return [of_type.get(t, form) for t, form in zip(types, declared, strict=True)]


def _results(
    op: dict[str, Any],
    named: Mapping[str, Literal],
    chosen: Mapping[str, tuple[Any, Any]],
    forms: Sequence[Any],
    bound: float,
) -> list[Literal]:
    """Ask numpy. Raises ValueError for a value that is inexact and has no bound."""
    from oracles import numpy_ops

    wide = {name: _wide(item.value) for name, item in named.items()}
    plain = {name: value for name, (_, value) in chosen.items()}
    got = numpy_ops.FUNCTIONS[op["name"]](**wide, **plain)
    if len(forms) == 1:
        got = [got]
    found = []
    for output, form, part in zip(op["outputs"], forms, got, strict=True):
        if form[0] == "list":
            found += [
                _result(f"{output['name']}[{k}]", form[1], piece, bound)
                for k, piece in enumerate(part)
            ]
        else:
            found.append(_result(output["name"], form, part, bound))
    return found


def _wide(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.wide() if value.is_inexact else value.array
    return [_wide(item) for item in value] if isinstance(value, list) else value


def _result(name: str, form: Any, got: Any, bound: float) -> Literal:
    exact = np.asarray(got)
    made = tensor(LONG[form[1]], exact.shape, exact.ravel().tolist())
    result = Literal(name, ("tensor", form[1], exact.shape), made, ())
    if not made.is_inexact:
        return result
    error = np.abs(made.wide() - exact)
    if not bound and np.any(error > 0):
        raise ValueError(f"{name} is inexact and has no bound: {exact.tolist()}")
    return replace(result, bounds=(bound + float(np.max(error, initial=0.0)),) if bound else ())


def _torch(
    op: dict[str, Any],
    named: Mapping[str, Literal],
    chosen: Mapping[str, tuple[Any, Any]],
    results: list[Literal],
) -> Second:
    from oracles import torch_ops

    plain = {n: form[1] if form[0] == "type" else v for n, (form, v) in chosen.items()}
    got = torch_ops.run(op, {name: item.value for name, item in named.items()}, plain)
    return Second(torch_oracle(op), compare_torch(op, got, results))
