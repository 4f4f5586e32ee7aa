"""The limits of a model. They are checked first: the other rules rely on bounded depth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from tracescript import ir
from tracescript.ir.limits import (
    MAX_BLOCK_DEPTH,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_EXTRA,
    MAX_LIST,
    MAX_PORTS,
    MAX_RANK,
    MAX_STRING,
    MAX_TABLE,
    MAX_VALUES,
)
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.scope import inner_constants, parts
from tracescript.validator.type_rules import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.validator.scope import Scope
    from tracescript.validator.sites import FunctionSites

T = TypeVar("T")


def _over(where: str, what: str, found: int, most: int) -> Iterator[Fault]:
    if found > most:
        yield Fault("FILE_LIMIT", where, f"at most {most} {what} are allowed, found {found}")


def _deep(root: T, inner: Callable[[T], tuple[T, ...]]) -> bool:
    """Whether something has too many levels; by identity, since hashing would recurse."""
    level: list[T] = [root]
    for _ in range(MAX_DEPTH):
        level = list({id(part): part for one in level for part in inner(one)}.values())
        if not level:
            return False
    return True


def _operands(dim: ir.Dim) -> tuple[ir.Dim, ...]:
    return dim.operands if isinstance(dim, ir.DimExpr) else ()


def _function(sites: FunctionSites) -> Iterator[Fault]:
    where = sites.where
    yield from _over(where, "blocks", len(sites.blocks), MAX_TABLE)
    yield from _over(where, "nodes", len(sites.nodes), MAX_VALUES)
    yield from _over(where, "values", len(sites.definitions), MAX_VALUES)
    yield from _over(where, "inputs", len(sites.function.inputs), MAX_PORTS)
    yield from _over(where, "outputs", len(sites.function.outputs), MAX_PORTS)
    deepest = max(site.depth for site in sites.blocks)
    yield from _over(where, "levels of blocks", deepest, MAX_BLOCK_DEPTH)
    for site in sites.nodes:
        if max(len(site.node.inputs), len(site.node.outputs)) > MAX_PORTS:
            yield from _over(site.where, "inputs", len(site.node.inputs), MAX_PORTS)
            yield from _over(site.where, "outputs", len(site.node.outputs), MAX_PORTS)


def _types(scope: Scope) -> Iterator[Fault]:
    seen: set[int] = set()
    for spot, outer in scope.outer_types:
        todo = [] if id(outer) in seen else [outer]
        if todo and parts(outer) and _deep(outer, parts):
            what = f"a type has more than {MAX_DEPTH} levels"
            yield Fault("FILE_LIMIT", spot.where, what)
            return
        while todo:
            kind = todo.pop()
            if id(kind) in seen:
                continue
            seen.add(id(kind))
            todo += parts(kind)
            if isinstance(kind, ir.TensorType):
                shape = kind.shape or ()
                if len(shape) > MAX_RANK:
                    yield from _over(spot.where, "axes", len(shape), MAX_RANK)
                expressions: list[ir.Dim] = [d for d in shape if isinstance(d, ir.DimExpr)]
                if any(_deep(d, _operands) for d in expressions):
                    what = f"a dimension expression has more than {MAX_DEPTH} levels"
                    yield Fault("FILE_LIMIT", spot.where, what)


def _constants(scope: Scope) -> Iterator[Fault]:
    yield from _over("model", "constants", len(scope.constants), MAX_TABLE)
    for constant, spot in scope.constants.items():
        if isinstance(constant.value, str):
            found = len(constant.value.encode("utf-8", "surrogatepass"))
            yield from _over(spot.where, "bytes of text", found, MAX_STRING)
        elif isinstance(constant.value, tuple) and _deep(constant, inner_constants):
            what = f"a constant has more than {MAX_DEPTH} levels"
            yield Fault("FILE_LIMIT", spot.where, what)
            return
    for weight, spot in scope.weights.items():
        found = math.prod(n for n in weight.shape if n)
        if found <= LARGEST:
            yield from _over(spot.where, "elements", found, MAX_ELEMENTS)


def graph_29_limits(scope: Scope) -> Iterator[Fault]:
    """GRAPH-29: A loader MUST refuse a model beyond the second column of the table of limits."""
    model = scope.model
    yield from _over("model", "functions", len(model.functions), MAX_TABLE)
    yield from _over("model", "modules", len(scope.modules), MAX_TABLE)
    yield from _over("model", "metadata entries", len(model.metadata), MAX_LIST)
    extra = sum(len(one.content) for one in model.extra_files)
    yield from _over("extra_files", "bytes", extra, MAX_EXTRA)
    for sites in scope.functions:
        yield from _function(sites)
    yield from _types(scope)
    yield from _constants(scope)


RULES: tuple[Rule, ...] = (graph_29_limits,)
