"""Compiles a program: again and again until nothing more is learned, then assembles the model."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.producer.script import register
from tracescript.producer.script.assemble import assemble
from tracescript.producer.script.calls.hosts import Hosts
from tracescript.producer.script.either import Attempt, agreed
from tracescript.producer.script.emitter.facts import Facts, RestartError
from tracescript.producer.script.emitter.frame import EITHER
from tracescript.producer.script.emitter.objects import Weights, library_names
from tracescript.producer.script.entry import entrance_of
from tracescript.producer.script.session import Session
from tracescript.producer.script.signature import types_of_values
from tracescript.producer.session import aside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript import ir
    from tracescript.producer.script.calls.hosts import Host
    from tracescript.producer.script.emitter.unit import Compiled
    from tracescript.producer.script.entry import Entrance

_MOST_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Scripted:
    """A scripted program: the model, what was assumed, and how to compile it for other types.

    `hosts` are the Python functions that it calls. `notes` say which data types nothing determined,
    and how to choose them; `shown` are types of what functions give, as calls have shown.
    """

    model: ir.Model
    hosts: Mapping[str, Host]
    notes: tuple[str, ...]
    uses_torch: bool
    program: Any
    types: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    shown: Mapping[str, ir.Type] = field(default_factory=dict)
    cache: dict[Any, Scripted] = field(default_factory=dict)


def script(
    f: Any,
    *,
    types: Mapping[str, Any] | None = None,
    name: str | None = None,
    shown: Mapping[str, ir.Type] | None = None,
) -> Scripted:
    """Compile a function or module to a model; a trace that runs does not see it.

    `types` are types of parameters by name: `"float32[B, 4]"`, `int`, `list[int]`, a type of ours.

    Raises ProducerError where the source uses what a script cannot hold. Spec: SCRIPT-1.
    """
    with aside():
        return _scripted(f, dict(types or {}), name, dict(shown or {}))


def _scripted(
    f: Any, types: dict[str, Any], name: str | None, shown: dict[str, ir.Type]
) -> Scripted:
    register.everything()
    entrances = entrance_of(f)

    def compiled(entrances: list[Entrance], facts: Facts) -> Scripted:
        session, methods = _settled(entrances, facts, types, shown)
        session.hosts.check_types()
        model = assemble(session, methods, name or entrances[0].model_name)
        notes = tuple(note for x in entrances for note in x.notes(facts))
        uses_torch = "torch" in sys.modules and entrances[0].flavour == "torch"
        return Scripted(model, session.hosts.by_op, notes, uses_torch, f, types, name, shown)

    if entrances[0].flavour != EITHER:
        return compiled(entrances, Facts())
    attempts = [
        Attempt.of(library, functools.partial(compiled, [replace(entrances[0], flavour=library)]))
        for library in ("numpy", "torch")
    ]
    return agreed(attempts, entrances[0].function)


def _settled(
    entrances: list[Entrance], facts: Facts, types: dict[str, Any], shown: Mapping[str, ir.Type]
) -> tuple[Session, list[tuple[Entrance, Compiled]]]:
    """Compile entrances until nothing more is learned."""
    names, arrays = library_names(), Weights()
    for _ in range(_MOST_ATTEMPTS):
        hosts, flavour = Hosts(types, shown), entrances[0].flavour
        session = Session(facts, names, arrays, entrances[0].module, flavour, hosts)
        try:
            methods = [(x, x.compile(session, types)) for x in entrances]
        except RestartError as news:
            news.learn(facts)
            continue
        except RecursionError as error:
            raise ProducerError(
                "the program nests too deep", code="UNSUPPORTED_PYTHON", rule="SCRIPT-1"
            ) from error
        if session.unsettled:
            raise session.unsettled[0][1]
        if not session.is_guessing:
            return session, methods
    raise ProducerError(
        "types do not settle",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="annotate the parameters",
    )


def specialise(
    scripted: Scripted, values: Mapping[str, Any], shown: Mapping[str, ir.Type] | None = None
) -> Scripted:
    """Return the program compiled for the data types and ranks of a call's values.

    `shown` are types of what ignored functions give, `f()`. Sizes stay open: `values` with other
    sizes fit the same model. Returns the scripted program itself where it fits already.
    """
    found: dict[str, ir.Type] = {}
    for method in scripted.model.root.methods:
        if method.exported:
            function = scripted.model.function(method.function)
            found.update(types_of_values(function, values, scripted.types))
    shown = {**scripted.shown, **(shown or {})}
    if not found and shown == scripted.shown:
        return scripted
    key = tuple(sorted((k, repr(v)) for k, v in [*found.items(), *shown.items()]))
    if key not in scripted.cache:
        types = {**scripted.types, **found}
        made = script(scripted.program, types=types, name=scripted.name, shown=shown)
        scripted.cache[key] = made
    return scripted.cache[key]


__all__ = ["Scripted", "script", "specialise"]
