"""How arrays lie in memory: strides as products of sizes, along the views that led to an array.

Sizes are the trace's own numbers, so that an answer which they decide is a guard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import TensorType
from tracescript.producer.trace.numbers import SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.producer.trace.cells import Cell
    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Op, Wire

    Numbers = Sequence[Any]


def inner_first(strides: Numbers, sizes: Numbers) -> list[int]:
    """Return the axes by stride, those that move least first."""
    return sorted(range(len(sizes)), key=lambda axis: (strides[axis], plain(sizes[axis]), -axis))


def row_major(sizes: Numbers) -> list[Any]:
    """Return the strides of an array without gaps in row-major order."""
    found: list[Any] = []
    expected: Any = 1
    for size in reversed(sizes):
        found.insert(0, expected)
        expected = size * expected
    return found


def strides(recorder: Recorder, cell: Cell) -> list[Any] | None:
    """Return an array's strides that follow the sizes; None where they are not known to."""
    if cell.is_row_major:
        return row_major(recorder.shape(cell.wire))
    if cell.parent is None:
        return _of_base(recorder.shape(cell.wire), cell.strides)
    found = strides(recorder, cell.parent)
    for step, index in cell.steps:
        whole, part = step.inputs[0], step.outputs[index]
        if found is None or whole is None:
            return None
        found = _after(step, recorder.shape(whole), found, recorder.shape(part))
    return found


def _of_base(sizes: Numbers, given: Numbers) -> list[Any] | None:
    found, expected = list(given), 1
    for axis in inner_first(given, sizes):
        if given[axis] == plain(expected):
            found[axis] = expected
            expected = sizes[axis] * expected
        elif given[axis] != 0 and plain(sizes[axis]) != 1:
            return None if any(isinstance(n, SymInt) for n in sizes) else list(given)
    return found


def _after(step: Op, before: Numbers, given: list[Any], after: Numbers) -> list[Any] | None:
    """Return the strides behind one op of a view; None for an op that they are not known for."""
    kind, found = step.attributes, list(given)
    match step.op:
        case "identity" | "dropout" | "feature_dropout":
            return found
        case "transpose":
            a, b = kind["dim0"], kind["dim1"]
            found[a], found[b] = found[b], found[a]
        case "permute":
            return [found[axis] for axis in kind["dims"]]
        case "select":
            del found[kind["dim"]]
        case "slice":
            step_by = _number(step.inputs[3]) if len(step.inputs) > 3 else 1  # noqa: PLR2004  # its place
            if step_by is None:
                return None
            found[kind["dim"]] = found[kind["dim"]] * step_by
        case "narrow":
            return found
        case "squeeze":
            gone = {axis % len(found) for axis in kind["dim"]}
            return [n for axis, n in enumerate(found) if axis not in gone]
        case "unsqueeze":
            axis = kind["dim"] % (len(found) + 1)
            found.insert(axis, before[axis] * found[axis] if axis < len(found) else 1)
        case "expand":
            wide = [0] * (len(after) - len(before)) + found
            return [0 if _grows(step, axis) else n for axis, n in enumerate(wide)]
        case "reshape" | "flatten" | "unflatten":
            return reshaped(before, given, after)
        case _:
            return None
    return found


def _number(wire: Wire | None) -> int | None:
    """Return a step that is the same in every call, 1 where there is none."""
    if wire is None:
        return 1
    constant = wire.constant
    value = None if constant is None else getattr(constant, "value", None)
    return value if isinstance(value, int) else None


def _grows(step: Op, axis: int) -> bool:
    whole, part = step.inputs[0], step.outputs[0]
    assert whole is not None, "an array is expanded"
    assert isinstance(whole.type, TensorType), "an array is expanded"
    assert isinstance(part.type, TensorType), "an array is expanded"
    before, after = whole.type.shape or (), part.type.shape or ()
    axis -= len(after) - len(before)
    return axis < 0 or before[axis] != after[axis + len(after) - len(before)]


def is_row_major(sizes: Numbers, given: Numbers) -> bool:
    """Tell whether elements lie in row-major order without gaps."""
    expected: Any = 1
    for size, stride in zip(reversed(sizes), reversed(given), strict=True):
        if stride == expected:
            expected = size * expected
        elif size != 1:
            return any(n == 0 for n in sizes)
    return True


def reshaped(sizes: Numbers, given: Numbers, wanted: Numbers) -> list[Any] | None:
    """Return the strides of a view of other sizes; None where only a copy has these sizes."""
    if is_row_major(sizes, given):
        return row_major(wanted)
    found: list[Any] = []
    rest = list(wanted)
    base, count, seen = given[-1], 1, 1
    for axis in reversed(range(len(sizes))):
        count = sizes[axis] * count
        if axis and (given[axis - 1] == count * base or sizes[axis - 1] == 1):
            continue
        while rest and seen < count:
            found.insert(0, base * seen)
            seen = rest.pop() * seen
        if seen != count:
            return None
        base, count, seen = given[axis - 1], 1, 1
    return [0] * len(rest) + found if all(n == 1 for n in rest) else None


def fix(recorder: Recorder, cell: Cell, call: str) -> None:
    """Fix all sizes on which it depends how an array lies in memory."""
    for at in cell.up():
        for size in recorder.shape(at.wire):
            if isinstance(size, SymInt):
                size.fixed(call)


def asked(
    recorder: Recorder,
    cell: Cell,
    call: str,
    ask: Callable[[Numbers, Numbers], bool],
    *,
    observed: bool,
) -> None:
    """Make a guard of an answer that the sizes and strides of an array decide."""
    found = strides(recorder, cell)
    if found is None or ask(recorder.shape(cell.wire), found) is not observed:
        fix(recorder, cell, call)


def doubt(door: Door, source: Cell, result: Cell, *, reshapes: bool) -> None:
    """Ask, before a write shows it, whether a result shares the memory of its argument.

    Whether `reshape` and `contiguous` give a view or a copy may follow from sizes.
    """
    is_shared = source.base is result.base

    def is_view(sizes: Numbers, given: Numbers) -> bool:
        if not reshapes:
            return is_row_major(sizes, given)
        return reshaped(sizes, given, door.recorder.shape(result.wire)) is not None

    def ask() -> None:
        if _shows(door, source, result):
            asked(door.recorder, source, "reshape", is_view, observed=is_shared)

    source.base.doubts.append(ask)
    if not is_shared:
        result.base.doubts.append(ask)


def _shows(door: Door, source: Cell, result: Cell) -> bool:
    """Tell whether somebody may see that two arrays share memory, or that they do not."""
    if result.base is not source.base and source.base.origin != "result":
        return True
    held = door.held_cells()
    return any(c.base is source.base and result not in c.up() for c in held)
