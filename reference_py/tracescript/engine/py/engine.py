"""The default engine: compiles each method to Python source over NumPy."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.engine.guards import Watch
from tracescript.engine.limits import DEFAULT
from tracescript.engine.links import Linker
from tracescript.engine.places import placed
from tracescript.engine.protocol import Options, Run
from tracescript.engine.py.emit import FILE, build
from tracescript.engine.py.intervals import MAX_STEPS
from tracescript.engine.py.lower import DEEPEST_INLINE, Lowering

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript import ir
    from tracescript.engine.limits import Budget, Limits
    from tracescript.engine.py.emit import Compiled, Source


class PyEngine:
    """Runs models as generated Python."""

    name: Final = "py"

    def load(self, model: ir.Model, options: Options) -> PyLoaded:
        """Link a validated model. Raises UnsupportedError for an op it lacks."""
        return PyLoaded(model, options)


class PyLoaded:
    """A model whose methods are compiled when they are asked for."""

    def __init__(self, model: ir.Model, options: Options) -> None:
        self.options = options
        self.linker = Linker(model, expand=options.expand)

    def method(self, method: ir.Method) -> PyPrepared:
        """Compile a method: its function with weights and constants bound."""
        return PyPrepared(self, method)


class _Errstate:
    """Runs functions under `np.errstate`: NumPy 1 keeps its error state by thread."""

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args)


def _quiet() -> contextvars.Context | _Errstate:
    """Return a context in which NumPy does not warn of overflow and NaN.

    Entering one takes 40 ns, `np.errstate` 800 ns; one call at a time can use it.
    """
    if np.lib.NumpyVersion(np.__version__) < "2.0.0":
        return _Errstate()
    context = contextvars.Context()
    context.run(np.seterr, all="ignore")
    return context


_INLINED_DEPTH: Final = 2 * DEEPEST_INLINE
_FREE: Final[list[contextvars.Context | _Errstate]] = []


class PyPrepared:
    """A compiled method; safe to call from several threads."""

    def __init__(self, loaded: PyLoaded, method: ir.Method) -> None:
        self._loaded = loaded
        self._method = method
        self._mode = loaded.options.guards
        self._states = len(method.states)
        self._variants: dict[tuple[bool, bool], Compiled] = {}
        self._latest = (DEFAULT, self._variant(DEFAULT))

    @property
    def source(self) -> str:
        """The generated source."""
        return self._latest[1].source.text

    def _variant(self, limits: Limits) -> Compiled:
        """Return the code for these limits: overflow proofs and inlining assume usual ones."""
        key = (limits.steps <= MAX_STEPS, limits.depth >= _INLINED_DEPTH)
        if key not in self._variants:
            loaded = self._loaded
            guards = self._mode != "ignore"
            lowering = Lowering(loaded.linker, guards=guards, inline=key[1])
            function = loaded.linker.model.function(self._method.function)
            units = lowering.method(function, self._method.bound)
            self._variants[key] = build(units, self._mode, trusts_steps=key[0])
        return self._variants[key]

    def __call__(self, inputs: Sequence[Any], state: Sequence[Any], budget: Budget) -> Run:
        """Run once; see `protocol.Prepared`."""
        limits = budget.limits
        seen, compiled = self._latest
        if limits is not seen:
            compiled = self._variant(limits)
            self._latest = (limits, compiled)
        peak = compiled.peak
        if peak > limits.memory:
            budget.reserve(peak)
        budget.memory = budget.peak = peak
        watch = Watch("warn") if self._mode == "warn" else None
        try:
            context = _FREE.pop()
        except IndexError:
            context = _quiet()
        try:
            results = context.run(compiled.function, budget, watch, *inputs, *state)
        except Exception as error:
            found = _placed(error, compiled.source)
            if found is None:
                raise
            raise found from None
        finally:
            _FREE.append(context)
        failed = tuple(watch.failed.values()) if watch else ()
        if not self._states:
            return Run(results, (), failed)
        return Run(results[: -self._states], results[-self._states :], failed)


def _placed(error: Exception, source: Source) -> Exception | None:
    """Return an error with the place of the statement that the generated line came from."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    stmt = source.stmt(line)
    if stmt is None or stmt.node is None:
        return None
    return placed(error, stmt.function, stmt.node)
