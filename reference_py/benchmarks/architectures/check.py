"""Takes one architecture through trace, save, load and run, beside `torch.jit.trace`."""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

import tracescript as ts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.architectures.entry import Architecture

_RELATIVE: Final = 2e-4
"""Largest difference from eager, as a part of the largest element; both compute in float32."""
_ABSOLUTE: Final = 1e-6
_LINE: Final = re.compile(r"fixed at ([^ ]+\.py:\d+): ")
"""How the hint of a refused input names the line that fixed its size."""
_TIMES: Final = 2
"""Both are timed by turns so often, and the least CPU time counts."""


@dataclass
class Outcome:
    """What came of one architecture: a word per size, CPU times in seconds, bytes of the file."""

    name: str
    family: str
    results: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    file_bytes: int = 0
    nodes: int = 0
    faults: list[str] = field(default_factory=list)

    def ratio(self, verb: str) -> float | None:
        """Return our time over torch.jit's for `trace` or `files`; None where torch has none."""
        theirs = self.seconds.get(f"jit {verb}")
        return self.seconds[verb] / theirs if theirs and verb in self.seconds else None


def examine(entry: Architecture) -> Outcome:
    """Trace at one size, run the loaded file at three, and time it. Never raises for the model."""
    outcome = Outcome(entry.name, entry.family)
    torch.manual_seed(0)
    with warnings.catch_warnings(), torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        try:
            program = entry.make().eval()
            given = entry.inputs(entry.batch, entry.size)
            for _ in range(_TIMES):
                program(**given)
            _beside(entry, program, given, outcome, Path(folder))
        except Exception as error:  # noqa: BLE001 - a fault of one architecture is its result
            outcome.faults.append(f"{type(error).__name__}: {error}")
    return outcome


def _beside(
    entry: Architecture, program: Any, given: dict[str, Any], outcome: Outcome, folder: Path
) -> None:
    path = folder / "model.tsproto"
    for _ in range(_TIMES):
        _torchscript(program, given, outcome, folder)
        traced = _timed(outcome, "trace", lambda: ts.trace(program, kwargs=given, check=False))
        _timed(outcome, "save", lambda traced=traced: ts.save(traced, path))
        loaded = _timed(outcome, "load", lambda: ts.load(path))
    outcome.seconds["files"] = outcome.seconds["save"] + outcome.seconds["load"]
    outcome.file_bytes = path.stat().st_size
    outcome.nodes = sum(len(f.body.nodes) for f in loaded.ir.functions)
    for title, batch, size in (
        ("traced", entry.batch, entry.size),
        ("batch", entry.other_batch, entry.size),
        ("size", entry.batch, entry.other),
    ):
        if batch is None or size is None:
            outcome.results[title] = "-"
            continue
        inputs = given if title == "traced" else entry.inputs(batch, size)
        outcome.results[title] = _compared(program, loaded, inputs, title, outcome)
    outcome.seconds["eager"] = _best(lambda: program(**given))
    if outcome.results["traced"] == "ok":
        outcome.seconds["run"] = _best(lambda: loaded(**given))


def _compared(program: Any, loaded: Any, given: dict[str, Any], title: str, to: Outcome) -> str:
    """Return `ok`, or the line by which another size was stopped; note everything else."""
    wanted = list(leaves(program(**given)))
    try:
        found = list(leaves(loaded(**given)))
    except ts.errors.GuardError as error:
        if title != "traced" and error.guard is not None and error.guard.location:
            return f"guard {error.guard.location}"
        to.faults.append(f"{title}: {error}")
        return "GUARD"
    except ts.errors.BadInputError as error:
        line = _LINE.match(error.hint)
        if title != "traced" and line is not None:
            return f"fixed {line[1]}"
        to.faults.append(f"{title}: {error}")
        return "ERROR"
    except Exception as error:  # noqa: BLE001 - reported
        to.faults.append(f"{title}: {type(error).__name__}: {error}")
        return "ERROR"
    fault = difference(wanted, found)
    if fault:
        to.faults.append(f"{title}: {fault}")
    return "WRONG" if fault else "ok"


def difference(wanted: list[Any], found: list[Any]) -> str:
    """Say how results differ beyond rounding; empty where they do not."""
    if len(wanted) != len(found):
        return f"{len(found)} results, eager has {len(wanted)}"
    for index, (want, got) in enumerate(zip(wanted, found, strict=True)):
        a, b = np.asarray(want), np.asarray(got)
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"result {index} is {b.dtype}{b.shape}, eager has {a.dtype}{a.shape}"
        if not np.array_equal(np.isfinite(a), np.isfinite(b)):
            return f"result {index} is not finite where eager's is, or the reverse"
        a, b = (np.where(np.isfinite(x), x, 0).astype(np.float64) for x in (a, b))
        bound = 0.0 if np.issubdtype(want.numpy().dtype, np.integer) else _RELATIVE
        off, most = np.abs(a - b).max(initial=0), np.abs(a).max(initial=0)
        if off > bound * most + _ABSOLUTE * bool(bound):
            return f"result {index} differs by {off:.3g} where the largest element is {most:.3g}"
    return ""


def leaves(value: Any) -> Iterator[Any]:
    """Yield the arrays of a result in order."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from leaves(part)
    elif hasattr(value, "__dataclass_fields__"):
        yield from leaves([getattr(value, name) for name in value.__dataclass_fields__])


def _torchscript(program: Any, given: dict[str, Any], outcome: Outcome, folder: Path) -> None:
    """Time the peer; a model it cannot take has no ratio."""
    path = folder / "model.pt"
    try:
        traced = _timed(
            outcome,
            "jit trace",
            lambda: torch.jit.trace(
                program, example_kwarg_inputs=given, strict=False, check_trace=False
            ),
        )
        _timed(outcome, "jit save", lambda: torch.jit.save(traced, str(path)))
        _timed(outcome, "jit load", lambda: torch.jit.load(str(path)))
    except Exception:  # noqa: BLE001 - torch's refusal is no fault of ours
        outcome.seconds.pop("jit trace", None)
        return
    outcome.seconds["jit files"] = outcome.seconds["jit save"] + outcome.seconds["jit load"]


def _timed(outcome: Outcome, what: str, call: Callable[[], Any]) -> Any:
    """Call, and keep the least CPU time: other programs on the machine do not count."""
    begun = time.process_time()
    result = call()
    took = time.process_time() - begun
    outcome.seconds[what] = min(took, outcome.seconds.get(what, took))
    return result


def _best(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(3):
        begun = time.process_time()
        call()
        times.append(time.process_time() - begun)
    return min(times)
