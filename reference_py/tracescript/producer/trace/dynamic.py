"""Which sizes of the inputs get a symbol: those the user named, or every one that can vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.errors import ProducerError
from tracescript.ir import dims
from tracescript.opset.relations import tensors_in
from tracescript.producer.marks import DimArithmetic
from tracescript.producer.trace import structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.run import Run
    from tracescript.producer.trace.symbols import Symbols

_AUTOMATIC: Final = object()
_TOLD: Final = 32
"""Sizes whose reason a file keeps at most."""


class Dynamic:
    """The `dynamic` argument: None names every size of 2 or more, else what the user wrote."""

    def __init__(self, given: Mapping[str, Any] | Sequence[Any] | None) -> None:
        self._given = given

    def types(self, run: Run, symbols: Symbols, imports: Imports) -> list[ir.Type]:
        """Return the types of a method's inputs with symbols, and declare the symbols.

        Raises ProducerError where `dynamic` names an input or axis that does not exist.
        """
        taken = _taken(imports)
        names = [name for name, _, _ in run.inputs]
        wanted = self._by_name(names)
        types = [
            _Naming(symbols, taken).type(wire.type, value, wanted[name], name)
            for name, value, wire in run.inputs
        ]
        _check_bound([name for name, _, _ in run.inputs], types)
        return types

    @staticmethod
    def told(
        methods: Iterable[tuple[Run, Sequence[ir.Type]]], symbols: Symbols
    ) -> tuple[tuple[str, str], ...]:
        """Return metadata that says why sizes of tensors were fixed, where the trace knows."""
        told: dict[str, str] = {}
        for run, types in methods:
            for (name, _, _), whole in zip(run.inputs, types, strict=True):
                for at, kind in _tensors(whole, name):
                    for axis, size in enumerate(kind.shape or ()):
                        why = symbols.reason(size) if isinstance(symbols.resolve(size), int) else ""
                        if why:
                            told[f"{ir.FIXED}{run.method}, input {at}, axis {axis}"] = why
        first = list(told.items())[:_TOLD]
        return tuple(sorted(first, key=lambda entry: entry[0].encode()))

    def _by_name(self, names: list[str]) -> dict[str, Any]:
        if self._given is None:
            return dict.fromkeys(names, _AUTOMATIC)
        given = self._given
        if not hasattr(given, "items"):
            if not isinstance(given, (tuple, list)):
                raise _bad(
                    f"dynamic: a dict by input name expected, found {given!r}",
                    'write dynamic={"x": {0: ts.Dim("B")}}',
                )
            given = dict(zip(names, given, strict=False))
        for name in given:
            if name not in names:
                raise _bad(
                    f"dynamic names {name!r}, which is no input", f"inputs: {', '.join(names)}"
                )
        return {name: dict(given).get(name) for name in names}


def _tensors(kind: ir.Type, at: str) -> Iterator[tuple[str, ir.TensorType]]:
    """Yield the types of tensors inside one, with their paths."""
    if isinstance(kind, ir.TensorType):
        yield at, kind
    for label, part in ir.parts_by_path(kind):
        yield from _tensors(part, at + label)


def _check_bound(names: Sequence[str], types: Sequence[ir.Type]) -> None:
    """Raise ProducerError for a symbol that stands in expressions only: no input tells it."""
    sizes = [
        (name, size)
        for name, kind in zip(names, types, strict=True)
        for tensor in tensors_in(kind)
        for size in tensor.shape or ()
    ]
    alone = {size for _, size in sizes if isinstance(size, ir.Symbol)}
    for name, size in sizes:
        for symbol in dims.symbols(size):
            if symbol not in alone:
                what = f"dynamic of {name}: no axis is {symbol.name} itself, only {dims.text(size)}"
                raise _bad(what, f"name an axis of some input {symbol.name} alone")


def _bad(what: str, hint: str = "") -> ProducerError:
    return ProducerError(what, code="DIMENSION_FIXED", hint=hint, rule="TRACE-10")


def _axes(wanted: Any, name: str) -> dict[int, Any]:
    """Return what a user asked for one tensor. Raises ProducerError where it is no {axis: dim}."""
    if wanted is None or wanted is _AUTOMATIC:
        return {}
    if not hasattr(wanted, "items") or any(type(axis) is not int for axis in wanted):
        raise _bad(
            f"dynamic of {name}: a dict from axis to ts.Dim expected, found {wanted!r}",
            f'write dynamic={{"{name}": {{0: ts.Dim("B")}}}}',
        )
    return dict(wanted)


def _taken(imports: Imports) -> dict[str, ir.Symbol]:
    """Return the symbols of the models that the trace called."""
    types = [i.type for f in imports.functions.values() for i in f.inputs]
    sizes = [d for kind in types for t in tensors_in(kind) for d in t.shape or ()]
    return {s.name: s for size in sizes for s in dims.symbols(size)}


class _Naming:
    def __init__(self, symbols: Symbols, taken: Mapping[str, ir.Symbol]) -> None:
        self.symbols = symbols
        self.taken = taken

    def type(self, kind: ir.Type, value: Any, wanted: Any, name: str) -> ir.Type:
        """Return a type with symbols for the sizes that stay open."""
        if isinstance(kind, ir.TensorType):
            return self._tensor(kind, wanted, name)
        inner = structure.parts(value)
        below = [(key, _below(wanted, key)) for key, _ in inner]
        if isinstance(kind, ir.TupleType):
            pairs = zip(kind.elements, inner, below, strict=True)
            return ir.TupleType(
                tuple(self.type(t, v, w, f"{name}_{k}") for t, (k, v), (_, w) in pairs)
            )
        if isinstance(kind, ir.StructType):
            pairs_of = zip(kind.fields, inner, below, strict=True)
            fields = tuple(
                (n, self.type(t, v, w, f"{name}_{n}")) for (n, t), (_, v), (_, w) in pairs_of
            )
            return ir.StructType(kind.name, fields, kind.is_tuple)
        if isinstance(kind, (ir.ListType, ir.DictType)) and inner:
            element = kind.element if isinstance(kind, ir.ListType) else kind.value
            known = wanted if wanted is _AUTOMATIC else next((w for _, w in below if w), None)
            made = self.type(element, inner[0][1], known, f"{name}_{inner[0][0]}")
            return (
                ir.ListType(made) if isinstance(kind, ir.ListType) else ir.DictType(kind.key, made)
            )
        return kind

    def _tensor(self, kind: ir.TensorType, wanted: Any, name: str) -> ir.TensorType:
        axes = _axes(wanted, name)
        if kind.shape is None:  # the elements of a list differ in their axes
            if axes:
                raise _bad(f"dynamic names axis {min(axes)} of {name}, one of arrays of many ranks")
            return kind
        for axis in axes:
            if not -len(kind.shape) <= axis < len(kind.shape):
                raise _bad(f"dynamic names axis {axis} of {name}, which has {len(kind.shape)}")
        by_axis = {axis % len(kind.shape): dim for axis, dim in axes.items()}
        shape: list[ir.Dim] = []
        for axis, size in enumerate(kind.shape):
            if not isinstance(size, int):
                shape.append(size)  # the elements of a list differ in it
            elif axis in by_axis:
                shape.append(self._wanted(by_axis[axis], size, name))
            elif wanted is _AUTOMATIC and size > 1:
                shape.append(self._automatic(size, f"{name}_{axis}"))
            else:
                shape.append(size)
        return ir.TensorType(kind.data_type, tuple(shape))

    def _automatic(self, size: int, name: str) -> ir.Symbol:
        symbol, count = ir.Symbol(name, 1), 1
        while symbol.name in self.symbols.example or self.taken.get(symbol.name, symbol) != symbol:
            count += 1
            symbol = ir.Symbol(f"{name}_{count}", 1)
        self.symbols.add(symbol, size)
        return symbol

    def _wanted(self, dim: Any, size: int, name: str) -> ir.Dim:
        made = dim.dim if isinstance(dim, DimArithmetic) else dim
        if not isinstance(made, (ir.Symbol, ir.DimExpr)):
            raise _bad(f"dynamic of {name}: ts.Dim expected, found {dim!r}")
        for symbol in dict.fromkeys(dims.symbols(made)):
            if symbol.name not in self.symbols.example:
                self.symbols.add(symbol, _solve(made, size, name), name)
        if self.symbols.value(made) != size:
            raise _bad(
                f"dynamic of {name}: {dims.text(made)} cannot be {size}, its size in the example"
            )
        for symbol in dims.symbols(made):
            value = self.symbols.example[symbol.name]
            if value < symbol.min or (symbol.max is not None and value > symbol.max):
                what = (
                    f"dynamic of {name}: {symbol.name} is {value} in the example, out of its range"
                )
                raise _bad(f"{what} {symbol.min}..{'' if symbol.max is None else symbol.max}")
        return made


def _below(wanted: Any, key: str) -> Any:
    if wanted is None or wanted is _AUTOMATIC:
        return wanted
    if hasattr(wanted, "items"):
        return wanted.get(key, wanted.get(int(key)) if key.isdigit() else None)
    return wanted[int(key)]


def _solve(size: ir.Dim, value: int, name: str) -> int:
    """Find the value of the one symbol of an expression that is `value` in the example."""
    symbols = list(dict.fromkeys(dims.symbols(size)))
    if len(symbols) == 1:
        for candidate in range(value * 4 + 16):
            if dims.evaluate(size, {symbols[0].name: candidate}) == value:
                return candidate
    what = f"dynamic of {name}: no sizes make {dims.text(size)} equal to {value}"
    raise _bad(what, "name each dimension alone at some input")
