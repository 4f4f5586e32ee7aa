"""Steps of authored cases: calls and what they must give, from text or from the oracles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tools import literals
from tools.sources import Models, strict
from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import data_pb2, error_pb2, example_pb2
from tracescript_conformance import values
from tracescript_conformance.values import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VALUE_KEYS = {"gives", "bound", "zero_sign", "golden", "options", "weights"}
_STEP_KEYS = {"method", "inputs", "named", "fails", "placed", "guards", "guard"} | _VALUE_KEYS


class Oracles:
    """What vouched for the values of one case."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.by_hand = False
        self.cpython = False
        self.ulps: float | None = None

    def fill(self, provenance: case_pb2.Provenance) -> None:
        """Name the oracles in a case."""
        if self.ulps is not None:
            add = provenance.oracles.add
            add(kind=case_pb2.ORACLE_KIND_FLOAT64, name="numpy", method="the program in float64")
            add(
                kind=case_pb2.ORACLE_KIND_OTHER_RUNTIME,
                name="torch",
                method="the program in float64",
            )
            provenance.max_disagreement_ulps = self.ulps
        if self.cpython:
            method = "the text of the program, run over numpy"
            provenance.oracles.add(kind=case_pb2.ORACLE_KIND_EAGER, name="CPython", method=method)
        if self.by_hand or self.ulps is None:
            provenance.oracles.add(
                kind=case_pb2.ORACLE_KIND_HAND, name="author", method="from the specification"
            )


def code(name: str) -> int:
    """Return the number of an error code. Raises ValueError."""
    return error_pb2.ErrorCode.Value(f"ERROR_CODE_{name}")


def phase(name: str) -> int:
    """Return the number of a phase. Raises ValueError."""
    return error_pb2.Phase.Value(f"PHASE_{name.upper()}")


def step(table: Mapping[str, Any], oracles: Oracles, where: str) -> case_pb2.Step:
    """Make a step: `method`, `inputs`, then `gives`, `golden` or `fails`."""
    strict(table, _STEP_KEYS, where)
    made = case_pb2.Step(method=table.get("method", "forward"))
    given = [("", literals.parse(text)) for text in table.get("inputs", [])]
    given += [(name, literals.parse(text)) for name, text in table.get("named", {}).items()]
    made.inputs.CopyFrom(values.bundle(given))
    if "fails" in table:
        codes = table["fails"]
        made.refusal.codes.extend(map(code, [codes] if isinstance(codes, str) else codes))
        made.refusal.phase = error_pb2.PHASE_EXECUTE
        made.refusal.strict_code = True
        made.refusal.placed = table.get("placed", False)
    else:
        made.expected.CopyFrom(expected(table, [v for _, v in given], oracles))
    for function, index, *shape in table.get("guards", []):
        made.failed_guards.add(function=function, index=index, is_shape_guard=bool(shape))
    return made


def expected(
    table: Mapping[str, Any], inputs: Sequence[Any], oracles: Oracles
) -> example_pb2.Expected:
    """Make expected outputs of `gives` (text; `bound` for all elements) or of a `golden`.

    A golden is a function of oracles/programs.py; `weights` names the model whose weights it gets
    behind the inputs.
    """
    if "golden" in table:
        weights = oracles.models.weights(table["weights"]) if "weights" in table else []
        return _golden(table["golden"], table.get("options", {}), [*inputs, *weights], oracles)
    oracles.by_hand = True
    made = example_pb2.Expected()
    made.outputs.table.add()
    bound = values.tensor("f64", (), [float(table["bound"])]) if "bound" in table else None
    for text in table["gives"]:
        index = values.write(made.outputs.table, literals.parse(text))
        made.outputs.items.add(data=index)
        if bound is not None:
            made.checks.add(data=index, bound=values.write(made.outputs.table, bound))
        elif table.get("zero_sign") and _is_float(made.outputs.table[index]):
            made.checks.add(data=index, zero_sign=True)
    return made


def _is_float(entry: data_pb2.Data) -> bool:
    number = entry.tensor.data_type
    return entry.HasField("float_value") or values.NAME.get(number) in values.FLOATS


def _golden(
    name: str, options: Mapping[str, Any], inputs: Sequence[Any], oracles: Oracles
) -> example_pb2.Expected:
    from oracles import agree

    arrays = [x.wide() if isinstance(x, Tensor) else x for x in inputs]
    found = agree.golden(name, arrays, dict(options))
    oracles.ulps = max(oracles.ulps or 0.0, found.ulps)
    made = example_pb2.Expected()
    made.outputs.table.add()
    for y, bound in zip(found.results, found.bounds, strict=True):
        narrow = np.asarray(y, np.float32)
        index = values.write(made.outputs.table, Tensor(values.SHORT["f32"][0], narrow))
        made.outputs.items.add(data=index)
        if np.any(bound > 0):
            # The golden is rounded to float32 itself.
            rounded = np.asarray(bound + np.abs(y - narrow), "<f8")
            at = values.write(made.outputs.table, Tensor(values.SHORT["f64"][0], rounded))
            made.checks.add(data=index, bound=at)
        elif np.any(narrow != np.asarray(y)) and not np.isnan(y).any():
            raise ValueError(f"{name}: an exact result does not fit float32: {y}")
    return made
