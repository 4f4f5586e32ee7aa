"""Runs engines in fresh processes, interleaved, and sums up their rounds."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOISY_SPREAD, NOISY_LOAD, WRONG = 0.10, 0.5, 1e-3
_TIMEOUT = 300


@dataclass
class Row:
    """One model on one engine: medians over rounds, in seconds; `ratio` is baseline over ours."""

    model: str
    engine: str
    median: float = 0.0
    least: float = 0.0
    first: float = 0.0
    ratio: float = 0.0
    low: float = 0.0
    high: float = 0.0
    note: str = ""
    raw: list[dict[str, float]] = field(default_factory=list)


def threads_set(threads: int) -> dict[str, str]:
    """Return an environment in which every thread pool has this many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, str(threads))}


def compiled_before(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment whose imports find bytecode, as those of an installed package do."""
    kept = {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), "benchmarks-bytecode"))}


def clock() -> Callable[[], float]:
    """Return what tells seconds in a child.

    With one thread it is the processor time of the process, which other programs hardly change;
    with more it is the wall's.
    """
    return time.process_time if os.environ["OMP_NUM_THREADS"] == "1" else time.perf_counter


def child(what: str, engine: str, threads: int) -> dict[str, float] | None:
    """Run one child; None where the engine is not installed or failed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", what, engine],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
        env=compiled_before(threads_set(threads)),
        cwd=Path(__file__).parents[1],
    )
    if done.returncode:
        print(f"{what} on {engine}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(model: str, engines: list[str], rounds: int, threads: int, baseline: str) -> list[Row]:
    """Measure engines on one model, the order alternating from round to round."""
    rows = {engine: Row(model, engine) for engine in engines}
    load = 0.0
    if model == "import":
        for engine in engines:
            child(model, engine, threads)
    for number in range(rounds):
        load = max(load, os.getloadavg()[0] / (os.cpu_count() or 1))
        for engine in engines if number % 2 == 0 else engines[::-1]:
            if rows[engine].note == "not run":
                continue
            found = child(model, engine, threads)
            if found is None:
                rows[engine].note = "not run"
            else:
                rows[engine].raw.append(found)
    base = rows.get(baseline)
    for row in rows.values():
        _sum_up(row, base.raw if base is not None else [], load)
    return list(rows.values())


def _sum_up(row: Row, base: list[dict[str, float]], load: float) -> None:
    if not row.raw or row.note:
        return
    medians = [r["median"] for r in row.raw]
    row.median, row.least = (
        statistics.median(medians),
        min(r.get("least", r["median"]) for r in row.raw),
    )
    row.first = statistics.median(r.get("first", 0.0) for r in row.raw)
    if base and len(base) == len(row.raw):
        ratios = [b["median"] / r["median"] for b, r in zip(base, row.raw, strict=True)]
        row.ratio, row.low, row.high = statistics.median(ratios), min(ratios), max(ratios)
    if max(r.get("error", 0.0) for r in row.raw) > WRONG:
        row.note, row.ratio = "WRONG", 0.0
    elif max(medians) / min(medians) - 1 > NOISY_SPREAD:
        row.note = f"noisy: spread {max(medians) / min(medians) - 1:.0%}"
    elif load > NOISY_LOAD:
        row.note = f"noisy: load {load:.1f} per core"


def machine() -> dict[str, Any]:
    """Say where the numbers come from."""
    return {
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "load": os.getloadavg(),
    }
