"""Rules of a function's inputs and outputs: order, kinds, defaults, new states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.text import type_text
from tracescript.opset.relations import compatible
from tracescript.validator.fault import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.scope import Scope

INPUT_KINDS = ("positional", "keyword_only", "bound", "state")
ORIGINS = ("traced", "scripted", "explored", "imported", "authored")


def graph_10_input_order(scope: Scope) -> Iterator[Fault]:
    """GRAPH-10: Inputs MUST stand in the order positional, keyword-only, bound, state."""
    for sites in scope.functions:
        highest = 0
        for one in sites.function.inputs:
            if one.kind not in INPUT_KINDS:
                continue
            rank = INPUT_KINDS.index(one.kind)
            if rank < highest:
                what = f"{one.kind} input {one.name!r} stands after a {INPUT_KINDS[highest]} one"
                yield Fault("BAD_GRAPH", f"{sites.where}.inputs[{one.name}]", what)
            highest = max(highest, rank)


def graph_11_new_states_last(scope: Scope) -> Iterator[Fault]:
    """GRAPH-11: The last outputs MUST be the new states: one for each state input, of its type."""
    for sites in scope.functions:
        states = [one for one in sites.function.inputs if one.kind == "state"]
        outputs = sites.function.outputs
        if len(outputs) < len(states):
            what = f"{len(states)} states need as many outputs at the end, found {len(outputs)}"
            yield Fault("BAD_GRAPH", f"{sites.where}.outputs", what)
            continue
        first = len(outputs) - len(states)
        for i, (one, output) in enumerate(zip(states, outputs[first:], strict=True)):
            if one.type != output.type:
                found, expected = type_text(output.type), type_text(one.type)
                what = f"the new value of state {one.name!r} is {expected}, found {found}"
                yield Fault("BAD_TYPE", f"{sites.where}.outputs[{first + i}]", what)


def graph_14_default_fits(scope: Scope) -> Iterator[Fault]:
    """GRAPH-14: A default MUST belong to an input of the caller and fit the input's type."""
    for sites in scope.functions:
        for one in sites.function.inputs:
            if one.default is None:
                continue
            where = f"{sites.where}.inputs[{one.name}].default"
            if one.kind in {"bound", "state"}:
                yield Fault("BAD_CONSTANT", where, f"a {one.kind} input has a default")
            elif not compatible(one.type, one.default.type):
                found = type_text(one.default.type)
                what = f"a default of {type_text(one.type)} is needed, found {found}"
                yield Fault("BAD_CONSTANT", where, what)


def graph_15_defaults_last(scope: Scope) -> Iterator[Fault]:
    """GRAPH-15: A positional input after one with a default MUST have a default."""
    for sites in scope.functions:
        earlier = ""
        for one in sites.function.inputs:
            if one.kind != "positional":
                continue
            if one.default is not None:
                earlier = one.name
            elif earlier:
                what = f"input {one.name!r} has no default and stands after {earlier!r}, which has"
                yield Fault("BAD_GRAPH", f"{sites.where}.inputs[{one.name}]", what)


def graph_32_known_kinds(scope: Scope) -> Iterator[Fault]:
    """GRAPH-32: The origin of a function and the kind of an input MUST be of the lists above."""
    for sites in scope.functions:
        if sites.function.origin not in ORIGINS:
            what = f"origin {sites.function.origin!r} is none of {', '.join(ORIGINS)}"
            yield Fault("BAD_ENUM", sites.where, what)
        for one in sites.function.inputs:
            if one.kind not in INPUT_KINDS:
                what = f"kind {one.kind!r} is none of {', '.join(INPUT_KINDS)}"
                yield Fault("BAD_ENUM", f"{sites.where}.inputs[{one.name}]", what)


RULES: tuple[Rule, ...] = (
    graph_10_input_order,
    graph_11_new_states_last,
    graph_14_default_fits,
    graph_15_defaults_last,
    graph_32_known_kinds,
)
