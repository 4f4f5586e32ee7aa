"""The public verbs: trace, script, save, load."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.engine import choose
from tracescript.engine.limits import Limits
from tracescript.errors import ProducerError
from tracescript.ir.order import canonical
from tracescript.model import arguments, collector, trace_check
from tracescript.model.check_inputs import check_more
from tracescript.model.instance import Settings
from tracescript.model.model import Model
from tracescript.model.program import Program
from tracescript.validator import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import BinaryIO

    from tracescript.producer.script.run import Scripted
    from tracescript.producer.trace.run import Traced

_EXAMPLE_LIMIT = 1 << 20


def trace(
    f: Callable[..., Any],
    args: Sequence[Any] | Any = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    dynamic: Mapping[str, Mapping[int, Any]] | None = None,
    explore: int = 1,
    decisions: str = "warn",
    strict: bool = True,
    check: bool = True,
    check_inputs: Sequence[Any] = (),
    methods: Mapping[str, Sequence[Any]] | None = None,
    name: str | None = None,
) -> Model:
    """Run a program once on example inputs and record its data flow. Spec: TRACE-1.

    Args:
        f: a torch module, a module of `tracescript.nn`, or a function over arrays.
        args: example inputs, a tuple; a single array stands for itself.
        kwargs: example inputs by name; they become keyword-only inputs.
        dynamic: sizes that must stay dynamic, `{"x": {0: ts.Dim("B")}}`; None keeps every size
            that can vary, `{}` fixes all.
        explore: at most so many runs, to keep both arms of branches on data; k need about k + 1.
        decisions: about data-dependent control flow: `warn`, `error` or `record` it silently.
        strict: refuse what cannot be recorded; else it becomes a decision loaders refuse to run.
        check: compare with the program, called untraced on the examples and on inputs near them.
        check_inputs: further inputs to compare on, `[(x1, y1), (x2, y2)]`, a dict for inputs by
            name; a guard that stops one of them is an error.
        methods: several methods by name with their example inputs, instead of `args`.
        name: the model's name.

    Raises:
        ProducerError: the program does something a trace cannot hold; with its line and a hint.
    """
    from tracescript.producer.trace.run import trace as record

    arguments.count("explore", explore)
    given = tuple(args) if isinstance(args, tuple | list) else (args,)
    traced = record(
        f,
        given,
        dict(kwargs or {}),
        dynamic=dynamic,
        explore=explore,
        decisions=decisions,
        strict=strict,
        methods=methods,
        name=name,
    )
    return _checked(f, traced, check_inputs, compare=check)


def _checked(f: Any, traced: Traced, more: Sequence[Any], *, compare: bool) -> Model:
    example = trace_check.eager_example(traced) if compare else traced.example
    made = _with_example(traced.model, example)
    validate(made)
    model = _as_module(f, Model(made, report=traced.report, prefers_torch=traced.uses_torch))
    if compare:
        trace_check.compare(model, example, traced.eager)
        check_more(model, traced.eager, more, compares=not trace_check.is_free(made))
    return model


def _with_example(made: ir.Model, example: ir.Example) -> ir.Model:
    """Keep the traced inputs and outputs for the file's self-check if they are small."""
    values = [v for call in example.calls for _, v in call.inputs]
    values += [o.value for call in example.calls for o in call.outputs]
    return made if sum(map(_size, values)) > _EXAMPLE_LIMIT else replace(made, examples=(example,))


def _size(value: Any) -> int:
    if isinstance(value, tuple | list):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(getattr(value, "nbytes", 8))


def script(
    f: Any = None, *, types: Mapping[str, Any] | None = None, name: str | None = None
) -> Any:
    """Compile the Python source of a function or module, control flow included.

    Args:
        f: a torch module, a module of `tracescript.nn`, or a function. Without it: a decorator.
        types: types of parameters by name, `{"x": "float32[B, 4]", "n": int}`, where source and
            weights leave them open; an open data type becomes float32.
        name: the model's name.

    Raises:
        ProducerError: the source uses what a script cannot hold; with a caret and a hint.

    Spec: SCRIPT-1.
    """
    if f is None:
        return functools.partial(script, types=types, name=name)
    from tracescript.producer.script.run import script as compile_source
    from tracescript.producer.script.run import specialise

    def program(scripted: Scripted) -> Program:
        validate(scripted.model)

        def again(values: Mapping[str, Any], shown: Mapping[str, ir.Type]) -> Program | None:
            made = specialise(scripted, values, shown)
            return None if made is scripted else program(made)

        return Program(scripted.model, scripted.hosts, again)

    scripted = compile_source(f, types=types, name=name)
    return _as_module(f, Model(program(scripted), prefers_torch=scripted.uses_torch))


def _as_module(f: Any, model: Model) -> Model:
    """Make a model captured from a torch module one itself, so that it fits into others.

    Raises ProducerError for a method with a name that every model has.
    """
    for method in model.ir.root.methods:
        if method.exported and hasattr(Model, method.name):
            raise ProducerError(
                f"a method is called {method.name!r}, as what every ts.Model has",
                code="UNSUPPORTED_PYTHON",
                where=model.ir.root.class_name,
                hint="export it under another name",
            )
    if not model.prefers_torch:
        return model
    from tracescript.producer.torch.wrap import as_torch_module

    return as_torch_module(model, f)


def save(
    model: Model,
    file: str | PathLike[str] | BinaryIO,
    *,
    debug: bool = True,
    code: bool = True,
    examples: bool = True,
    extra_files: Mapping[str, bytes] | None = None,
) -> str:
    """Write a model as a `.tsproto` file and return its digest, 64 hexadecimal digits.

    The same model gives the same bytes. A failed save leaves an existing file as it was.
    `debug` keeps names and source places, `code` the Python-syntax text, `examples` the traced
    inputs and outputs by which a loader checks itself; none of them changes what a call returns.

    Raises:
        ProducerError: the model holds something that cannot be saved.
        BadInputError: an argument is of the wrong kind.
        OSError: the file cannot be written.
    """
    from tracescript.code.writer import write_units
    from tracescript.wire.writer import write

    arguments.model(model)
    arguments.file(file, "write")
    made = model.ir
    if not debug:
        kept = tuple(entry for entry in made.metadata if not entry[0].startswith(ir.FIXED))
        made = replace(made, metadata=kept)
    if extra_files:
        arguments.extra_files(extra_files)
        added = tuple(ir.ExtraFile(n, c) for n, c in sorted(extra_files.items()))
        made = replace(made, extra_files=added)
    validate(made)
    units = write_units(canonical(made)) if code else ()
    return write(made, file, code_units=units, debug=debug, examples=examples)


def load(
    file: str | PathLike[str] | BinaryIO | bytes,
    *,
    engine: str = "py",
    guards: str = "error",
    verify: str = "metadata",
    limits: Limits | None = None,
    expand: bool = False,
) -> Model:
    """Open a `.tsproto` file. Nothing in it is executed; weights are mapped, not copied.

    A mapped file must not be cut or written while the model lives (the operating system ends the
    process that reads what is gone); replace it by renaming, as `save` does.

    Args:
        file: a path, the bytes, or a binary file object.
        engine: `py` (fast) or `ref` (the plain interpreter).
        guards: what to do where the input needs a branch that tracing lost: `error`, `warn` or
            `ignore`.
        verify: `metadata` checks everything but the weights' digests; `full` those too.
        limits: steps, memory, seconds and depth that one call may use.
        expand: run every composite op through its decomposition, not its own kernel.

    Raises:
        FormatError: not a well-formed file. InvalidModelError: its model breaks rules.
        UnsupportedError: it needs something this loader lacks.
        BadInputError: an argument is none of its choices. OSError: the file cannot be read.
    """
    if not isinstance(file, bytes | bytearray | memoryview):
        arguments.file(file, "read")
    arguments.choice("engine", engine, choose.NAMES)
    arguments.choice("guards", guards, ("error", "warn", "ignore"))
    arguments.choice("verify", verify, ("metadata", "full"))
    if limits is not None:
        arguments.kind("limits", limits, Limits)
    arguments.kind("expand", expand, bool)
    settings = Settings(engine, guards, limits or Limits(), expand=expand)
    return open_model(file, verify=verify, settings=settings)[0]


def open_model(
    file: str | PathLike[str] | BinaryIO | bytes, *, verify: str, settings: Settings
) -> tuple[Model, Any]:
    """Open a file; return the model and what the container says about it (wire.reader.Opened)."""
    from tracescript.validator import admit
    from tracescript.wire.reader import read

    with collector.paused():
        opened = read(file, verify=verify)
        admit(opened.model, opened.opsets)
    if verify == "full":
        from tracescript.code.reader import check_code

        check_code(opened.model, opened.code_units)
    return Model(opened.model, settings), opened


__all__ = ["load", "open_model", "save", "script", "trace"]
