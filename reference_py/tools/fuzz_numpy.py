"""Compares random programs of numpy with their traced or scripted models, on two sets of arrays.

`python tools/fuzz_numpy.py 2000 [first seed] [trace|script]`
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.differential.numpy_check import compare_numpy, compare_scripted
from tests.differential.numpy_programs import program

_CHECKS = {"trace": compare_numpy, "script": compare_scripted}
_KNOWN = {"equal", "refused", "guarded", "unsteady"}


def main(count: int, first: int = 0, producer: str = "trace") -> int:
    """Run `count` programs from seed `first` on; print differences; return the exit status."""
    began, outcomes = time.monotonic(), Counter[str]()
    for seed in range(first, first + count):
        source = program(seed)
        try:
            outcome = _CHECKS[producer](seed, source)
        except Exception as error:  # noqa: BLE001  # a crash is the finding
            outcome = f"crash {type(error).__name__}: {error}"
        outcomes[outcome if outcome in _KNOWN else "different"] += 1
        if outcome not in _KNOWN:
            print(f"--- seed {seed}: {outcome}\n{source}", flush=True)
    print(f"{count} programs of numpy in {time.monotonic() - began:.1f} s: {dict(outcomes)}")
    return 1 if outcomes["different"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, help="how many programs")
    parser.add_argument("first", type=int, nargs="?", default=0, help="the first seed")
    parser.add_argument("producer", nargs="?", default="trace", choices=sorted(_CHECKS))
    sys.exit(main(**vars(parser.parse_args())))
