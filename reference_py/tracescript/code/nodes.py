"""Makes the nodes of a function that is being read, and its constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.code.constants import content
from tracescript.code.names import is_numbered
from tracescript.errors import InvalidModelError
from tracescript.ir.graph import Node
from tracescript.ir.values import Constant, Value
from tracescript.opset import attributes as attribute_values
from tracescript.opset.relations import compatible
from tracescript.opset.table import opset

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Mapping, Sequence

    from tracescript.code.scope import Scope
    from tracescript.code.source import Source
    from tracescript.ir.graph import Block
    from tracescript.ir.types import Type
    from tracescript.opset.calls import Typing


class Wanted:
    """Names and declared types for the outputs of the node that ends a statement."""

    def __init__(self, names: Sequence[str] = (), types: Mapping[str, Type] | None = None) -> None:
        self.names = tuple(names)
        self.types = types or {}

    def type(self, k: int) -> Type | None:
        """Return the declared type of output k."""
        return self.types.get(self.names[k]) if k < len(self.names) else None

    def debug(self, k: int) -> str:
        """Return the debug name that output k gets."""
        name = self.names[k] if k < len(self.names) else ""
        return "" if is_numbered(name) else name


NOTHING: Final = Wanted()


class NodeMaker:
    """Appends typed nodes to scopes; `source` gives errors their place. Spec: CODE-15, CODE-24."""

    def __init__(self, source: Source, typing: Typing) -> None:
        self._source = source
        self._typing = typing
        self._constants: dict[Hashable, Value] = {}

    def constant(self, constant: Constant) -> Value:
        """Return the function's one value for a constant."""
        made = Value(constant.type, "", constant)
        return self._constants.setdefault(content(constant), made)

    def types(
        self,
        node: ast.AST,
        op: str,
        inputs: Sequence[Value | None],
        given: Mapping[str, Any],
        blocks: Sequence[Block] = (),
    ) -> tuple[Type, ...]:
        """Return the types of a call's results. Raises InvalidModelError, BAD_CODE."""
        try:
            return self._typing.results(opset()[op], inputs, given, blocks)
        except InvalidModelError as error:
            what = f"{error.what} [{error.rule}]"
            raise self._source.fault(node, what, "CODE-15", error.hint) from error

    def add(
        self,
        node: ast.AST,
        op: str,
        inputs: Sequence[Value | None],
        given: Mapping[str, Any],
        scope: Scope,
        wanted: Wanted = NOTHING,
        hidden: Sequence[Type] = (),
    ) -> tuple[Value, ...]:
        """Append a node without blocks; its last outputs have the types `hidden`.

        Raises InvalidModelError, BAD_CODE.
        """
        types = list(self.types(node, op, inputs, given))
        types[len(types) - len(hidden) :] = hidden
        outputs = []
        for k, inferred in enumerate(types):
            declared = wanted.type(k)
            if declared is not None and not compatible(declared, inferred):
                raise self._source.fault(node, "the declared type does not fit", "CODE-24")
            outputs.append(Value(declared or inferred, wanted.debug(k)))
        definition = opset()[op]
        held = attribute_values.constants_of(
            definition, attribute_values.complete(definition, given)
        )
        self.append(Node(op, tuple(inputs), tuple(outputs), held), scope)
        return tuple(outputs)

    def append(self, node: Node, scope: Scope) -> None:
        """Append a finished node."""
        self._typing.learn(node)
        scope.nodes.append(node)
