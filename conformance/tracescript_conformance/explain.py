"""Explains one case to a person: why it exists, what it asks, what it expects, who vouches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.conformance.v1 import case_pb2
from tracescript_conformance.compare import show
from tracescript_conformance.values import items, read
from tracescript_conformance.verdict import code_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.v1 import data_pb2, example_pb2


def lines(case: case_pb2.Case) -> Iterator[str]:
    """Yield the lines of an explanation."""
    level = case_pb2.Level.Name(case.level).removeprefix("LEVEL_")
    yield f"{case.id} (revision {case.revision}, {level})"
    yield f"  {case.story}"
    yield f"  rules: {' '.join(case.rules)}; needs: {' '.join(case.needs) or 'nothing'}"
    for artifact in case.artifacts:
        yield f"  file: {artifact.length} bytes, sha256 {artifact.sha256.hex()[:16]}"
    kind = case.WhichOneof("kind")
    yield f"  kind: {kind}"
    if kind == "run":
        for step in case.run.steps:
            yield from _step(step)
    elif kind == "trap":
        yield from _step(case.trap.step)
        if case.trap.HasField("after"):
            yield from _step(case.trap.after)
    elif kind == "reject":
        yield f"  must be refused: {_codes(case.reject.refusal)}"
    elif kind == "inspect":
        for fact in case.inspect.facts:
            yield f"  {fact.key} = {fact.value}"
    elif kind == "diff_pair":
        for item in case.diff_pair.inputs:
            yield f"  inputs {_bundle(item.inputs)}"
            stopped = item.HasField("failed_guard")
            yield f"    traced, guards on: {'stopped' if stopped else 'as the program'}"
            yield f"    program: {_bundle(item.eager.outputs)}"
    for oracle in case.provenance.oracles:
        kind_name = case_pb2.OracleKind.Name(oracle.kind).removeprefix("ORACLE_KIND_").lower()
        yield f"  oracle: {oracle.name} {oracle.version} ({kind_name}; {oracle.method})"


def _codes(refusal: case_pb2.Refusal) -> str:
    return " or ".join(map(code_name, refusal.codes)) + (
        f" [{refusal.rule}]" if refusal.rule else ""
    )


def _step(step: case_pb2.Step) -> Iterator[str]:
    yield f"  {step.method}({_bundle(step.inputs)})"
    if step.WhichOneof("outcome") == "refusal":
        yield f"    must fail: {_codes(step.refusal)}"
    else:
        yield f"    gives {_bundle(step.expected.outputs)}"
        yield from _bounds(step.expected)


def _bounds(expected: example_pb2.Expected) -> Iterator[str]:
    for check in expected.checks:
        if check.bound:
            yield f"    bound {show(read(expected.outputs.table, check.bound))}"


def _bundle(bundle: data_pb2.DataBundle) -> str:
    return ", ".join(
        f"{name}={show(value)}" if name else show(value) for name, value in items(bundle)
    )
