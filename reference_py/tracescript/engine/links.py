"""Links nodes to the kernels that compute them; composites without one are expanded first."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.engine.places import nodes_in_order, where
from tracescript.engine.values import attributes
from tracescript.errors import InvalidModelError, UnsupportedError, trap
from tracescript.kernels import KERNELS
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.engine.protocol import Host
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
    kernel: Callable[..., Any]

    @functools.cached_property
    def outputs(self) -> int:
        """How many results the kernel returns; -1 for as many as the node has, in a sequence."""
        if any(o.variadic for o in self.op.outputs):
            return -1
        return len(self.op.outputs)


def _struct_get(field: int) -> Callable[..., Any]:
    def kernel(struct: tuple[Any, ...]) -> Any:
        return struct[field]

    return kernel


def _expanded_when_run(name: str) -> Callable[..., Any]:
    """Return a kernel that expands a composite when its inputs are there (NUM-60).

    What then breaks a constraint stops the call, as `spec/calls.md` says.
    """

    def kernel(*inputs: Any, **given: Any) -> Any:
        from tracescript.engine.eager import run_op

        try:
            return run_op(name, inputs, given)
        except InvalidModelError as error:
            code = "SHAPE_ERROR" if error.code == "BAD_SHAPE" else "VALUE_ERROR"
            raise trap(code, error.what) from None

    return kernel


class Linker:
    """Links the nodes of a model once each.

    `model` is the given one with the composites expanded that no kernel computes, all of them
    under `expand`.

    Raises:
        UnsupportedError: UNSUPPORTED_OPSET or UNSUPPORTED_OP for an op that cannot be run.
    """

    def __init__(
        self,
        model: ir.Model,
        *,
        expand: bool = False,
        hosts: Mapping[str, Host] | None = None,
    ) -> None:
        self._expand = expand
        self._hosts = hosts or {}
        self._links: dict[ir.Node, Link] = {}
        self._stored: set[ir.Value] = set()
        is_missing = False
        for function in model.functions:
            for node in nodes_in_order(function.body):
                is_missing |= self._is_missing(function, node)
                if node.op == "loop":
                    self._stored.add(node.blocks[0].params[0])
        self.model = self._expanded(model) if is_missing else model

    def _has(self, name: str) -> bool:
        """Whether an op is computed by a kernel or by the engine, not by its decomposition."""
        is_expanded = self._expand and opset()[name].is_composite
        return name in CONTROL or ((name in KERNELS or name in _OWN) and not is_expanded)

    def _is_missing(self, function: ir.Function, node: ir.Node) -> bool:
        """Whether a node must be expanded. Raises UnsupportedError where it cannot be."""
        if node.opset == ir.PYTHON and node.op in self._hosts:
            return False
        op = None if node.opset else opset().get(node.op)
        if op is not None and self._has(op.name):
            return False
        if op is not None and op.decomposition:
            return True
        name = f"{node.opset}.{node.op}" if node.opset else node.op
        raise UnsupportedError(
            f"expected an op of opset {opset().name} {opset().major}.{opset().minor} "
            f"with a kernel here, found {name}",
            code="UNSUPPORTED_OPSET" if node.opset else "UNSUPPORTED_OP",
            rule="EXEC-6",
            where=where(function, node),
        )

    def _expanded(self, model: ir.Model) -> ir.Model:
        from tracescript.passes.expand import expand_missing

        try:
            return expand_missing(model, self._has)
        except RecursionError:
            raise UnsupportedError(
                "blocks nest too deep for expanding the ops in them",
                code="UNSUPPORTED_FEATURE",
                rule="EXEC-6",
            ) from None

    def counts(self, loop: ir.Node) -> bool:
        """Whether a loop's iterations are steps: it stands in the model, not in a decomposition."""
        return loop.blocks[0].params[0] in self._stored

    def host(self, node: ir.Node) -> Callable[..., Any]:
        """Return what a node of opset `python` calls, for its inputs."""
        return functools.partial(self._hosts[node.op], node)

    def link(self, node: ir.Node) -> Link:
        """Return the link of a node that no engine runs itself."""
        if node not in self._links:
            self._links[node] = self.make(node)
        return self._links[node]

    def make(self, node: ir.Node) -> Link:
        """Return a new link of a node that will not be asked for again."""
        op = opset()[node.op]
        count = sum(not i.variadic for i in op.inputs)
        inputs = node.inputs + (None,) * (count - len(node.inputs))
        given, kernel = attributes(node, op), KERNELS.get(op.name)
        if op.name == "struct.get":
            struct = node.inputs[0].type if node.inputs[0] is not None else None
            assert isinstance(struct, ir.StructType)
            names = [name for name, _ in struct.fields]
            kernel = _struct_get(names.index(given.pop("field")))
        if kernel is None:
            kernel = _expanded_when_run(op.name)
        return Link(op, node, inputs, given, kernel)
