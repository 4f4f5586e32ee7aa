"""Symbols of a trace: which input sizes stay open, which are equal, which are fixed."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final

from tracescript.ir import DimExpr, Symbol, TensorType, dims
from tracescript.opset.relations import substitute, tensors_in
from tracescript.producer.trace.places import error_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.errors import ProducerError
    from tracescript.ir import Dim, Type
    from tracescript.producer.trace.tape import Site


_MANY: Final = 1 << 12
"""Up to which number it is asked where a size bends."""


class Changed(Exception):  # noqa: N818  # no error: the types are inferred again with what was learnt
    """A symbol got a meaning while types were inferred."""


class Symbols:
    """The substitution found so far. `wanted` are symbols the user wants kept, with the input."""

    def __init__(self) -> None:
        self.example: dict[str, int] = {}
        self.wanted: dict[Symbol, str] = {}
        self._replacement: dict[Symbol, Dim] = {}
        self._noted: dict[Symbol, str] = {}
        self._reasons: dict[Symbol, str] = {}
        self._locals: dict[DimExpr, Symbol] = {}

    def add(self, symbol: Symbol, size: int, wanted_by: str = "") -> None:
        """Declare a symbol with its size in the example; `wanted_by` names the user's input."""
        self.example[symbol.name] = size
        if wanted_by:
            self.wanted[symbol] = wanted_by

    def resolve(self, dim: Dim) -> Dim:
        """Apply the substitution until nothing changes."""
        while True:
            replaced = dims.substitute(dim, self._replacement)
            if replaced == dim:
                return dim
            dim = replaced

    def value(self, dim: Dim) -> int | None:
        """Return a size in the example; None where it is known only at run time."""
        return None if dim is None else dims.evaluate(dim, self.example)

    def same(self, a: Dim, b: Dim, site: Site | None, why: str) -> None:
        """Make two sizes equal, which an op needs. What cannot be solved is left to the op.

        Raises Changed where that gave a symbol a meaning, ProducerError with DIMENSION_FIXED where
        it would fix a dimension the user asked for.
        """
        a, b = self.outside(a), self.outside(b)
        if a is None or b is None or a == b or (isinstance(a, int) and isinstance(b, int)):
            return
        for left, right in sorted(((a, b), (b, a)), key=self._age, reverse=True):
            if (
                isinstance(left, Symbol)
                and left not in self.wanted
                and left not in dims.symbols(right)
            ):
                self._replace(left, right, site, why)
        self._limit(a, b, site, why)
        symbol, size = _solved(a, b)
        if symbol is not None and symbol not in self.wanted:
            self._replace(symbol, size, site, why)
        tied = [s for s in (a, b) if isinstance(s, Symbol) and s in self.wanted]
        if len(tied) == 2:  # noqa: PLR2004  # both sides
            raise self.fixed(tied[0], site, why, f'equal to dimension "{tied[1].name}"')
        if symbol is not None or isinstance(a, int) or isinstance(b, int):
            self._pair(a, b, site, why)
            self.fix((a, b), site, why)

    def _pair(self, a: Dim, b: Dim, site: Site | None, why: str) -> None:
        """Make two symbols of one size in the example one, where both fall out of a and b then.

        So the batch of two inputs: `(t * 96) // (h * 6)` is 16 for all t that are h.
        """
        found = list(dict.fromkeys((*dims.symbols(a), *dims.symbols(b))))
        for new, old in itertools.combinations(sorted(found, key=self._born, reverse=True), 2):
            if self.example[new.name] == self.example[old.name] and new not in self.wanted:
                left, right = (dims.substitute(size, {new: old}) for size in (a, b))
                if left == right or old not in (*dims.symbols(left), *dims.symbols(right)):
                    self._replace(new, old, site, why)

    def _limit(self, a: Dim, b: Dim, site: Site | None, why: str) -> None:
        """Where `min(x, 64)` has to be x, x is at most 64; where it has to be 64, at least."""
        for size, number in ((a, b), (b, a)):
            symbol, least = _settled(size, number)
            if symbol is not None and symbol.min < least <= self.example[symbol.name]:
                if symbol in self.wanted:
                    hint = f'ts.Dim("{symbol.name}", min={least}) stays dynamic in that range'
                    raise self.fixed(symbol, site, why, f"limited to {least} and more", hint)
                self._replacement[symbol] = Symbol(symbol.name, least, symbol.max)
                raise Changed
        for whole, part in ((a, b), (b, a)):
            if not isinstance(whole, DimExpr) or whole.operator != "min":
                continue
            bounds = [n for n in whole.operands if isinstance(n, int)]
            if not isinstance(part, Symbol) or part not in whole.operands or not bounds:
                continue
            if self.example[part.name] <= min(bounds):
                if part in self.wanted:
                    raise self.fixed(part, site, why, f"limited to {min(bounds)}")
                self._replacement[part] = Symbol(part.name, part.min, min(bounds))
                raise Changed

    def _age(self, pair: tuple[Dim, Dim]) -> int:
        """Order replacements so that the symbol declared first stays."""
        return self._born(pair[0]) if isinstance(pair[0], Symbol) else -1

    def _born(self, symbol: Symbol) -> int:
        return list(self.example).index(symbol.name)

    def fix(self, sizes: Iterable[Dim], site: Site | None, why: str) -> None:
        """Fix symbols of these sizes to their sizes in the example; does nothing if there are none.

        Those under a division come first and may suffice. Raises as `same`.
        """
        outside = [self.outside(size) for size in sizes]
        rough = [s for size in outside for part in _divisions(size) for s in dims.symbols(part)]
        found = rough or [s for size in outside for s in dims.symbols(size)]
        free = [s for s in found if s not in self.wanted]
        if found and not free:
            raise self.fixed(found[0], site, why)
        for symbol in free:
            self._replacement[symbol] = self.example[symbol.name]
            self._give_reason(symbol, site, why)
        if free:
            raise Changed

    def fixed(
        self, symbol: Symbol, site: Site | None, why: str, becomes: str = "", hint: str = ""
    ) -> ProducerError:
        """Make the error about a dimension that cannot stay dynamic, with what it would become."""
        becomes = becomes or f"fixed to {self.example[symbol.name]}"
        what = (
            f'dimension "{symbol.name}" of input {self.wanted[symbol]} cannot stay dynamic: '
            f"it would be {becomes}\n  {why}"
        )
        hint = hint or f'ts.script keeps it; or drop "{symbol.name}" from dynamic to accept that'
        return error_at(site, "DIMENSION_FIXED", what, hint)

    def _replace(self, symbol: Symbol, size: Dim, site: Site | None, why: str) -> None:
        if self.value(size) != self.example[symbol.name]:
            size = self.example[symbol.name]
        self._replacement[symbol] = size
        if isinstance(size, int):
            self._give_reason(symbol, site, why)
        raise Changed

    def note(self, sizes: Iterable[Dim], site: Site | None, why: str) -> None:
        """Remember what the program did with sizes: if one is fixed later, this is the reason."""
        for size in sizes:
            for symbol in dims.symbols(self.outside(size)):
                self._noted.setdefault(symbol, _told(site, why))

    def _give_reason(self, symbol: Symbol, site: Site | None, why: str) -> None:
        self._reasons.setdefault(symbol, self._noted.get(symbol) or _told(site, why))

    def reason(self, size: Dim) -> str:
        """Return where and why a size was fixed: `cell.py:27: the loop ran 3 times ...`."""
        for symbol in dims.symbols(size):
            if symbol in self._reasons:
                return self._reasons[symbol]
            found = self.reason(self._replacement.get(symbol))
            if found:
                return found
        return ""

    def kept_in(self, sizes: Iterable[Dim]) -> Symbol | None:
        """Return the first symbol among these sizes that the user asked to keep."""
        found = (s for size in sizes for s in dims.symbols(self.outside(size)))
        return next((s for s in found if s in self.wanted), None)

    def applied(self, kind: Type) -> Type:
        """Return a type with the substitution applied."""
        found = {s for t in tensors_in(kind) for d in t.shape or () for s in dims.symbols(d)}
        return substitute(kind, {s: self.resolve(s) for s in found})

    def ranges(self, types: Iterable[Type]) -> tuple[tuple[str, tuple[int, int | None]], ...]:
        """Return the name and range of each symbol that stayed open in these types, sorted."""
        sizes = [d for kind in types for t in tensors_in(self.applied(kind)) for d in t.shape or ()]
        found = {s for size in sizes for s in dims.symbols(size)}
        return tuple(sorted((s.name, (s.min, s.max)) for s in found))

    # ---- inside functions

    def inside(self, kind: Type, name: str) -> Type:
        """Return an argument's type as its function sees it: a computed size becomes a symbol."""
        if not isinstance(kind, TensorType) or kind.shape is None:
            return kind
        shape = [self._local(d, f"{name}_{i}") for i, d in enumerate(kind.shape)]
        return TensorType(kind.data_type, tuple(shape))

    def _local(self, size: Dim, name: str) -> Dim:
        if not isinstance(size, DimExpr):
            return size
        if size not in self._locals:
            stem, count = name.replace(".", "_"), 1
            while name in self.example:
                count += 1
                name = f"{stem}_{count}"
            value = self.value(size)
            assert value is not None, "an expression has no unknown part"
            self.example[name] = value
            self._locals[size] = Symbol(name, int(max(0, dims.bounds(size)[0])))
        return self._locals[size]

    def outside(self, size: Dim) -> Dim:
        """Return a size in terms of the root's symbols."""
        meaning = {symbol: size for size, symbol in self._locals.items()}
        while any(s in meaning for s in dims.symbols(size)):
            size = dims.substitute(size, meaning)
        return size

    def restart(self) -> None:
        """Forget the symbols of functions; the substitution stays."""
        for symbol in self._locals.values():
            del self.example[symbol.name]
        self._locals.clear()


def _told(site: Site | None, why: str) -> str:
    return why if site is None else f"{site.place.file}:{site.place.line}: {why}"


def _divisions(size: Dim) -> Iterator[DimExpr]:
    """Yield the divisions and remainders inside a size."""
    if isinstance(size, DimExpr):
        if size.operator in {"//", "ceil_div", "%"}:
            yield size
        for operand in size.operands:
            yield from _divisions(operand)


def _solved(a: Dim, b: Dim) -> tuple[Symbol | None, int]:
    """Solve `a == b` for its only symbol: `(x * 4) == 12` gives x and 3. None where that fails."""
    difference = dims.sub(a, b)
    found = list(dims.symbols(difference))
    if len(found) != 1 or not isinstance(difference, DimExpr):
        return None, 0
    try:
        low, high = (dims.evaluate(difference, {found[0].name: n}) for n in (0, 1))
        slope = high - low
        if not slope or low % slope or dims.evaluate(difference, {found[0].name: -low // slope}):
            return None, 0
    except ZeroDivisionError:  # it divides by a symbol, so no straight line
        return None, 0
    return found[0], -low // slope


def _settled(size: Dim, number: Dim) -> tuple[Symbol | None, int]:
    """Return a size's only symbol, and from where on the size is the number: that of a slice."""
    found, numbers = set(dims.symbols(size)), _numbers(size)
    if len(found) != 1 or not isinstance(number, int) or numbers is None or numbers > _MANY:
        return None, 0
    (symbol,) = found
    least = numbers + 2  # all bends of the size lie before
    while least and dims.evaluate(size, {symbol.name: least - 1}) == number:
        least -= 1
    return (symbol, least) if least <= numbers else (None, 0)


def _numbers(size: Dim) -> int | None:
    """Return a number beyond the bends of a size made of sums, least and greatest; else None."""
    if isinstance(size, int):
        return abs(size)
    if isinstance(size, Symbol):
        return 0
    if size is None or size.operator not in {"+", "neg", "min", "max", "*"}:
        return None
    parts = [_numbers(operand) for operand in size.operands]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if size.operator != "*":
        return sum(known)
    is_scaled = any(isinstance(operand, int) for operand in size.operands)
    return math.prod(part + 1 for part in known) if is_scaled else None
