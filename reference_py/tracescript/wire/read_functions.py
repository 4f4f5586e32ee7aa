"""Reads functions: values, blocks and nodes, bottom up and without recursion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.ir import limits
from tracescript.ir.graph import (
    Block,
    Function,
    FunctionRef,
    Input,
    Node,
    Output,
    ShapeGuard,
    TraceDecision,
)
from tracescript.ir.values import Value
from tracescript.wire.enums import (
    COMPARISONS,
    DECISION_KINDS,
    GUARD_KINDS,
    INPUT_KINDS,
    ORIGINS,
)
from tracescript.wire.faults import bad_index, check_sentinel, fault, over_limit, unset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.errors import TsError
    from tracescript.v1 import model_pb2
    from tracescript.wire.enums import Enums
    from tracescript.wire.read_constants import ConstantReader
    from tracescript.wire.read_debug import DebugReader
    from tracescript.wire.read_types import TypeReader


@dataclass(frozen=True, slots=True)
class Context:
    """What functions refer to. `ops` are (opset, op) by index, `names` the functions' names."""

    types: TypeReader
    constants: ConstantReader
    enums: Enums
    debug: DebugReader
    ops: Sequence[tuple[str, str]]
    names: Sequence[str]
    recursion: bool


class FunctionReader:
    """Reads one function.

    Whether a value is defined before its use is for the validator; here every index leads to a
    value of the function.

    Raises:
        InvalidModelError: BAD_INDEX, BAD_GRAPH, BAD_CALL, BAD_ENUM.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_FEATURE.

    Spec: CONTAINER-17, CONTAINER-23.
    """

    def __init__(self, message: model_pb2.Function, index: int, context: Context) -> None:
        self._message = message
        self._index = index
        self._where = f"functions[{index}]"
        self._context = context
        self._debug = context.debug.function(index, message)
        self._values: list[Any] = [None]

    def read(self) -> Function:
        """Return the function."""
        message, where, context = self._message, self._where, self._context
        for name, ports in (("inputs", message.inputs), ("outputs", message.outputs)):
            _check_ports(ports, f"{where}.{name}")
        self._read_values()
        body = self._read_blocks()
        origin = context.enums.name(ORIGINS, message.origin, f"{where}.origin")
        inputs = [self._input(e, f"{where}.inputs[{i}]") for i, e in enumerate(message.inputs)]
        outputs = [
            Output(e.name, context.types.type(e.type, f"{where}.outputs[{i}].type"))
            for i, e in enumerate(message.outputs)
        ]
        return Function(
            message.name,
            origin,
            tuple(inputs),
            tuple(outputs),
            body,
            self._decisions() if message.trace_decisions else (),
            self._guards() if message.shape_guards else (),
        )

    def _input(self, entry: model_pb2.Input, where: str) -> Input:
        context = self._context
        default = None
        if entry.has_default:
            default = context.constants.constant(entry.default_value, f"{where}.default_value")
        elif entry.default_value:
            raise bad_index(f"{where}.default_value", entry.default_value, 0, 0)
        form = context.types.type(entry.type, f"{where}.type")
        kind = context.enums.name(INPUT_KINDS, entry.kind, f"{where}.kind")
        return Input(entry.name, form, kind, default)

    def _read_values(self) -> None:
        message, where = self._message, self._where
        check_sentinel(message.values, f"{where}.values")
        if len(message.values) > limits.MAX_VALUES:
            raise over_limit(f"{where}.values", "entries", len(message.values), limits.MAX_VALUES)
        types, constants = self._context.types.types, self._context.constants.constants
        names = self._debug.value_names
        for i, entry in enumerate(message.values[1:], 1):
            form, constant = entry.type, entry.constant
            if not 0 < form < len(types):
                raise bad_index(f"{where}.values[{i}].type", form, 1, len(types) - 1)
            if constant >= len(constants):
                raise bad_index(f"{where}.values[{i}].constant", constant, 0, len(constants) - 1)
            self._values.append(Value(types[form], names[i] if names else "", constants[constant]))

    def _read_blocks(self) -> Block:
        """Build blocks from the last to the first: a node's blocks come after the one it is in."""
        entries, where = self._message.blocks, self._where
        check_sentinel(entries, f"{where}.blocks")
        if len(entries) < 2:  # noqa: PLR2004  # the empty entry and the body
            raise bad_index(f"{where}.blocks", len(entries), 2, limits.MAX_BLOCKS)
        if len(entries) > limits.MAX_BLOCKS:
            raise over_limit(f"{where}.blocks", "entries", len(entries), limits.MAX_BLOCKS)
        self._check_owners()
        places = self._debug.node_places
        last = sum([len(entry.nodes) for entry in entries])
        if last > limits.MAX_VALUES:
            raise over_limit(f"{where}.blocks", "nodes", last, limits.MAX_VALUES)
        made: list[Any] = [None] * len(entries)
        for i in range(len(entries) - 1, 0, -1):
            entry = entries[i]
            place = f"{where}.blocks[{i}]"
            last -= len(entry.nodes)
            nodes = tuple(
                [
                    self._node(node, (i, j), made, places[last + j] if places else None)
                    for j, node in enumerate(entry.nodes)
                ]
            )
            params = self._defined(entry.inputs, f"{place}.inputs")
            made[i] = Block(params, nodes, self._defined(entry.results, f"{place}.results"))
        body: Block = made[1]
        return body

    def _check_owners(self) -> None:
        """Require that every block but the body has one owner, in an earlier block."""
        entries = self._message.blocks
        depth = [0] * len(entries)
        depth[1] = 1
        for i in range(1, len(entries)):
            if not depth[i]:
                what = "found no node in an earlier block that owns it, expected one"
                raise fault("BAD_GRAPH", what, f"{self._where}.blocks[{i}]", "CONTAINER-23")
            for j, node in enumerate(entries[i].nodes):
                for k, inner in enumerate(node.blocks):
                    place = f"{self._where}.blocks[{i}].nodes[{j}].blocks[{k}]"
                    if not 0 < inner < len(entries):
                        raise bad_index(place, inner, 1, len(entries) - 1)
                    if inner <= i or depth[inner]:
                        what = f"found block {inner}, expected a later one that no node owns yet"
                        raise fault("BAD_GRAPH", what, place, "CONTAINER-23")
                    depth[inner] = depth[i] + 1
                    if depth[inner] > limits.MAX_BLOCK_DEPTH:
                        raise over_limit(place, "levels", depth[inner], limits.MAX_BLOCK_DEPTH)

    def _defined(self, indices: Sequence[int], where: str) -> tuple[Value, ...]:
        """Return values; entry 0 is no value."""
        values, count = self._values, len(self._values)
        for i, index in enumerate(indices):
            if not 0 < index < count:
                raise bad_index(f"{where}[{i}]", index, 1, count - 1)
        return tuple([values[index] for index in indices])

    def _node(
        self, entry: model_pb2.Node, at: tuple[int, int], blocks: list[Any], place: Any
    ) -> Node:
        """Build a node; texts for errors are made only when there is one."""
        ops, values = self._context.ops, self._values
        op, inputs, outputs = entry.op, entry.inputs, entry.outputs
        try:
            used = tuple([values[index] for index in inputs])
            defined = tuple([values[index] for index in outputs])
        except IndexError:
            raise self._bad_node(entry, at) from None
        if not 0 < op < len(ops) or 0 in outputs or max(len(used), len(defined)) > limits.MAX_PORTS:
            raise self._bad_node(entry, at)
        opset, name = ops[op]
        return Node(
            name,
            used,
            defined,
            self._attributes(entry.attributes, at) if entry.attributes else (),
            tuple([blocks[index] for index in entry.blocks]) if entry.blocks else (),
            place,
            opset,
        )

    def _bad_node(self, entry: model_pb2.Node, at: tuple[int, int]) -> TsError:
        """Return the error of a node of which something is wrong."""
        where = self._node_path(at)
        if not 0 < entry.op < len(self._context.ops):
            return bad_index(f"{where}.op", entry.op, 1, len(self._context.ops) - 1)
        last = len(self._values) - 1
        for name, least, indices in (("inputs", 0, entry.inputs), ("outputs", 1, entry.outputs)):
            if len(indices) > limits.MAX_PORTS:
                return over_limit(f"{where}.{name}", "entries", len(indices), limits.MAX_PORTS)
            for i, index in enumerate(indices):
                if not least <= index <= last:
                    return bad_index(f"{where}.{name}[{i}]", index, least, last)
        raise AssertionError(where)

    def _node_path(self, at: tuple[int, int]) -> str:
        return f"{self._where}.blocks[{at[0]}].nodes[{at[1]}]"

    def _attributes(
        self, entries: Sequence[model_pb2.Attribute], at: tuple[int, int]
    ) -> tuple[Any, ...]:
        where = self._node_path(at)
        return tuple(
            (entry.name, self._attribute(entry, f"{where}.attributes[{i}]"))
            for i, entry in enumerate(entries)
        )

    def _attribute(self, entry: model_pb2.Attribute, where: str) -> Any:
        kind = entry.WhichOneof("value")
        if kind == "constant":
            return self._context.constants.constant(entry.constant, f"{where}.constant")
        if kind == "type":
            return self._context.types.type(entry.type, f"{where}.type")
        if kind is None:
            raise unset("BAD_CALL", where, "value")
        names = self._context.names
        last = len(names) - 1 if self._context.recursion else self._index - 1
        if not 0 < entry.function <= last:
            raise bad_index(f"{where}.function", entry.function, 1, last)
        return FunctionRef(names[entry.function])

    def _decisions(self) -> tuple[TraceDecision, ...]:
        made = []
        for i, entry in enumerate(self._message.trace_decisions):
            where = f"{self._where}.trace_decisions[{i}]"
            value = self._defined((entry.value,), f"{where}.value")[0] if entry.value else None
            observed = None
            if entry.observed:
                observed = self._context.constants.constant(entry.observed, f"{where}.observed")
            kind = self._context.enums.name(DECISION_KINDS, entry.kind, f"{where}.kind")
            made.append(TraceDecision(kind, value, observed, self._debug.decision(i)))
        return tuple(made)

    def _guards(self) -> tuple[ShapeGuard, ...]:
        context, made = self._context, []
        for i, entry in enumerate(self._message.shape_guards):
            where = f"{self._where}.shape_guards[{i}]"
            made.append(
                ShapeGuard(
                    context.types.dim(entry.left, f"{where}.left"),
                    context.enums.name(COMPARISONS, entry.comparison, f"{where}.comparison"),
                    context.types.dim(entry.right, f"{where}.right"),
                    context.enums.name(GUARD_KINDS, entry.kind, f"{where}.kind"),
                    self._debug.shape_guard(i),
                )
            )
        return tuple(made)


def _check_ports(ports: Sequence[object], where: str) -> None:
    if len(ports) > limits.MAX_PORTS:
        raise over_limit(where, "entries", len(ports), limits.MAX_PORTS)
