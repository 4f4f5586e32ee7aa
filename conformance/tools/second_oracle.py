"""Asks the second oracle of an op's example: CPython for scalars, torch in float64 for tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from oracles.python_scalars import FUNCTIONS
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance import values
from tracescript_conformance.values import SHORT, Tensor

if TYPE_CHECKING:
    from tools.op_models import Literal


class DisagreementError(ValueError):
    """The two oracles of a case differ by more than its bound allows."""


@dataclass(frozen=True, slots=True)
class Second:
    """What the second oracle said: its message, and the largest difference in ULP."""

    oracle: case_pb2.Oracle
    ulps: float


def second(
    op: dict[str, Any],
    inputs: list[Literal | None],
    chosen: dict[str, Any],
    results: list[Literal],
    error: str,
) -> Second | None:
    """Ask the second oracle and compare. Raises DisagreementError."""
    plain = {n: form[1] if form[0] == "type" else v for n, (form, v) in chosen.items()}
    if op["name"] in FUNCTIONS:
        return _python(op, inputs, plain, results, error)
    if error:
        return None
    from oracles import torch_ops

    names = [i["name"] for i in op.get("inputs", [])]
    by_name = {n: i.value for n, i in zip(names, inputs, strict=False) if i is not None}
    try:
        got = torch_ops.run(op, by_name, plain)
    except torch_ops.NoOracleError:
        return None
    return Second(torch_oracle(op), compare_torch(op, got, results))


def _python(
    op: dict[str, Any],
    inputs: list[Literal | None],
    plain: dict[str, Any],
    results: list[Literal],
    error: str,
) -> Second | None:
    args = [None if i is None else i.value for i in inputs]
    oracle = case_pb2.Oracle(
        kind=case_pb2.ORACLE_KIND_EXACT_ARITHMETIC,
        name="CPython",
        method="builtins, operator, math",
    )
    try:
        got = FUNCTIONS[op["name"]](*args, **plain)
    except _RAISED.get(error, ()):
        return Second(oracle, 0.0)
    if error and _is_outside(got, error):
        return Second(oracle, 0.0)
    if error and op["name"] in _TAKES_MORE:
        return None
    if error:
        raise DisagreementError(f"{op['name']}: {error} in the definition, {got!r} from CPython")
    want = [i.value for i in results]
    have = list(got) if len(want) > 1 and isinstance(got, tuple) else [got] if want else []
    if repr(have) != repr(want) and not _near(have, want, results):
        raise DisagreementError(f"{op['name']}: {want} in the definition, {have} from CPython")
    return Second(oracle, 0.0)


_RAISED: dict[str, tuple[type[Exception], ...]] = {
    "zero_division": (ZeroDivisionError,),
    "int_overflow": (OverflowError,),
    "index_error": (IndexError,),
    "key_error": (KeyError,),
    "value_error": (ValueError, OverflowError, IndexError, TypeError),
    "conversion_error": (ValueError, OverflowError),
    "assertion_error": (AssertionError,),
    "raised": (RuntimeError, KeyError),
    "none_error": (TypeError,),
}
"""What CPython raises where a definition names an error; any other exception is a fault of ours."""


_TAKES_MORE = {"list.sort", "list.unpack", "str.case", "str.chr"}
"""Ops that refuse what CPython does something with: NaN in order, a list of another length, ß."""


def _is_outside(got: Any, error: str) -> bool:
    """Whether CPython's value is none of the op's type: over 64 bits, complex, a fraction."""
    if error == "int_overflow":
        return isinstance(got, int) and not -(2**63) <= got < 2**63
    return error == "value_error" and isinstance(got, complex | float)


def _near(have: list[Any], want: list[Any], results: list[Literal]) -> bool:
    """Whether single floats agree within a quarter of the bound."""
    if len(have) != 1 or not isinstance(have[0], float) or not results[0].bounds:
        return False
    return bool(abs(have[0] - want[0]) <= results[0].bounds[0] / 4)


def torch_oracle(op: dict[str, Any]) -> case_pb2.Oracle:
    """Return the message that names torch as an oracle of an op, and how it was asked.

    It names numpy for the ops that are asked of numpy.
    """
    from oracles.torch_methods import BY_NUMPY, METHODS

    if op["name"] in BY_NUMPY:
        kind, method = case_pb2.ORACLE_KIND_FLOAT64, BY_NUMPY[op["name"]]
        return case_pb2.Oracle(kind=kind, name="numpy", method=method)
    return case_pb2.Oracle(
        kind=case_pb2.ORACLE_KIND_OTHER_RUNTIME,
        name="torch",
        version="2.13.0",
        method=METHODS.get(op["name"], "float64, rounded once"),
    )


def compare_torch(op: dict[str, Any], got: Any, results: list[Literal]) -> float:
    """Return the largest difference in units in the last place. Raises DisagreementError."""
    from oracles import torch_ops

    listed = bool(results) and results[0].name.endswith("[0]")
    single = len(results) == 1 and not listed
    parts = [got] if single and not isinstance(got, list) else list(got) if not single else [got]
    worst = 0.0
    for item, part in zip(results, parts, strict=True):
        have = torch_ops.rounded(part, item.value)
        if not isinstance(item.value, Tensor):
            if repr(have) != repr(item.value):
                raise DisagreementError(f"{op['name']}: {item.value!r} defined, torch {have!r}")
            continue
        want = item.value.wide() if item.value.is_inexact else item.value.array
        worst = max(worst, _ulps(op, want, np.asarray(have), item))
    return worst


def _ulps(op: dict[str, Any], want: Any, have: Any, item: Literal) -> float:
    if want.shape != have.shape:
        raise DisagreementError(f"{op['name']}: shape {want.shape} defined, torch {have.shape}")
    same = (want == have) | ((want != want) & (have != have))  # noqa: PLR0124  # NaN
    if same.all():
        return 0.0
    bounds = np.broadcast_to(
        np.asarray(item.bounds or (0.0,)).reshape(
            -1 if len(item.bounds) != want.size else want.shape
        ),
        want.shape,
    )
    with np.errstate(all="ignore"):
        error = np.abs(want - have)
        inside = same | (error <= bounds / 4)
        unit = (
            np.spacing(np.abs(want.astype(SHORT[_short(item)][1])).astype(np.float64))
            if item.value.is_inexact
            else 1
        )
    if not inside.all():
        raise DisagreementError(f"{op['name']}: {want.tolist()} defined, torch {have.tolist()}")
    return float(np.max(np.where(same, 0.0, error / np.maximum(unit, 1e-300))))


def _short(item: Literal) -> str:
    found = values.NAME[item.value.data_type]
    return "f32" if found == "bf16" or found.startswith("f8") else found
