"""Every node against the definition of its op, and the types it declares against those it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracescript.errors import InvalidModelError
from tracescript.ir.text import type_text
from tracescript.opset import faults
from tracescript.opset.calls import Typing
from tracescript.opset.relations import compatible
from tracescript.opset.table import opset
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.flow_rules import mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.opset.table import OpDef
    from tracescript.validator.scope import Scope
    from tracescript.validator.sites import FunctionSites, NodeSite

_NODE = re.compile(r".*\.nodes\[\d+\]")


def _blamed(scope: Scope) -> set[str]:
    """Return the paths of nodes that earlier rules have found at fault."""
    return {match.group() for where in scope.faulty if (match := _NODE.match(where))}


def _of_function(sites: FunctionSites, typing: Typing, blamed: set[str]) -> Iterator[Fault]:
    for site in sites.nodes:
        op = None if site.node.opset else opset().get(site.node.op)
        if op is None:
            continue
        if blamed and site.where in blamed:
            continue
        found = list(_of_node(op, site, typing))
        yield from found
        if not found:
            typing.learn(site.node)


def _of_node(op: OpDef, site: NodeSite, typing: Typing) -> Iterator[Fault]:
    node = site.node
    fixed = len(op.inputs) - any(i.variadic for i in op.inputs)
    if len(node.inputs) < fixed:
        # Leaving out is written as an absent input, so that a call has one form.
        what = f"{op.name!r} takes {fixed} inputs, found {len(node.inputs)}"
        yield Fault("BAD_CALL", site.where, what, rule=faults.ARITY)
        return
    try:
        types = typing.results(op, node.inputs, dict(node.attributes), node.blocks)
    except InvalidModelError as error:
        for one in error.findings:
            yield Fault(one.code, site.where, one.what, one.hint, one.rule)
        return
    if len(types) != len(node.outputs):
        what = f"{op.name!r} has {len(types)} outputs, found {len(node.outputs)}"
        yield Fault("BAD_CALL", f"{site.where}.outputs", what)
        return
    for i, (output, inferred) in enumerate(zip(node.outputs, types, strict=True)):
        if not compatible(output.type, inferred):
            what = f"{op.name!r} gives {type_text(inferred)}, declared {type_text(output.type)}"
            yield Fault(mismatch(output.type, inferred), f"{site.where}.outputs[{i}]", what)


def graph_30_node_fits_its_op(scope: Scope) -> Iterator[Fault]:
    """GRAPH-30: A node MUST fit its op's definition, and declare results that admit the op's."""
    blamed = _blamed(scope)
    for sites in scope.functions:
        yield from _of_function(sites, Typing(scope.model.by_name.get), blamed)


RULES: tuple[Rule, ...] = (graph_30_node_fits_its_op,)
