"""The Model class: one loaded or captured model with its state."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir as data
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget
from tracescript.engine.protocol import Options
from tracescript.errors import BadInputError, TraceWarning, TsError
from tracescript.model import convert, show
from tracescript.model.instance import Call, Settings, StateValues
from tracescript.model.selfcheck import CheckResult, run_example
from tracescript.producer.session import active

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.engine.protocol import Loaded, Run


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
        ir_model: data.Model,
        settings: Settings | None = None,
        *,
        report: Any = None,
        specialise: Callable[[Mapping[str, Any]], data.Model] | None = None,
        prefers_torch: bool = False,
    ) -> None:
        self._ir = ir_model
        self._settings = settings or Settings()
        self._report = report
        self._specialise = specialise
        self._prefers_torch = prefers_torch
        self._state = StateValues()
        self._loaded: Loaded | None = None
        self._methods: dict[str, Call] = {}

    @property
    def ir(self) -> data.Model:
        """The model as data."""
        return self._ir

    @property
    def settings(self) -> Settings:
        """Engine, guard mode and limits."""
        return self._settings

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
        outputs = self._methods[method].named(outputs)
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
        prepared = self._methods.get(method) or self._prepare(method)
        try:
            inputs = prepared.bind(args, kwargs)
        except BadInputError as refused:
            names = prepared.signature.names
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            specialised = self._specialised(given, refused)
            if specialised is None:
                raise
            return specialised.call_reporting(method, args, kwargs, budget)
        budget = budget or Budget(self._settings.limits)
        if not prepared.states:
            run = prepared.run(inputs, (), budget)
        else:
            with self._state.lock:
                run = prepared.run(inputs, self._state.read(prepared.states), budget)
                self._state.values.update(zip(prepared.states, run.state, strict=True))
        return run

    def _specialised(self, given: Mapping[str, Any], refused: BadInputError) -> Model | None:
        """Compile a scripted program anew for the types of a call; a refusal gets its reason."""
        if self._specialise is None:
            return None
        try:
            made = self._specialise(given)
        except TsError as error:
            refused.hint = f"the program does not take these: {str(error).splitlines()[0]}"
            return None
        if made is self._ir:
            return None
        return Model(made, self._settings, prefers_torch=self._prefers_torch)

    def _prepare(self, path: str) -> Call:
        module, _, name = path.rpartition(".")
        target: data.Module | None = self._ir.root
        for part in module.split(".") if module else ():
            target = target.child(part) if target else None
        method = target.method(name) if target else None
        if method is None or not (method.exported or target is self._ir.root):
            names = ", ".join(self.methods()) or "none"
            raise BadInputError(
                f"no method {path!r} is exported",
                code="NO_SUCH_METHOD",
                where=self._ir.name or "model",
                rule="EXEC-1",
                hint=f"exported methods: {names}",
            )
        if self._loaded is None:
            options = Options(guards=self._settings.guards, expand=self._settings.expand)
            self._loaded = choose(self._settings.engine).load(self._ir, options)
        prepared = Call(method, self._ir, self._loaded)
        self._methods[path] = prepared
        return prepared

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_ir" not in self.__dict__:
            raise AttributeError(name)
        found = show.member(self._ir.root, name)
        if isinstance(found, data.Module):
            return self._view(found)
        if isinstance(found, data.Method):
            return lambda *args, **kwargs: self.run(name, *args, **kwargs)
        if isinstance(found, data.Weight):
            return found.array
        if found is not None:
            return self._state.read([found])[0]
        message = f"{self._ir.root.class_name} has no method, submodule or weight {name!r}"
        raise AttributeError(message)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_ir" in self.__dict__ and show.member(self._ir.root, name) is not None:
            raise BadInputError(
                f"{self._ir.root.class_name}.{name} belongs to the model, which does not change",
                code="BAD_INPUT",
                hint="change the program, then trace or script it again",
            )
        super().__setattr__(name, value)

    def _view(self, module: data.Module) -> Model:
        """Return a model whose root is a submodule; state is shared."""
        model = Model(replace(self._ir, root=module, examples=()), self._settings)
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
        return tuple(
            f"{path}.{m.name}" if path else m.name
            for path, module in self._ir.root.walk()
            for m in module.methods
            if m.exported or module is self._ir.root
        )

    def output_types(self, method: str) -> tuple[data.Type, ...]:
        """Return the types of the caller's outputs of an exported method. Raises BadInputError."""
        prepared = self._methods.get(method) or self._prepare(method)
        declared = prepared.signature.function.outputs
        return tuple(o.type for o in declared[: len(declared) - len(prepared.states)])

    def modules(self) -> Iterator[tuple[str, data.Module]]:
        """Yield (dotted path, module), pre-order from the root."""
        return self._ir.root.walk()

    def named_weights(self) -> Iterator[tuple[str, data.Weight]]:
        """Yield (dotted path, weight) of every parameter and fixed buffer; tied ones twice."""
        return show.weights(self._ir.root)

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
        return show.dimensions(self._ir)

    @property
    def graph(self) -> str:
        """The functions of the root's methods as text."""
        return show.graph(self._ir)

    @property
    def inlined_graph(self) -> str:
        """The graphs of all functions the root's methods reach, callees first."""
        return show.inlined_graph(self._ir)

    @property
    def code(self) -> str:
        """The root's methods in Python syntax."""
        return show.code(self._ir)

    def code_of(self, name: str) -> str:
        """Return one function, by its unique name, in Python syntax."""
        return show.code_of(self._ir, name)

    def verify(self) -> tuple[CheckResult, ...]:
        """Run the examples that the model carries and compare; one result each."""
        return tuple(run_example(self, example) for example in self._ir.examples)

    def __repr__(self) -> str:
        return show.tree(self._ir)

    def __dir__(self) -> list[str]:
        members = [s.name for s in self._ir.root.submodules] + [
            m.name for m in self._ir.root.methods
        ]
        return sorted({*super().__dir__(), *members})
