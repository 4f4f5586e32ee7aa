"""Writes the functions of a model as canonical text, a unit for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.code.annotations import annotated
from tracescript.code.body import Context, TooDeepError, needs_list, write_body
from tracescript.code.constants import ConstantTable
from tracescript.code.expressions import Expressions
from tracescript.code.hidden import used_paths
from tracescript.code.layout import PLAIN_UNIT, Layout, Seat
from tracescript.code.literals import literal_text
from tracescript.code.members import Members
from tracescript.code.names import Names, fitted, member_text
from tracescript.code.paths import Paths, find_paths, state_count, visible
from tracescript.code.typing_text import TypeWriter
from tracescript.code.uses import find_uses
from tracescript.ir.literals import string_text
from tracescript.ir.model import CodeUnit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.ir.graph import Function
    from tracescript.ir.model import Model, Module
    from tracescript.ir.types import StructType
    from tracescript.ir.values import Constant, Value

INDENT: Final = "    "


def write_units(model: Model) -> tuple[CodeUnit, ...]:
    """Write all functions of a model in canonical form, units by name.

    Compiling them gives the functions back. A function nested deeper than 90 blocks has no span.

    Raises:
        InvalidModelError: BAD_GUARD where trace decisions are not in text order.

    Spec: CODE-1, CODE-20.
    """
    return _Writer(model).units()


def unit_text(model: Model, of: str | Module) -> str:
    """Return the text of one unit, by its name or by a module whose methods it holds.

    Raises KeyError for a name that no unit has.
    """
    writer = _Writer(model)
    if isinstance(of, str):
        return writer.unit(of).text
    names = dict.fromkeys(writer.layout.seats[m.function].unit for m in of.methods)
    return "\n\n".join(writer.unit(name).text for name in names)


def function_text(model: Model, name: str) -> str:
    """Return the text of one function as it stands in its unit; empty where it has none.

    Raises KeyError for a name that no function has.
    """
    writer = _Writer(model)
    unit = writer.unit(writer.layout.seats[name].unit)
    begin, end = next((span[1:] for span in unit.spans if span[0] == name), (0, 0))
    lines = unit.text.encode()[begin:end].decode().splitlines(keepends=True)
    strip = len(INDENT) if writer.layout.seats[name].class_name else 0
    return "".join(line[strip:] for line in lines)


class _Writer:
    def __init__(self, model: Model) -> None:
        self.layout = Layout(model)
        self._model = model
        self._table: ConstantTable | None = None
        self._functions: dict[str, list[Function]] = {}
        for function in self.layout.functions:
            self._functions.setdefault(self.layout.seats[function.name].unit, []).append(function)

    def units(self) -> tuple[CodeUnit, ...]:
        structs = [self.unit(name) for name in self.layout.structs.values()]
        written = [unit for unit in map(self.unit, self._functions) if unit.spans]
        return tuple(sorted([*written, *structs], key=lambda unit: unit.name))

    def unit(self, name: str) -> CodeUnit:
        for struct, called in self.layout.structs.items():
            if called == name:
                return _struct_unit(struct, name, self.layout)
        return _UnitWriter(self, name, self._functions[name]).write()

    def lookup(self, name: str) -> Function | None:
        return self._model.by_name.get(name)

    def constant_index(self, constant: Constant) -> int:
        if self._table is None:
            self._table = ConstantTable(self._model)
        return self._table.index(constant)


class _UnitWriter:
    """Writes the functions of one class, or those without a class."""

    def __init__(self, writer: _Writer, name: str, functions: list[Function]) -> None:
        self._writer = writer
        self._name = name
        self._class = "" if name == PLAIN_UNIT else name
        self._functions = functions
        self._types = TypeWriter(writer.layout.structs)
        self._members = Members(self._types)
        self._literals: dict[Constant, str] = {}
        self._paths: dict[str, Paths] = {}
        self._uses = {f.name: find_uses(f) for f in functions}
        self._explicit: set[str] = set()

    def write(self) -> CodeUnit:
        if self._class:
            for function in self._functions:
                self._collect(function)
        indent = INDENT if self._class else ""
        members = self._members.lines(indent)
        texts = [(f.name, self._function(f, indent)) for f in self._functions]
        head = "".join(f"{line}\n" for line in _dim_lines(self._types))
        head += "\n\n" if head and self._class else "\n" if head else ""
        if self._class:
            head += "".join(f"{line}\n" for line in (f"class {self._class}(Module):", *members))
        return _assembled(self._name, head, texts, blank_first=bool(self._class))

    def _collect(self, function: Function) -> None:
        """Find paths, and declare as members what the function reads of its module."""
        lookup = self._writer.lookup
        paths = find_paths(function, self._uses[function.name], self._writer.layout, lookup)
        self._paths[function.name] = paths
        seats = self._writer.layout.seats
        for method in paths.calls.values():
            self._members.add_module(method.path, seats[method.callee.name].class_name)
        if not self._members.add_inputs(function, paths, _derived(function, paths)):
            self._explicit.add(function.name)

    def _function(self, function: Function, indent: str) -> str:
        paths = self._paths.get(function.name) or Paths()
        names = Names()
        named: dict[Value, str] = {}
        head = self._head(function, indent, names, named)
        lookup = self._writer.lookup
        context = Context(
            function=function,
            class_name=self._class,
            uses=self._uses[function.name],
            paths=paths,
            annotated=annotated(function, lookup, paths),
            expressions=Expressions(
                self._writer.layout, self._types, paths, self._members.modules, self._constant
            ),
            types=self._types,
            constant=self._constant,
        )
        try:
            body = write_body(context, names, named, indent + INDENT)
        except TooDeepError:
            return ""
        guards = [
            f"{indent}{INDENT}shape_guard({g.kind}, {self._types.dim(g.left)} {g.comparison} "
            f"{self._types.dim(g.right)})"
            for g in function.shape_guards
        ]
        return "".join(f"{line}\n" for line in (*head, *guards, *body))

    def _head(
        self, function: Function, indent: str, names: Names, named: dict[Value, str]
    ) -> list[str]:
        count = visible(function.inputs)
        params = ["self"] if self._class else []
        listed = []
        for declared, value in zip(function.inputs[:count], function.body.params, strict=False):
            if declared.kind == "keyword_only" and "*" not in params:
                params.append("*")
            name = names.claim(fitted(declared.name, "x"))
            named[value] = name
            listed.append(name == declared.name)
            default = f" = {self._constant(declared.default)}" if declared.default else ""
            params.append(f"{name}: {self._types.text(declared.type)}{default}")
        states = state_count(function)
        results = [self._types.text(o.type) for o in function.outputs]
        results = results[: len(results) - states]
        lone = len(results) == 1 and not needs_list(function)
        result = results[0] if lone else f"tuple[{', '.join(results)}]" if results else "None"
        seat = self._writer.layout.seats[function.name]
        lines = [
            *self._decorators(function, seat, states, all_plain=all(listed)),
            f"def {seat.name}({', '.join(params)}) -> {result}:",
        ]
        return [f"{indent}{line}" for line in lines]

    def _decorators(
        self, function: Function, seat: Seat, states: int, *, all_plain: bool
    ) -> Iterator[str]:
        yield f"@{function.origin}"
        if seat.function != function.name:
            yield f"@named({string_text(function.name)})"
        if not all_plain:
            names = [i.name for i in function.inputs[: visible(function.inputs)]]
            yield f"@inputs({', '.join(map(string_text, names))})"
        if function.name in self._explicit:
            for declared in function.inputs[visible(function.inputs) :]:
                t = self._types.text(declared.type)
                yield f"@{declared.kind}({string_text(declared.name)}, {t})"
        outputs = [o.name for o in function.outputs]
        seen = outputs[: len(outputs) - states]
        if any(outputs):
            shown = outputs if any(outputs[len(seen) :]) else seen
            yield f"@outputs({', '.join(map(string_text, shown))})"

    def _constant(self, constant: Constant) -> str:
        text = self._literals.get(constant)
        if text is None:
            text = literal_text(constant, self._types)
            if text is None:
                text = f"constant({self._writer.constant_index(constant)})"
            self._literals[constant] = text
        return text


def _derived(function: Function, paths: Paths) -> list[str]:
    """Return the bound inputs, then the states, in the order a reader of the text finds."""
    count = visible(function.inputs)
    hidden = list(zip(function.inputs, function.body.params, strict=True))[count:]
    states = [i.name for i, _ in hidden if i.kind == "state"]
    split = len(function.body.results) - len(states)
    results, news = function.body.results[:split], function.body.results[split:]
    found: list[str] = []
    for kind in ("bound", "state"):
        entries = {v: i.name for i, v in hidden if i.kind == kind}
        found += used_paths(function.body, results, function.decisions, entries)
    written = [p for p, v in zip(states, news, strict=True) if paths.final[p] is not v]
    return list(dict.fromkeys([*found, *written]))


def _assembled(
    name: str, head: str, texts: list[tuple[str, str]], *, blank_first: bool
) -> CodeUnit:
    parts, size = [head], len(head.encode())
    spans: list[tuple[str, int, int]] = []
    for function, text in texts:
        if not text:
            continue
        blank = "\n" if spans or blank_first else ""
        begin = size + len(blank)
        size = begin + len(text.encode())
        parts += (blank, text)
        spans.append((function, begin, size))
    return CodeUnit(name, "".join(parts), tuple(spans))


def _dim_lines(types: TypeWriter) -> Iterator[str]:
    for symbol, name in types.symbols.items():
        yield f"{name} = Dim({string_text(symbol.name)}, {symbol.min}, {symbol.max})"


def _struct_unit(struct: StructType, name: str, layout: Layout) -> CodeUnit:
    types = TypeWriter(layout.structs)
    lines = [f"class {name}(Struct, tuple):" if struct.is_tuple else f"class {name}(Struct):"]
    if struct.name != name:
        lines.insert(0, f"@named({string_text(struct.name)})")
    for field, t in struct.fields:
        lines.append(f"{INDENT}{member_text(field)}: {types.text(t)}")
    if not struct.fields:
        lines.append(f"{INDENT}pass")
    head = "".join(f"{line}\n" for line in _dim_lines(types))
    text = (f"{head}\n\n" if head else "") + "".join(f"{line}\n" for line in lines)
    return CodeUnit(name, text, ())
