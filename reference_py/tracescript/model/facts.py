"""Answers questions about a model without running it: the facts of the suite (CONF-8)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from tracescript.ir import dims
from tracescript.ir.text import constant_text, type_text
from tracescript.model.show import nodes
from tracescript.wire.tensors import payload_of

if TYPE_CHECKING:
    from tracescript import ir
    from tracescript.model.model import Model

_METHOD = re.compile(r"method\.(.+)\.(input|output)\[(\d+)\]\.(name|type)")
_MODULE = re.compile(r"module\[(.*)\]\.(class|parameters|buffers)")
_FUNCTION = re.compile(r"function\[(\d+)\]\.(.+)")
_DECISION = re.compile(r"trace_decision\[(\d+)\]\.(kind|observed|line|predicate|lost_line)")
_SHAPE_GUARD = re.compile(r"shape_guard\[(\d+)\]\.(kind|text)")
_WEIGHT = re.compile(r"weight\[(.+)\]\.(type|sha256|index)")


class UnknownFactError(KeyError):
    """A key that is not in the list, or names nothing in this model."""


def fact(model: Model, opened: Any, key: str) -> str:
    """Return the value of a fact as text. Raises UnknownFactError. Spec: CONF-8."""
    simple = {
        "methods": lambda: " ".join(model.methods()),
        "header.profiles": lambda: " ".join(opened.profiles),
        "header.required_features": lambda: " ".join(opened.features),
        "file.digest": lambda: str(opened.digest),
    }
    if key in simple:
        return simple[key]()
    for pattern, answer in _ANSWERS:
        match = pattern.fullmatch(key)
        if match:
            try:
                return answer(model, *match.groups())
            except (IndexError, KeyError) as error:
                raise UnknownFactError(key) from error
    raise UnknownFactError(key)


def _method(model: Model, path: str, side: str, index: str, what: str) -> str:
    module, _, name = path.rpartition(".")
    method = dict(model.modules())[module].method(name)
    if method is None:
        raise KeyError(path)
    function = model.ir.function(method.function)
    members = function.inputs if side == "input" else function.outputs
    member = members[int(index)]
    return member.name if what == "name" else type_text(member.type)


def _module(model: Model, path: str, what: str) -> str:
    module = dict(model.modules())[path]
    if what == "class":
        return module.class_name
    members = module.parameters if what == "parameters" else module.buffers
    return " ".join(sorted(member.name for member in members))


def _function(model: Model, index: str, what: str) -> str:
    position = int(index) - 1
    if position < 0:
        raise IndexError(index)
    function = model.ir.functions[position]
    simple = {
        "name": lambda: function.name,
        "origin": lambda: function.origin,
        "trace_decisions": lambda: str(len(function.decisions)),
        "shape_guards": lambda: str(len(function.shape_guards)),
    }
    if what in simple:
        return simple[what]()
    if what.startswith("count."):
        op = what.removeprefix("count.")
        return str(sum(node.op == op for node in nodes(function.body)))
    match = _DECISION.fullmatch(what)
    if match:
        return _decision(function.decisions[int(match[1])], match[2])
    match = _SHAPE_GUARD.fullmatch(what)
    if match:
        guard = function.shape_guards[int(match[1])]
        text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
        return guard.kind if match[2] == "kind" else text
    raise KeyError(what)


def _decision(decision: ir.TraceDecision, what: str) -> str:
    debug = decision.debug
    if what == "kind":
        return decision.kind
    if what == "observed":
        return constant_text(decision.observed) if decision.observed else ""
    if debug is None:
        return ""
    if what == "predicate":
        return debug.predicate
    place = debug.place if what == "line" else debug.lost
    return str(place.line) if place else ""


def _weight(model: Model, name: str, what: str) -> str:
    weights = list(model.named_weights())
    weight = dict(weights)[name]
    if what == "type":
        return f"{weight.data_type.value}[{', '.join(map(str, weight.shape))}]"
    if what == "sha256":
        return hashlib.sha256(payload_of(weight)).hexdigest()
    return str(list(dict.fromkeys(w for _, w in weights)).index(weight))


_ANSWERS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (_METHOD, _method),
    (_MODULE, _module),
    (_FUNCTION, _function),
    (_WEIGHT, _weight),
)
