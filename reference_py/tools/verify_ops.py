"""Checks every op against a second opinion, on both engines and through its definition.

    OMP_NUM_THREADS=1 python -m tools.verify_ops [--quick] [--op NAME ...] [--faults N] [--jobs N]

For each op a grid of calls is generated: data types, ranks 0 to 4, empty tensors, broadcasting,
attributes, special values. The expected results are torch's in float64 (or exact integers, or
CPython's), rounded once; where torch has no one answer the rule of the spec decides. Results must
be within the bound of the op's numeric class. The calls and the oracle of an op come from its page,
`[verify]` and all; `tools/verify` has plans of those that need more. An op without an oracle is a
failure.
Needs torch. Exit status 1 if anything fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
import traceback
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.verify import plan_of
from tools.verify.execute import WAYS, Graph, run_way
from tools.verify.judge import Expectation
from tools.verify.opinions import NoOpinionError
from tracescript.errors import TsError
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.verify.plan import Call, Plan

_QUICK = 9
"""Calls of an op in a quick run, spread over its grid."""
_RARE = {"py symbolic": 3, "expanded symbolic": 3, "file": 7}
"""Ways that only every n-th call takes."""


@dataclass
class Tally:
    """What came of an op's calls; seconds are those of the processor."""

    calls: int = 0
    runs: int = 0
    passed: int = 0
    worst: float = 0.0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def describe(call: Call) -> str:
    """Return a call as text, arrays by type and shape."""

    def one(value: Any) -> str:
        if isinstance(value, np.ndarray):
            few = f"={value.tolist()}" if value.size <= 6 else ""  # noqa: PLR2004 - fits a line
            return f"{value.dtype}{list(value.shape)}{few}"
        if isinstance(value, list):
            return f"[{', '.join(map(one, value))}]"
        return repr(value)

    inputs = [one(v) for v in call.inputs]
    return ", ".join([*inputs, *(f"{k}={v!r}" for k, v in call.attributes.items())])


def ways_of(plan: Plan, number: int) -> list[str]:
    """Return how the n-th call of an op is run."""
    definition = opset()[plan.op]
    ways = [w for w in WAYS if number % _RARE.get(w, 1) == 0]
    return ways if definition.is_composite else [w for w in ways if not w.startswith("expanded")]


def check(plan: Plan, call: Call, number: int, tally: Tally) -> None:
    """Run one call in all its ways and note the verdicts."""
    tally.calls += 1
    try:
        expectation = Expectation(plan, call)
    except Exception as error:  # noqa: BLE001 - a fault of the oracle is one line of the table
        tally.faults.append(f"oracle: {describe(call)}\n      {error!r}")
        return
    for way in ways_of(plan, number):
        tally.runs += 1
        try:
            symbolic = "symbolic" in way
            graph = call.graph() if call.graph else Graph(plan.op, call, symbolic=symbolic)
            found = run_way(graph, way)
            verdict = expectation.judge(found, tuple(r.type for r in graph.results))
        except TsError as error:
            verdict = expectation.stopped(error)
        except Exception as error:  # noqa: BLE001 - any traceback from inside is a fault of ours
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
            tally.faults.append(f"{way}: {describe(call)}\n      {error!r} at {place}")
            continue
        tally.worst = max(tally.worst, verdict.worst)
        if verdict.fault:
            tally.faults.append(f"{way}: {describe(call)}\n      {verdict.fault}")
        else:
            tally.passed += 1


def verify(plan: Plan, *, quick: bool) -> Tally:
    """Try an op on its grid, or on an even part of it."""
    tally = Tally()
    started = time.process_time()
    calls = list(plan.calls())
    step = max(1.0, len(calls) / _QUICK) if quick else 1.0
    chosen = [calls[int(i * step)] for i in range(int(len(calls) / step))]
    for number, call in enumerate(chosen):
        check(plan, call, number, tally)
    if len(calls) < plan.fewest:
        tally.faults.append(f"only {len(calls)} calls: its page has to say more, under [verify]")
    tally.seconds = time.process_time() - started
    return tally


def show(op: str, tally: Tally, rule: str, limit: int) -> None:
    """Print an op's line and its first faults."""
    mark = "ok  " if not tally.faults else "FAIL"
    print(
        f"{mark} {op:34} {tally.passed:6}/{tally.runs:<6} {tally.worst:8.3f} {tally.seconds:6.1f} s"
        f"  {rule}"
    )
    for fault in tally.faults[:limit]:
        print(f"    {fault}")


def missing(name: str) -> str:
    """Say why an op has no plan, and what to write; empty if it has one."""
    if name not in opset():
        return f"{name} is no op"
    try:
        plan_of(name)
    except NoOpinionError as error:
        return str(error)
    return ""


def tally_of(name: str, *, quick: bool) -> Tally:
    """Try the op of this name, in whichever process."""
    warnings.simplefilter("ignore")  # of torch and numpy, about edges that are meant
    return verify(plan_of(name), quick=quick)


@contextmanager
def workers(jobs: int) -> Iterator[Any]:
    """Give a `map` that keeps the order: over processes, or in this one."""
    if jobs == 1:
        yield map
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield partial(pool.imap, chunksize=1)


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="an even part of each grid")
    parser.add_argument("--op", action="append", default=[], help="only this op; several times")
    parser.add_argument("--faults", type=int, default=3, help="faults shown for an op")
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--jobs", type=int, default=cores, help="processes, one a core")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; see the module's text."""
    options = options_of(arguments)
    names = options.op or [op.name for op in opset()]
    without = {name: text for name in names if (text := missing(name))}
    tried = [name for name in names if name not in without]
    started = time.perf_counter()
    failed, runs, busy = [], 0, 0.0
    print(f"     {'op':34} {'passed':>13} {'worst/bound':>8}")
    with workers(min(options.jobs, max(1, len(tried)))) as run:
        for name, tally in zip(
            tried, run(partial(tally_of, quick=options.quick), tried), strict=True
        ):
            runs += tally.runs
            busy += tally.seconds
            if tally.faults:
                failed.append(name)
            show(name, tally, plan_of(name).rule, options.faults)
    seconds = time.perf_counter() - started
    passing = f"{len(tried) - len(failed)} of {len(names)} ops pass"
    print(f"{passing}: {runs} runs in {seconds:.0f} s, {busy:.0f} s of one core")
    if failed:
        print(f"failing: {' '.join(failed)}")
    for text in without.values():
        print(f"without an oracle: {text}")
    return 1 if failed or without else 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
