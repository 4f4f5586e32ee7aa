"""Rules of states and of the methods that bind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir
from tracescript.ir.text import type_text
from tracescript.opset.relations import compatible
from tracescript.validator.fault import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.scope import Scope

RANDOM_TYPE: Final = ir.TensorType(ir.DataType.UINT32, (6,))
"""Two words of key, four of counter, the lowest first."""
STATE_KINDS: Final = ("buffer", "attribute", "random")


def state_1_different_names(scope: Scope) -> Iterator[Fault]:
    """STATE-1: States of one model MUST have different names."""
    first: dict[str, str] = {}
    for state, where in scope.states.items():
        if state.name in first:
            what = f"{state.name!r} is the name of another state, at {first[state.name]}"
            yield Fault("BAD_NAME", where, what, "one state under two names is one object")
        first.setdefault(state.name, where)


def state_2_initial_value(scope: Scope) -> Iterator[Fault]:
    """STATE-2: The initial value of a state MUST be a constant of the state's type."""
    for state, where in scope.states.items():
        if not isinstance(state.initial, ir.Constant):
            yield Fault("BAD_CONSTANT", where, f"state {state.name!r} has no initial value")
        elif not compatible(state.type, state.initial.type):
            found = type_text(state.initial.type)
            what = f"state {state.name!r} is {type_text(state.type)}, its initial value {found}"
            yield Fault("BAD_CONSTANT", where, what)


def state_3_bound_to_inputs(scope: Scope) -> Iterator[Fault]:
    """STATE-3: A method MUST bind one state to each state input, of its type, and none twice."""
    for where, method in scope.methods:
        position = scope.position.get(method.function)
        if position is None:
            continue
        function = scope.model.functions[position]
        inputs = [one for one in function.inputs if one.kind == "state"]
        if len(inputs) != len(method.states):
            what = f"{function.name!r} has {len(inputs)} state inputs, found {len(method.states)}"
            yield Fault("BAD_MODULE", f"{where}.states", what)
            continue
        for i, (one, state) in enumerate(zip(inputs, method.states, strict=True)):
            if state in method.states[:i]:
                what = f"state {state.name!r} is bound twice"
                yield Fault("BAD_MODULE", f"{where}.states[{i}]", what)
            if one.type != state.type:
                what = f"input {one.name!r} is {type_text(one.type)}"
                what += f", state {state.name!r} is {type_text(state.type)}"
                yield Fault("BAD_TYPE", f"{where}.states[{i}]", what)


def state_4_random_state(scope: Scope) -> Iterator[Fault]:
    """STATE-4: A state of kind random MUST be a tensor of type uint32 and shape (6)."""
    for state, where in scope.states.items():
        if state.kind == "random" and state.type != RANDOM_TYPE:
            what = f"{type_text(RANDOM_TYPE)} is needed, found {type_text(state.type)}"
            yield Fault("BAD_TYPE", where, what)


def state_5_known_kind(scope: Scope) -> Iterator[Fault]:
    """STATE-5: The kind of a state MUST be buffer, attribute or random."""
    for state, where in scope.states.items():
        if state.kind not in STATE_KINDS:
            what = f"kind {state.kind!r} is none of {', '.join(STATE_KINDS)}"
            yield Fault("BAD_ENUM", where, what)


RULES: tuple[Rule, ...] = (
    state_1_different_names,
    state_2_initial_value,
    state_3_bound_to_inputs,
    state_4_random_state,
    state_5_known_kind,
)
