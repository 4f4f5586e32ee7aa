"""What a rule yields, and how rules are numbered. No rules here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tracescript.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.validator.scope import Scope


class Fault(NamedTuple):
    """A broken rule at one place. An empty `rule` is the number of the rule that yields it."""

    code: str
    where: str
    what: str
    hint: str = ""
    rule: str = ""


Rule: TypeAlias = "Callable[[Scope], Iterator[Fault]]"
"""Yields one fault for each place that breaks the rule. Named `area_number_topic`; its docstring
is the rule's sentence in the spec."""


def rule_id(rule: Rule) -> str:
    """Return the rule's number, as `GRAPH-1`."""
    area, number = rule.__name__.split("_")[:2]
    return f"{area.upper()}-{number}"


def finding_of(rule: Rule, fault: Fault) -> Finding:
    """Return what is reported of a fault that a rule yields."""
    return Finding(fault.code, fault.rule or rule_id(rule), fault.where, fault.what, fault.hint)
