"""Makes cases of `authored/*.toml`. A key that nobody reads is an error.

A file holds named models and cases; AUTHORING.md says what each key means.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format

from tools import literals, op_breaches, op_calls, service_cases, service_oracle, spec_blocks
from tools.expectations import Oracles, code, expected, phase, step
from tools.parts import take_apart
from tools.sources import Models, SourceError, strict
from tools.text_oracle import vouches
from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance import values

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ALWAYS = {"id", "story", "rules", "needs", "level", "since", "revision", "model", "models"}
_FILE = {"model", "case", "defaults", "call", "breach"}


def cases(root: Path) -> list[case_pb2.Case]:
    """Make the cases of every authored file and of the specification's blocks.

    Raises SourceError with file and id.
    """
    blocks = spec_blocks.read(root.parent / "spec")
    models = Models(blocks.programs)
    tables: list[tuple[str, Mapping[str, Any]]] = []
    calls: list[tuple[str, Any, Mapping[str, Any]]] = []
    files = sorted((root / "authored").glob("**/*.toml"))
    for name, text in [*((f.name, f.read_text("utf-8")) for f in files), *blocks.cases]:
        content = tomllib.loads(text)
        strict(content, _FILE, name)
        for model, source in content.get("model", {}).items():
            models.add(model, source)
        calls += [(name, op_calls.case, table) for table in content.get("call", [])]
        calls += [(name, op_breaches.case, table) for table in content.get("breach", [])]
        tables += [(name, content.get("defaults", {}) | table) for table in content.get("case", [])]
    made = [_case(table, models, f"{file}: {table.get('id', '?')}") for file, table in tables]
    if models.unused:
        raise SourceError(f"programs of the specification without a case: {sorted(models.unused)}")
    return made + [_of_op(make, table, file) for file, make, table in calls]


def _of_op(make: Any, table: Mapping[str, Any], file: str) -> case_pb2.Case:
    where = f"{file}: {table.get('id', table.get('op', '?'))}"
    try:
        case: case_pb2.Case = make(table, where)
        return case
    except (ValueError, LookupError, TypeError, RuntimeError) as error:
        raise SourceError(f"{where}: {type(error).__name__}: {error}") from error


def _case(table: Mapping[str, Any], models: Models, where: str) -> case_pb2.Case:
    kind = next((k for k in _KINDS if k in table), None)
    if kind is None:
        raise SourceError(f"{where}: one of {', '.join(_KINDS)} expected")
    keys, fill = _KINDS[kind]
    strict(table, _ALWAYS | keys | {kind}, where)
    made = case_pb2.Case(
        id=table["id"],
        revision=table.get("revision", 1),
        story=table["story"],
        rules=table["rules"],
        needs=table.get("needs", ["core"]),
        level=case_pb2.Level.Value(f"LEVEL_{table.get('level', 'must').upper()}"),
        since=table.get("since", "1.0"),
    )
    try:
        for source in table["models"] if "models" in table else [table["model"]]:
            made.artifacts.add(content=models.file(source, where))
        oracles = Oracles(models)
        fill(made, table, oracles, where)
        _ask_cpython(made, table, oracles)
        oracles.fill(made.provenance)
    except (ValueError, KeyError, IndexError) as error:
        raise SourceError(f"{where}: {type(error).__name__}: {error}") from error
    return made


def _ask_cpython(made: case_pb2.Case, table: Mapping[str, Any], oracles: Oracles) -> None:
    """Let CPython run the text that a case's model is written in. Raises DisagreementError."""
    if made.HasField("service"):
        models = table.get("models") or [table["model"]]
        names = [place.partition("/")[0] for place in table["serves"]]
        texts = [oracles.models.text(model) for model in models]
        oracles.cpython = service_oracle.vouches(dict(zip(names, texts, strict=True)), made.service)
        return
    source = oracles.models.text(table.get("model", ""))
    traps = [made.trap.step, made.trap.after] if made.HasField("trap") else []
    steps = [*made.run.steps, *traps]
    if source is not None and oracles.by_hand and steps:
        oracles.cpython = vouches(source, steps)


def _options(table: Mapping[str, Any], options: case_pb2.CallOptions, where: str) -> None:
    limits = table.get("limits", {})
    strict(limits, {"max_steps", "max_memory_bytes", "deadline_ms"}, where)
    for name, number in limits.items():
        setattr(options, name, number)
    mode = table.get("guard_mode", "error")
    json_format.ParseDict({"guards": f"GUARD_MODE_{mode.upper()}"}, options)
    options.expand_composites = table.get("expand", False)


def _run(made: case_pb2.Case, table: Mapping[str, Any], oracles: Oracles, where: str) -> None:
    made.run.steps.extend([step(s, oracles, where) for s in table["steps"]])
    _options(table, made.run.options, where)
    made.run.full_verify = table.get("full", False)


def _trap(made: case_pb2.Case, table: Mapping[str, Any], oracles: Oracles, where: str) -> None:
    made.trap.step.CopyFrom(step(table["trap"], oracles, where))
    if "after" in table:
        made.trap.after.CopyFrom(step(table["after"], oracles, where))
    _options(table, made.trap.options, where)


def _reject(made: case_pb2.Case, table: Mapping[str, Any], _: Oracles, __: str) -> None:
    """Refuse with the first code, or one of the others; the phase follows from the codes."""
    names = table["rejects"]
    codes = list(map(code, [names] if isinstance(names, str) else names))
    made.reject.refusal.codes.extend(codes)
    made.reject.refusal.phase = phase(table["phase"]) if "phase" in table else _phase(max(codes))
    made.reject.refusal.rule = made.rules[0]
    made.reject.refusal.strict_code = table.get("strict_code", False)
    made.reject.full_verify = table.get("full", False)


def _phase(number: int) -> int:
    starts = ((40, error_pb2.PHASE_LINK), (20, error_pb2.PHASE_VALIDATE))
    return next((found for start, found in starts if number >= start), error_pb2.PHASE_DECODE)


def _inspect(made: case_pb2.Case, table: Mapping[str, Any], _: Oracles, __: str) -> None:
    for key, value in table["facts"].items():
        made.inspect.facts.add(key=key, value=value)


def _round_trip(made: case_pb2.Case, table: Mapping[str, Any], _: Oracles, __: str) -> None:
    form = f"ROUND_TRIP_{table['saves'].upper()}"
    json_format.ParseDict({"form": form}, made.round_trip)


def _recompile(made: case_pb2.Case, _: Mapping[str, Any], __: Oracles, where: str) -> None:
    """Compile the text of a file back, which must have some."""
    if "code" not in take_apart(made.artifacts[0].content).names():
        raise SourceError(f"{where}: the model has no code section to compile")
    made.recompile.SetInParent()


def _pair(made: case_pb2.Case, table: Mapping[str, Any], oracles: Oracles, where: str) -> None:
    made.diff_pair.method = table.get("method", "forward")
    for item in table["pair"]:
        strict(item, {"inputs", "guard", "traced", "eager"}, where)
        entry = made.diff_pair.inputs.add()
        given = [literals.parse(text) for text in item["inputs"]]
        entry.inputs.CopyFrom(values.bundle([("", value) for value in given]))
        entry.eager.CopyFrom(expected(item["eager"], given, oracles))
        if "guard" in item:
            function, index, *shape = item["guard"]
            entry.failed_guard.function = function
            entry.failed_guard.index = index
            entry.failed_guard.is_shape_guard = bool(shape)
            entry.traced.CopyFrom(expected(item["traced"], given, oracles))


_CALLS = {"guard_mode", "limits", "expand"}
_KINDS: dict[str, tuple[set[str], Any]] = {
    "steps": (_CALLS | {"full"}, _run),
    "trap": (_CALLS | {"after"}, _trap),
    "rejects": ({"phase", "full", "strict_code"}, _reject),
    "facts": (set(), _inspect),
    "saves": (set(), _round_trip),
    "recompiles": (set(), _recompile),
    "pair": ({"method"}, _pair),
    "service": ({"serves"}, service_cases.fill),
}
"""What a case is: the key that says so, the keys that may stand beside it, who reads them."""
