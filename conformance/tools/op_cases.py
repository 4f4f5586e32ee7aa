"""Makes cases of the examples in the ops' definitions: the value's source is the first oracle.

The second is CPython for scalar and container ops, torch in float64 for tensor ops; the two must
agree within a quarter of the bound, or exactly where there is none.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from oracles.python_scalars import FUNCTIONS
from tools.op_models import Literal, attributes, literal, model_of, ordered_inputs, parse_type
from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance import values
from tracescript_conformance.values import SHORT, Tensor

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OPS = Path(__file__).resolve().parents[2] / "spec" / "ops"
_STATIC = {"bad_call", "bad_shape", "bad_type"}


class DisagreementError(Exception):
    """The two oracles of a case differ by more than its bound allows."""


@dataclass(frozen=True, slots=True)
class Second:
    """What the second oracle said: its message, the largest difference in units in the last place."""

    oracle: case_pb2.Oracle
    ulps: float


def definitions() -> list[dict[str, Any]]:
    """Read every op's definition, sorted by name."""
    files = sorted(OPS.glob("*.toml"))
    return sorted((tomllib.loads(f.read_text("utf-8")) for f in files), key=lambda op: op["name"])


def slug(text: str) -> str:
    """Turn a title into the last part of an id."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def cases(op: dict[str, Any]) -> list[case_pb2.Case]:
    """Make the cases of one op; an op with blocks has none here."""
    made = []
    for example in op.get("examples", []):
        case = _case(op, example)
        if case is not None:
            made.append(case)
    return made


def _case(op: dict[str, Any], example: dict[str, Any]) -> case_pb2.Case | None:
    given = [literal(item) for item in example.get("inputs", [])]
    inputs = ordered_inputs(op, given)
    chosen = attributes(op, example.get("attributes", []))
    results = [with_class_bound(op, literal(item)) for item in example.get("outputs", [])]
    error = example.get("error", "")
    static = error in _STATIC
    category = "trap" if error and not static else "graph" if static else _category(op)
    prefix = f"OP.{op['name']}"
    case = case_pb2.Case(
        id=f"{category}/{op['name']}/{slug(example['title'])}",
        revision=1,
        story=f"{op['summary'].rstrip('.')}: {example['title']}.",
        rules=[f"{prefix}.{example['shows']}" if example.get("shows") else prefix],
        needs=[op["profile"]],
        level=case_pb2.LEVEL_MUST,
        since="1.0",
    )
    forms = _forms(results) or _declared(op, given, example)
    case.artifacts.add(content=model_of(op, inputs, {n: v for n, v in chosen.items()}, forms))
    first = case.provenance.oracles.add(kind=_kind(example["source"]), name=example["source"])
    first.method = "the example in the op's definition"
    if static:
        _reject(case, error)
        return case
    step = case_pb2.Step(method="forward")
    step.inputs.CopyFrom(values.bundle([("", i.value) for i in inputs if i is not None]))
    if error:
        step.refusal.codes.append(_code(error))
        step.refusal.phase = error_pb2.PHASE_EXECUTE
        step.refusal.strict_code = True
        case.trap.step.CopyFrom(step)
    else:
        _expect(step, results)
        case.run.steps.append(step)
    second = _second(op, inputs, chosen, results, error)
    if second is None:
        return case
    case.provenance.oracles.append(second.oracle)
    case.provenance.max_disagreement_ulps = second.ulps
    return case


def _category(op: dict[str, Any]) -> str:
    if op["profile"] == "control":
        return "scalar"
    return "num" if op["shape"]["rule"] in {"same", "broadcast"} else "tensor"


def _kind(source: str) -> int:
    if source.startswith("mpmath"):
        return case_pb2.ORACLE_KIND_MULTIPRECISION
    if source.startswith("python"):
        return case_pb2.ORACLE_KIND_EXACT_ARITHMETIC
    return case_pb2.ORACLE_KIND_HAND


def _code(name: str) -> int:
    return error_pb2.ErrorCode.Value(f"ERROR_CODE_{name.upper()}")


def _reject(case: case_pb2.Case, error: str) -> None:
    refusal = case.reject.refusal
    refusal.codes.extend([_code(error), *(_code(e) for e in sorted(_STATIC - {error}))])
    refusal.phase = error_pb2.PHASE_VALIDATE
    refusal.rule = case.rules[0]


def _forms(results: list[Literal]) -> list[Any]:
    """Return the output types; elements of a variadic list output become one list."""
    forms: list[Any] = []
    for item in results:
        if item.name.endswith("[0]"):
            forms.append(("list", (item.form[0], item.form[1], None)))
        elif not re.search(r"\[\d+\]$", item.name):
            forms.append(item.form)
    return forms


def _declared(op: dict[str, Any], given: list[Literal], example: dict[str, Any]) -> list[Any]:
    """Return output types for a call that gives no value: from the signature and the inputs."""
    bound = {}
    for declared in op.get("inputs", []):
        for item in given:
            if item.name.partition("[")[0] == declared["name"]:
                form = item.form[1] if declared["kind"] == "list" and item.form[0] == "list" else item.form
                bound.setdefault(declared.get("type", ""), form)
    texts = {a["name"]: a["text"].strip("'").rstrip("_") for a in example.get("attributes", [])}
    found = []
    for output in op.get("outputs", []):
        kind, name = output["kind"], output.get("type", "")
        name = texts.get(name, name)
        inner = bound.get(name) or _plain(name)
        if kind == "tensor":
            found.append(("tensor", inner[1] if inner else "float32", None))
        elif kind == "list":
            found.append(("list", inner))
        elif kind in {"int", "float", "bool", "str"}:
            found.append(("scalar", kind))
        else:
            found.append(inner or (given[0].form[2] if given[0].form[0] == "dict" else given[0].form))
    return found


def _plain(name: str) -> Any:
    try:
        return parse_type(name) if name else None
    except ValueError:
        return None


def with_class_bound(op: dict[str, Any], item: Literal) -> Literal:
    """Give a float of class `ulp` the bound of its class where the example states none."""
    if item.bounds or op.get("numeric") != "ulp" or item.form[0] not in {"tensor", "scalar"}:
        return item
    is_tensor = isinstance(item.value, Tensor)
    name = item.form[1] if is_tensor else {"float": "float64"}.get(item.form[1], "")
    ulps = next((t["ulps"] for t in op.get("tolerances", []) if t["type"] in {name, "float"}), 0.0)
    if not ulps or (is_tensor and not item.value.is_float):
        return item
    wide = item.value.wide() if is_tensor else np.asarray(item.value)
    least, bits = _PRECISION[name]
    with np.errstate(all="ignore"):
        _, exponent = np.frexp(np.where(np.isfinite(wide), wide, 1.0))
    unit = np.exp2(np.maximum(exponent - 1.0, least) - bits + 1)
    counted = 1.0 if name in {"float16", "bfloat16"} else ulps
    return replace(item, bounds=tuple((counted * unit).ravel().tolist()))


_PRECISION = {"float16": (-14, 11), "bfloat16": (-126, 8), "float32": (-126, 24), "float64": (-1022, 53)}


def _expect(step: case_pb2.Step, results: list[Literal]) -> None:
    expected = step.expected
    expected.outputs.table.add()
    groups: dict[str, list[Literal]] = {}
    for item in results:
        groups.setdefault(item.name.partition("[")[0], []).append(item)
    for items in groups.values():
        listed = "[" in items[0].name
        value = [i.value for i in items] if listed else items[0].value
        index = values.write(expected.outputs.table, value)
        expected.outputs.items.add(data=index)
        if items[0].bounds and not listed:
            _bound(expected, index, items[0])


def _bound(expected: Any, index: int, item: Literal) -> None:
    shape = item.value.array.shape if isinstance(item.value, Tensor) else ()
    shape = shape if len(item.bounds) > 1 else ()
    bound = values.tensor("f64", shape, list(item.bounds))
    at = values.write(expected.outputs.table, bound)
    expected.checks.add(data=index, bound=at)


def _second(
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
    return Second(_torch_oracle(), _compare_torch(op, got, results))


def _python(
    op: dict[str, Any],
    inputs: list[Literal | None],
    plain: dict[str, Any],
    results: list[Literal],
    error: str,
) -> Second | None:
    args = [None if i is None else i.value for i in inputs]
    version = ".".join(map(str, sys.version_info[:2]))
    oracle = case_pb2.Oracle(
        kind=case_pb2.ORACLE_KIND_EXACT_ARITHMETIC, name="CPython", method="builtins, operator, math"
    )
    del version
    try:
        got = FUNCTIONS[op["name"]](*args, **plain)
    except Exception:
        if error:
            return Second(oracle, 0.0)
        raise
    if error:
        return None
    want = [i.value for i in results]
    have = list(got) if len(want) > 1 and isinstance(got, tuple) else [got] if want else []
    if op["name"] == "list.unpack":
        have, want = [list(got)], [list(args[0])]
    if repr(have) != repr(want) and not _near(have, want, results):
        raise DisagreementError(f"{op['name']}: {want} in the definition, {have} from CPython")
    return Second(oracle, 0.0)


def _near(have: list[Any], want: list[Any], results: list[Literal]) -> bool:
    """Whether single floats agree within a quarter of the bound."""
    if len(have) != 1 or not isinstance(have[0], float) or not results[0].bounds:
        return False
    return bool(abs(have[0] - want[0]) <= results[0].bounds[0] / 4)


def _torch_oracle() -> case_pb2.Oracle:
    return case_pb2.Oracle(
        kind=case_pb2.ORACLE_KIND_OTHER_RUNTIME,
        name="torch",
        version="2.13.0",
        method="float64, rounded once",
    )


def _compare_torch(op: dict[str, Any], got: Any, results: list[Literal]) -> float:
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
        want = item.value.wide() if item.value.is_float else item.value.array
        worst = max(worst, _ulps(op, want, np.asarray(have), item))
    return worst


def _ulps(op: dict[str, Any], want: Any, have: Any, item: Literal) -> float:
    if want.shape != have.shape:
        raise DisagreementError(f"{op['name']}: shape {want.shape} defined, torch {have.shape}")
    same = (want == have) | ((want != want) & (have != have))  # noqa: PLR0124  # NaN
    if same.all():
        return 0.0
    bounds = np.broadcast_to(np.asarray(item.bounds or (0.0,)).reshape(-1 if len(item.bounds) != want.size else want.shape), want.shape)
    with np.errstate(all="ignore"):
        error = np.abs(want - have)
        inside = same | (error <= bounds / 4)
        unit = np.spacing(np.abs(want.astype(SHORT[_short(item)][1])).astype(np.float64)) if item.value.is_float else 1
    if not inside.all():
        raise DisagreementError(f"{op['name']}: {want.tolist()} defined, torch {have.tolist()}")
    return float(np.max(np.where(same, 0.0, error / np.maximum(unit, 1e-300))))


def _short(item: Literal) -> str:
    found = values.NAME[item.value.data_type]
    return "f32" if found == "bf16" else found
