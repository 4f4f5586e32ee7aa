"""Rules of the sections beside the program: examples and source places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.errors import CLASSES
from tracescript.ir.text import type_text
from tracescript.opset.dtypes import of_numpy
from tracescript.validator.constant_rules import PYTHON, are_of
from tracescript.validator.fault import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.validator.scope import Scope


def is_of(kind: ir.Type, value: Any) -> bool:
    """Whether a run-time value is of a type; symbols and unknown extents take any extent."""
    known: dict[tuple[int, int], bool] = {}

    def fits(kind: ir.Type, value: Any) -> bool:
        # Values share parts: each is looked into once, or a small file takes for ever.
        key = (id(kind), id(value))
        if key not in known:
            known[key] = _is_of(kind, value, fits)
        return known[key]

    return fits(kind, value)


def _is_of(kind: ir.Type, value: Any, is_of: Callable[[ir.Type, Any], bool]) -> bool:
    match kind:
        case ir.TensorType(data_type, shape):
            return isinstance(value, (np.ndarray, np.generic)) and (
                of_numpy(value.dtype) == data_type
                and (shape is None or len(shape) == value.ndim)
                and all(
                    d == n for d, n in zip(shape or (), value.shape, strict=False) if type(d) is int
                )
            )
        case ir.ScalarType(scalar):
            return type(value) is PYTHON[scalar]
        case ir.ListType(element):
            return type(value) is list and all(is_of(element, one) for one in value)
        case ir.TupleType(elements):
            return are_of(elements, value, is_of)
        case ir.StructType(_, fields):
            return are_of(tuple(field for _, field in fields), value, is_of)
        case ir.DictType(key, content):
            return type(value) is dict and all(
                is_of(key, k) and is_of(content, v) for k, v in value.items()
            )
        case ir.OptionalType(element):
            return value is None or is_of(element, value)
        case ir.UnionType(members):
            return any(is_of(member, value) for member in members)
    return False


def _find(scope: Scope, path: str) -> ir.Function | None:
    """Return the function of an exported method, by its dotted path from the root."""
    *children, name = path.split(".")
    module: ir.Module | None = scope.model.root
    for child in children:
        module = module.child(child) if module else None
    method = module.method(name) if module else None
    if method is None or not method.exported:
        return None
    position = scope.position.get(method.function)
    return None if position is None else scope.model.functions[position]


def _place_inputs(function: ir.Function, call: ir.ExampleCall) -> tuple[dict[str, Any], str]:
    """Return the inputs by name, and what is wrong with how they are given."""
    visible = [one for one in function.inputs if one.kind in {"positional", "keyword_only"}]
    positional = [one.name for one in visible if one.kind == "positional"]
    given: dict[str, Any] = {}
    for i, (name, value) in enumerate(call.inputs):
        if not name and i >= len(positional):
            return given, f"{len(positional)} inputs go by position, found more"
        target = name or positional[i]
        if target in given:
            return given, f"input {target!r} is given twice"
        given[target] = value
    unknown = given.keys() - {one.name for one in visible}
    if unknown:
        return given, f"there is no input {min(unknown)!r}"
    missing = [one.name for one in visible if one.default is None and one.name not in given]
    return given, f"input {missing[0]!r} is missing" if missing else ""


def _call_fault(scope: Scope, call: ir.ExampleCall) -> str:
    function = _find(scope, call.method)
    if function is None:
        return f"there is no exported method {call.method!r}"
    if call.error:
        return "" if call.error in CLASSES else f"{call.error!r} is no error code"
    given, what = _place_inputs(function, call)
    if what:
        return what
    for one in function.inputs:
        if one.name in given and not is_of(one.type, given[one.name]):
            return f"input {one.name!r} is {type_text(one.type)}, found another value"
    states = sum(one.kind == "state" for one in function.inputs)
    needed = len(function.outputs) - states
    if len(call.outputs) != needed:
        return f"{call.method!r} has {needed} outputs, found {len(call.outputs)}"
    return ""


def graph_27_place_in_source(scope: Scope) -> Iterator[Fault]:
    """GRAPH-27: A source place MUST lie inside the text of its source, where the file has it."""
    lines = {s.name: s.text.count("\n") + 1 for s in scope.model.sources if s.text}
    for sites in scope.functions:
        for site in sites.nodes:
            place = site.node.place
            if place is None or place.file not in lines:
                continue
            last = max(place.line, place.end_line)
            if last > lines[place.file] or min(place.line, place.column) < 0:
                what = f"line {last} of {place.file!r}, which has {lines[place.file]}"
                yield Fault("BAD_DEBUG", site.where, what)


def graph_28_example_fits(scope: Scope) -> Iterator[Fault]:
    """GRAPH-28: An example MUST call exported methods with inputs and outputs that fit them."""
    for example in scope.model.examples:
        for i, call in enumerate(example.calls):
            what = _call_fault(scope, call)
            if what:
                yield Fault("BAD_EXAMPLE", f"examples[{example.name}].calls[{i}]", what)


RULES: tuple[Rule, ...] = (graph_27_place_in_source, graph_28_example_fits)
