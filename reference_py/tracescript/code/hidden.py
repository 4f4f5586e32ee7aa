"""The order in which a function takes its bound inputs and states, where the text leaves it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tracescript.ir.graph import Block, TraceDecision
    from tracescript.ir.values import Value


def used_paths(
    body: Block,
    results: Iterable[Value],
    decisions: Iterable[TraceDecision],
    paths: Mapping[Value, str],
) -> list[str]:
    """Return the paths of entry values in the order of their first use.

    Nodes come first, in order, each with its inputs and then its blocks, whose results end them;
    then the visible results of the function, then its decisions. Spec: CODE-17.
    """
    found: dict[str, None] = {}
    if paths:
        for value in _uses(body, results, decisions):
            path = paths.get(value)
            if path is not None:
                found[path] = None
    return list(found)


def _uses(
    body: Block, results: Iterable[Value], decisions: Iterable[TraceDecision]
) -> Iterator[Value]:
    todo: list[Block | Iterable[Value | None]] = []
    _push(todo, body)
    while todo:
        item = todo.pop()
        if isinstance(item, (tuple, list)):
            yield from (v for v in item if v is not None)
        else:
            todo.append(item.results)  # type: ignore[union-attr]  # tuples are the values
            _push(todo, item)  # type: ignore[arg-type]  # tuples are the values
    yield from results
    yield from (d.value for d in decisions if d.value is not None)


def _push(todo: list[Block | Iterable[Value | None]], block: Block) -> None:
    for node in reversed(block.nodes):
        todo += reversed(node.blocks)
        todo.append(node.inputs)
