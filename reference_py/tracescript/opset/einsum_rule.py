"""The shape rule of `einsum`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import dims
from tracescript.opset.knowledge import UNKNOWN
from tracescript.opset.relations import differ
from tracescript.opset.shapes import Many, MismatchError, Shape, broadcast_shapes

if TYPE_CHECKING:
    from tracescript.ir.types import Dim


def einsum(tensors: Any, equation: str) -> Any:
    """The extents of the letters behind `->`; `...` stands for the axes without a letter."""
    if isinstance(tensors, Many) or UNKNOWN in tensors:
        return None
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(tensors):
        message = f"{equation!r} has {len(terms)} terms for {len(tensors)} tensors"
        raise MismatchError(message)
    letters: dict[str, Dim] = {}
    batches: list[Shape] = []
    for term, shape in zip(terms, tensors, strict=True):
        batches.append(_read(term, shape, letters))
    rest = broadcast_shapes(batches)
    if not arrow:
        counted = left.replace("...", "").replace(",", "")
        right = "..." + "".join(sorted(c for c in set(counted) if counted.count(c) == 1))
    front, dots, back = right.partition("...")
    if any(letter not in letters for letter in front + back):
        message = f"{equation!r} gives a letter that no term has"
        raise MismatchError(message)
    middle = rest if dots else ()
    return (*(letters[c] for c in front), *middle, *(letters[c] for c in back))


def _read(term: str, shape: Shape, letters: dict[str, Dim]) -> Shape:
    """Enter the extents of one term's letters; return those of its `...`."""
    front, dots, back = term.partition("...")
    named = len(front) + len(back)
    if len(shape) < named or (len(shape) > named and not dots):
        message = f"the term {term!r} does not fit rank {len(shape)}"
        raise MismatchError(message)
    end = len(shape) - len(back)
    for letter, extent in (*zip(front, shape, strict=False), *zip(back, shape[end:], strict=True)):
        known = letters.get(letter, extent)
        if differ(known, extent) and 1 not in (known, extent):
            message = f"{letter!r} is {dims.text(known)} and {dims.text(extent)}"
            raise MismatchError(message)
        letters[letter] = extent if known is None or known == 1 else known
    return shape[len(front) : end]
