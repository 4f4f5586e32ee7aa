"""Rules of SSA form: definitions, visibility, blocks, and the edges of a function's body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.ir.text import type_text
from tracescript.opset.relations import compatible
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.module_rules import repeated
from tracescript.validator.sites import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.scope import Scope
    from tracescript.validator.sites import Definition, FunctionSites, Read


def label(value: ir.Value) -> str:
    """Name a value for a person."""
    return repr(value.name) if value.name else "a value without a name"


def _encloses(definition: Definition, read: Read) -> bool:
    return definition.block.enter < read.time <= definition.block.exit


def _unseen(sites: FunctionSites) -> Iterator[tuple[Read, list[Definition]]]:
    """Yield reads of values that are not visible, with the definitions there are."""
    for read in sites.unseen:
        yield read, sites.definitions.get(read.value, [])


def graph_1_defined_before_use(scope: Scope) -> Iterator[Fault]:
    """GRAPH-1: A node MUST read only values that are defined before it in the same function."""
    for sites in scope.functions:
        for read, definitions in _unseen(sites):
            if read.is_result or (definitions and not any(_encloses(d, read) for d in definitions)):
                continue
            place = f"later, at {definitions[0].spot.where}" if definitions else "nowhere here"
            what = f"reads {label(read.value)}, which is defined {place}"
            yield Fault("BAD_GRAPH", read.spot.where, what, "define a value before it is read")


def graph_2_defined_once(scope: Scope) -> Iterator[Fault]:
    """GRAPH-2: A value MUST be defined once: a constant, a parameter or an output of a node."""
    for sites in scope.functions:
        for value, (first, *others) in sites.definitions.items():
            if value.constant is not None:
                what = f"{label(value)} is a constant and is defined here as well"
                yield Fault("BAD_GRAPH", first.spot.where, what)
            for other in others:
                what = f"{label(value)} is defined here and at {first.spot.where}"
                yield Fault("BAD_GRAPH", other.spot.where, what, "use a new value")


def graph_3_visible_in_its_block(scope: Scope) -> Iterator[Fault]:
    """GRAPH-3: A value MUST be read only in the block that defines it and in its inner blocks."""
    for sites in scope.functions:
        for read, definitions in _unseen(sites):
            if read.is_result or not definitions or any(_encloses(d, read) for d in definitions):
                continue
            what = (
                f"reads {label(read.value)} of {definitions[0].block.where}, a block it is not in"
            )
            yield Fault("BAD_GRAPH", read.spot.where, what, "give it out as a result of that block")


def graph_4_results_visible(scope: Scope) -> Iterator[Fault]:
    """GRAPH-4: The results of a block MUST be values that are visible at its end."""
    for sites in scope.functions:
        for read, definitions in _unseen(sites):
            if read.is_result:
                place = f"at {definitions[0].spot.where}" if definitions else "nowhere"
                what = f"{label(read.value)} is a result here and is defined {place}"
                yield Fault("BAD_GRAPH", read.spot.where, what)


def graph_5_parameters_are_inputs(scope: Scope) -> Iterator[Fault]:
    """GRAPH-5: The parameters of a body MUST be the function's inputs in order and type."""
    for sites in scope.functions:
        inputs, params = sites.function.inputs, sites.function.body.params
        if len(inputs) != len(params):
            what = f"{len(inputs)} inputs need as many parameters, found {len(params)}"
            yield Fault("BAD_GRAPH", f"{sites.where}.body.params", what)
            continue
        for i, (one, param) in enumerate(zip(inputs, params, strict=True)):
            if one.type != param.type:
                what = f"input {one.name!r} is {type_text(one.type)}, found {type_text(param.type)}"
                yield Fault("BAD_TYPE", f"{sites.where}.body.params[{i}]", what)


def graph_6_results_fit_outputs(scope: Scope) -> Iterator[Fault]:
    """GRAPH-6: The results of a body MUST fit the function's outputs in number and types."""
    for sites in scope.functions:
        outputs, results = sites.function.outputs, sites.function.body.results
        if len(outputs) != len(results):
            what = f"{len(outputs)} outputs need as many results, found {len(results)}"
            yield Fault("BAD_GRAPH", f"{sites.where}.body.results", what)
            continue
        for i, (output, result) in enumerate(zip(outputs, results, strict=True)):
            if not compatible(output.type, result.type):
                what = f"output {i} is {type_text(output.type)}, found {type_text(result.type)}"
                yield Fault("BAD_TYPE", f"{sites.where}.body.results[{i}]", what)


def graph_7_block_has_one_owner(scope: Scope) -> Iterator[Fault]:
    """GRAPH-7: A block MUST be the body of its function or belong to exactly one node."""
    for sites in scope.functions:
        for site in sites.shared:
            what = "this block belongs to another node as well"
            yield Fault("BAD_GRAPH", site.where, what, "give each node blocks of its own")


def _references(sites: FunctionSites) -> Iterator[tuple[str, Spot]]:
    """Yield the functions that a function refers to, each with its place."""
    for site in sites.nodes:
        for name, attribute in site.node.attributes:
            if isinstance(attribute, ir.FunctionRef):
                yield attribute.name, Spot(site, ".attributes", name)


def _reaches(scope: Scope, start: int, goal: int) -> bool:
    """Whether one function can come to call another."""
    seen, todo = {start}, [start]
    while todo:
        for name, _ in _references(scope.functions[todo.pop()]):
            position = scope.position.get(name)
            if position is not None and position not in seen:
                seen.add(position)
                todo.append(position)
    return goal in seen


def graph_21_callee_stands_first(scope: Scope) -> Iterator[Fault]:
    """GRAPH-21: A function MUST stand before those that refer to it, recursion aside."""
    for i, sites in enumerate(scope.functions):
        for name, spot in _references(sites):
            position = scope.position.get(name, -1)
            if position > i and not _reaches(scope, position, i):
                what = f"function {i} refers to {name!r}, which is function {position}"
                yield Fault("BAD_INDEX", spot.where, what, "functions stand callees first")


def graph_33_callee_exists(scope: Scope) -> Iterator[Fault]:
    """GRAPH-33: A function attribute MUST name a function of the model."""
    for sites in scope.functions:
        for name, spot in _references(sites):
            if name not in scope.position:
                yield Fault("BAD_INDEX", spot.where, f"the model has no function {name!r}")


def graph_22_attribute_once(scope: Scope) -> Iterator[Fault]:
    """GRAPH-22: An attribute MUST NOT be given twice to one node."""
    for sites in scope.functions:
        for site in sites.nodes:
            names = [name for name, _ in site.node.attributes]
            for name in repeated(names) if names else ():
                what = f"attribute {name!r} of {site.node.op!r} is given {names.count(name)} times"
                yield Fault("BAD_CALL", site.where, what)


RULES: tuple[Rule, ...] = (
    graph_1_defined_before_use,
    graph_2_defined_once,
    graph_3_visible_in_its_block,
    graph_4_results_visible,
    graph_5_parameters_are_inputs,
    graph_6_results_fit_outputs,
    graph_7_block_has_one_owner,
    graph_21_callee_stands_first,
    graph_22_attribute_once,
    graph_33_callee_exists,
)
