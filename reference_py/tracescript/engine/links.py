"""Links nodes to what computes them: a kernel, or the decomposition of a composite."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.engine.places import nodes_in_order, where
from tracescript.engine.values import attributes
from tracescript.errors import UnsupportedError
from tracescript.kernels import KERNELS
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.opset.table import OpDef

CONTROL = frozenset({"if", "loop", "call"})
"""Ops that engines run themselves."""

_OWN = frozenset({"struct.get"})
"""Ops whose kernel depends on the type of an input, so that it is made here."""


@dataclass(frozen=True, eq=False)
class Link:
    """A node with its op, its attributes as kernels take them, and its kernel if there is one.

    `inputs` are the node's, padded with None to the op's declared ones.
    """

    op: OpDef
    node: ir.Node
    inputs: tuple[ir.Value | None, ...]
    attributes: dict[str, Any]
    kernel: Callable[..., Any] | None

    @functools.cached_property
    def outputs(self) -> int:
        """How many results the kernel returns; -1 for as many as the node has, in a sequence."""
        if any(o.variadic for o in self.op.outputs):
            return -1
        return len(self.op.outputs)

    @functools.cached_property
    def expansion(self) -> tuple[tuple[ir.Value | None, ...], ir.Block]:
        """The decomposition: its parameters, one for each input, and its body."""
        from tracescript.passes.expand import expansion

        plain = {n: a.value if isinstance(a, ir.Constant) else a for n, a in self.node.attributes}
        return expansion(self.op, self.inputs, plain)


def _struct_get(field: int) -> Callable[..., Any]:
    def kernel(struct: tuple[Any, ...]) -> Any:
        return struct[field]

    return kernel


class Linker:
    """Links nodes once each. `expand` leaves out the kernels of composites."""

    def __init__(self, *, expand: bool = False) -> None:
        self._expand = expand
        self._links: dict[ir.Node, Link] = {}

    def has(self, op: OpDef) -> bool:
        """Whether the op is computed by a kernel, not by its decomposition."""
        return (op.name in KERNELS or op.name in _OWN) and not (self._expand and op.is_composite)

    def link(self, node: ir.Node) -> Link:
        """Return the link of a node that is no `if`, `loop` or `call`."""
        if node not in self._links:
            self._links[node] = self.make(node)
        return self._links[node]

    def make(self, node: ir.Node) -> Link:
        """Return a new link of a node that will not be asked for again."""
        op = opset()[node.op]
        count = sum(not i.variadic for i in op.inputs)
        inputs = node.inputs + (None,) * (count - len(node.inputs))
        given, kernel = attributes(node, op), KERNELS.get(op.name) if self.has(op) else None
        if op.name == "struct.get":
            struct = node.inputs[0].type if node.inputs[0] is not None else None
            assert isinstance(struct, ir.StructType)
            names = [name for name, _ in struct.fields]
            kernel = _struct_get(names.index(given.pop("field")))
        return Link(op, node, inputs, given, kernel)

    def check(self, model: ir.Model) -> None:
        """Refuse a model with an op that cannot be run.

        Raises UnsupportedError with UNSUPPORTED_OPSET or UNSUPPORTED_OP.
        """
        for function in model.functions:
            for node in nodes_in_order(function.body):
                self._check(function, node)

    def _check(self, function: ir.Function, node: ir.Node) -> None:
        if node.op in CONTROL and not node.opset:
            return
        op = None if node.opset else opset().get(node.op)
        if op is None:
            name = f"{node.opset}.{node.op}" if node.opset else node.op
            raise UnsupportedError(
                f"expected an op of opset {opset().name} {opset().major}.{opset().minor}, "
                f"found {name}",
                code="UNSUPPORTED_OPSET" if node.opset else "UNSUPPORTED_OP",
                rule="EXEC-6",
                where=where(function, node),
            )
        if not self.has(op) and not op.decomposition:
            raise UnsupportedError(
                f"this engine has no kernel for {op.name}",
                code="UNSUPPORTED_OP",
                rule="EXEC-6",
                where=where(function, node),
            )
