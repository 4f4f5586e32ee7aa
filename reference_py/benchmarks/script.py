"""`python -m benchmarks script`: `ts.script` against `torch.jit.script`, by turns.

Every run compiles a new instance in evaluation mode; what either compiler keeps of earlier runs is
thrown away first, so each number is that of a first call in a warm process.
"""

from __future__ import annotations

import argparse
import copy
import gc
import statistics
import time
import warnings
from typing import TYPE_CHECKING, Any

import torch

import tracescript as ts
from benchmarks.script_programs import PROGRAMS
from tracescript.producer.script.calls import functions, parameters
from tracescript.producer.script.source import type_comments
from tracescript.producer.source import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(args: Sequence[str]) -> None:
    """Measure, and print a table with the median ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks script", description=__doc__)
    parser.add_argument("--models", default=",".join(PROGRAMS))
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args(args)
    torch.set_num_threads(1)
    ratios = []
    print(f"{'model':10} {'ts.script':>10} {'torch.jit':>10}  ratio (below 1: ours is faster)")
    for name in given.models.split(","):
        ours, theirs = measure(PROGRAMS[name], given.rounds)
        ratios.append(ours / theirs)
        print(f"{name:10} {1e3 * ours:8.1f}ms {1e3 * theirs:8.1f}ms  {ratios[-1]:.2f}", flush=True)
    print(f"median ratio of {len(ratios)} models: {statistics.median(ratios):.2f}")


def measure(make: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Return medians of seconds: ours, and torch's; the order alternates from round to round."""
    program = make()
    if isinstance(program, torch.nn.Module):
        program.eval()
    times: dict[Any, list[float]] = {ts.script: [], torch.jit.script: []}
    for number in range(rounds + 1):
        for compile_ in list(times)[:: 1 if number % 2 == 0 else -1]:
            forget()
            fresh = copy.deepcopy(program)
            gc.collect()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                began = time.perf_counter()
                compile_(fresh)
                times[compile_].append(time.perf_counter() - began)
    ours, theirs = (statistics.median(t[1:]) for t in times.values())
    return ours, theirs


def forget() -> None:
    """Throw away what the compilers keep between calls: parsed sources, compiled classes."""
    kept: list[Any] = [parameters.local_names, functions.without_exits, type_comments.comments_of]
    for cached in kept:
        cached.cache_clear()
    SOURCES.clear()
    torch.jit._recursive.concrete_type_store = torch.jit._recursive.ConcreteTypeStore()  # noqa: SLF001  # torch has no public way
    torch.jit._state._jit_caching_layer.clear()  # noqa: SLF001  # torch has no public way
    torch.jit._state._clear_class_state()  # noqa: SLF001  # torch has no public way
    torch._C._jit_clear_class_registry()  # noqa: SLF001  # torch has no public way
