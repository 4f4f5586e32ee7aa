"""Other ways to trace the corpus: in training, with dimensions asked for, explored, by methods."""

from __future__ import annotations

import copy
import io
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import torch

import tracescript as ts
from benchmarks.architectures.branching import BRANCHING, SEVERAL
from benchmarks.architectures.check import difference, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.architectures.branching import Branching, Several
    from benchmarks.architectures.entry import Architecture

_RUNS: Final = 40
"""Runs that exploring may take."""
_DRAWS: Final = 30
"""Inputs on which an explored model is compared."""
_BATCHES: Final = (1, 63)
_REFUSED: Final = {"reformer": "UNKNOWN_CALL"}
"""Programs that no trace can repeat in training, and how they are refused: seeded by the clock."""
_GUARDED: Final = frozenset({"qwen2-moe"})
"""Programs that loop over what their data chose: other data is stopped at that line."""


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one program: what was seen, and a fault that must not be."""

    name: str
    seen: str
    fault: str = ""


def _reopened(model: Any) -> Any:
    file = io.BytesIO()
    ts.save(model, file)
    return ts.load(file.getvalue())


def _compared(program: Callable[..., Any], loaded: Any, *args: Any, **kwargs: Any) -> str:
    wanted = list(leaves(program(*args, **kwargs)))
    return difference(wanted, list(leaves(loaded(*args, **kwargs))))


def _trained(entry: Architecture) -> Line:
    """Trace in training. Tracing compares the graph with the program, random numbers included.

    The states behind the first call have to be the buffers that the traced run left. A program that
    draws nothing is compared with itself without a trace as well.
    """
    given = entry.inputs(entry.batch, entry.size)
    program = entry.make().train()
    alone = copy.deepcopy(program)
    try:
        traced = ts.trace(program, kwargs=given, decisions="record")
    except ts.errors.ProducerError as error:
        refused = error.code == _REFUSED.get(entry.name) and ".py:" in error.where
        return Line(entry.name, f"refused at {error.where}", "" if refused else str(error))
    draws = any(name.split(".")[-1] == "random" for name in traced.state())
    loaded = _reopened(traced)
    first = list(leaves(traced(**given)))
    fault = difference(first, list(leaves(loaded(**given))))
    fault = fault or _left(program, traced) or _left(program, loaded)
    if not draws:
        fault = fault or difference(list(leaves(alone(**given))), first) or _left(alone, traced)
    told = "draws" if draws else "draws nothing"
    return Line(entry.name, f"{told}, {len(traced.state())} states", fault)


def _left(program: torch.nn.Module, model: Any) -> str:
    """Say how states of a model differ from the buffers of a program."""
    buffers, states = dict(program.named_buffers()), model.state()
    names = [name for name in states if name in buffers]
    return difference([buffers[n] for n in names], [states[n] for n in names])


def _batched(entry: Architecture, batch: Any) -> dict[str, Any]:
    """Return the wish that every axis stays dynamic that grows with the batch."""
    small, large = (entry.inputs(n, entry.size) for n in (entry.batch, entry.other_batch))
    return {name: wish for name in small if (wish := _differing(small[name], large[name], batch))}


def _differing(a: Any, b: Any, batch: Any) -> dict[int, Any]:
    if isinstance(a, torch.Tensor):
        return {axis: batch for axis, n in enumerate(a.shape) if n != b.shape[axis]}
    pairs = enumerate(zip(a, b, strict=True)) if isinstance(a, (tuple, list)) else ()
    found = {number: _differing(x, y, batch) for number, (x, y) in pairs}
    return {number: wish for number, wish in found.items() if wish}


def _dynamic(entry: Architecture) -> Line:
    """Trace with a batch that has to stay dynamic; a refusal names the line."""
    program = entry.make().eval()
    given = entry.inputs(entry.batch, entry.size)
    wish = _batched(entry, ts.Dim("B", *_BATCHES))
    if entry.other_batch is None or not wish:
        return Line(entry.name, "no batch")
    try:
        traced = ts.trace(program, kwargs=given, dynamic=wish, decisions="record", check=False)
    except ts.errors.ProducerError as error:
        fixed = error.code == "DIMENSION_FIXED" and ".py:" in error.where
        return Line(entry.name, f"fixed at {error.where}", "" if fixed else str(error))
    loaded = _reopened(traced)
    fault = "" if loaded.dims.get("B") == _BATCHES else f"its dimensions are {loaded.dims}"
    seen = "stays dynamic"
    for batch in {_BATCHES[0], entry.other_batch}:
        inputs = entry.inputs(batch, entry.size)
        try:
            fault = fault or _compared(program, loaded, **inputs)
        except ts.errors.GuardError as error:
            if entry.name not in _GUARDED or error.guard is None or not error.guard.location:
                raise
            seen = f"stays dynamic, data is guarded at {error.guard.location}"
    return Line(entry.name, seen, fault)


def _explored(entry: Branching) -> Line:
    """Trace both arms of every branch, and compare on inputs that go all ways."""
    program = entry.make().eval()
    traced = ts.trace(program, entry.inputs(), explore=_RUNS, decisions="record")
    loaded = _reopened(traced)
    faults = [_compared(program, loaded, *entry.inputs()) for _ in range(_DRAWS)]
    left = [str(d.place) for d in traced.report.decisions]
    found = next(filter(None, [*faults, *left]), "")
    return Line(entry.name, f"{traced.report.paths} paths in {traced.report.runs} runs", found)


def _several(entry: Several) -> Line:
    """Trace all methods into one model, and compare each at another batch and size."""
    program = entry.make().eval()
    examples = {name: draw(2, 7) for name, draw in entry.methods.items()}
    loaded = _reopened(ts.trace(program, methods=examples, decisions="record"))
    faults = [
        f"{name}: {fault}"
        for name, draw in entry.methods.items()
        for sizes in ((2, 7), (3, 11))
        if (fault := _compared(getattr(program, name), getattr(loaded, name), *draw(*sizes)))
    ]
    return Line(entry.name, f"{len(examples)} methods", next(iter(faults), ""))


def lines(mode: str, corpus: Sequence[Architecture]) -> Iterator[Line]:
    """Run a mode and yield what came of each program. Never raises for a program."""
    run: Callable[[Any], Line] = {
        "train": _trained, "dynamic": _dynamic, "explore": _explored, "methods": _several,
    }[mode]  # fmt: skip
    entries: Sequence[Any] = {"explore": BRANCHING, "methods": SEVERAL}.get(mode, corpus)
    for entry in entries:
        if find_spec(getattr(entry, "library", "torch")) is None:
            continue
        torch.manual_seed(1)
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            try:
                yield run(entry)
            except Exception as error:  # noqa: BLE001 - a fault of one program is its result
                yield Line(entry.name, "stopped", f"{type(error).__name__}: {error}")


MODES: Final = ("train", "dynamic", "explore", "methods")
