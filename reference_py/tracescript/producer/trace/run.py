"""Traces a program: picks the front door, runs, infers symbols, builds the model and its report."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.errors import ProducerError
from tracescript.producer.session import aside
from tracescript.producer.trace import (
    calling,
    failures,
    objects,
    report,
    statements,
    structure,
    warn,
)
from tracescript.producer.trace.attributes import Attributes
from tracescript.producer.trace.dynamic import Dynamic
from tracescript.producer.trace.eager import Eager
from tracescript.producer.trace.effects import Effects
from tracescript.producer.trace.emit import Emitter
from tracescript.producer.trace.example import example_of
from tracescript.producer.trace.first_call import steady
from tracescript.producer.trace.given import Given
from tracescript.producer.trace.imports import Imports
from tracescript.producer.trace.loading import untraced_imports
from tracescript.producer.trace.outside import Outside
from tracescript.producer.trace.python_functions import recording_builtins
from tracescript.producer.trace.recorder import Recorder
from tracescript.producer.trace.refused import refusals_told
from tracescript.producer.trace.scopes import escaping
from tracescript.producer.trace.symbols import Changed, Symbols
from tracescript.producer.trace.tree import Tree
from tracescript.producer.version import own_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.trace.body import Made
    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.outcomes import Outcomes
    from tracescript.producer.trace.report import TraceReport
    from tracescript.producer.trace.snapshot import Snapshot
    from tracescript.producer.trace.tape import Frame, Wire
    from tracescript.producer.trace.tree import ModuleView


_ONE_AT_A_TIME: Final = threading.RLock()
"""A trace changes functions of libraries, which all threads share."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A traced model, what was lost, and the example for the file's self-check."""

    model: ir.Model
    report: TraceReport
    example: ir.Example
    eager: Eager
    uses_torch: bool


@dataclass(eq=False, slots=True)
class Run:
    """One recorded method: its frame, arguments by name, and results as run-time values."""

    method: str
    frame: Frame
    inputs: list[tuple[str, Any, Wire]]
    outputs: tuple[Any, ...]


def trace(
    f: Callable[..., Any],
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    dynamic: Mapping[str, Mapping[int, Any]] | Sequence[Any] | None = None,
    explore: int = 1,
    decisions: str = "warn",
    strict: bool = True,
    methods: Mapping[str, Sequence[Any]] | None = None,
    name: str | None = None,
) -> Traced:
    """Run `f` on example inputs and record it; arguments as `tracescript.trace`.

    Raises:
        ProducerError: the program does something that a trace cannot hold.

    Spec: TRACE-1 to TRACE-10.
    """
    begun = time.perf_counter()
    if decisions not in {"warn", "error", "record"}:
        what = f"decisions: warn, error or record expected, found {decisions!r}"
        raise ProducerError(what, code="UNSUPPORTED_PYTHON", rule="TRACE-7")
    calls: dict[str, tuple[tuple[Any, ...], dict[str, Any]]]
    calls = {m: (tuple(given), {}) for m, given in (methods or {}).items()}
    calls = calls or {"forward": (tuple(args), dict(kwargs or {}))}
    with _ONE_AT_A_TIME, aside():
        session, runs = steady(lambda: Session(f, calls, strict=strict), calls, explore, decisions)
        eager = Eager(session, runs, calls)
        return session.finish(eager, Dynamic(dynamic), decisions, name, begun)


class Session:
    """One trace: the module tree, the models called, and a recorder for each method."""

    def __init__(self, f: Any, calls: Mapping[str, Any], *, strict: bool) -> None:
        self.program = f
        self.strict = strict
        self.uses_torch = _uses_torch(f, calls)
        self.imports = Imports()
        if self.uses_torch:
            from tracescript.producer.torch.door import TorchDoor as Opened
            from tracescript.producer.torch.modules import VIEW
        else:
            from tracescript.producer.numpy.door import NumpyDoor as Opened  # type: ignore[assignment]  # same role
            from tracescript.producer.numpy.modules import VIEW  # type: ignore[assignment]  # same role
        self._door: type[Door] = Opened
        self.view: ModuleView = VIEW
        self.explored: tuple[report.Explored, ...] = ()
        self.last: Run | None = None
        self.before: Snapshot | None = None
        self.has_drawn = False
        self.scratch: frozenset[tuple[int, str]] = frozenset()
        self.first_call = ""
        self.module = f if VIEW.is_module(f) else None
        self.tree = Tree(VIEW, self.imports, self.module)
        name = type(f).__name__ if self.module is not None else getattr(f, "__name__", "function")
        self.name = name if name.isidentifier() else "function"

    def function(self, method: str) -> Callable[..., Any]:
        """Return what is called for a method of the program."""
        found = self.program if self.module is None else getattr(self.module, method, None)
        if found is None:
            raise ProducerError(
                f"{self.name} has no method {method!r}",
                code="UNSUPPORTED_PYTHON",
                rule="TRACE-1",
                hint="methods= takes names of the module's own methods",
            )
        return found

    def run(
        self,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        outcomes: Outcomes | None = None,
    ) -> Run:
        """Record one method on its example inputs; `outcomes` lead down another path."""
        for slot in self.tree.slots():
            slot.current = None
        function = self.function(method)
        title = self.name if self.module is None else f"{self.name}.{method}"
        self.last = None
        recorder = self.recorder = Recorder(title, strict=self.strict, outcomes=outcomes)
        door = self._door(recorder, self.tree, self.imports)
        recorder.root.module = self.module
        recorder.root.keyword_only = frozenset(kwargs)
        given = calling.arguments(function, args, kwargs)
        recorder.outside = statements.defined(function)
        values, inputs = calling.received(door, given)
        branches = self.tree.branches()
        effects = self.tree.watched = Effects(
            Attributes(branches, door.was_read, self.scratch),
            Given(door, function, values),
            Outside([function, *(type(branch.module) for branch in branches)]),
        )
        self.door = door
        with contextlib.ExitStack() as stack:
            stack.enter_context(recording_builtins(door.kinds))
            stack.enter_context(refusals_told())
            stack.enter_context(untraced_imports(door))
            stack.enter_context(door.running())
            recorder.is_running = True
            result = door.call_root(self.module, function, *calling.in_order(values, args, kwargs))
            results = calling.results(result, door)
            recorder.is_running = False
            failures.settle(recorder)
            recorder.outside = statements.returned(function)
            recorder.root.outputs = [structure.pack(r, door, "the result") for r in results]
        recorder.root.after = recorder.states()
        outputs = tuple(door.snapshot(r) for r in results)
        self.last = Run(method, recorder.root, inputs, outputs)
        effects.settle(recorder, result)
        return self.last

    def finish(
        self, eager: Eager, dynamic: Dynamic, decisions: str, name: str | None, begun: float
    ) -> Traced:
        """Infer types until no symbol changes, then build the model."""
        runs = eager.runs
        symbols = Symbols()
        types = [dynamic.types(run, symbols, self.imports) for run in runs]
        outside = {f: wires for run in runs for f, wires in escaping(run.frame).items()}
        while True:
            symbols.restart()
            emitter = Emitter(symbols, self.tree, self.imports, outside)
            try:
                made = [
                    emitter.function(run.frame, None, [symbols.applied(t) for t in kinds])
                    for run, kinds in zip(runs, types, strict=True)
                ]
                break
            except Changed:
                continue
        root = self._root(runs, made, emitter)
        lost = report.decisions_of(emitter.made)
        guards = report.guards_of(emitter.made)
        warn.announce(lost, guards, self.explored, decisions)
        model = ir.Model(
            name=name or self.name,
            functions=tuple(emitter.functions.values()),
            root=root,
            producer=("tracescript", own_version()),
            producer_sources=_sources_of(self.uses_torch),
            metadata=dynamic.told(zip(runs, types, strict=True), symbols),
            sources=_files(emitter.functions.values()),
        )
        found = report.TraceReport(
            tuple(d for d, _, _ in lost),
            tuple(g for g, _ in guards),
            symbols.ranges([t for kinds in types for t in kinds]),
            time.perf_counter() - begun,
            sum(e.runs for e in self.explored) or len(runs),
            sum(e.paths for e in self.explored) or len(runs),
            self.first_call,
        )
        return Traced(model, found, example_of(runs), eager, self.uses_torch)

    def _root(self, runs: list[Run], made: list[Made], emitter: Emitter) -> ir.Module:
        methods: dict[Any, list[tuple[str, Made]]] = {}
        key = None if self.module is None else id(self.module)
        methods[key] = [(run.method, one) for run, one in zip(runs, made, strict=True)]
        for frame, one in emitter.made.items():
            if frame.parent is not None:
                methods.setdefault(id(frame.module), [("forward", one)])
        return self.tree.build(methods, self.name)


def _uses_torch(f: Any, calls: Mapping[str, Any]) -> bool:
    import sys

    torch = sys.modules.get("torch")
    if torch is None:
        return False
    if isinstance(f, torch.nn.Module):
        return True

    def is_tensor(value: Any) -> bool:
        return isinstance(value, torch.Tensor)

    from tracescript.producer.torch.registered import argument_parts

    given = objects.opened(list(calls.values()), argument_parts)
    return any(True for _ in structure.leaves(given, is_tensor))


def _sources_of(uses_torch: bool) -> tuple[str, ...]:  # one flag
    import sys

    import numpy as np

    library = sys.modules["torch"] if uses_torch else np
    return (f"{library.__name__} {library.__version__}", f"python {sys.version.split()[0]}")


def _files(functions: Any) -> tuple[ir.SourceFile, ...]:
    """Return the names of the source files that places point into."""
    names = {node.place.file for f in functions for node in f.body.nodes if node.place is not None}
    return tuple(ir.SourceFile(name) for name in sorted(names))
