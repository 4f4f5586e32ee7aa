"""Whether a traced model repeats its program, on the examples and on inputs near them."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tracescript.errors import ProducerError, TraceWarning, TsError
from tracescript.ir.order import nodes_of
from tracescript.model.model import Model
from tracescript.model.selfcheck import as_given, differs, run_example
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from tracescript import ir
    from tracescript.producer.trace.eager import Eager
    from tracescript.producer.trace.run import Traced

_SEEDS: Final = (1, 2, 3, 4)
"""For random numbers of Python and numpy: one seed may draw what another does."""


def eager_example(traced: Traced) -> ir.Example:
    """Return the example inputs with what the program gives for them when nobody records it.

    Where results are the library's choice (random numbers, signs of factors), it is what the
    program gave in the trace, where the ops of the model chose.

    Raises:
        ProducerError: the program fails untraced.
    """
    if traced.eager.session.has_drawn:
        _check_draws(traced)
    return traced.example if is_free(traced.model) else _ran(traced)


def _ran(traced: Traced, seed: int | None = None) -> ir.Example:
    try:
        return traced.eager.example(seed=seed)
    except Exception as error:
        what = (
            f"the trace ran through, the program itself does not: {type(error).__name__}: {error}"
        )
        raise _differs(what, traced.model.name) from error


def _check_draws(traced: Traced) -> None:
    """Refuse random numbers of Python or numpy that decide what the program returns."""
    first, *others = (_ran(traced, seed) for seed in _SEEDS)
    for other in others:
        for call, again in zip(first.calls, other.calls, strict=True):
            if differs([o.value for o in call.outputs], again)[0]:
                raise ProducerError(
                    "the program draws random numbers of Python or numpy, which no trace holds",
                    code="NONDETERMINISTIC_TRACE",
                    where=traced.model.name,
                    rule="TRACE-9",
                    hint="draw them from torch; or draw them outside, and give them as an input",
                )


def compare(model: Model, example: ir.Example, eager: Eager) -> None:
    """Run the recorded graph on the example and near it; a difference means the trace is wrong.

    The guard of a float that the program read is exact: where only that fails, it is a warning.
    Near the example a guard may fail, and a program that fails is not compared. Spec: TRACE-9.

    Raises:
        ProducerError: NONDETERMINISTIC_TRACE.
    """
    reads = any(d.kind in {"float_read", "tensor_read"} for d in model.report.decisions)
    made = {engine: _on(model, engine) for engine in (("ref", "py") if reads else ("ref",))}
    for engine, one in made.items():
        result = run_example(one, example)
        if result.passed:
            continue
        guard = reads and "GUARD_FAILED" in result.problem
        if guard and run_example(_on(model, engine, guards="warn"), example).passed:
            _warn_of_floats(engine, result.problem)
        elif engine == "ref":
            what = f"the recorded graph does not repeat the program: {result.problem}"
            raise _differs(what, model.ir.name)
    if eager.has_floats and not is_free(model.ir):
        _compare_near(made["ref"], eager)


def _compare_near(model: Model, eager: Eager) -> None:
    """Compare where the model runs: it ends, while a program on other inputs may not."""
    instance = model.instance()
    try:
        found = [instance.call(m, *as_given(i)) for m, i in eager.inputs(nudged=True)]
    except TsError as error:
        if error.code == "INTERNAL":
            raise
        return
    try:
        near = eager.example(nudged=True)
    except Exception:  # noqa: BLE001  # a program may refuse inputs that it was not given
        return
    for outputs, call in zip(found, near.calls, strict=True):
        problem, _ = differs(outputs, call)
        if problem:
            where = f"{call.method} on inputs near the example{problem}"
            what = f"the recorded graph does not repeat the program: {where}"
            raise _differs(what, model.ir.name)


def is_free(made: ir.Model) -> bool:
    """Tell whether results are the library's choice: random numbers, signs of factors."""
    nodes = (node for function in made.functions for node in nodes_of(function))
    ops = [opset()[name] for name in {n.op for n in nodes} if name in opset()]
    return any(op.profile == "random" or op.numeric == "solve" for op in ops)


def _on(model: Model, engine: str, guards: str = "error") -> Model:
    return Model(model.ir, replace(model.settings, engine=engine, guards=guards))


def _differs(what: str, name: str) -> ProducerError:
    return ProducerError(
        what,
        code="NONDETERMINISTIC_TRACE",
        where=name,
        rule="TRACE-9",
        hint="a random op or hidden state? call model.eval(). A branch on what a trace makes "
        "different, as type(n) is int? ask isinstance(n, int). check=False shows the graph",
    )


def _warn_of_floats(engine: str, problem: str) -> None:
    text = (
        f"{problem}\n  The guard of a float is exact, and engines round differently: on engine "
        f"{engine} it fails for the traced example itself.\n"
        "  Leave the number a tensor; or load with guards='warn'."
    )
    warnings.warn(text, TraceWarning, stacklevel=4)
