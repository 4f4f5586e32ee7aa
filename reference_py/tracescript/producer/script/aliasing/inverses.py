"""Puts a changed view back into what it is a view of: one function an op."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import DataType, TensorType
from tracescript.producer.script.emitter.origins import SAME
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.library.promote import int_list
from tracescript.producer.script.library.shapes import sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.origins import Made

    Inverse = Callable[[Emitter, Made, Value, Value], Value | None]


def put_back(e: Emitter, made: Made, base: Value, new: Value) -> Value | None:
    """Return the base with a new value in its view; None where it cannot be known."""
    inverse = _INVERSES.get(made.op)
    return None if inverse is None else inverse(e, made, base, new)


def _same(_e: Emitter, _made: Made, _base: Value, new: Value) -> Value:
    return new


def _select(e: Emitter, made: Made, base: Value, new: Value) -> Value:
    return e.op("select_scatter", [base, new, made.inputs[1]], made.attributes)


def _slice(e: Emitter, made: Made, base: Value, new: Value) -> Value:
    return e.op("slice_scatter", [base, new, *made.inputs[1:]], made.attributes)


def _narrow(e: Emitter, made: Made, base: Value, new: Value) -> Value:
    start, length = made.inputs[1:3]
    assert start is not None
    is_negative = e.op("int.cmp", [start, e.constant(0)], {"relation": "lt"})

    def from_the_end() -> Value:
        size = e.op("size", [base], {"dim": made.attributes.get("dim", 0)})
        return e.op("int.add", [start, size])

    if start.constant is not None:
        first = from_the_end() if start.constant.value < 0 else start
    else:
        first = e.value(branch(e, is_negative, (from_the_end, lambda: start)))
    end = e.op("int.add", [first, length])
    return e.op("slice_scatter", [base, new, first, end], made.attributes)


def _reshape(e: Emitter, _made: Made, base: Value, new: Value) -> Value:
    kept = base.type.shape if isinstance(base.type, TensorType) else None
    if base.type == new.type and kept is not None and all(isinstance(n, int) for n in kept):
        return new
    shape = int_list(e, sizes(e, base), "shape")
    return e.ops("reshape", [new, shape], types=[base.type])[0]


def _unsqueeze(e: Emitter, made: Made, _base: Value, new: Value) -> Value:
    return e.op("squeeze", [new], {"dim": [made.attributes["dim"]]})


def _transpose(e: Emitter, made: Made, _base: Value, new: Value) -> Value:
    return e.op("transpose", [new], made.attributes)


def _permute(e: Emitter, made: Made, _base: Value, new: Value) -> Value:
    dims = [d % len(made.attributes["dims"]) for d in made.attributes["dims"]]
    return e.op("permute", [new], {"dims": [dims.index(k) for k in range(len(dims))]})


def _movedim(e: Emitter, made: Made, _base: Value, new: Value) -> Value:
    moved = made.attributes
    back = {"source": moved["destination"], "destination": moved["source"]}
    return e.op("movedim", [new], back)


def _by_place(e: Emitter, made: Made, base: Value, new: Value) -> Value | None:
    """Number the elements, take the same view of the numbers, and write to those places."""
    if made.op == "tensor_unfold" and made.attributes["size"] > made.attributes["step"]:
        return None
    shape = int_list(e, sizes(e, base), "shape")
    numbers = [e.constant(0), e.op("numel", [base]), e.constant(1)]
    flat = e.op("arange", numbers, {"dtype": DataType.INT64})
    places = e.op(made.op, [e.op("reshape", [flat, shape])], made.attributes)
    row = e.op("reshape", [base, e.make_list([e.constant(-1)])])
    written = e.session.tensors.index_put(e, row, [places], new)
    return e.ops("reshape", [written, shape], types=[base.type])[0]


def _complex_parts(e: Emitter, made: Made, base: Value, new: Value) -> Value | None:
    other = "imag" if made.op == "real" else "real"
    if base.type == new.type:
        return new if made.op == "real" else None
    rest = e.op(other, [base])
    return e.op("complex", [new, rest] if made.op == "real" else [rest, new])


def _conj(e: Emitter, _made: Made, _base: Value, new: Value) -> Value:
    return e.op("conj", [new])


def _as_complex(e: Emitter, _made: Made, _base: Value, new: Value) -> Value:
    return e.op("view_as_complex", [new])


def _as_real(e: Emitter, _made: Made, _base: Value, new: Value) -> Value:
    return e.op("view_as_real", [new])


def _joined(e: Emitter, made: Made, base: Value, new: Value) -> Value:
    name = "stack" if made.op == "unbind" else "cat"
    return e.ops(name, [new], {"dim": made.attributes.get("dim", 0)}, types=[base.type])[0]


def _item(e: Emitter, made: Made, base: Value, new: Value) -> Value | None:
    """An element of a list or dict."""
    if len(made.inputs) > 2 and made.inputs[2] is not None:  # noqa: PLR2004  # d, k, default
        return None
    if made.op == "list.pop" and made.k == 1:
        return None
    place = e.constant(made.k) if made.op == "list.unpack" else made.inputs[1]
    name = "dict.set" if made.op == "dict.get" else "list.set"
    return e.ops(name, [base, place, new], types=[base.type])[0]


def _field(e: Emitter, made: Made, base: Value, new: Value) -> Value | None:
    """A part of a tuple or record."""
    if made.op == "struct.get":
        names = [n for n, _ in getattr(base.type, "fields", ())]
        parts = [e.op("struct.get", [base], {"field": n}) for n in names]
        parts[names.index(made.attributes["field"])] = new
        return e.op("struct.make", parts, {"type": base.type})
    parts = [e.value(p) for p in e.parts(base).parts]
    parts[made.attributes["i"] if made.op == "tuple.get" else made.k] = new
    return e.op("tuple.make", parts)


_INVERSES: dict[str, Inverse] = {
    SAME: _same,
    "unwrap_optional": _same,
    "expand": _same,
    "select": _select,
    "slice": _slice,
    "narrow": _narrow,
    **dict.fromkeys(["reshape", "flatten", "unflatten", "squeeze"], _reshape),
    "unsqueeze": _unsqueeze,
    "transpose": _transpose,
    "permute": _permute,
    "movedim": _movedim,
    **dict.fromkeys(["diagonal", "tensor_unfold"], _by_place),
    **dict.fromkeys(["real", "imag"], _complex_parts),
    "conj": _conj,
    "view_as_real": _as_complex,
    "view_as_complex": _as_real,
    **dict.fromkeys(["split", "chunk", "unbind"], _joined),
    **dict.fromkeys(["list.get", "list.unpack", "list.pop", "dict.get"], _item),
    **dict.fromkeys(["tuple.get", "tuple.unpack", "struct.get"], _field),
}
