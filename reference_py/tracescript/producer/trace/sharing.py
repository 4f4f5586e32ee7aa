"""Whether `view` can give an array other sizes: where sizes decide it, that is a guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.producer.trace import layout
from tracescript.producer.trace.numbers import SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.trace.cells import Cell
    from tracescript.producer.trace.recorder import Recorder


def require(recorder: Recorder, cell: Cell, result: Cell) -> None:
    """Record what has to hold of sizes so that a view of an array has the sizes that it has.

    An array that owns memory without gaps, in row-major order, has views of any sizes.
    """
    sizes, wanted = recorder.shape(cell.wire), recorder.shape(result.wire)
    is_whole = cell.parent is None and layout.is_row_major(plain(tuple(sizes)), cell.strides)
    if is_whole or cell.is_row_major or 0 in plain(tuple(sizes)):
        return
    merges = [(axis, after) for axes in _groups(sizes, wanted) for axis, after in axes]
    if not merges:
        return
    strides = layout.strides(recorder, cell)
    if strides is None or not all(_merge(sizes, strides, *pair) for pair in merges):
        layout.fix(recorder, cell, "view")


def _groups(sizes: Any, wanted: Any) -> Iterator[list[tuple[int, int]]]:
    """Yield, for axes whose product is that of some wanted sizes, the pairs of neighbours."""
    old = [axis for axis, size in enumerate(sizes) if isinstance(size, SymInt) or size != 1]
    new = [size for size in wanted if isinstance(size, SymInt) or size != 1]
    while old:
        first = old.pop()
        count, pairs = sizes[first], []
        seen: Any = new.pop() if new else 1
        while plain(count) != plain(seen):
            if plain(count) < plain(seen):
                pairs.append((old[-1], first))
                first = old.pop()
                count = sizes[first] * count
            else:
                seen = new.pop() * seen
        is_same = not old or bool(count == seen)  # a guard; the last group has what is left
        assert is_same, "the numbers of elements are equal in the example"
        yield pairs


def _merge(sizes: Any, strides: Any, axis: int, after: int) -> bool:
    """Record that two axes lie in memory as one; False where they do not."""
    if plain(strides[axis]) == plain(strides[after] * sizes[after]):
        return bool(strides[axis] == strides[after] * sizes[after])
    return any(plain(sizes[i]) == 1 and bool(sizes[i] == 1) for i in (axis, after))
