"""Explains one case to a person: why it exists, what it asks, what it expects, who vouches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import text_format
from google.protobuf.message import DecodeError

from tracescript.conformance.v1 import case_pb2
from tracescript.v1 import error_pb2
from tracescript_conformance import model_text
from tracescript_conformance.compare import show
from tracescript_conformance.service_verdict import STATUS, message_classes
from tracescript_conformance.values import items, read
from tracescript_conformance.verdict import code_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript.v1 import data_pb2, example_pb2

_LONG_REQUEST = 4096


def lines(
    case: case_pb2.Case,
    content: Callable[[case_pb2.Artifact], bytes],
    texts: Mapping[str, tuple[str, str]],
    *,
    models: bool = True,
) -> Iterator[str]:
    """Yield the lines of an explanation.

    `content` gives the bytes of a file, `texts` page and sentence of rules.
    """
    level = case_pb2.Level.Name(case.level).removeprefix("LEVEL_")
    yield f"{case.id} (revision {case.revision}, {level})"
    yield f"  {case.story}"
    yield f"  rules: {' '.join(case.rules)}; needs: {' '.join(case.needs) or 'nothing'}"
    for rule in case.rules:
        if rule in texts:
            page, sentence = texts[rule]
            yield f"    {rule}, {page}: {sentence}"
    if case.withdrawn:
        yield f"  withdrawn: {case.withdrawn}"
    kind = case.WhichOneof("kind") or "unknown"
    yield f"  kind: {kind}"
    for artifact in case.artifacts:
        yield f"  file: {artifact.length} bytes, sha256 {artifact.sha256.hex()[:16]}"
        if models:
            data = content(artifact)
            yield from (f"    {line}" for line in model_text.lines(data, graph=kind == "reject"))
    yield from asks(case)
    for oracle in case.provenance.oracles:
        kind_name = case_pb2.OracleKind.Name(oracle.kind).removeprefix("ORACLE_KIND_").lower()
        words = (kind_name.replace("_", " "), oracle.version, oracle.method)
        yield f"  oracle: {oracle.name} ({'; '.join(w for w in words if w)})"
    if case.provenance.max_disagreement_ulps:
        yield f"  oracles disagree by {case.provenance.max_disagreement_ulps:.3g} ULP at most"


def asks(case: case_pb2.Case) -> Iterator[str]:
    """Yield what a case asks and expects."""
    kind = case.WhichOneof("kind")
    if kind in {"run", "trap"}:
        yield from _options(case.run.options if kind == "run" else case.trap.options)
        if case.run.full_verify:
            yield "  a full verification must take the file"
        for step in case.run.steps if kind == "run" else [case.trap.step]:
            yield from _step(step)
        if case.trap.HasField("after"):
            yield from _step(case.trap.after)
    elif kind == "reject":
        full = " by a full verification" if case.reject.full_verify else ""
        yield f"  must be refused{full}: {_codes(case.reject.refusal)}"
    elif kind == "inspect":
        for fact in case.inspect.facts:
            yield f"  {fact.key} = {fact.value}"
    elif kind == "round_trip":
        form = case_pb2.RoundTrip.Name(case.round_trip.form).removeprefix("ROUND_TRIP_").lower()
        yield f"  load and save must give the {form} bytes"
    elif kind == "recompile":
        yield "  compiling the code section must give the model section byte for byte"
    elif kind == "diff_pair":
        yield from _pair(case.diff_pair)
    elif kind == "service":
        for name in case.service.models:
            yield f"  served: {name}"
        for service_step in case.service.steps:
            yield from _service_step(service_step)


def _options(options: case_pb2.CallOptions) -> Iterator[str]:
    words = _set_fields(options, "max_steps", "max_memory_bytes", "deadline_ms")
    if options.guards > error_pb2.GUARD_MODE_ERROR:
        mode = error_pb2.GuardMode.Name(options.guards).removeprefix("GUARD_MODE_").lower()
        words.append(f"guards {mode}")
    if options.expand_composites:
        words.append("composites expanded")
    if words:
        yield f"  with {', '.join(words)}"


def _set_fields(message: Any, *names: str) -> list[str]:
    return [f"{name} {getattr(message, name)}" for name in names if getattr(message, name)]


def _codes(refusal: case_pb2.Refusal) -> str:
    strict = ", no other code" if refusal.strict_code else ""
    placed = ", with a place" if refusal.placed else ""
    rule = f" [{refusal.rule}]" if refusal.rule else ""
    return " or ".join(map(code_name, refusal.codes)) + strict + placed + rule


def _step(step: case_pb2.Step) -> Iterator[str]:
    yield f"  {step.method}({_bundle(step.inputs)})"
    if step.WhichOneof("outcome") == "refusal":
        yield f"    must fail: {_codes(step.refusal)}"
    else:
        yield f"    gives {_bundle(step.expected.outputs)}"
        yield from _bounds(step.expected)
    for guard in step.failed_guards:
        shape = "shape guard" if guard.is_shape_guard else "guard"
        yield f"    reports {shape} {guard.index} of function {guard.function}"


def _bounds(expected: example_pb2.Expected) -> Iterator[str]:
    for check in expected.checks:
        if check.bound:
            yield f"    within {show(read(expected.outputs.table, check.bound))}"
        for alternative in check.alternatives:
            yield f"    or {show(read(expected.outputs.table, alternative))}"
        if check.zero_sign:
            yield "    the sign of zero counts"


def _pair(pair: case_pb2.DiffPairCase) -> Iterator[str]:
    for item in pair.inputs:
        yield f"  {pair.method}({_bundle(item.inputs)})"
        if item.HasField("failed_guard"):
            where = f"guard {item.failed_guard.index} of function {item.failed_guard.function}"
            yield f"    traced, guards on: stopped by {where}"
            yield f"    traced, guards off: {_bundle(item.traced.outputs)}"
        else:
            yield "    traced: as the program"
        yield f"    the program: {_bundle(item.eager.outputs)}"


def _service_step(step: case_pb2.ServiceStep) -> Iterator[str]:
    words = ["  meanwhile" if step.concurrent else "  call", step.method]
    if step.copies > 1:
        words.append(f"{step.copies} times at once")
    if step.padding_bytes:
        words.append(f"with {step.padding_bytes} bytes of an unknown field")
    limits = ("deadline_ms", "cancel_after_ms", "within_ms", "health_within_ms")
    words += _set_fields(step, *limits)
    yield " ".join(words)
    try:
        asked, answered = message_classes(step.method)
    except KeyError:
        asked = answered = None
    yield from (f"    > {line}" for r in step.requests for line in _message(asked, r))
    statuses = " or ".join(STATUS[s] for s in (step.status, *step.other_statuses))
    yield f"    must end with {statuses} {' or '.join(map(code_name, step.codes))}".rstrip()
    yield from (f"    < {line}" for r in step.responses for line in _message(answered, r))


def _message(kind: type | None, data: bytes) -> list[str]:
    if kind is not None and len(data) <= _LONG_REQUEST:
        try:
            message = kind.FromString(data)  # type: ignore[attr-defined]  # a message class
            return str(text_format.MessageToString(message)).splitlines()
        except DecodeError:
            pass
    return [f"{len(data)} bytes: {data[:24].hex(' ')}{' ...' if len(data) > 24 else ''}"]  # noqa: PLR2004  # as shown


def _bundle(bundle: data_pb2.DataBundle) -> str:
    return ", ".join(
        f"{name}={show(value)}" if name else show(value) for name, value in items(bundle)
    )
