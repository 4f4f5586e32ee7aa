"""The tree of modules that a trace met, and the names of what they hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tracescript import ir
from tracescript.ir import constants
from tracescript.producer.trace.generator import Generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np

    from tracescript.producer.trace.body import Made
    from tracescript.producer.trace.effects import Effects
    from tracescript.producer.trace.imports import Imports
    from tracescript.producer.trace.tape import Frame, Slot


Factors: TypeAlias = "Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]"
"""Makes a factor, a float64 near 1, for each element of an array."""


class ModuleView(Protocol):
    """How a front door reads its modules. What it yields is the module's own, by name."""

    def children(self, module: Any) -> Iterable[tuple[str, Any]]:
        """Yield the direct submodules."""

    def slots(self, module: Any) -> Iterable[tuple[str, int, Slot]]:
        """Yield parameters and buffers: name, identity of the array object, a fresh slot."""

    def held(self, module: Any) -> Callable[[], None]:
        """Return a function that puts a module's buffers back; for None the random generator."""

    def call(
        self, module: Any, function: Callable[..., Any], args: Sequence[Any], kwargs: Any
    ) -> Any:
        """Call a program, a method of `module` if there is one, that nobody records."""

    def copied(self, array: Any, factors: Factors | None) -> Any:
        """Return a copy of an array of the caller's.

        With factors its floats are multiplied by them, and it lies in memory without gaps.
        """


def is_model(value: Any) -> bool:
    """Tell whether a value is a finished model."""
    return bool(getattr(type(value), "__tracescript_model__", False))


@dataclass(eq=False)
class Branch:
    """A module of the program, its own slots and submodules. `module` None: the function itself."""

    module: Any
    path: str
    slots: dict[str, Slot] = field(default_factory=dict)
    children: dict[str, Branch] = field(default_factory=dict)


class Tree:
    """All modules of a trace below one root; those a function merely uses are hung in when met."""

    def __init__(self, view: ModuleView, imports: Imports, module: Any = None) -> None:
        self._view = view
        self._imports = imports
        self._branches: dict[int, Branch] = {}
        self._slots: dict[int, Slot] = {}
        self._names: dict[Branch, dict[Slot, str]] = {}
        self._constants: dict[Slot, ir.Constant] = {}
        self._states: dict[Slot, ir.State] = {}
        self._kept: list[Any] = []
        self.watched: Effects | None = None
        self.met: list[Callable[[tuple[Branch, ...]], None]] = []
        self.root = Branch(None, "") if module is None else self._grow(module, "")
        self.generators: dict[Any, Generator] = {}
        """The random states of the program, by what they stand for."""

    def _grow(self, module: Any, path: str) -> Branch:
        branch = self._branches[id(module)] = Branch(module, path)
        self._names.clear()
        if is_model(module):
            self._fill(branch)
            return branch
        for name, key, slot in self._view.slots(module):
            slot = self._slots.setdefault(key, slot)  # noqa: PLW2901  # a tied slot is the first one
            branch.slots[name] = slot
        for name, child in self._view.children(module):
            below = f"{path}.{name}" if path else name
            branch.children[name] = self._branches.get(id(child)) or self._grow(child, below)
        if self.watched is not None:
            self.watched.add(branch)
        return branch

    def _fill(self, branch: Branch) -> None:
        """Take a finished model's weights and states in, states under their names here."""
        branch.slots = dict(self._imports.slots(branch.module))
        for slot in branch.slots.values():
            if slot.state is not None:
                slot.state = replace(slot.state, name=f"{branch.path}.{slot.state.name}")

    def call(self, model: Any, made: ir.Model) -> None:
        """Hear that a compilation of a finished model is called."""
        branch = self.branch(model)
        if self._imports.choose(model, made):
            self._fill(branch)
            self._names.clear()

    def branch(self, module: Any) -> Branch:
        """Return a module's branch; one met for the first time hangs below the root."""
        found = self._branches.get(id(module))
        if found is None:
            stem = module.ir.name.lower() if is_model(module) else type(module).__name__.lower()
            name, count = stem, 1
            while name in self.root.children or name in self.root.slots:
                count += 1
                name = f"{stem}_{count}"
            known = set(self._branches)
            found = self.root.children[name] = self._grow(module, name)
            for take in self.met:
                take(tuple(b for key, b in self._branches.items() if key not in known))
        return found

    def branches(self) -> tuple[Branch, ...]:
        """Return the branches of all modules met so far."""
        return tuple(self._branches.values())

    def below(self, module: Any) -> tuple[Branch, ...]:
        """Return the branch of a module and those of its submodules."""
        found, todo = [], [self.branch(module)]
        while todo:
            branch = todo.pop()
            found.append(branch)
            todo += branch.children.values()
        return tuple(found)

    def slot(self, key: int) -> Slot | None:
        """Return the slot of an array object, or None."""
        return self._slots.get(key)

    def hold(self, slot: Slot, array: Any) -> None:
        """Say that a slot is another array object from now on."""
        self._slots[id(array)] = slot
        self._kept.append(array)

    def slots(self) -> Iterator[Slot]:
        """Yield every slot of the tree, some more than once."""
        for branch in {self.root, *self._branches.values()}:
            yield from branch.slots.values()

    def name(self, slot: Slot, frame: Frame) -> str:
        """Return a slot's dotted path below a frame's module; empty if it is not there."""
        branch = self.root if frame.module is None else self.branch(frame.module)
        if branch not in self._names:
            self._names[branch] = _paths(branch)
        return self._names[branch].get(slot, "")

    def generator(self, seed: int, key: Any = None) -> Generator:
        """Return what random ops draw from; the first call for a key makes it, from a seed."""
        if key not in self.generators:
            name, count = "random", 1
            while name in self.root.children or name in self.root.slots:
                count += 1
                name = f"random_{count}"
            self.generators[key] = Generator(name, seed)
            self.root.slots[name] = self.generators[key].slot
            self._names.clear()
        return self.generators[key]

    def held(self) -> Callable[[], None]:
        """Return a function that puts random numbers back to where they are now."""
        steps = {key: one.held() for key, one in self.generators.items()}

        def back() -> None:
            for key, one in self.generators.items():
                steps.get(key, one.restart)()

        return back

    def path(self, slot: Slot) -> str:
        """Return a slot's dotted path below the root."""
        if self.root not in self._names:
            self._names[self.root] = _paths(self.root)
        return self._names[self.root].get(slot, "")

    # ---- the finished tree

    def constant(self, slot: Slot) -> ir.Constant:
        """Return what a slot binds: its weight, one object however often it is named."""
        if slot not in self._constants:
            assert isinstance(slot.type, ir.TensorType), "only a state is no tensor"
            weight = slot.weight or constants.weight(slot.read(), slot.type.data_type)
            self._constants[slot] = ir.Constant(slot.type, weight)
        return self._constants[slot]

    def state(self, slot: Slot) -> ir.State:
        """Return the state of a written slot."""
        if slot not in self._states:
            self._states[slot] = slot.state or self._new_state(slot)
        return self._states[slot]

    def _new_state(self, slot: Slot) -> ir.State:
        assert isinstance(slot.type, ir.TensorType), "a buffer is a tensor"
        initial = constants.tensor(slot.read(), slot.type.data_type)
        return ir.State(self.path(slot), slot.type, initial)

    def build(self, methods: dict[Any, list[tuple[str, Made]]], class_name: str) -> ir.Module:
        """Make the module tree; `methods` are those by id of their module, None for the root."""
        return self._module(self.root, methods, {}, class_name)

    def _module(
        self,
        branch: Branch,
        methods: dict[Any, list[tuple[str, Made]]],
        done: dict[Branch, ir.Module],
        class_name: str = "",
    ) -> ir.Module:
        if branch in done:
            return done[branch]
        if is_model(branch.module):
            done[branch] = self._imports.module(branch.module)
            return done[branch]
        parameters, buffers, attributes = [], [], []
        for name, slot in branch.slots.items():
            if any(slot is one.slot for one in self.generators.values()):
                attributes.append(ir.ModuleAttribute(name, self.state(slot)))
            elif slot.is_parameter:
                parameters.append(ir.Parameter(name, self.constant(slot).value, slot.trainable))
            else:
                held = self.state(slot) if slot.written else self.constant(slot).value
                buffers.append(ir.Buffer(name, held, slot.persistent))
        key = None if branch.module is None else id(branch.module)
        done[branch] = ir.Module(
            class_name=class_name or type(branch.module).__name__,
            parameters=tuple(parameters),
            buffers=tuple(buffers),
            attributes=tuple(attributes),
            submodules=tuple(
                ir.Submodule(name, self._module(child, methods, done))
                for name, child in branch.children.items()
            ),
            methods=tuple(
                self._method(name, made, exported=branch is self.root)
                for name, made in methods.get(key, ())
            ),
            training=bool(getattr(branch.module, "training", False)),
        )
        return done[branch]

    def _method(self, name: str, made: Made, *, exported: bool) -> ir.Method:
        return ir.Method(
            name,
            made.function.name,
            exported,
            tuple(self.constant(slot) for _, slot, _ in made.scope.bound),
            tuple(self.state(slot) for _, slot, _ in made.scope.states),
        )


def _paths(branch: Branch) -> dict[Slot, str]:
    """Return the first dotted path of every slot below a branch, own ones first."""
    found: dict[Slot, str] = {}
    todo = [("", branch)]
    seen: set[Branch] = set()
    while todo:
        prefix, at = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        for name, slot in at.slots.items():
            found.setdefault(slot, prefix + name)
        todo += [(f"{prefix}{name}.", child) for name, child in at.children.items()]
    return found
