"""The shape rule of `einsum`, which also holds its equation to the one form there is (C1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.opset.knowledge import UNKNOWN
from tracescript.opset.relations import differ
from tracescript.opset.shapes import Many, MismatchError, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Dim

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM: Final = re.compile(r"([A-Za-z]*(?:,[A-Za-z]*)*)->([A-Za-z]*)")


def einsum(tensors: Any, equation: str) -> Any:
    """The extents of the letters behind `->`."""
    terms, result = _terms(equation)
    if tensors is UNKNOWN or isinstance(tensors, Many) or UNKNOWN in tensors:
        return None
    if len(terms) != len(tensors):
        message = f"{equation!r} has {len(terms)} terms for {len(tensors)} tensors"
        raise MismatchError(message)
    letters: dict[str, Dim] = {}
    for term, shape in zip(terms, tensors, strict=True):
        _read(term, shape, letters)
    return tuple(letters[letter] for letter in result)


def written_out(equation: str, ranks: Sequence[int]) -> str:
    """Write an equation of torch or numpy with the letters of its result and of `...`.

    Without an arrow the result has the letters that occur once, in alphabetical order. `ranks`
    belong to the operands. A wrong equation comes back as it is, for C1 to refuse.
    """
    left, arrow, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        return equation
    widths = [r - len(t) + 3 for t, r in zip(terms, ranks, strict=True) if "..." in t]
    if any(width < 0 for width in widths):
        return equation
    free = [c for c in _ALPHABET if c not in equation][: max(widths, default=0)]
    written = [
        t.replace("...", "".join(free[len(free) - (r - len(t) + 3) :]))
        for t, r in zip(terms, ranks, strict=True)
    ]
    if not arrow:
        letters = left.replace(",", "").replace(".", "")
        single = sorted(c for c in set(letters) if letters.count(c) == 1)
        result = "".join([*(free if widths else ()), *single])
    return f"{','.join(written)}->{result.replace('...', ''.join(free))}"


def _terms(equation: str) -> tuple[list[str], str]:
    """Return the letters of each tensor and those of the result. Spec: OP.einsum.C1."""
    match = _FORM.fullmatch(equation.replace(" ", ""))
    if match is None:
        message = f"{equation!r} is not of the form 'ij,jk->ik': letters, commas and an arrow"
        raise MismatchError(message)
    left, result = match.groups()
    if len(set(result)) < len(result) or not set(result) <= set(left):
        message = f"{equation!r} does not take each letter of its result from a term, once"
        raise MismatchError(message)
    return left.split(","), result


def _read(term: str, shape: Shape, letters: dict[str, Dim]) -> None:
    """Enter the extents of one term's letters."""
    if len(shape) != len(term):
        message = f"the term {term!r} does not fit rank {len(shape)}"
        raise MismatchError(message)
    for letter, extent in zip(term, shape, strict=True):
        known = letters.get(letter, extent)
        if differ(known, extent) and 1 not in (known, extent):
            message = f"{letter!r} is {dims.text(known)} and {dims.text(extent)}"
            raise MismatchError(message)
        letters[letter] = extent if known is None or known == 1 else known
