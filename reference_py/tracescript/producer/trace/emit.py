"""Turns a recording into typed functions: symbols in, scopes closed, equal functions merged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.errors import InvalidModelError
from tracescript.ir import constants, dims
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.opset.relations import tensors_in
from tracescript.opset.table import opset
from tracescript.producer.trace import branches, guards
from tracescript.producer.trace.body import Made, Scope, attributes_of
from tracescript.producer.trace.equalities import unequal
from tracescript.producer.trace.places import error_at
from tracescript.producer.trace.prune import pruned
from tracescript.producer.trace.same import signature
from tracescript.producer.trace.tape import Call, If, ModelCall, Op, Read, SizeFact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.producer.trace.equalities import Needed
    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.symbols import Symbols
    from tracescript.producer.trace.tape import Event, Frame, Site, Slot, Wire
    from tracescript.producer.trace.tree import Tree

_INTS = ir.ListType(constants.INT)


class Emitter:
    """Emits all functions of a recording under the present substitution of symbols."""

    def __init__(
        self, symbols: Symbols, tree: Tree, imports: Imports, escaping: dict[Frame, list[Wire]]
    ) -> None:
        self.symbols = symbols
        self.tree = tree
        self.imports = imports
        self.escaping = escaping
        self.functions: dict[str, ir.Function] = dict(imports.functions)
        self.made: dict[Frame, Made] = {}
        self._names: dict[Any, str] = {}
        self._places: dict[tuple[int, str], tuple[Site, ir.Place]] = {}
        self._needed: Needed = {}
        self.typing = Typing(self.functions.get)

    # ---- functions

    def function(self, frame: Frame, parent: Scope | None, types: Sequence[ir.Type]) -> Made:
        """Emit the function of a frame whose arguments have these types."""
        scope = Scope(frame, Builder(self.typing), parent)
        members = {self.tree.name(slot, frame) for slot in frame.entry}
        for (given, wire), kind in zip(frame.args, types, strict=True):
            name = f"{given}_value" if parent is not None and given in members else given
            value = scope.values[wire] = ir.Value(kind, name)
            scope.args.append((name, wire, value))
        for slot, wire in frame.entry.items():
            if slot.written:
                self._state(scope, slot, wire)
        for event in frame.events:
            self.event(scope, event)
        escaping = tuple(self.escaping.get(frame, ()))
        results = [self.resolve(scope, wire) for wire in (*frame.outputs, *escaping)]
        results += [
            self.resolve(scope, frame.exit.get(s, frame.entry[s])) for _, s, _ in scope.states
        ]
        made = Made(self._finish(scope, results), scope, escaping)
        self.made[frame] = made
        return made

    def _finish(self, scope: Scope, results: list[ir.Value]) -> ir.Function:
        nodes = pruned(scope.builder.nodes, results, scope.decisions)
        states = [value.type for _, _, value in scope.states]
        types = [r.type for r in results[: len(results) - len(states)]] + states
        function = ir.Function(
            name="",
            origin="explored" if scope.is_explored else "traced",
            inputs=tuple(scope.inputs()),
            outputs=tuple(ir.Output("", t) for t in types),
            body=ir.Block(scope.params(), nodes, tuple(results)),
            decisions=tuple(scope.decisions),
            shape_guards=tuple(scope.shape_guards),
        )
        key = (scope.frame.title, signature(function))
        if key not in self._names:
            self._names[key] = self._free_name(scope.frame.title)
            self.functions[self._names[key]] = replace(function, name=self._names[key])
        return self.functions[self._names[key]]

    def _free_name(self, title: str) -> str:
        owner, dot, method = title.rpartition(".")
        name, count = title, 1
        while name in self.functions:
            count += 1
            name = f"{owner}_{count}.{method}" if dot else f"{title}_{count}"
        return name

    def _state(self, scope: Scope, slot: Slot, wire: Wire) -> None:
        value = ir.Value(slot.type, self.tree.name(slot, scope.frame) or self.tree.path(slot))
        scope.values[wire] = value
        scope.states.append((value.name, slot, value))

    # ---- values

    def resolve(self, scope: Scope, wire: Wire) -> ir.Value:
        """Return a wire's value in a function; what comes from outside becomes an input."""
        if wire in scope.values:
            return scope.values[wire]
        if wire.constant is not None:
            return self._constant(scope, wire.constant)
        name = "" if wire.slot is None else self.tree.name(wire.slot, scope.frame)
        if wire.slot is not None and (name or scope.parent is None):
            name = f"{name}_weight" if any(name == n for n, _, _ in scope.args) else name
            value = ir.Value(wire.slot.type, name)
            scope.bound.append((name, wire.slot, value))
        else:
            outer = self.resolve(scope.outer, wire)
            name = f"captured_{len(scope.captured)}"
            value = ir.Value(self.symbols.inside(outer.type, name), name)
            scope.captured.append((name, wire, value))
        scope.values[wire] = value
        return value

    def _constant(self, scope: Scope, constant: ir.Constant) -> ir.Value:
        value = constant.value
        key = (constant.type, repr(value) if isinstance(value, (int, float, str)) else value)
        if key not in scope.interned:
            scope.interned[key] = ir.Value(constant.type, "", constant)
        return scope.interned[key]

    # ---- events

    def event(self, scope: Scope, event: Event) -> None:
        """Add what happened to a function."""
        if isinstance(event, Op):
            self._op(scope, event)
        elif isinstance(event, Call):
            self._call(scope, event)
        elif isinstance(event, ModelCall):
            self._model_call(scope, event)
        elif isinstance(event, Read):
            guards.read(self, scope, event)
        elif isinstance(event, SizeFact):
            guards.size_fact(self, scope, event)
        elif isinstance(event, If):
            branches.both_arms(self, scope, event)
        else:
            branches.check(self, scope, event)

    def _op(self, scope: Scope, event: Op) -> None:
        inputs = [None if w is None else self.resolve(scope, w) for w in event.inputs]
        op = opset()[event.op]
        why = f"{event.op} needs it equal to another size"
        shapes, sizes = self._shapes(scope, event), self._listed(inputs)
        for a, b in unequal(op, shapes, event.attributes, sizes, self._needed):
            self.symbols.same(a, b, event.site, why)
        place = self.place(scope, event.site)
        types = None
        if event.op == "list.unpack":
            kind = inputs[0].type if inputs[0] is not None else None
            assert isinstance(kind, ir.ListType), "a list is unpacked"
            types = [kind.element] * len(event.outputs)
        try:
            given = attributes_of(event, inputs)
            results = scope.builder.call(event.op, inputs, given, place=place, types=types)
        except InvalidModelError as error:
            self.symbols.fix(self._sizes(inputs), event.site, f"{event.op} needs to know it")
            what = error.what if error.what.startswith(event.op) else f"{event.op}: {error.what}"
            raise error_at(event.site, "TYPE_INFERENCE", what) from error
        for wire, value in zip(event.outputs, results, strict=True):
            self._check(event, inputs, wire, value)
            scope.values[wire] = self._known(scope, value)

    def _known(self, scope: Scope, value: ir.Value) -> ir.Value:
        """Return a simpler value for numbers: a constant, or an earlier equal one.

        The node that computed it is then read by nobody and goes.
        """
        if value.type not in {constants.INT, _INTS}:
            return value
        known = self.typing.known(value)
        if known is None or (isinstance(known, tuple) and None in known):
            return value
        if isinstance(known, int):
            return self._constant(scope, constants.scalar(known))
        if isinstance(known, tuple):
            numbers = [k for k in known if isinstance(k, int)]
            if len(numbers) == len(known):
                return self._constant(scope, constants.numbers(tuple(numbers), constants.INT))
        return scope.sizes.setdefault(known, value)

    def _sizes(self, inputs: Sequence[ir.Value | None]) -> list[ir.Dim]:
        """Return all sizes that an op sees: of its tensors, and numbers known to be sizes."""
        values = [v for v in inputs if v is not None]
        sizes = [d for v in values for t in tensors_in(v.type) for d in t.shape or ()]
        for value in values:
            known: Any = self.typing.known(value)
            parts = known if isinstance(known, tuple) else (known,)
            sizes += [p for p in parts if isinstance(p, (ir.Symbol, ir.DimExpr))]
        return sizes

    def _listed(self, inputs: Sequence[ir.Value | None]) -> tuple[ir.Dim, ...] | None:
        """Return what is known of the list of ints that is an op's second input."""
        if len(inputs) < 2 or inputs[1] is None or inputs[1].type != _INTS:  # noqa: PLR2004  # second
            return None
        known: Any = self.typing.known(inputs[1])
        return known if isinstance(known, tuple) else None

    def _shapes(self, scope: Scope, event: Op) -> list[tuple[ir.Dim, ...] | None]:
        wires: list[Wire | None] = []
        for wire in event.inputs:
            is_list = wire is not None and wire.maker is not None and wire.maker.op == "list.make"
            wires += wire.maker.inputs if is_list and wire is not None and wire.maker else (wire,)
        values = [None if w is None else self.resolve(scope, w).type for w in wires]
        return [t.shape if isinstance(t, ir.TensorType) else None for t in values]

    def _check(
        self, event: Op, inputs: Sequence[ir.Value | None], wire: Wire, value: ir.Value
    ) -> None:
        """Compare an inferred type with what happened; a size seen unseen fixes the symbols."""
        seen, kind = wire.type, value.type
        if not isinstance(seen, ir.TensorType) or not isinstance(kind, ir.TensorType):
            return
        if kind.data_type is not seen.data_type:
            what = (
                f"{event.op} gives {kind.data_type.value}, the program got {seen.data_type.value}"
            )
            raise error_at(event.site, "TYPE_INFERENCE", what)
        if kind.shape is None or seen.shape is None:
            return
        sizes = [self.symbols.value(d) for d in kind.shape]
        if len(sizes) == len(seen.shape) and all(
            a is None or b is None or a == b for a, b in zip(sizes, seen.shape, strict=True)
        ):
            return
        self.symbols.fix(self._sizes(inputs), event.site, f"{event.op} read it as a plain number")
        what = f"{event.op} gives the shape {sizes}, the program got {list(seen.shape)}"
        raise error_at(event.site, "TYPE_INFERENCE", what)

    def _call(self, scope: Scope, event: Call) -> None:
        frame = event.frame
        given = [self.resolve(scope, wire) for _, wire in frame.args]
        types = [
            self.symbols.inside(v.type, name)
            for v, (name, _) in zip(given, frame.args, strict=True)
        ]
        made = self.function(frame, scope, types)
        scope.is_explored |= made.function.origin == "explored"
        given += [self.resolve(scope, wire) for _, wire, _ in made.scope.captured]
        given += [self.resolve(scope, frame.entry[slot]) for _, slot, _ in made.scope.bound]
        given += [self.resolve(scope, frame.entry[slot]) for _, slot, _ in made.scope.states]
        outputs = [*frame.outputs, *made.escaping]
        outputs += [frame.exit.get(s, frame.entry[s]) for _, s, _ in made.scope.states]
        self._record_call(scope, made.function.name, given, outputs, event.site)

    def _model_call(self, scope: Scope, event: ModelCall) -> None:
        given = [self.resolve(scope, wire) for wire in event.inputs]
        self._fit(self.functions[event.function], given, event.site)
        self._record_call(scope, event.function, given, list(event.outputs), event.site)

    def _fit(self, function: ir.Function, given: Sequence[ir.Value], site: Site | None) -> None:
        """Make the sizes of arguments those that a finished function declares."""
        binding: dict[ir.Symbol, ir.Dim] = {}
        for declared, value in zip(function.inputs, given, strict=True):
            for wanted, found in zip(
                tensors_in(declared.type), tensors_in(value.type), strict=False
            ):
                for size, is_size in zip(wanted.shape or (), found.shape or (), strict=False):
                    if isinstance(size, ir.Symbol) and size not in binding:
                        binding[size] = is_size
                    elif all(s in binding for s in dims.symbols(size)):
                        why = f"{function.name} declares it for its input {declared.name}"
                        self.symbols.same(dims.substitute(size, binding), is_size, site, why)

    def _record_call(
        self, scope: Scope, name: str, given: list[ir.Value], outputs: list[Wire], site: Site | None
    ) -> None:
        place = self.place(scope, site)
        attributes = {"function": ir.FunctionRef(name)}
        results = scope.builder.call("call", given, attributes, place=place)
        seen: set[Wire] = set()
        for wire, value in zip(outputs, results, strict=True):
            if wire.constant is None and wire not in seen:
                seen.add(wire)
                scope.values[wire] = value

    def place(self, scope: Scope, site: Site | None) -> ir.Place | None:
        """Return a place with the path of the module it ran for."""
        if site is None:
            return None
        key = id(site), scope.frame.path
        if key not in self._places:
            self._places[key] = site, replace(site.place, module_path=scope.frame.path)
        return self._places[key][1]
