"""Operators and indexing of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, OptionalType, ScalarKind, TensorType
from tracescript.ir.values import Value
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.library.coerce import as_tensor, data_type
from tracescript.producer.script.library.promote import emit_op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def binary(e: Emitter, name: str, left: Entry, right: Entry) -> Entry:
    """An infix operator of which one side is a tensor."""
    return emit_op(e, name, [left, right])


def unary(e: Emitter, name: str, operand: Entry) -> Entry:
    """`-x`, `+x`, `~x`."""
    return emit_op(e, name, [operand]) if name else operand


def row_of(e: Emitter, x: Value, index: Value) -> Value:
    """`x[i]` along the first axis."""
    return number_or_view(e, e.op("select", [x, index], {"dim": 0}))


def number_or_view(e: Emitter, x: Value) -> Value:
    """An element of an array of numpy's is a number of its own, no view."""
    if e.frame.flavour == "numpy" and isinstance(x.type, TensorType) and x.type.shape == ():
        e.session.aliases.apart(x, e.site())
        e.session.origins.made.pop(x, None)
    return x


class Tensors:
    """Index and update of tensors by tensors."""

    def index(self, e: Emitter, x: Value, tensors: Sequence[Value | None]) -> Value:
        """`x[idx]` with a tensor per axis, None for an axis kept whole."""
        return e.op("index", [x, self._indices(e, tensors)])

    def _indices(self, e: Emitter, tensors: Sequence[Value | None]) -> Value:
        kinds = {t.type for t in tensors if t is not None}
        values = [e.constant(None) if t is None else t for t in tensors]
        if len(kinds) == 1 and None not in tensors:
            return e.op("list.make", values)
        element = next(iter(kinds))
        if len(kinds) > 1:
            ranks = {k.data_type for k in kinds if isinstance(k, TensorType)}
            if len(ranks) > 1:
                raise e.error(
                    None,
                    "a mask and places cannot index together",
                    rule="SCRIPT-4",
                    hint="use two steps",
                )
            element = TensorType(next(iter(ranks)), None)
        kind = OptionalType(element) if None in tensors else element
        return e.ops("list.make", values, types=[ListType(kind)])[0]

    def index_put(
        self, e: Emitter, x: Value, tensors: Sequence[Value | None], entry: Entry
    ) -> Value:
        """`x[idx] = v` as a new tensor."""
        source = as_tensor(e, entry, data_type(x))
        return e.op("index_put", [x, self._indices(e, tensors), source])

    def filled_like(self, e: Emitter, x: Value, entry: Entry) -> Value:
        """A value of its own, of the shape and type of `x`, made of a number or a tensor."""
        if not is_tensor(entry) and not e.session.holds_array(entry):
            is_bool = is_scalar(entry, ScalarKind.BOOL)
            return e.op("full_like", [x, e.as_int(entry) if is_bool else e.value(entry)])
        source = as_tensor(e, entry, data_type(x))
        if (
            source.type == x.type
            and isinstance(x.type, TensorType)
            and x.type.shape is not None
            and None not in x.type.shape
        ):
            return e.op("identity", [source])
        return e.op("identity", [e.op("expand", [source, e.op("shape", [x])])])

    def keep_type(self, e: Emitter, before: Entry, after: Entry) -> Entry:
        """`x += y` keeps x's data type, and is refused where torch refuses it."""
        if not (isinstance(before, Value) and isinstance(after, Value)):
            return after
        if not (isinstance(before.type, TensorType) and isinstance(after.type, TensorType)):
            return after
        if before.type.data_type is after.type.data_type:
            return after
        if e.frame.flavour == "numpy" and before.type.shape == ():
            raise e.error(
                None,
                f"a number of numpy's becomes {after.type.data_type.value} here,"
                f" an array without axes stays {before.type.data_type.value}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-9",
                hint="write x = x + y",
            )
        if dtypes.category(after.type.data_type) > dtypes.category(before.type.data_type):
            raise e.error(
                None,
                f"the result is {after.type.data_type.value},"
                f" the tensor is {before.type.data_type.value}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-9",
                hint="write x = x + y",
            )
        return e.op("cast", [after], {"dtype": before.type.data_type})
