"""Compares random programs with their scripted models: `python tools/fuzz_script.py 2000`."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.differential.check import compare
from tests.differential.programs import program


def main(count: int, first: int = 0, engine: str = "ref") -> int:
    """Run `count` programs from seed `first` on; print differences; return the exit status."""
    began, outcomes = time.monotonic(), Counter[str]()
    for seed in range(first, first + count):
        r = random.Random(seed)  # noqa: S311  # programs, no secrets
        inputs = [tuple(r.randint(-3, 6) for _ in "abc") for _ in range(3)]
        source = program(seed)
        try:
            outcome = compare(source, inputs, engine)
        except Exception as error:  # noqa: BLE001  # a crash is the finding
            outcome = f"crash {type(error).__name__}: {error}"
        known = outcome in {"equal", "refused"}
        outcomes[outcome if known else "different"] += 1
        if not known:
            print(f"--- seed {seed}: {outcome}\n{source}")
    print(f"{count} programs in {time.monotonic() - began:.1f} s: {dict(outcomes)}")
    return 1 if outcomes["different"] else 0


if __name__ == "__main__":
    sys.exit(main(*(int(a) for a in sys.argv[1:3]), *sys.argv[3:4]))
