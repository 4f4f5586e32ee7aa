"""The Model class: one loaded or captured model with its state."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir as data
from tracescript.engine.limits import Budget
from tracescript.errors import BadInputError, TraceWarning
from tracescript.model import convert, show
from tracescript.model.instance import Settings, StateValues
from tracescript.model.program import Program
from tracescript.model.selfcheck import CheckResult, run_example
from tracescript.producer.session import active

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracescript.engine.protocol import Run


class Model:
    """A captured or loaded model.

    Call it to run `forward`; `run` names any exported method. Submodules are models too
    (`model.encoder`), and share weights and state with it. Arrays come back in the caller's kind:
    torch in, torch out. Calls are safe from several threads; a method with state runs one at a
    time.
    """

    __tracescript_model__ = True

    def __init__(
        self,
        program: data.Model | Program,
        settings: Settings | None = None,
        *,
        report: Any = None,
        prefers_torch: bool = False,
    ) -> None:
        program = program if isinstance(program, Program) else Program(program)
        self._program = program if settings is None else program.under(settings)
        self._report = report
        self._prefers_torch = prefers_torch
        self._state = StateValues()

    @property
    def ir(self) -> data.Model:
        """The model as data."""
        return self._program.ir

    @property
    def program(self) -> Program:
        """What it runs: its data, and what no file has."""
        return self._program

    @property
    def settings(self) -> Settings:
        """Engine, guard mode and limits."""
        return self._program.settings

    @property
    def prefers_torch(self) -> bool:
        """Whether it was captured from torch, so that results are torch tensors."""
        return self._prefers_torch

    @property
    def report(self) -> Any:
        """What tracing saw: decisions, shape guards, dimensions. None for a scripted model."""
        return self._report

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the method `forward`; see `run`."""
        return self.run("forward", *args, **kwargs)

    def run(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call an exported method by name or dotted path.

        Returns its output, a tuple where it has several, None where it has none.

        Raises:
            BadInputError: no such method, or inputs that do not fit its signature.
            GuardError: what tracing fixed does not hold for these inputs.
            TrapError: the program stopped itself. LimitError: a budget is used up.
        """
        recorder = active()
        if recorder is not None:
            return recorder.call_model(self, method, args, kwargs)
        wants_torch = convert.has_torch(args) or convert.has_torch(kwargs)
        if wants_torch or self._prefers_torch:
            args = tuple(map(convert.from_caller, args))
            kwargs = {name: convert.from_caller(value) for name, value in kwargs.items()}
        run = self.call_reporting(method, args, kwargs)
        outputs = run.outputs
        for guard in run.failed_guards:
            text = f"{guard.predicate}: expected {guard.expected}, found {guard.found}"
            warnings.warn(f"{guard.location}: {text}", TraceWarning, stacklevel=3)
        if wants_torch or self._prefers_torch:
            outputs = convert.to_torch(tuple(outputs))
        outputs = self._program.method(method).named(outputs)
        if len(outputs) == 1:
            return outputs[0]
        return tuple(outputs) if outputs else None

    def call(
        self,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        budget: Budget | None = None,
    ) -> tuple[Any, ...]:
        """Run a method on run-time values and return all outputs; commit its states on success."""
        return self.call_reporting(method, args, kwargs, budget).outputs

    def call_reporting(
        self,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        budget: Budget | None = None,
    ) -> Run:
        """As `call`, returning the engine's Run with the guards that failed in mode `warn`."""
        return self._called(self._program, method, args, kwargs, budget)

    def _called(self, program: Program, *call: Any) -> Run:
        return program.calling(self._run, *call) if program.hosts else self._run(program, *call)

    def _run(
        self,
        program: Program,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        budget: Budget | None,
    ) -> Run:
        prepared = program.method(method)
        try:
            inputs = prepared.bind(args, kwargs)
        except BadInputError as refused:
            names = prepared.signature.names
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            other = program.specialised(given, refused)
            if other is None:
                raise
            return self._called(other, method, args, kwargs, budget)
        budget = budget or Budget(program.settings.limits)
        if not prepared.states:
            return prepared.run(inputs, (), budget)
        with self._state.lock:
            run = prepared.run(inputs, self._state.read(prepared.states), budget)
            self._state.write(prepared.states, run.state)
        return run

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_program" not in self.__dict__:
            raise AttributeError(name)
        found = show.member(self.ir.root, name)
        if isinstance(found, data.Module):
            return self._view(found)
        if isinstance(found, data.Method):
            return lambda *args, **kwargs: self.run(name, *args, **kwargs)
        if isinstance(found, data.Weight):
            return found.array
        if found is not None:
            return self._state.read([found])[0]
        message = f"{self.ir.root.class_name} has no method, submodule or weight {name!r}"
        raise AttributeError(message)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_program" in self.__dict__ and show.member(self.ir.root, name) is not None:
            raise BadInputError(
                f"{self.ir.root.class_name}.{name} belongs to the model, which does not change",
                code="BAD_INPUT",
                hint="change the program, then trace or script it again",
            )
        super().__setattr__(name, value)

    def _view(self, module: data.Module) -> Model:
        """Return a model whose root is a submodule; state is shared."""
        part = replace(self.ir, root=module, examples=())
        model = Model(Program(part, self._program.hosts), self.settings)
        model._prefers_torch = self._prefers_torch
        model._state = self._state
        return model

    def instance(self) -> Model:
        """Return a model with the same weights and its own state, at its initial values."""
        return self._with(StateValues())

    def _with(self, state: StateValues) -> Model:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _state=state)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Model:
        return self._with(self._state.copy())

    def __reduce__(self) -> Any:
        message = "a ts.Model is not pickled: ts.save writes it, ts.load opens it"
        raise TypeError(message)

    def methods(self) -> tuple[str, ...]:
        """Return the dotted paths of the exported methods."""
        return self._program.methods()

    def output_types(self, method: str) -> tuple[data.Type, ...]:
        """Return the types of the caller's outputs of an exported method. Raises BadInputError."""
        prepared = self._program.method(method)
        declared = prepared.signature.function.outputs
        return tuple(o.type for o in declared[: len(declared) - len(prepared.states)])

    def modules(self) -> Iterator[tuple[str, data.Module]]:
        """Yield (dotted path, module), pre-order from the root."""
        return self.ir.root.walk()

    def named_weights(self) -> Iterator[tuple[str, data.Weight]]:
        """Yield (dotted path, weight) of every parameter and fixed buffer; tied ones twice."""
        return show.weights(self.ir.root)

    def state(self) -> dict[str, Any]:
        """Return the present values of all states by dotted path."""
        states = dict.fromkeys(s for _, m in self.modules() for x in m.methods for s in x.states)
        with self._state.lock:
            return dict(zip([s.name for s in states], self._state.read(list(states)), strict=True))

    def reset_state(self) -> None:
        """Put all states back to their initial values."""
        with self._state.lock:
            self._state.values.clear()

    @property
    def dims(self) -> dict[str, tuple[int, int | None]]:
        """The symbolic dimensions of the exported methods: name -> (min, max)."""
        return show.dimensions(self.ir)

    @property
    def graph(self) -> str:
        """The functions of the root's methods as text."""
        return show.graph(self.ir)

    @property
    def inlined_graph(self) -> str:
        """The graphs of all functions the root's methods reach, callees first."""
        return show.inlined_graph(self.ir)

    @property
    def code(self) -> str:
        """The root's methods in Python syntax."""
        return show.code(self.ir)

    def code_of(self, name: str) -> str:
        """Return one function, by its unique name, in Python syntax."""
        return show.code_of(self.ir, name)

    def verify(self) -> tuple[CheckResult, ...]:
        """Run the examples that the model carries and compare; one result each."""
        return tuple(run_example(self, example) for example in self.ir.examples)

    def __repr__(self) -> str:
        return show.tree(self.ir)

    def __dir__(self) -> list[str]:
        members = [s.name for s in self.ir.root.submodules] + [m.name for m in self.ir.root.methods]
        return sorted({*super().__dir__(), *members})
