"""`python -m benchmarks`: TraceScript against TorchScript, each engine in fresh processes.

`python -m benchmarks ops` compares single ops with torch's, `python -m benchmarks script` the two
script compilers.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import ops, script
from benchmarks.programs import PROGRAMS
from benchmarks.rounds import Row, compare, machine

if TYPE_CHECKING:
    from collections.abc import Iterable

ENGINES = ("py", "ref", "torchscript")
MODULES = ("numpy", "tracescript", "tracescript.api")
BASELINE = "torchscript"
_SAVELOAD = ("--mebibytes", "64", "--runs", "5")
_USUAL = "cell,gate,mlp1,mlp64,fib,collatz,bisection"


def table(rows: Iterable[Row]) -> str:
    """Return rows as plain text; a ratio above 1 is faster than TorchScript."""
    head = f"{'model':12} {'engine':16} {'median':>10} {'least':>10} {'first':>10}  x baseline"
    lines = [head]
    for r in rows:
        times = [f"{1e6 * t:>8.1f}us" if t else f"{'-':>10}" for t in (r.median, r.least, r.first)]
        ratio = f"{r.ratio:5.2f} ({r.low:.2f}..{r.high:.2f})" if r.ratio else "-"
        lines.append(f"{r.model:12} {r.engine:16} {' '.join(times)}  {ratio} {r.note}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Measure, print a table, and write JSON if asked."""
    if sys.argv[1:2] == ["ops"]:
        ops.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["script"]:
        script.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--models", default=_USUAL, help=f"of {', '.join(PROGRAMS)}")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write all raw values here")
    parser.add_argument("--no-saveload", action="store_true", help="leave out saving and loading")
    args = parser.parse_args()
    rows = compare("import", list(MODULES), args.rounds, args.threads, "numpy")
    print(table(rows), flush=True)
    for model in args.models.split(","):
        found = compare(model, args.engines.split(","), args.rounds, args.threads, BASELINE)
        print(table(found).partition("\n")[2], flush=True)
        rows += found
    if not args.no_saveload:
        subprocess.run([sys.executable, "-m", "benchmarks.saveload", *_SAVELOAD], check=False)
    if args.json:
        report = {"machine": machine(), "rows": [dataclasses.asdict(r) for r in rows]}
        args.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
