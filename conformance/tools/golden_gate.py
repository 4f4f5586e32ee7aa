"""Refuses a case whose expected values have not two oracles of different kinds (CONF-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.service_oracle import infers
from tracescript.conformance.v1 import case_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

_WANTED = 2


def single(cases: Iterable[case_pb2.Case]) -> list[str]:
    """Return the ids of cases that expect values and name oracles of one kind only."""
    return [case.id for case in cases if expects_values(case) and len(_kinds(case)) < _WANTED]


def expects_values(case: case_pb2.Case) -> bool:
    """Whether a case compares values that a model computes; refusals and facts are none."""
    kind = case.WhichOneof("kind")
    if kind == "service":
        return any(map(infers, case.service.steps))
    steps = list(case.run.steps) + ([case.trap.after] if kind == "trap" else [])
    return kind == "diff_pair" or any(step.HasField("expected") for step in steps)


def _kinds(case: case_pb2.Case) -> set[int]:
    found = {oracle.kind for oracle in case.provenance.oracles}
    return found - {case_pb2.ORACLE_KIND_UNSPECIFIED}
