"""Further inputs of the user on which a trace is compared with its program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import BadInputError, ProducerError, TsError
from tracescript.model.selfcheck import run_example
from tracescript.producer.trace import calling
from tracescript.producer.trace.eager import Eager

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.model.model import Model

    Calls = dict[str, tuple[tuple[Any, ...], dict[str, Any]]]

_HINT: Final = "trace with explore=N, or script: that keeps both arms; or leave this input out"


def check_more(model: Model, eager: Eager, given: Sequence[Any], *, compares: bool) -> None:
    """Call the program and its recorded graph on each of the further inputs.

    Each starts where the example did, with the states of then; a guard that stops the graph is a
    difference. Without `compares` results are the library's choice, and only guards are looked at.

    Raises:
        BadInputError: not a sequence of inputs.
        ProducerError: NONDETERMINISTIC_TRACE, with the number of the inputs. Spec: TRACE-9.
    """
    if not isinstance(given, list | tuple):
        raise _refused("a list of inputs", type(given).__name__)
    for number, inputs in enumerate(given):
        calls = _calls(inputs, eager)
        runs = [run for run in eager.runs if run.method in calls]
        try:
            example = Eager(eager.session, runs, calls).example()
        except TsError as error:
            raise _differs(number, model.ir.name, str(error)) from error
        except Exception as error:
            what = f"the program fails: {type(error).__name__}: {error}"
            raise _differs(number, model.ir.name, what) from error
        result = run_example(model, example)
        if result.passed or not (compares or result.stopped):
            continue
        what = f"the recorded graph does not repeat the program: {result.problem}"
        raise _differs(number, model.ir.name, what)


def _calls(inputs: Any, eager: Eager) -> Calls:
    """Return the calls that one entry asks for, by method.

    A tuple holds inputs by position, beside what the example has by name; a dict holds inputs by
    name, the others are those of the example. Of several methods a dict has an entry of each.
    """
    traced = eager.calls
    if list(traced) == ["forward"]:
        return {"forward": _call(inputs, eager, "forward")}
    if not isinstance(inputs, Mapping) or not inputs or not inputs.keys() <= traced.keys():
        raise _refused(f"a dict of inputs by method ({', '.join(traced)})", repr(inputs))
    return {method: _call(inputs[method], eager, method) for method in traced if method in inputs}


def _call(inputs: Any, eager: Eager, method: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args, kwargs = eager.calls[method]
    if not isinstance(inputs, Mapping):
        return tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,), dict(kwargs)
    names = [n for n, _ in calling.arguments(eager.session.function(method), args, kwargs)]
    held = {**dict(zip(names, args, strict=False)), **kwargs, **inputs}
    by_position = names[: len(args)]
    return tuple(held.pop(name) for name in by_position), held


def _refused(expected: str, found: str) -> BadInputError:
    hint = "check_inputs=[(x1, y1), (x2, y2)]: each entry as args= takes it, or a dict by name"
    return BadInputError(
        f"check_inputs: {expected} expected, found {found}", code="BAD_INPUT", hint=hint
    )


def _differs(number: int, name: str, what: str) -> ProducerError:
    return ProducerError(
        f"check_inputs[{number}]: {what}",
        code="NONDETERMINISTIC_TRACE",
        where=name,
        rule="TRACE-9",
        hint=_HINT,
    )
