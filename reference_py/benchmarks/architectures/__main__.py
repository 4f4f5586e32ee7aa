"""`python -m benchmarks.architectures`: every architecture end to end, with a table.

    OMP_NUM_THREADS=2 python -m benchmarks.architectures [--quick] [--only NAME ...] [--json FILE]
    python -m benchmarks.architectures --mode train|dynamic|explore|methods [--quick] ...

Needs torch; an architecture whose library is absent is listed as absent and counted. Exit status 1
if one fails at a size it must run at, or at another size without a guard that names the line.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.architectures.check import examine
from benchmarks.architectures.corpus import CORPUS, QUICK
from benchmarks.architectures.modes import MODES, lines
from benchmarks.architectures.vision_ops import declare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.architectures.check import Outcome
    from benchmarks.architectures.entry import Architecture

_HEAD = (
    f"{'architecture':26} {'family':12} traced {'batch':5} {'size':32} {'trace':>7} {'x jit':>6} "
    f"{'files':>7} {'x jit':>6} {'nodes':>5} {'file':>7} {'run':>7} {'x eager':>7}"
)


def row(outcome: Outcome) -> str:
    """Return one line of the table; CPU times in milliseconds, files in kB."""

    def number(value: float | None, width: int, places: int = 2) -> str:
        return f"{'-':>{width}}" if value is None else f"{value:{width}.{places}f}"

    def milliseconds(name: str) -> str:
        seconds = outcome.seconds.get(name)
        return number(None if seconds is None else 1e3 * seconds, 7, 1)

    run, eager = outcome.seconds.get("run"), outcome.seconds.get("eager")
    traced, batch, size = (outcome.results.get(k, "?") for k in ("traced", "batch", "size"))
    return (
        f"{outcome.name:26} {outcome.family:12} {traced:6} {batch:5} {size:32} "
        f"{milliseconds('trace')} {number(outcome.ratio('trace'), 6)} "
        f"{milliseconds('files')} {number(outcome.ratio('files'), 6)} "
        f"{outcome.nodes:5} {outcome.file_bytes / 1e3:7.0f} "
        f"{milliseconds('run')} {number(run / eager if run and eager else None, 7)}"
    )


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the counts and the medians of the ratios."""
    parts = [f"{len(outcomes)} architectures, {sum(bool(o.faults) for o in outcomes)} with faults"]
    for size in ("traced", "batch", "size"):
        found = [o.results.get(size, "?") for o in outcomes]
        stopped = sum(word.startswith(("guard", "fixed")) for word in found)
        parts.append(f"{size}: {found.count('ok')} equal, {stopped} stopped with their line")
    for verb in ("trace", "files"):
        ratios = [r for o in outcomes if (r := o.ratio(verb)) is not None]
        if ratios:
            name = {"trace": "tracing", "files": "saving and loading"}[verb]
            parts.append(f"{name}: median {statistics.median(ratios):.2f} x torch.jit's time")
    return "\n".join(parts)


def _in_mode(mode: str, chosen: Sequence[Architecture]) -> bool:
    """Print a line for each program; return whether one has a fault."""
    found = []
    for line in lines(mode, chosen):
        found.append(line)
        print(f"{line.name:26} {line.seen}", flush=True)
        if line.fault:
            print(f"    {line.fault}", flush=True)
    faults = sum(bool(line.fault) for line in found)
    print(f"{len(found)} programs, {faults} with faults")
    return faults > 0


def main() -> None:
    """Run the corpus, print as it goes, and exit with 1 after a fault."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.architectures")
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these, by name")
    parser.add_argument("--json", type=Path, help="write all values here")
    parser.add_argument("--mode", choices=MODES, help="trace in another way, without times")
    args = parser.parse_args()
    wanted = args.only or (QUICK if args.quick else [])
    chosen = [e for e in CORPUS if not wanted or e.name in wanted]
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    declare()
    if args.mode:
        sys.exit(_in_mode(args.mode, chosen))
    absent = [e for e in chosen if find_spec(e.library) is None]
    outcomes = []
    print(_HEAD)
    for entry in chosen:
        if entry in absent:
            print(f"{entry.name:26} {entry.library} is not installed")
            continue
        outcomes.append(examine(entry))
        print(row(outcomes[-1]), flush=True)
        for fault in outcomes[-1].faults:
            print(f"    {fault}", flush=True)
    print(f"{summary(outcomes)}\n{len(absent)} absent")
    if args.json:
        values = [dataclasses.asdict(o) for o in outcomes]
        args.json.write_text(json.dumps(values, indent=1), encoding="utf-8")
    sys.exit(any(o.faults for o in outcomes) or bool(args.quick and absent))


if __name__ == "__main__":
    main()
