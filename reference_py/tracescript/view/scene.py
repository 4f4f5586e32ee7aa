"""A function as boxes and arrows: what a picture shows, before anything has a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracescript.ir import dims
from tracescript.ir.graph import FunctionRef
from tracescript.ir.text import constant_text, place_text, type_text
from tracescript.ir.types import TensorType
from tracescript.ir.values import Constant
from tracescript.view.graph_lines import Folds, span_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracescript import ir
    from tracescript.code.paths import Paths

MOST_BOXES: Final = 400
"""Nodes of one block that are drawn; what comes after them is one box with their number."""
MOST_LEVELS: Final = 16
"""Blocks inside blocks that are drawn."""
_LONGEST_SIZE: Final = 12
"""Characters of a size that a box shows."""
_BLOCKS: Final = {"if": ("then", "else"), "loop": ("each round",)}


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in a picture.

    `kind` is `input`, `state`, `outer`, `op`, `call`, `control`, `guard`, `rest` or `output`;
    `lines` stand below the title, `hint` holds all there is to say. A call names its function; `if`
    and `loop` have labelled parts.
    """

    kind: str
    title: str
    lines: tuple[str, ...] = ()
    hint: str = ""
    function: str = ""
    path: str = ""
    parts: tuple[tuple[str, Scene], ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Boxes, and arrows as pairs of positions, from the earlier box to the later one."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Sheet:
    """A scene under construction; `at` says which box a value comes from."""

    boxes: list[Box] = field(default_factory=list)
    arrows: dict[tuple[int, int], None] = field(default_factory=dict)
    at: dict[ir.Value, int] = field(default_factory=dict)

    def add(self, box: Box, inputs: Iterable[ir.Value | None], outputs: Iterable[ir.Value]) -> None:
        """Add a box below those that its inputs come from."""
        self.boxes.append(box)
        here = len(self.boxes) - 1
        for value in inputs:
            if value in self.at:
                self.arrows[self.at[value], here] = None
        self.at.update(dict.fromkeys(outputs, here))


def scene(folds: Folds, function: ir.Function) -> Scene:
    """Return the picture of one function; its calls are boxes that name the callee."""
    return _Painter(folds, function).function()


class _Painter:
    def __init__(self, folds: Folds, function: ir.Function) -> None:
        self._folds = folds
        self._function = function
        self._paths: Paths = folds.paths(function)
        self._groups = folds.groups(function)
        pairs = list(zip(function.inputs, function.body.params, strict=True))
        self._names = {value: declared.name for declared, value in pairs}
        self._weights = {value for declared, value in pairs if declared.kind == "bound"}
        self._guards: dict[ir.Value, list[ir.TraceDecision]] = {}
        self._loose: list[ir.TraceDecision] = []
        self._level = 0
        for decision in function.decisions:
            if decision.value is None or decision.value.constant:
                self._loose.append(decision)
            else:
                self._guards.setdefault(decision.value, []).append(decision)

    def function(self) -> Scene:
        sheet = _Sheet()
        pairs = list(zip(self._function.inputs, self._function.body.params, strict=True))
        for declared, value in pairs:
            if declared.kind == "bound":
                continue
            kind = "state" if declared.kind == "state" else "input"
            sheet.add(Box(kind, declared.name, (type_text(declared.type),)), (), (value,))
        for guard in self._function.shape_guards:
            text = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
            hint = place_text(guard.debug.place) if guard.debug and guard.debug.place else ""
            sheet.add(Box("guard", text, ("shape guard",), hint), (), ())
        for decision in self._loose:
            sheet.add(_guard(decision), (), ())
        self._block(sheet, self._function.body)
        self._results(sheet)
        return Scene(tuple(sheet.boxes), tuple(sheet.arrows))

    def _results(self, sheet: _Sheet) -> None:
        for declared, value in zip(
            self._function.outputs, self._function.body.results, strict=True
        ):
            box = Box("output", declared.name or "output", (self._shown(value, declared.type),))
            sheet.add(box, (value,), ())

    def _shown(self, value: ir.Value, declared: ir.Type) -> str:
        return constant_text(value.constant) if value.constant else type_text(declared)

    def _block(self, sheet: _Sheet, block: ir.Block) -> None:
        groups = list(self._groups(block))
        for group in groups[:MOST_BOXES]:
            box, inputs = self._box(group)
            outputs = [v for node in group for v in node.outputs]
            sheet.add(box, inputs, outputs)
            for value in outputs:
                for decision in self._guards.get(value, ()):
                    sheet.add(_guard(decision), (value,), ())
        rest = groups[MOST_BOXES:]
        if rest:
            nodes = [node for group in rest for node in group]
            used = dict.fromkeys(v for node in nodes for v in node.inputs if v in sheet.at)
            box = Box("rest", f"{len(nodes)} more nodes", ("see the graph as text",))
            sheet.add(box, used, [v for node in nodes for v in node.outputs])

    def _box(self, group: tuple[ir.Node, ...]) -> tuple[Box, Sequence[ir.Value | None]]:
        node = group[0]
        if self._folds.callee(node) is not None:
            return self._call(group), self._folds.arguments(node)
        hint = _said(node, node.outputs)
        if not node.blocks:
            title = f"{node.opset}.{node.op}" if node.opset else node.op
            return Box("op", title, (*self.details(node), *_types(node)), hint), node.inputs
        names = _BLOCKS.get(node.op) or tuple(f"block {k}" for k in range(len(node.blocks)))
        free: dict[ir.Value, None] = {}
        lines = (*self.details(node), *_types(node))
        if self._level == MOST_LEVELS:
            return Box("control", node.op, (*lines, "see the graph as text"), hint), node.inputs
        self._level += 1
        parts = [
            (name, self._part(node, block, free))
            for name, block in zip(names, node.blocks, strict=True)
        ]
        self._level -= 1
        return Box("control", node.op, lines, hint, parts=tuple(parts)), [*node.inputs, *free]

    def _call(self, group: tuple[ir.Node, ...]) -> Box:
        path = span_text(self._paths, group)
        hint = _said(group[0], group[-1].outputs)
        name = self._folds.called(group[0])
        shown = name.removesuffix(".forward")
        label = f"{len(group)} x {shown}" if len(group) > 1 else shown
        lines = (label, *_types(group[-1])) if path else _types(group[-1])
        first = self._paths.calls[group[0]].path if path else ""
        dotted = first.replace("[", ".").replace("]", "")
        only = self._folds.callee(group[0])
        node = _only_node(only) if only and len(group) == 1 else None
        if only is None or node is None:
            return Box("call", path or label, lines, hint, name, dotted)
        told = (node.op, *_Painter(self._folds, only).details(node), *_types(group[0]))
        return Box("op", path or label, told, hint, path=dotted)

    def _part(self, node: ir.Node, block: ir.Block, free: dict[ir.Value, None]) -> Scene:
        """Return a block as a scene; note which values it takes from outside."""
        sheet = _Sheet()
        for value in block.params:
            sheet.add(Box("input", value.name or "value", (type_text(value.type),)), (), (value,))
        for value in _taken(block):
            if value in self._weights:
                continue
            free[value] = None
            name = self._names.get(value) or value.name or "value"
            sheet.add(Box("outer", name, (type_text(value.type),)), (), (value,))
        self._block(sheet, block)
        for value in block.results[1:] if _never_ends(node, block) else block.results:
            box = Box("output", value.name or "result", (self._shown(value, value.type),))
            sheet.add(box, (value,), ())
        return Scene(tuple(sheet.boxes), tuple(sheet.arrows))

    def details(self, node: ir.Node) -> tuple[str, ...]:
        """Return the weights of a node, a line each, then its constants and attributes."""
        weights, rest = [], []
        goes_on = node.inputs[1] if node.op == "loop" and not node.opset else None
        for value in node.inputs:
            if value is not None and value.constant is not None:
                if value is not goes_on:
                    rest.append(constant_text(value.constant))
            elif value is not None and value in self._weights:
                weights.append(f"{self._names[value]} {type_text(value.type)}")
        rest += [f"{name}={_attribute(value)}" for name, value in node.attributes]
        return (*weights, ", ".join(rest)) if rest else tuple(weights)


def _blocks(block: ir.Block) -> list[ir.Block]:
    """Return a block and all blocks inside it."""
    found, todo = [], [block]
    while todo:
        found.append(todo.pop())
        todo += [b for node in found[-1].nodes for b in node.blocks]
    return found


def _only_node(function: ir.Function) -> ir.Node | None:
    """Return the node of a function that is one op applied to its inputs; None for others."""
    nodes, results = function.body.nodes, function.body.results
    if len(nodes) != 1 or nodes[0].blocks or nodes[0].op == "call" or function.decisions:
        return None
    return nodes[0] if nodes[0].outputs == results and not function.shape_guards else None


def _never_ends(node: ir.Node, block: ir.Block) -> bool:
    """Whether a block is of a loop whose condition is always true: only the count ends it."""
    first = block.results[0].constant if node.op == "loop" and not node.opset else None
    return first is not None and first.value is True


def _taken(block: ir.Block) -> list[ir.Value]:
    """Return the values that a block, and the blocks inside it, take from outside."""
    blocks = _blocks(block)
    nodes = [node for b in blocks for node in b.nodes]
    inside = {v for n in nodes for v in n.outputs} | {v for b in blocks for v in b.params}
    read = [v for n in nodes for v in n.inputs] + [v for b in blocks for v in b.results]
    known = dict.fromkeys(v for v in read if v is not None and v.constant is None)
    return [v for v in known if v not in inside]


def _types(node: ir.Node) -> tuple[str, ...]:
    return tuple(_short(v.type) for v in node.outputs)


def _short(kind: ir.Type) -> str:
    """Write a type for a box: a size that is a long expression is a dot, the hint has it."""
    if not isinstance(kind, TensorType) or kind.shape is None:
        return type_text(kind)
    sizes = [dims.text(size) for size in kind.shape]
    shown = [size if len(size) <= _LONGEST_SIZE else "…" for size in sizes]
    return f"{kind.data_type.value}[{', '.join(shown)}]"


def _said(node: ir.Node, outputs: Sequence[ir.Value]) -> str:
    """Return the place of a node, and the types of values that a box does not show in full."""
    long = [type_text(v.type) for v in outputs if _short(v.type) != type_text(v.type)]
    place = [place_text(node.place)] if node.place else []
    return "; ".join(place + long)


def _attribute(value: Constant | ir.Type | FunctionRef) -> str:
    if isinstance(value, FunctionRef):
        return value.name
    return constant_text(value) if isinstance(value, Constant) else type_text(value)


def _guard(decision: ir.TraceDecision) -> Box:
    observed = constant_text(decision.observed) if decision.observed else ""
    debug = decision.debug
    predicate = debug.predicate if debug else ""
    lines = [f"was {observed}"] if observed else []
    if debug and debug.place:
        lines.append(place_text(debug.place))
    lost = f"; lost: {place_text(debug.lost)}" if debug and debug.lost else ""
    hint = f"trace decision {decision.kind}: {predicate} {' '.join(lines)}{lost}"
    return Box("guard", predicate or decision.kind, tuple(lines), hint)
