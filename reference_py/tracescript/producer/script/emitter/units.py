"""Begins and ends a function of the model: parameters, results, bound weights, states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.graph import Block, Function, Input, Output
from tracescript.ir.values import Value
from tracescript.producer.script.containers.edges import opened
from tracescript.producer.script.containers.mixed import number_or_tensor
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.emitter.size_marks import holds_int_lists
from tracescript.producer.script.emitter.tidy import first_uses, tidy
from tracescript.producer.script.emitter.type_parts import is_changeable
from tracescript.producer.script.emitter.unit import Compiled

if TYPE_CHECKING:
    from collections.abc import Collection

    from tracescript.ir.model import State
    from tracescript.ir.values import Constant
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.linking import Linker


def open_parameters(
    e: Emitter,
    kinds: dict[str, Any],
    defaults: dict[str, Constant] | None = None,
    own: Collection[str] = (),
) -> list[tuple[Input, Value]]:
    """Make an input of every parameter: name -> (type, parameters whose data type it has).

    Those that are `own` nobody else holds.
    """
    params = []
    for name, (kind, roots) in kinds.items():
        value = Value(kind, name)
        e.session.roots.open(value, roots)
        if name in own:
            e.session.aliases.fresh(value, (e.unit.name, name))
        elif is_changeable(kind):
            e.session.aliases.given(value, name)
        e.scope[e.frame.key(name)] = opened(e, value)
        e.unit.names[value] = name
        params.append((Input(name, kind, default=(defaults or {}).get(name)), value))
    return params


def results_of(e: Emitter, entry: Entry) -> list[Value]:
    """Return the outputs a result becomes: none for None, several for a tuple, else one."""
    if is_none(entry):
        return []
    kind = e.frame.annotations.get("return")
    if kind is not None:
        entry = e.fit(entry, kind)
    is_tuple = isinstance(entry, Items) and not entry.is_list and len(entry.parts) > 1
    parts = entry.parts if isinstance(entry, Items) and is_tuple else (entry,)
    values = [e.value(number_or_tensor(e, p), "the result") for p in parts]
    for value in values:
        if holds_int_lists(value.type) and "tuple" in e.session.list_kinds.of(value):
            raise e.error(
                None,
                "the length of this tuple is known only at run time; no result holds it",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="return list(xs)",
            )
    return [] if values[0].type == constants.NONE else values


def finish(
    e: Emitter, params: list[tuple[Input, Value]], result: Entry, linker: Linker
) -> Compiled:
    """Close a unit: a tidy function with its bound inputs in order of first use."""
    unit = e.unit
    e.at = e.frame.returned_at or e.frame.definition
    outputs = results_of(e, result)
    news = [e.value(e.scope[f"state:{path}"]) for path in unit.states]
    given = [v for _, v in params]
    given += [v for v, _ in (*unit.bound.values(), *unit.states.values())]
    block = tidy(e.builder.block(given, [*outputs, *news]), unit.proved, unit.names, unit.plain)
    placed = dict(zip(given, block.params, strict=True))
    order = first_uses(block)
    bound = [(p, placed[v], c) for p, (v, c) in unit.bound.items() if placed[v] in order]
    bound.sort(key=lambda b: order[b[1]])
    states = _used_states(e, block, placed, len(outputs))
    inputs = [i for i, _ in params]
    inputs += [Input(_own_name(p, params), c.type, "bound") for p, _, c in bound]
    inputs += [Input(_own_name(p, params), s.type, "state") for p, _, s, _ in states]
    final = Block(
        (
            *(placed[v] for _, v in params),
            *(v for _, v, _ in bound),
            *(v for _, v, _, _ in states),
        ),
        block.nodes,
        (*block.results[: len(outputs)], *(new for _, _, _, new in states)),
    )
    results = [Output("", v.type) for v in final.results[: len(outputs)]]
    results += [Output(p, s.type) for p, _, s, _ in states]
    function = Function(unit.name, "scripted", tuple(inputs), tuple(results), final)
    return Compiled(
        linker.add(function),
        tuple((p, c) for p, _, c in bound),
        tuple((p, s) for p, _, s, _ in states),
        tuple(e.session.roots.of(v) for v in outputs),
        tuple(_passed_on(e, v, params) for v in outputs),
        tuple(e.session.list_kinds.of(v) for v in outputs),
        frozenset(k for k, (i, _) in enumerate(params) if i.name in unit.changed),
        _written(e),
    )


def _written(e: Emitter) -> tuple[tuple[str, bool], ...]:
    """Return the states whose objects the unit changes, and whether each still holds its own."""
    aliases = e.session.aliases
    changed = {t for tokens in aliases.log for t in tokens}
    found = ((p, v) for p, (v, _) in e.unit.states.items() if changed & aliases.of(v))
    ends = ((p, v, e.value(e.scope[f"state:{p}"])) for p, v in found)
    return tuple((p, aliases.root(v) is aliases.root(end)) for p, v, end in ends)


def _own_name(path: str, params: list[tuple[Input, Value]]) -> str:
    """Return the name of a weight or state: none that a parameter has. Spec: GRAPH-9."""
    return f"self.{path}" if any(i.name == path for i, _ in params) else path


def _passed_on(e: Emitter, result: Value, params: list[tuple[Input, Value]]) -> frozenset[int]:
    """Return the numbers of the parameters that a result may be, or be a view of."""
    aliases = e.session.aliases
    found = aliases.seen(result)
    return frozenset(k for k, (_, v) in enumerate(params) if found & aliases.of(v))


def _used_states(
    e: Emitter, block: Block, placed: dict[Value, Value], count: int
) -> list[tuple[str, Value, State, Value]]:
    """Return path, input, state and new value of the states that the function reads or changes."""
    read = first_uses(Block((), block.nodes, block.results[:count]))
    used = []
    for k, (path, (value, state)) in enumerate(e.unit.states.items()):
        new = block.results[count + k]
        if new is not placed[value] or placed[value] in read:
            used.append((path, placed[value], state, new))
    return used
