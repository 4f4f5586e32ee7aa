"""Single ops, ours through the engine `py` and torch's: `python -m benchmarks ops`.

Two processes for each family, one a side, take turns of a fraction of a second, so that both meet
the same machine. With one thread times are processor times. Trust the ratios: above 1 is faster
than torch.
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
from benchmarks.rounds import WRONG, clock, machine, threads_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.op_cases import Case

    Turn = dict[str, float]

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
_AT_LEAST, _SAMPLE = 5, 100e-6


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


def _turn(call: Callable[[], Any], seconds: float) -> Turn:
    """Time a call for a while, in samples that the clock can tell from nothing; in seconds."""
    now, times = clock(), list[float]()
    call()
    begin = now()
    call()
    count = range(max(1, int(_SAMPLE / max(1e-7, now() - begin))))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < _AT_LEAST:
        begin = now()
        for _ in count:
            call()
        times.append((now() - begin) / len(count))
    return {"median": statistics.median(times), "least": min(times)}


def serve(side: str, family: str) -> None:
    """Answer each line, the name of a case and seconds, by a line of figures."""
    cases = {case.name: case for case in FAMILIES[family]()}
    latest, call, sums = "", (lambda: None), (0.0, 0.0)
    for line in sys.stdin:
        name, seconds = json.loads(line)
        if name != latest:
            call = (_ours if side == "ours" else _theirs)(cases[name])
            latest, sums = name, _sums(call())
        print(json.dumps({**_turn(call, seconds), "place": sums[0], "scale": sums[1]}), flush=True)


def _start(side: str, family: str, threads: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ops", "--serve", side, "--families", family],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=threads_set(threads),
        cwd=Path(__file__).parents[1],
    )


def _ask(child: subprocess.Popen[str], name: str, seconds: float) -> Turn:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps([name, seconds]) + "\n")
    child.stdin.flush()
    found: Turn = json.loads(child.stdout.readline())
    return found


def _row(name: str, pairs: list[tuple[Turn, Turn]]) -> dict[str, Any]:
    """Sum up the turns of one case."""
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
    """Measure a family on both sides, who begins alternating from round to round."""
    names = [c.name for c in FAMILIES[family]() if c.name.startswith(options.only)]
    if not names:
        return []
    children = {side: _start(side, family, options.threads) for side in SIDES}
    rows = []
    for name in names:
        turns: dict[str, list[Turn]] = {side: [] for side in SIDES}
        for number in range(options.rounds):
            for side in SIDES if number % 2 == 0 else SIDES[::-1]:
                turns[side].append(_ask(children[side], name, options.seconds))
        rows.append(_row(name, list(zip(turns["ours"], turns["torch"], strict=True))))
        print(_text(rows[-1]), flush=True)
    for child in children.values():
        child.communicate()
    return rows


def _text(row: dict[str, Any]) -> str:
    return (
        f"{row['case']:52} {1e6 * row['ours']:>10.1f}us {1e6 * row['torch']:>10.1f}us "
        f"{row['ratio']:6.2f} ({row['low']:.2f}..{row['high']:.2f}) "
        f"{row['least_ratio']:6.2f} {row['note']}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure, print a table, and write JSON if asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks ops", description=__doc__)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--only", default="", help="cases whose name begins so")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.1, help="for each turn")
    parser.add_argument("--json", type=Path, help="write all raw values here")
    parser.add_argument("--serve", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    families = options.families.split(",")
    if options.serve:
        serve(options.serve, families[0])
        return
    print(f"{'case':52} {'ours':>12} {'torch':>12}  ratio (of medians)  of least", flush=True)
    rows = [row for family in families for row in compare(family, options)]
    kind = "processor time" if options.threads == 1 else "wall time"
    print(f"load {os.getloadavg()[0]:.1f}, threads: {options.threads}, {kind}")
    if options.json:
        report = {"machine": machine(), "threads": options.threads, "clock": kind, "rows": rows}
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
