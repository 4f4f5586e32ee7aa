"""Measures one engine on one model in this process and prints one JSON line."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.rounds import clock

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS, AT_LEAST, WARM_UP = 1.2, 8, 20


def ours(name: str, engine: str) -> Callable[[], Any]:
    """Return a call of a program through the public Model."""
    from benchmarks.programs import PROGRAMS
    from tracescript.model.model import Model, Settings

    model, _, inputs = PROGRAMS[name]()
    run = Model(model, Settings(engine=engine))
    return lambda: run(*inputs)


def theirs(name: str) -> Callable[[], Any]:
    """Return a call under TorchScript."""
    from benchmarks.peers import torchscript

    return torchscript(name)


def error_of(results: Any, name: str) -> float:
    """Return the largest difference from the float64 results, relative to the largest of them."""
    import numpy as np

    from benchmarks.programs import expected

    given = results if isinstance(results, tuple) else (results,)
    worst = 0.0
    for got, want in zip(given, expected(name), strict=True):
        have, wide = np.asarray(got, np.float64), np.asarray(want, np.float64)
        worst = max(worst, float(np.abs(have - wide).max() / (np.abs(wide).max() + 1e-12)))
    return worst


def measure(name: str, engine: str) -> dict[str, float]:
    """Prepare, check and time one engine; times in seconds."""
    start = time.perf_counter()
    call = theirs(name) if engine == "torchscript" else ours(name, engine)
    prepared = time.perf_counter()
    results = call()
    first = time.perf_counter()
    error = error_of(results, name)
    for _ in range(WARM_UP):
        call()
    times, now = list[float](), clock()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < AT_LEAST:
        begin = now()
        call()
        times.append(now() - begin)
    times.sort()
    return {
        "prepare": prepared - start,
        "first": first - prepared,
        "error": error,
        "median": statistics.median(times),
        "least": times[0],
        "p90": times[int(0.9 * (len(times) - 1))],
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def imports(module: str) -> dict[str, float]:
    """Time the import of a module in a fresh process, in processor time."""
    import importlib

    start = time.process_time()
    importlib.import_module(module)
    return {"median": time.process_time() - start, "modules": float(len(sys.modules))}


def main() -> None:
    """Run `python -m benchmarks.child MODEL ENGINE` or `... import MODULE`."""
    what, engine = sys.argv[1:3]
    found = imports(engine) if what == "import" else measure(what, engine)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
