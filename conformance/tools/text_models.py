"""Files written down in the code language, with a module tree, weights and states."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tools import literals
from tools.parts import with_our_name
from tracescript import ir
from tracescript.code.reader import read_units
from tracescript.code.writer import write_units
from tracescript.ir import constants
from tracescript.wire.writer import write
from tracescript_conformance import values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def text_file(source: Mapping[str, Any], texts: Sequence[str]) -> bytes:
    """Write a file from texts, `tree` (path to class), `weights` and `states` (path to value).

    `sections` names what is written beside the program: `code`, `debug`.
    """
    units = [ir.CodeUnit("text", text.strip("\n") + "\n") for text in texts]
    empty = ir.Model(source.get("name", "text"), (), ir.Module(""))
    model = read_units(units, empty)
    tree = dict(source.get("tree", {})) or {"": _first_class(model)}
    members = _Members(source.get("weights", {}), source.get("states", {}))
    root = _module(model, tree, "", members)
    model = ir.Model(
        empty.name, model.functions, root, metadata=tuple(source.get("metadata", {}).items())
    )
    sections = source.get("sections", [])
    target = io.BytesIO()
    written = write_units(model) if "code" in sections else ()
    write(model, target, code_units=written, debug="debug" in sections)
    return with_our_name(target.getvalue())


def _first_class(model: ir.Model) -> str:
    return model.functions[-1].name.rpartition(".")[0]


class _Members:
    """Weights and states by dotted path, each made once."""

    def __init__(self, weights: Mapping[str, str], states: Mapping[str, str]) -> None:
        shared: dict[str, ir.Weight] = {}
        self.weights = {}
        for path, text in weights.items():
            same = text.removeprefix("same as ")
            self.weights[path] = shared[same] if same != text else _weight(text)
            shared[path] = self.weights[path]
        self.states = {path: _state(path, text) for path, text in states.items()}


def _weight(text: str) -> ir.Weight:
    value = literals.parse(text)
    data_type = ir.DataType.of_number(value.data_type)
    assert data_type is not None
    return constants.weight(value.array, data_type)


def _constant(weight: ir.Weight) -> ir.Constant:
    return ir.Constant(ir.TensorType(weight.data_type, weight.shape), weight)


def _state(path: str, text: str) -> ir.State:
    value = literals.parse(text)
    if isinstance(value, values.Tensor):
        initial = _constant(_weight(text))
        return ir.State(path, initial.type, initial)
    initial = constants.scalar(value)
    return ir.State(path, initial.type, initial, "attribute")


def _module(model: ir.Model, tree: dict[str, str], path: str, members: _Members) -> ir.Module:
    prefix = f"{path}." if path else ""
    own = [p for p in tree if p != path and p.startswith(prefix) and "." not in p[len(prefix) :]]
    children = [ir.Submodule(p[len(prefix) :], _module(model, tree, p, members)) for p in own]
    weights = {p[len(prefix) :]: w for p, w in members.weights.items() if p.startswith(prefix)}
    states = {p[len(prefix) :]: s for p, s in members.states.items() if p.startswith(prefix)}
    buffers = [ir.Buffer(n, s) for n, s in states.items() if "." not in n and s.kind == "buffer"]
    plain = [(n, s) for n, s in states.items() if "." not in n and s.kind != "buffer"]
    name = tree[path]
    methods = []
    for function in model.functions:
        owner, _, last = function.name.rpartition(".")
        if owner == name:
            bound = [_constant(weights[i.name]) for i in function.inputs if i.kind == "bound"]
            used = [states[i.name] for i in function.inputs if i.kind == "state"]
            methods.append(ir.Method(last, function.name, not path, tuple(bound), tuple(used)))
    return ir.Module(
        name,
        parameters=tuple(ir.Parameter(n, w) for n, w in weights.items() if "." not in n),
        buffers=tuple(buffers),
        attributes=tuple(ir.ModuleAttribute(n, s) for n, s in plain),
        submodules=tuple(children),
        methods=tuple(methods),
    )
