"""Replaces composites by their definitions: forwards, nested blocks first, types known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript.errors import InvalidModelError
from tracescript.ir import Block, Constant, Value
from tracescript.opset.calls import Typing
from tracescript.opset.decompose import expansion
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracescript.ir import Function, Model, Node


def expand_all(model: Model) -> Model:
    """Return a model of primitives only. Raises InvalidModelError where a definition cannot fit."""
    return expand_missing(model, lambda name: not opset()[name].is_composite)


def expand_missing(model: Model, has: Callable[[str], bool]) -> Model:
    """Replace the composites for which `has` is false, and those in their definitions.

    Steps are counted on the stored graph: no definition adds a call, and its loops are bounded by
    an extent. A composite stays where its definition needs to know more than types say, the
    length of a list (NUM-60): it can be expanded when its inputs are there. Raises
    InvalidModelError where a definition cannot fit.
    """
    functions: list[Function] = []
    known = {f.name: f for f in model.functions}
    for function in model.functions:
        rewriter = _Rewriter(Typing(known.get), has)
        changed = replace(function, body=rewriter.block(function.body))
        decisions = tuple(
            replace(d, value=None if d.value is None else rewriter.current(d.value))
            for d in function.decisions
        )
        functions.append(replace(changed, decisions=decisions))
    return replace(model, functions=tuple(functions))


class _Rewriter:
    """Rewrites the blocks of one function; `_renamed` maps replaced results to new values."""

    def __init__(self, typing: Typing, has: Callable[[str], bool]) -> None:
        self._typing = typing
        self._has = has
        self._renamed: dict[Value, Value] = {}

    def current(self, value: Value) -> Value:
        """Return what stands for a value now."""
        return self._renamed.get(value, value)

    def block(self, block: Block) -> Block:
        """Return a block without the composites that are missing."""
        nodes = [made for node in block.nodes for made in self._node(node)]
        return Block(block.params, tuple(nodes), tuple(map(self.current, block.results)))

    def _node(self, node: Node) -> Iterable[Node]:
        inputs = tuple(None if v is None else self.current(v) for v in node.inputs)
        op = None if node.opset else opset().get(node.op)
        if op is None or not op.is_composite or self._has(node.op):
            blocks = tuple(self.block(b) for b in node.blocks)
            kept = replace(node, inputs=inputs, blocks=blocks)
            self._typing.learn(kept)
            return [kept]
        try:
            _, body = expansion(op, inputs, plain_attributes(node), typing=self._typing)
        except InvalidModelError as error:
            if error.rule != "NUM-60":
                raise
            kept = replace(node, inputs=inputs)
            self._typing.learn(kept)
            return [kept]
        made = [
            part for inner in body.nodes for part in self._node(replace(inner, place=node.place))
        ]
        for old, new in zip(node.outputs, body.results, strict=True):
            self._renamed[old] = self.current(new)
        return made


def plain_attributes(node: Node) -> dict[str, Any]:
    """Return the attributes of a node as plain values by name; defaults are left out."""
    return {name: _plain(value) for name, value in node.attributes}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Constant) else value


__all__ = ["expand_all", "expand_missing", "expansion", "plain_attributes"]
