"""Single ops, ours through the engine `py` and torch's: `python -m benchmarks ops`.

Fresh processes by turns, one for each family and side. Figures depend on the machine; trust the
ratios: above 1 is faster than torch.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import op_cases, op_chains
from benchmarks.rounds import WRONG, machine, threads_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.op_cases import Case

    Found = dict[str, dict[str, float]]

FAMILIES = {
    "conv": op_cases.conv,
    "product": op_cases.product,
    "attention": op_cases.attention,
    "norm": op_cases.norm,
    "pool": op_cases.pool,
    "elementwise": op_chains.elementwise,
    "moves": op_chains.moves,
    "recurrent": op_chains.recurrent,
    "blocks": op_chains.blocks,
}
SIDES = ("ours", "torch")
_AT_LEAST, _TIMEOUT = 7, 600


def _ours(case: Case) -> Callable[[], Any]:
    from tracescript.model.model import Model

    run, inputs = Model(case.model()), case.data()[0]
    return lambda: run(*inputs)


def _theirs(case: Case) -> Callable[[], Any]:
    import torch

    inputs, weights = ([torch.from_numpy(a) for a in part] for part in case.data())
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.set_grad_enabled(False)
    return lambda: case.theirs(torch, *inputs, *weights)


def _sums(result: Any) -> tuple[float, float]:
    """Return two numbers that tell a first result from another one: a projection and its scale."""
    while isinstance(result, (tuple, list)):
        result = result[0]
    wide = np.asarray(result, np.float64).ravel()
    turn = np.random.default_rng(1).standard_normal(wide.size)
    return float(wide @ turn), float(np.linalg.norm(wide) * np.sqrt(2) + 1e-12)


def measure(case: Case, side: str, seconds: float) -> dict[str, float]:
    """Time one call on one side; times in seconds."""
    call = _ours(case) if side == "ours" else _theirs(case)
    place, scale = _sums(call())
    times: list[float] = []
    call()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < _AT_LEAST:
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return {
        "median": statistics.median(times),
        "least": min(times),
        "place": place,
        "scale": scale,
    }


def _child(side: str, family: str, only: str, threads: int, seconds: float) -> Found:
    command = [sys.executable, "-m", "benchmarks.ops", "--child", side, "--families", family]
    done = subprocess.run(
        [*command, "--only", only, "--seconds", str(seconds)],
        stdout=subprocess.PIPE,
        timeout=_TIMEOUT,
        check=True,
        env=threads_set(threads),
        cwd=Path(__file__).parents[1],
    )
    found: Found = json.loads(done.stdout)
    return found


def _row(name: str, rounds: list[dict[str, Found]]) -> dict[str, Any]:
    """Sum up the rounds of one case."""
    pairs = [(r["ours"][name], r["torch"][name]) for r in rounds]
    ratios = [theirs["median"] / ours["median"] for ours, theirs in pairs]
    apart = max(abs(a["place"] - b["place"]) / b["scale"] for a, b in pairs)
    return {
        "case": name,
        "ours": statistics.median(ours["median"] for ours, _ in pairs),
        "torch": statistics.median(theirs["median"] for _, theirs in pairs),
        "ratio": statistics.median(ratios),
        "least_ratio": min(b["least"] for _, b in pairs) / min(a["least"] for a, _ in pairs),
        "low": min(ratios),
        "high": max(ratios),
        "note": "WRONG" if apart > WRONG else "",
        "raw": pairs,
    }


def compare(family: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure a family on both sides, the order alternating from round to round."""
    rounds = []
    for number in range(options.rounds):
        sides = SIDES if number % 2 == 0 else SIDES[::-1]
        given = (family, options.only, options.threads, options.seconds)
        rounds.append({side: _child(side, *given) for side in sides})
    return [_row(name, rounds) for name in rounds[0]["ours"]]


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as plain text."""
    return "\n".join(
        f"{r['case']:52} {1e6 * r['ours']:>10.1f}us {1e6 * r['torch']:>10.1f}us "
        f"{r['ratio']:6.2f} ({r['low']:.2f}..{r['high']:.2f}) {r['least_ratio']:6.2f} {r['note']}"
        for r in rows
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure, print a table, and write JSON if asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks ops", description=__doc__)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--only", default="", help="cases whose name begins so")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each case and side")
    parser.add_argument("--json", type=Path, help="write all raw values here")
    parser.add_argument("--child", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    families = options.families.split(",")
    if options.child:
        cases = [c for f in families for c in FAMILIES[f]() if c.name.startswith(options.only)]
        print(json.dumps({c.name: measure(c, options.child, options.seconds) for c in cases}))
        return
    print(f"{'case':52} {'ours':>12} {'torch':>12}  ratio (of medians)  of least", flush=True)
    rows: list[dict[str, Any]] = []
    for family in families:
        found = compare(family, options)
        if found:
            print(table(found), flush=True)
        rows += found
    print(f"load {os.getloadavg()[0]:.1f}, {options.threads} threads")
    if options.json:
        report = {"machine": machine(), "rows": rows}
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
