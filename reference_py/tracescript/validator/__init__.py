"""Checks a model against the numbered rules of the specification; all findings at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from tracescript.errors import Finding, InvalidModelError, UnsupportedError
from tracescript.validator import (
    call_rules,
    constant_rules,
    example_rules,
    flow_rules,
    graph_rules,
    guard_rules,
    limit_rules,
    link_rules,
    module_rules,
    name_rules,
    signature_rules,
    state_rules,
    type_rules,
    weight_rules,
)
from tracescript.validator.fault import finding_of
from tracescript.validator.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracescript import ir
    from tracescript.validator.fault import Rule

STAGES: Final[tuple[tuple[Rule, ...], ...]] = (
    limit_rules.RULES,
    (*type_rules.SOUND, *weight_rules.SOUND),
    (
        *graph_rules.RULES,
        *signature_rules.RULES,
        *type_rules.RULES,
        *constant_rules.RULES,
        *flow_rules.RULES,
        *module_rules.RULES,
        *state_rules.RULES,
        *weight_rules.RULES,
        *name_rules.RULES,
        *guard_rules.RULES,
        *example_rules.RULES,
        *call_rules.RULES,
    ),
)
"""Rules by stage: a stage with findings is the last one, since later ones rely on it."""

RULES: Final[tuple[Rule, ...]] = tuple(rule for stage in STAGES for rule in stage)
"""Every rule that a valid model keeps."""

LINK_RULES: Final[tuple[Rule, ...]] = link_rules.RULES
"""What a loader must have; a valid model can break them."""

MOST_FINDINGS: Final = 100
"""Findings that are shown; a note says how many more there are."""


_VALID: Final[WeakSet[ir.Model]] = WeakSet()
"""Models that were found valid: they never change."""


def findings(model: ir.Model) -> tuple[Finding, ...]:
    """Return what is wrong with a model: the first 100 findings, then a note on how many more."""
    return _findings(Scope(model), STAGES)


def _findings(scope: Scope, stages: Iterable[tuple[Rule, ...]]) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = ()
    for stage in stages:
        found = _run(stage, scope)
        if found:
            break
    return found


def link_findings(model: ir.Model) -> tuple[Finding, ...]:
    """Return what a model needs and this loader lacks: room, ops, data types."""
    return _unlinked(Scope(model))


def _unlinked(scope: Scope) -> tuple[Finding, ...]:
    return _run(limit_rules.RULES, scope) or _run(LINK_RULES, scope)


def link(model: ir.Model, opsets: Iterable[tuple[str, int, int]] = ()) -> None:
    """Refuse a model, valid or not, that this loader cannot run.

    `opsets` are the versions that its file asks for: (name, major, minor).

    Raises:
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_OP, UNSUPPORTED_OPSET or UNSUPPORTED_DATA_TYPE.
    """
    _link(Scope(model), opsets)


def _link(scope: Scope, opsets: Iterable[tuple[str, int, int]]) -> None:
    what = link_rules.missing_opset(opsets)
    if what:
        code = "UNSUPPORTED_OPSET"
        raise UnsupportedError(what, code=code, where="opsets", rule="EXEC-6")
    found = _unlinked(scope)
    if found:
        raise _unsupported(found[0])


def validate(model: ir.Model) -> None:
    """Check a model against every rule; one that was found valid before is valid.

    Raises:
        InvalidModelError: it breaks rules; `findings` has all of them.
        UnsupportedError: it is beyond a limit (FILE_LIMIT); nothing else was checked.
    """
    if model not in _VALID:
        _validate(Scope(model), STAGES)


def _validate(scope: Scope, stages: Iterable[tuple[Rule, ...]]) -> None:
    found = _findings(scope, stages)
    if found and found[0].code in UnsupportedError.codes:
        raise _unsupported(found[0])
    if found:
        raise InvalidModelError.of(found)
    _VALID.add(scope.model)


def admit(model: ir.Model, opsets: Iterable[tuple[str, int, int]]) -> None:
    """Link and validate the model of a file. Raises as `link`, then as `validate`."""
    scope = Scope(model)
    _link(scope, opsets)
    _validate(scope, STAGES[1:])


def _unsupported(finding: Finding) -> UnsupportedError:
    return UnsupportedError(
        finding.what,
        code=finding.code,
        where=finding.where,
        rule=finding.rule,
        hint=finding.hint,
    )


def _run(rules: Iterable[Rule], scope: Scope) -> tuple[Finding, ...]:
    found: dict[Finding, None] = {}
    for rule in rules:
        for fault in rule(scope):
            found[finding_of(rule, fault)] = None
            scope.faulty.add(fault.where)
    shown = list(found)[:MOST_FINDINGS]
    if len(found) > MOST_FINDINGS:
        last = shown[-1]
        note = f"{len(found) - MOST_FINDINGS} more findings are not shown"
        shown.append(Finding(last.code, last.rule, "model", note))
    return tuple(shown)
