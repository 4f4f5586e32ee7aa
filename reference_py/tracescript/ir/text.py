"""Graphs as text for people, and the short forms of types and constants. Never read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import dims, literals
from tracescript.ir.graph import Function, FunctionRef
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.ir.values import Constant, Value, Weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.ir.graph import Block, Input, Node, Place, TraceDecision
    from tracescript.ir.model import Model
    from tracescript.ir.types import Type

_BLOCKS = {"if": ("then", "else"), "loop": ("body",)}
_LISTED = 16


def type_text(t: Type) -> str:
    """Write a type briefly: `float32[B, 4]`, `list[int]`, `int?`."""
    if isinstance(t, TensorType):
        shape = "..." if t.shape is None else ", ".join(dims.text(d) for d in t.shape)
        return f"{t.data_type.value}[{shape}]"
    if isinstance(t, ScalarType):
        return t.kind.value
    if isinstance(t, OptionalType):
        return f"{type_text(t.element)}?"
    if isinstance(t, StructType):
        return t.name
    name, parts = _parts(t)
    return f"{name}[{', '.join(type_text(part) for part in parts)}]"


def _parts(t: ListType | TupleType | DictType | UnionType) -> tuple[str, Sequence[Type]]:
    if isinstance(t, ListType):
        return "list", (t.element,)
    if isinstance(t, DictType):
        return "dict", (t.key, t.value)
    return ("tuple", t.elements) if isinstance(t, TupleType) else ("union", t.members)


def constant_text(constant: Constant) -> str:
    """Write a constant briefly: scalars in full, at most 16 elements, a tensor by its type."""
    return _brief(constant.type, constant.value)


def _brief(t: Type, value: Any) -> str:
    if isinstance(value, Constant):
        return constant_text(value)
    if isinstance(value, Weight):
        if value.shape == ():
            return literals.element_text(value.array, value.data_type)
        return f"<{type_text(t)}>"
    if isinstance(t, DictType):
        shown = [f"{_brief(t.key, k)}: {_brief(t.value, v)}" for k, v in value[:_LISTED]]
        return _enclosed("{", shown, len(value), "}")
    if isinstance(value, tuple):
        shown = [_brief(t, element) for element in value[:_LISTED]]
        ends = ("[", "]") if isinstance(t, ListType) else ("(", ",)" if len(value) == 1 else ")")
        return _enclosed(ends[0], shown, len(value), ends[1])
    return literals.scalar_text(value)


def _enclosed(begin: str, shown: list[str], count: int, end: str) -> str:
    more = [f"... {count} in all"] if count > len(shown) else []
    return f"{begin}{', '.join(shown + more)}{end}"


def place_text(place: Place) -> str:
    """Write `cell.py:7:12`, columns counted from 1; without the column where it is not known."""
    return f"{place.file}:{place.line}" + (
        f":{place.column + 1}" if place.column or place.end_column else ""
    )


def signature_text(function: Function) -> str:
    """Write what a caller sees: `forward(x : float32[B, 4], n : int = 3) -> (float32[B, 4])`."""
    seen = [i for i in function.inputs if i.kind in {"positional", "keyword_only"}]
    states = sum(i.kind == "state" for i in function.inputs)
    params = [
        f"{i.name} : {type_text(i.type)}" + (f" = {constant_text(i.default)}" if i.default else "")
        for i in seen
    ]
    split = next((k for k, i in enumerate(seen) if i.kind == "keyword_only"), len(seen))
    if split < len(seen):
        params.insert(split, "*")
    outputs = function.outputs[: len(function.outputs) - states]
    results = ", ".join((f"{o.name} : " if o.name else "") + type_text(o.type) for o in outputs)
    return f"{function.name.rpartition('.')[2]}({', '.join(params)}) -> ({results})"


def graph_text(function: Function, model: Model | None = None, *, inlined: bool = False) -> str:
    """Write a function as `.graph` shows it, ending in a line feed.

    With `inlined`, calls are replaced by the callees' nodes; that needs `model`.
    """
    return "".join(f"{line}\n" for line in GraphText(model if inlined else None).lines(function))


class GraphText:
    """Names the values of one function and writes its lines; with a model calls are inlined."""

    def __init__(self, model: Model | None = None) -> None:
        self._model = model
        self._names: dict[Value, str] = {}
        self._taken: set[str] = set()
        self._number = 0
        self._guards: dict[Value, list[TraceDecision]] = {}

    def lines(self, function: Function) -> Iterator[str]:
        """Yield the head, the guards, the nodes and the results of a function."""
        types = ", ".join(type_text(o.type) for o in function.outputs)
        yield f"graph {function.name}({self.params(function)}) -> ({types}):  # {function.origin}"
        for guard in function.shape_guards:
            text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
            place = guard.debug.place if guard.debug else None
            yield f"  guard shape {text}{place_comment(place)}"
        yield from self._body(function)
        states = [i.name for i in function.inputs if i.kind == "state"]
        results = [self.arg(v) for v in function.body.results]
        split = len(results) - len(states)
        kept = "".join(f", state {n} = {v}" for n, v in zip(states, results[split:], strict=True))
        yield f"  return ({', '.join(results[:split])}){kept}"

    def params(self, function: Function) -> str:
        """Name the inputs of a function and write them."""
        pairs = zip(function.inputs, function.body.params, strict=True)
        return ", ".join(self.param(declared, value) for declared, value in pairs)

    def param(self, declared: Input, value: Value) -> str:
        """Name one input and write it with its type, default and kind."""
        text = f"{self.name(value, declared.name)} : {type_text(declared.type)}"
        text += f" = {constant_text(declared.default)}" if declared.default else ""
        return f"{text} {declared.kind}" if declared.kind in {"bound", "state"} else text

    def _body(self, function: Function) -> Iterator[str]:
        outer = self._guards
        self._guards = {}
        for decision in function.decisions:
            if decision.value is None or decision.value.constant:
                yield "  " + self._guard(decision)
            else:
                self._guards.setdefault(decision.value, []).append(decision)
        yield from self.block_lines(function.body, "  ")
        self._guards = outer

    def block_lines(self, block: Block, indent: str) -> Iterator[str]:
        """Yield the nodes of a block, each followed by the guards on its outputs."""
        yield from self.due(block.params, indent)
        for node in block.nodes:
            callee = self._callee(node)
            if callee is None:
                yield from self.node_lines(node, indent)
            else:
                self._enter(node, callee)
                yield from (indent[2:] + line for line in self._body(callee))
                self._leave(node, callee)
            yield from self.due(node.outputs, indent)

    def _callee(self, node: Node) -> Function | None:
        if self._model is None or node.op != "call" or node.opset:
            return None
        reference = dict(node.attributes)["function"]
        return self._model.function(reference.name) if isinstance(reference, FunctionRef) else None

    def _enter(self, node: Node, callee: Function) -> None:
        for param, argument in zip(callee.body.params, node.inputs, strict=True):
            self._names[param] = self.arg(argument)

    def _leave(self, node: Node, callee: Function) -> None:
        for output, result in zip(node.outputs, callee.body.results, strict=True):
            self._names[output] = self.arg(result)

    def due(self, values: Sequence[Value], indent: str) -> Iterator[str]:
        """Yield the guards on values that have just been defined."""
        for value in values:
            for decision in self._guards.get(value, ()):
                yield indent + self._guard(decision)

    def _guard(self, decision: TraceDecision) -> str:
        value = "_" if decision.value is None else self.arg(decision.value)
        observed = "_" if decision.observed is None else constant_text(decision.observed)
        debug = decision.debug
        text = f"guard {decision.kind} {value} == {observed}"
        text += place_comment(debug.place if debug else None)
        if debug and debug.lost:
            text += ("" if debug.place else "  #") + f" lost {place_text(debug.lost)}"
        return text

    def node_lines(self, node: Node, indent: str) -> Iterator[str]:
        """Name the outputs of a node and yield its line, then its blocks."""
        outputs = ", ".join(f"{self.name(v)} : {type_text(v.type)}" for v in node.outputs)
        op = f"{node.opset}.{node.op}" if node.opset else node.op
        text = f"{outputs} = {op}" if outputs else op
        text += self._attributes(node)
        text += f"({', '.join(self.arg(v) for v in node.inputs)})"
        yield f"{indent}{text}{':' if node.blocks else ''}{place_comment(node.place)}"
        names = _BLOCKS.get(node.op, ()) or [f"block{k}" for k in range(len(node.blocks))]
        for name, block in zip(names, node.blocks, strict=True):
            params = ", ".join(f"{self.name(v)} : {type_text(v.type)}" for v in block.params)
            yield f"{indent}  {name}{f'({params})' if params else ''}:"
            yield from self.block_lines(block, f"{indent}    ")
            yield f"{indent}    -> ({', '.join(self.arg(v) for v in block.results)})"

    def _attributes(self, node: Node) -> str:
        def text(name: str, value: Constant | Type | FunctionRef) -> str:
            if isinstance(value, FunctionRef):
                return value.name if node.op == "call" else f"{name}={value.name}"
            shown = constant_text(value) if isinstance(value, Constant) else type_text(value)
            return f"{name}={shown}"

        listed = ", ".join(text(name, value) for name, value in node.attributes)
        return f"[{listed}]" if listed else ""

    def name(self, value: Value, wanted: str | None = None) -> str:
        """Give a value its own name, else the wanted one, else the next number; return it."""
        name = value.name if wanted is None else wanted
        if not name or name in self._taken:
            self._number += 1
            while str(self._number) in self._taken:
                self._number += 1
            name = str(self._number)
        self._taken.add(name)
        self._names[value] = f"%{name}"
        return self._names[value]

    def give(self, value: Value, text: str) -> None:
        """Decide how a value is written where it is used."""
        self._names[value] = text

    def arg(self, value: Value | None) -> str:
        """Write an input of a node: a constant in full, else the value's name."""
        if value is None:
            return "_"
        return constant_text(value.constant) if value.constant else self._names[value]


def place_comment(place: Place | None) -> str:
    """Write where a line comes from, as a comment; empty where that is not known."""
    return f"  # {place_text(place)}" if place else ""
