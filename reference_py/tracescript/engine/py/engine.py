"""The default engine: compiles each method to Python source over NumPy."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.engine.guards import Watch
from tracescript.engine.links import Linker
from tracescript.engine.places import placed
from tracescript.engine.protocol import Options, Run
from tracescript.engine.py.emit import FILE, build
from tracescript.engine.py.intervals import MAX_STEPS
from tracescript.engine.py.lower import Lowering
from tracescript.engine.ref import RefPrepared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from tracescript import ir
    from tracescript.engine.limits import Budget
    from tracescript.engine.py.emit import Source


class PyEngine:
    """Runs models as generated Python."""

    name: Final = "py"

    def load(self, model: ir.Model, options: Options) -> PyLoaded:
        """Link a validated model. Raises UnsupportedError for an op it lacks."""
        return PyLoaded(model, options)


class PyLoaded:
    """A model whose methods are compiled when they are asked for."""

    def __init__(self, model: ir.Model, options: Options) -> None:
        self.model = model
        self.options = options
        self.linker = Linker(expand=options.expand)
        self.linker.check(model)

    def method(self, method: ir.Method) -> PyPrepared:
        """Compile a method: its function with weights and constants bound."""
        return PyPrepared(self, method)

    def source(self, method: ir.Method) -> str:
        """Return the generated source of a method."""
        return self.method(method).source.text


def _quiet() -> contextvars.Context:
    """Return a context in which NumPy does not warn of overflow and NaN.

    Entering one takes 40 ns, `np.errstate` 800 ns; one call at a time can use it.
    """
    context = contextvars.Context()
    context.run(np.seterr, all="ignore")
    return context


_FREE: Final[list[contextvars.Context]] = []


class PyPrepared:
    """A compiled method; safe to call from several threads."""

    def __init__(self, loaded: PyLoaded, method: ir.Method) -> None:
        self._mode = loaded.options.guards
        self._states = len(method.states)
        function = loaded.model.function(method.function)
        lowering = Lowering(loaded.model, loaded.linker, guards=self._mode != "ignore")
        units = lowering.method(function, method.bound)
        self._function: Callable[..., Any]
        self.source: Source
        self._function, self.source = build(units, self._mode)
        self._peak = self.source.peak

    def __call__(self, inputs: Sequence[Any], state: Sequence[Any], budget: Budget) -> Run:
        """Run once; see `protocol.Prepared`."""
        watch = Watch("warn") if self._mode == "warn" else None
        peak = self._peak
        if peak > budget.limits.memory:
            budget.reserve(peak)
        budget.memory = budget.peak = peak
        try:
            context = _FREE.pop()
        except IndexError:
            context = _quiet()
        try:
            results = context.run(self._function, budget, watch, *inputs, *state)
        except Exception as error:
            found = self._placed(error)
            if found is None:
                raise
            raise found from None
        finally:
            _FREE.append(context)
        failed = tuple(watch.failed.values()) if watch else ()
        if not self._states:
            return Run(results, (), failed)
        return Run(results[: -self._states], results[-self._states :], failed)

    def _placed(self, error: Exception) -> Exception | None:
        """Return an error with the place of the statement that the generated line came from."""
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == FILE:
                line = trace.tb_lineno
            trace = trace.tb_next
        stmt = self.source.stmt(line)
        if stmt is None or stmt.node is None:
            return None
        return placed(error, stmt.function, stmt.node)
