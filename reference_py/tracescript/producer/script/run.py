"""Compiles a program: again and again until nothing more is learned, then assembles the model."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.producer.script import register
from tracescript.producer.script.assemble import assemble
from tracescript.producer.script.emitter.facts import Facts, RestartError
from tracescript.producer.script.emitter.objects import Weights, library_names
from tracescript.producer.script.entry import entrance_of
from tracescript.producer.script.session import Session
from tracescript.producer.script.signature import types_of_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript import ir

_MOST_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Scripted:
    """A scripted program: the model, what was assumed, and how to compile it for other types.

    `notes` say which data types nothing determined, and how to choose them.
    """

    model: ir.Model
    notes: tuple[str, ...]
    uses_torch: bool
    program: Any
    types: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    cache: dict[Any, ir.Model] = field(default_factory=dict)


def script(f: Any, *, types: Mapping[str, Any] | None = None, name: str | None = None) -> Scripted:
    """Compile a function or module to a model.

    `types` are types of parameters by name: `"float32[B, 4]"`, `int`, `list[int]`, a type of ours.

    Raises ProducerError where the source uses what a script cannot hold. Spec: SCRIPT-1.
    """
    register.everything()
    entrances = entrance_of(f)
    facts, names, arrays = Facts(), library_names(), Weights()
    root = entrances[0].module
    for _ in range(_MOST_ATTEMPTS):
        session = Session(facts, names, arrays, root, entrances[0].flavour)
        try:
            methods = [(x, x.compile(session, dict(types or {}))) for x in entrances]
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
            break
    else:
        raise ProducerError(
            "types do not settle",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="annotate the parameters",
        )
    model = assemble(session, methods, name or entrances[0].model_name)
    notes = tuple(note for x in entrances for note in x.notes(facts))
    return Scripted(
        model,
        notes,
        "torch" in sys.modules and entrances[0].flavour == "torch",
        f,
        dict(types or {}),
        name,
    )


def specialise(scripted: Scripted, values: Mapping[str, Any]) -> ir.Model:
    """Return the model compiled for the data types and ranks of a call's values.

    Sizes stay open: `values` with other sizes fit the same model. Returns the scripted model
    itself where it fits already.
    """
    method = scripted.model.root.method("forward")
    assert method is not None
    function = scripted.model.function(method.function)
    found = types_of_values(function, values, scripted.types)
    if not found:
        return scripted.model
    key = tuple(sorted((k, repr(v)) for k, v in found.items()))
    if key not in scripted.cache:
        scripted.cache[key] = script(
            scripted.program, types={**scripted.types, **found}, name=scripted.name
        ).model
    return scripted.cache[key]


__all__ = ["Scripted", "script", "specialise"]
