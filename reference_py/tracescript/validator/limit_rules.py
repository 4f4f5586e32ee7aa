"""The limits of a model. They are checked first: the other rules rely on bounded depth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

from tracescript import ir
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.scope import inner_constants, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.validator.scope import Scope
    from tracescript.validator.sites import FunctionSites

T = TypeVar("T")

MOST_ENTRIES: Final = 1 << 20
"""Functions, modules or constants of a model; blocks of a function."""
MOST_NODES: Final = 1 << 24
"""Nodes or values of a function."""
MOST_EDGES: Final = 1 << 16
"""Inputs or outputs of a node or a function."""
DEEPEST_BLOCK: Final = 10_000
DEEPEST_TABLE: Final = 64
"""Levels of a type, a constant or a dimension expression."""
HIGHEST_RANK: Final = 64
MOST_ELEMENTS: Final = 1 << 60
LONGEST_TEXT: Final = 1 << 24
"""Bytes of a str constant."""
MOST_METADATA: Final = 1 << 10
EXTRA_BYTES: Final = 1 << 28
"""Bytes of all extra files together."""


def _over(where: str, what: str, found: int, most: int) -> Iterator[Fault]:
    if found > most:
        yield Fault("FILE_LIMIT", where, f"at most {most} {what} are allowed, found {found}")


def _deep(root: T, inner: Callable[[T], tuple[T, ...]]) -> bool:
    """Whether something has too many levels; by identity, since hashing would recurse."""
    level: list[T] = [root]
    for _ in range(DEEPEST_TABLE):
        level = list({id(part): part for one in level for part in inner(one)}.values())
        if not level:
            return False
    return True


def _operands(dim: ir.Dim) -> tuple[ir.Dim, ...]:
    return dim.operands if isinstance(dim, ir.DimExpr) else ()


def _function(sites: FunctionSites) -> Iterator[Fault]:
    where = sites.where
    yield from _over(where, "blocks", len(sites.blocks), MOST_ENTRIES)
    yield from _over(where, "nodes", len(sites.nodes), MOST_NODES)
    yield from _over(where, "values", len(sites.definitions), MOST_NODES)
    yield from _over(where, "inputs", len(sites.function.inputs), MOST_EDGES)
    yield from _over(where, "outputs", len(sites.function.outputs), MOST_EDGES)
    deepest = max(site.depth for site in sites.blocks)
    yield from _over(where, "levels of blocks", deepest, DEEPEST_BLOCK)
    for site in sites.nodes:
        if max(len(site.node.inputs), len(site.node.outputs)) > MOST_EDGES:
            yield from _over(site.where, "inputs", len(site.node.inputs), MOST_EDGES)
            yield from _over(site.where, "outputs", len(site.node.outputs), MOST_EDGES)


def _types(scope: Scope) -> Iterator[Fault]:
    seen: set[int] = set()
    for spot, outer in scope.outer_types():
        todo = [] if id(outer) in seen else [outer]
        if todo and _deep(outer, parts):
            what = f"a type has more than {DEEPEST_TABLE} levels"
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
                yield from _over(spot.where, "axes", len(shape), HIGHEST_RANK)
                if any(_deep(d, _operands) for d in shape):
                    what = f"a dimension expression has more than {DEEPEST_TABLE} levels"
                    yield Fault("FILE_LIMIT", spot.where, what)


def _constants(scope: Scope) -> Iterator[Fault]:
    yield from _over("model", "constants", len(scope.constants), MOST_ENTRIES)
    for constant, spot in scope.constants.items():
        if isinstance(constant.value, str):
            found = len(constant.value.encode("utf-8", "surrogatepass"))
            yield from _over(spot.where, "bytes of text", found, LONGEST_TEXT)
        elif isinstance(constant.value, tuple) and _deep(constant, inner_constants):
            what = f"a constant has more than {DEEPEST_TABLE} levels"
            yield Fault("FILE_LIMIT", spot.where, what)
            return
    for weight, spot in scope.weights.items():
        found = math.prod(n for n in weight.shape if n)
        if found < MOST_ELEMENTS << 3:
            yield from _over(spot.where, "elements", found, MOST_ELEMENTS)


def graph_29_limits(scope: Scope) -> Iterator[Fault]:
    """GRAPH-29: A loader MUST refuse a model beyond the second column of the table of limits."""
    model = scope.model
    yield from _over("model", "functions", len(model.functions), MOST_ENTRIES)
    yield from _over("model", "modules", len(scope.modules), MOST_ENTRIES)
    yield from _over("model", "metadata entries", len(model.metadata), MOST_METADATA)
    extra = sum(len(one.content) for one in model.extra_files)
    yield from _over("extra_files", "bytes", extra, EXTRA_BYTES)
    for sites in scope.functions:
        yield from _function(sites)
    yield from _types(scope)
    yield from _constants(scope)


RULES: tuple[Rule, ...] = (graph_29_limits,)
