"""Makes cases of the examples in the ops' definitions: the value's source is the first oracle.

The second is CPython for scalar and container ops, torch in float64 for tensor ops; the two must
agree within a quarter of the bound, or exactly where there is none.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools import edge_cases, typed_cases
from tools.op_models import (
    Literal,
    attributes,
    literal,
    model_of,
    ordered_inputs,
    parse_type,
    unshaped,
)
from tools.op_refusals import refusals
from tools.op_results import FIXED_ZERO, with_class_bound
from tools.second_oracle import second
from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance import values
from tracescript_conformance.values import Tensor

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OPS = Path(__file__).resolve().parents[2] / "spec" / "ops"
_STATIC = {"bad_call", "bad_shape", "bad_type"}


def definitions() -> list[dict[str, Any]]:
    """Read every op's definition, sorted by name."""
    files = sorted(OPS.glob("*.toml"))
    return sorted((tomllib.loads(f.read_text("utf-8")) for f in files), key=lambda op: op["name"])


def slug(text: str) -> str:
    """Turn a title into the last part of an id."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def all_cases() -> list[case_pb2.Case]:
    """Make the cases of all ops. Raises SystemExit with every example whose oracles disagree."""
    made, wrong = [], []
    for op in definitions():
        for example in filter(_is_carried, op.get("examples", [])):
            try:
                made.append(_case(op, example))
            except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
                wrong.append(f"{op['name']}: {example['title']}: {type(error).__name__}: {error}")
        made += refusals(op)
        made += edge_cases.cases(op)
        made += typed_cases.cases(op)
    if wrong:
        raise SystemExit("\n".join(wrong))
    return made


def _is_carried(example: dict[str, Any]) -> bool:
    """Whether the suite carries every data type of an example: those of 4 bits it does not."""
    return not any(item["type"] in {"int4", "uint4"} for item in _values(example))


def _values(example: dict[str, Any]) -> list[dict[str, Any]]:
    return [*example.get("inputs", []), *example.get("outputs", [])]


def _case(op: dict[str, Any], example: dict[str, Any]) -> case_pb2.Case:
    given = [literal(item) for item in example.get("inputs", [])]
    inputs = ordered_inputs(op, given)
    chosen = attributes(op, example.get("attributes", []))
    results = [with_class_bound(op, item) for item in _results(op, example)]
    error = example.get("error", "")
    static = error in _STATIC
    category = "trap" if error and not static else "graph" if static else _category(op)
    prefix = f"OP.{op['name']}"
    case = case_pb2.Case(
        id=f"{category}/{op['name']}/{slug(example['title'])}",
        revision=1,
        story=f"{op['summary'].rstrip('.')}: {example['title']}.",
        rules=[
            prefix + (f".{example['shows']}" if example.get("shows") else ""),
            *example.get("rules", []),
        ],
        needs=[op["profile"]],
        level=case_pb2.LEVEL_MUST,
        since="1.0",
    )
    forms = output_forms(results) or declared_forms(op, given, example)
    case.artifacts.add(content=model_of(op, inputs, chosen, forms, is_static=static))
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
        expect(op, step, results)
        case.run.steps.append(step)
    vouched = second(op, inputs, chosen, results, error)
    if vouched is None:
        return case
    case.provenance.oracles.append(vouched.oracle)
    case.provenance.max_disagreement_ulps = vouched.ulps
    return case


def _results(op: dict[str, Any], example: dict[str, Any]) -> list[Literal]:
    """Read the outputs; those of a variadic output stand alone, other `y[0]`, `y[1]` are a list."""
    spread = {output["name"] for output in op.get("outputs", []) if output.get("variadic")}
    made = []
    for item in map(literal, example.get("outputs", [])):
        name, _, rest = item.name.partition("[")
        made.append(replace(item, name=f"{name}_{rest[:-1]}") if name in spread else item)
    return made


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


def output_forms(results: list[Literal]) -> list[Any]:
    """Return the output types; elements of a variadic list output become one list."""
    forms: list[Any] = []
    for item in results:
        if item.name.endswith("[0]"):
            parts = [r.form for r in results if r.name.partition("[")[0] == item.name[:-3]]
            forms.append(("list", unshaped(parts)))
        elif not re.search(r"\[\d+\]$", item.name):
            forms.append(item.form)
    return forms


def declared_forms(op: dict[str, Any], given: list[Literal], example: dict[str, Any]) -> list[Any]:
    """Return output types for a call that gives no value: from the signature and the inputs."""
    bound = {}
    for declared in op.get("inputs", []):
        for item in given:
            if item.name.partition("[")[0] == declared["name"]:
                form = (
                    item.form[1]
                    if declared["kind"] == "list" and item.form[0] == "list"
                    else item.form
                )
                bound.setdefault(declared.get("type", ""), form)
    texts = {a["name"]: a["text"].strip("'").rstrip("_") for a in example.get("attributes", [])}
    found: list[Any] = []
    for output in op.get("outputs", []):
        if output.get("variadic"):
            found += [bound[output["type"]]] * int(texts["length"])
            continue
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
            found.append(
                inner or (given[0].form[2] if given[0].form[0] == "dict" else given[0].form)
            )
    return found


def _plain(name: str) -> Any:
    try:
        return parse_type(name) if name else None
    except ValueError:
        return None


def expect(op: dict[str, Any], step: case_pb2.Step, results: list[Literal]) -> None:
    """Let a step expect results, with their bounds; elements of a list are one value."""
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
        elif op["name"] in FIXED_ZERO and _has_zero(value):
            expected.checks.add(data=index, zero_sign=True)


def _has_zero(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_float and bool((value.wide() == 0).any())


def _bound(expected: Any, index: int, item: Literal) -> None:
    shape = item.value.array.shape if isinstance(item.value, Tensor) else ()
    shape = shape if len(item.bounds) > 1 else ()
    bound = values.tensor("f64", shape, list(item.bounds))
    at = values.write(expected.outputs.table, bound)
    expected.checks.add(data=index, bound=at)
