"""Builds graphs node by node: attributes normalised, types inferred, sizes remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.ir import constants
from tracescript.ir.graph import Block, Node
from tracescript.ir.text import type_text
from tracescript.ir.types import DictType, ListType, TensorType, TupleType
from tracescript.ir.values import Constant, Value, Weight
from tracescript.opset import attributes as attribute_values
from tracescript.opset import dtypes, faults
from tracescript.opset.relations import compatible, join_all
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.ir.graph import Place
    from tracescript.ir.types import Type
    from tracescript.opset.calls import Typing


class Builder:
    """A block in the making. `nodes` grows with each call."""

    def __init__(self, typing: Typing) -> None:
        self.typing = typing
        self.nodes: list[Node] = []

    def call(
        self,
        op: str,
        inputs: Sequence[Value | None],
        attributes: Mapping[str, Any] | None = None,
        *,
        blocks: Sequence[Block] = (),
        place: Place | None = None,
        names: Sequence[str] = (),
        types: Sequence[Type] | None = None,
    ) -> tuple[Value, ...]:
        """Append one node and return its results.

        Args:
            op: name in the opset.
            inputs: in declared order, variadic ones spread; trailing omitted ones may be missing.
            attributes: plain values by name; defaults may be missing, and the `length` of
                `list.unpack` where `types` says it.
            blocks: of `if` and `loop`.
            place: where in the source.
            names: of the results, for people.
            types: of the results; by default the inferred ones.

        Raises:
            InvalidModelError: BAD_CALL, BAD_TYPE or BAD_SHAPE, also where a given type contradicts
                the inferred one.
        """
        definition = opset().get(op)
        if definition is None:
            raise faults.fault(op, "no such op", code="BAD_CALL", rule=faults.ARITY)
        given = dict(attributes or {})
        if op == "list.unpack" and types is not None:
            given.setdefault("length", len(types))
        values = attribute_values.complete(definition, given)
        inferred = self.typing.completed(definition, inputs, values, blocks)
        chosen = inferred if types is None else tuple(types)
        _check_given(op, chosen, inferred)
        outputs = tuple(Value(t, names[i] if i < len(names) else "") for i, t in enumerate(chosen))
        fixed = len(definition.inputs) - any(i.variadic for i in definition.inputs)
        node = Node(
            op,
            (*inputs, *[None] * (fixed - len(inputs))),
            outputs,
            attribute_values.constants_of(definition, values),
            tuple(blocks),
            place,
        )
        self.add(node)
        return outputs

    def add(self, node: Node) -> None:
        """Append a finished node."""
        self.nodes.append(node)
        self.typing.learn(node)

    def constant(self, value: Any, type: Type | None = None) -> Value:  # noqa: A002 - the IR's word
        """Make a value of a Python value, an array, a Weight or a Constant.

        `type` is needed where the value cannot tell: an empty list, a None of an optional.
        Raises TypeError for what no constant holds.
        """
        made = value if isinstance(value, Constant) else constant_of(value)
        if type is not None and made.type != type:
            made = Constant(type, made.value)
        return Value(made.type, "", made)

    def child(self) -> Builder:
        """Return a builder for a nested block: same knowledge, nodes of its own."""
        return Builder(self.typing)

    def block(self, params: Sequence[Value], results: Sequence[Value]) -> Block:
        """Return the block of the nodes so far."""
        return Block(tuple(params), tuple(self.nodes), tuple(results))


def _check_given(op: str, given: tuple[Type, ...], inferred: tuple[Type, ...]) -> None:
    if len(given) != len(inferred):
        what = f"{len(inferred)} results, found {len(given)} types"
        raise faults.fault(op, what, code="BAD_CALL", rule=faults.ARITY)
    for i, (declared, found) in enumerate(zip(given, inferred, strict=True)):
        if not compatible(declared, found):
            what = f"result {i} is {type_text(found)}, declared {type_text(declared)}"
            raise faults.fault(op, what, code="BAD_TYPE", rule=faults.SHAPE)


def constant_of(value: Any) -> Constant:
    """Make a constant of a Python value, an array or a Weight; a constant is one.

    Containers keep numbers plain and hold other elements as constants. Raises TypeError for what
    no constant holds.
    """
    if isinstance(value, Constant):
        return value
    if isinstance(value, Weight):
        return Constant(TensorType(value.data_type, value.shape), value)
    if isinstance(value, np.ndarray | np.generic):
        data_type = dtypes.of_numpy(value.dtype)
        if data_type is None:
            message = f"no data type for numpy's {value.dtype}"
            raise TypeError(message)
        return constants.tensor(np.asarray(value), data_type)
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, tuple):
        parts = tuple(constant_of(v) for v in value)
        kinds = {p.type for p in parts}
        is_plain = len(kinds) == 1 and kinds <= {constants.INT, constants.FLOAT, constants.BOOL}
        return Constant(TupleType(tuple(p.type for p in parts)), value if is_plain else parts)
    if isinstance(value, dict):
        entries = tuple((k, constant_of(v)) for k, v in value.items())
        key = _joined([constants.scalar(k).type for k in value])
        return Constant(DictType(key, _joined([c.type for _, c in entries])), entries)
    return constants.scalar(value)


def _list(values: list[Any]) -> Constant:
    parts = tuple(constant_of(v) for v in values)
    element = _joined([p.type for p in parts])
    if element in {constants.INT, constants.FLOAT, constants.BOOL}:
        return Constant(ListType(element), tuple(values))
    return Constant(ListType(element), parts)


def _joined(types: Sequence[Type]) -> Type:
    joined = join_all(types)
    if joined is None:
        message = "elements of one list or dict have several types"
        raise TypeError(message)
    return joined


__all__ = ["Builder", "constant_of"]
