"""The default engine: compiles each method to Python source over NumPy."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.engine.guards import Watch
from tracescript.engine.limits import DEFAULT
from tracescript.engine.links import Linker
from tracescript.engine.places import placed, where
from tracescript.engine.protocol import Options, Run
from tracescript.engine.py.emit import FILE, build
from tracescript.engine.py.intervals import MAX_STEPS
from tracescript.engine.py.lower import DEEPEST_INLINE, Lowering
from tracescript.errors import InvalidModelError, LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.engine.limits import Budget, Limits
    from tracescript.engine.py.emit import Compiled, Source

    Shapes = tuple[tuple[int, ...], ...]


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
        _keep_freed_memory()
        self.linker = Linker(model, expand=options.expand, hosts=options.hosts)
        self.packed: dict[Any, Any] = {}

    def method(self, method: ir.Method) -> PyPrepared:
        """Compile a method: its function with weights and constants bound."""
        return PyPrepared(self, method)


_LARGEST_KEPT: Final = (1 << 25) - (1 << 16)


def _keep_freed_memory() -> None:
    """Free one large block, untouched, so that glibc keeps what later calls free.

    It then takes blocks of up to that size from memory it has; else each call would pay for
    fresh pages, which doubles the time of ops with large intermediate results.
    """
    np.empty(_LARGEST_KEPT, np.uint8)


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
    context.run(np.setbufsize, _PASSED_AT_ONCE)
    return context


_PASSED_AT_ONCE: Final = 768
"""Elements that NumPy's iterators take at once.

Of arrays that are broadcast it copies so many first, unless a row is longer than half of that: then
it takes row by row, without a copy, in half the time. Shorter rows are better off copied.
"""
_MOST_SHAPES: Final = 4
_INLINED_DEPTH: Final = 2 * DEEPEST_INLINE
_FREE: Final[list[contextvars.Context | _Errstate]] = []


class PyPrepared:
    """A compiled method; safe to call from several threads.

    Where types leave sizes of inputs open, the first few shapes that come get code of their own.
    """

    def __init__(self, loaded: PyLoaded, method: ir.Method) -> None:
        self._linker = loaded.linker
        self._packed = loaded.packed
        self._method = method
        self._mode = loaded.options.guards
        self._states = len(method.states)
        self._program = loaded.linker.model.function(method.function)
        visible = [i for i in self._program.inputs if i.kind != "bound"]
        self._open = tuple(i for i, v in enumerate(visible) if _is_open(v.type))
        self._variants: dict[tuple[bool, bool, Shapes], Compiled] = {}
        self._latest: tuple[Limits | None, Shapes, Compiled | None] = (None, (), None)
        if not self._open:
            self._choose((), DEFAULT)

    @property
    def source(self) -> str:
        """The source that ran last."""
        compiled = self._latest[2] or self._variant(DEFAULT, ())
        return compiled.source.text

    def _variant(self, limits: Limits, shapes: Shapes) -> Compiled:
        """Return the code for these limits and shapes.

        Overflow proofs and inlining assume usual limits; no shapes mean those of the types.
        """
        key = (limits.steps <= MAX_STEPS, limits.depth >= _INLINED_DEPTH, shapes)
        if key not in self._variants:
            if shapes and len(self._variants) > _MOST_SHAPES:
                return self._variant(limits, ())
            self._variants[key] = self._compile(*key)
        return self._variants[key]

    def _compile(self, trusts_steps: bool, inline: bool, shapes: Shapes) -> Compiled:
        program = self._program
        functions: Mapping[str, ir.Function] = self._linker.model.by_name
        if shapes:
            from tracescript.engine.py.specialise import specialised

            try:
                types = self._types(shapes)
                program, functions = specialised(self._linker.model, program, types)
            except (RecursionError, InvalidModelError):
                return self._variant(DEFAULT, ())
        guards = self._mode != "ignore"
        lowering = Lowering(self._linker, functions, guards=guards, inline=inline)
        units = lowering.method(program, self._method.bound)
        return build(units, self._mode, self._packed, trusts_steps=trusts_steps)

    def _types(self, shapes: Shapes) -> list[ir.Type]:
        """Return the types of all inputs with these shapes for the open ones."""
        given = iter(shapes)
        kinds = [(i.kind == "bound", _is_open(i.type), i.type) for i in self._program.inputs]
        bound = iter(self._method.bound)
        types: list[ir.Type] = []
        for is_bound, is_open, type_ in kinds:
            if is_bound:
                types.append(next(bound).type)
            elif is_open and isinstance(type_, ir.TensorType):
                types.append(ir.TensorType(type_.data_type, next(given)))
            else:
                types.append(type_)
        return types

    def _choose(self, values: Sequence[Any], limits: Limits) -> Compiled:
        """Return the code for a call, mostly what ran last."""
        shapes = tuple([values[i].shape for i in self._open]) if self._open else ()
        seen, latest, compiled = self._latest
        if compiled is None or limits is not seen or shapes != latest:
            compiled = self._variant(limits, shapes)
            self._latest = (limits, shapes, compiled)
        return compiled

    def __call__(self, inputs: Sequence[Any], state: Sequence[Any], budget: Budget) -> Run:
        """Run once; see `protocol.Prepared`."""
        values = (*inputs, *state)
        compiled = self._choose(values, budget.limits)
        peak = compiled.peak
        if peak > budget.limits.memory:
            _reserve(compiled, budget)
        budget.memory = peak
        watch = Watch("warn") if self._mode == "warn" else None
        try:
            context = _FREE.pop()
        except IndexError:
            context = _quiet()
        try:
            results = context.run(compiled.function, budget, watch, *values)
        except Exception as error:
            found = _placed(error, compiled.source, self._program)
            if found is None:
                raise
            raise found from found.__cause__
        finally:
            _FREE.append(context)
        failed = tuple(watch.failed.values()) if watch else ()
        if not self._states:
            return Run(results, (), failed)
        return Run(results[: -self._states], results[-self._states :], failed)


def _is_open(type_: ir.Type) -> bool:
    """Whether a tensor's type leaves its rank or an extent to the call."""
    if not isinstance(type_, ir.TensorType):
        return False
    return type_.shape is None or not all(isinstance(d, int) for d in type_.shape)


def _reserve(compiled: Compiled, budget: Budget) -> None:
    """Take what tensors of fixed size need. Raises LimitError at the place of the peak."""
    try:
        budget.reserve(compiled.peak)
    except LimitError as error:
        if compiled.at is not None:
            error.where = where(compiled.at.function, compiled.at.node)
        raise


def _placed(error: Exception, source: Source, program: ir.Function) -> Exception | None:
    """Return an error with the place of the statement that the generated line came from.

    Lines of no statement copy results: their place is the program.
    """
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    stmt = source.stmt(line)
    if stmt is None:
        return placed(error, program, None)
    return placed(error, stmt.function, stmt.node)
