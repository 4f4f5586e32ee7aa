"""Writes through views: the value of an array from that of a view of it, op by op."""

from __future__ import annotations

import functools
import math
import operator
from typing import TYPE_CHECKING, Final

from tracescript.ir import DataType, TensorType, constants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Op, Wire

_SAME: Final = frozenset({"identity", "dropout", "feature_dropout"})
"""Ops that change no element: dropout does so where it draws, which is another op."""
_RESHAPES: Final = frozenset({"reshape", "flatten", "unflatten", "squeeze", "unsqueeze"})
_CHOICES: Final = frozenset({"diagonal", "tensor_unfold", "movedim", "take", "expand"})
"""Ops that take elements as they are, at places that the sizes alone decide."""
_INVERSE: Final = {"view_as_real": "view_as_complex", "view_as_complex": "view_as_real"}


def replay(recorder: Recorder, step: Op, wire: Wire) -> tuple[Wire, ...]:
    """Run the op of a view again on another array."""
    inputs = (wire, *step.inputs[1:])
    return recorder.op(step.op, inputs, step.attributes, [o.type for o in step.outputs])


def undo(recorder: Recorder, step: Op, before: Wire, wire: Wire) -> Wire:
    """Return `before` with the part that `step` takes out of it replaced by `wire`."""
    kind = before.type
    assert isinstance(kind, TensorType), "an array is a tensor"
    assert kind.shape is not None, "examples have a shape"
    if step.op in _SAME:
        return wire
    if step.op in _RESHAPES:
        return recorder.single("reshape", (wire, recorder.ints(recorder.shape(before))), None, kind)
    if step.op in _INVERSE:
        return recorder.single(_INVERSE[step.op], (wire,), None, kind)
    if step.op in _CHOICES:
        return _placed(recorder, step, before, wire, kind)
    if step.op in _STEPS:
        return _STEPS[step.op](recorder, step, before, wire, kind)
    raise recorder.error(
        "ALIASING",
        f"the program writes through a view made by {step.op}",
        "write into the array itself, or into a copy of the view",
    )


def _transposed(recorder: Recorder, step: Op, _: Wire, wire: Wire, kind: TensorType) -> Wire:
    return recorder.single("transpose", (wire,), step.attributes, kind)


def _permuted(recorder: Recorder, step: Op, _: Wire, wire: Wire, kind: TensorType) -> Wire:
    assert kind.shape is not None, "examples have a shape"
    order = [d % len(kind.shape) for d in step.attributes["dims"]]
    back = {"dims": tuple(order.index(d) for d in range(len(order)))}
    return recorder.single("permute", (wire,), back, kind)


def _turned(recorder: Recorder, step: Op, _: Wire, wire: Wire, kind: TensorType) -> Wire:
    return recorder.single("flip", (wire,), step.attributes, kind)


def _part(recorder: Recorder, step: Op, before: Wire, wire: Wire, kind: TensorType) -> Wire:
    inputs = (before, wire, *step.inputs[1:])
    return recorder.single(f"{step.op}_scatter", inputs, step.attributes, kind)


def _narrowed(recorder: Recorder, step: Op, before: Wire, wire: Wire, kind: TensorType) -> Wire:
    _, start, length = step.inputs
    end = recorder.single("int.add", (start, length), None, constants.INT)
    return recorder.single("slice_scatter", (before, wire, start, end), step.attributes, kind)


def _conjugated(recorder: Recorder, _: Op, _b: Wire, wire: Wire, kind: TensorType) -> Wire:
    return recorder.single("conj", (wire,), None, kind)


def _half(recorder: Recorder, step: Op, before: Wire, wire: Wire, kind: TensorType) -> Wire:
    """Join a new real or imaginary part with the other as it was."""
    other = "imag" if step.op == "real" else "real"
    kept = recorder.single(other, (before,), None, wire.type)
    return recorder.single("complex", (wire, kept) if other == "imag" else (kept, wire), None, kind)


_STEPS: Final[Mapping[str, Callable[..., Wire]]] = {
    "transpose": _transposed,
    "permute": _permuted,
    "flip": _turned,
    "select": _part,
    "slice": _part,
    "narrow": _narrowed,
    "conj": _conjugated,
    "real": _half,
    "imag": _half,
}


def _placed(recorder: Recorder, step: Op, before: Wire, wire: Wire, kind: TensorType) -> Wire:
    """Write the elements of a view at the places from which its op takes them."""
    assert isinstance(wire.type, TensorType), "a view is a tensor"
    shape, taken = recorder.shape(before), wire.type
    count = recorder.number(functools.reduce(operator.mul, shape, 1))
    whole, some = (TensorType(DataType.INT64, (_count(t),)) for t in (kind, taken))
    every = (recorder.number(0), count, recorder.number(1))
    numbers = recorder.single("arange", every, {"dtype": DataType.INT64}, whole)
    places = _reshaped(recorder, numbers, shape, TensorType(DataType.INT64, kind.shape))
    inputs = (places, *step.inputs[1:])
    places = recorder.single(
        step.op, inputs, step.attributes, TensorType(DataType.INT64, taken.shape)
    )
    flat = [TensorType(kind.data_type, t.shape) for t in (whole, some)]
    rows = (
        _reshaped(recorder, before, (-1,), flat[0]),
        _reshaped(recorder, places, (-1,), some),
        _reshaped(recorder, wire, (-1,), flat[1]),
    )
    return _reshaped(recorder, recorder.single("scatter", rows, {"dim": 0}, flat[0]), shape, kind)


def _count(kind: TensorType) -> int:
    assert kind.shape is not None, "examples have a shape"
    return math.prod(n for n in kind.shape if isinstance(n, int))


def _reshaped(recorder: Recorder, wire: Wire, sizes: Iterable[int], kind: TensorType) -> Wire:
    return recorder.single("reshape", (wire, recorder.ints(sizes)), None, kind)
