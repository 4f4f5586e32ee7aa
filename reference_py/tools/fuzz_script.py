"""Compares random programs with their scripted models.

`python tools/fuzz_script.py 2000 [first seed] [engine] [KIND]`: plain ones compute with numbers and
lists, rich ones with nested containers, texts, records, tensors, state, recursion and helpers, wide
ones with sets, contexts and what is chosen at run time too, values ones with what a file has to say
the type of (sets, enums, unions) in containers and as results, flow ones with several changes in an
expression, records in containers and as state, forms ones with views of dicts, iterators,
`nonlocal`, numbers of two types and specs, those of torch with tensors changed in place, layers and
state, views ones with views that are changed, sizes ones with tensors of any rank, their sizes
and tensors as indexes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.differential import programs, rich
from tests.differential.check import compare
from tests.differential.rich_check import compare_rich

KINDS = {
    "plain": (programs.program, compare),
    "rich": (rich.program, compare_rich),
    "wide": (rich.wide_program, compare_rich),
    "values": (rich.value_program, compare_rich),
    "flow": (rich.flow_program, compare_rich),
    "forms": (rich.form_program, compare_rich),
}
if find_spec("torch"):
    from tests.differential import size_programs, torch_programs, view_programs
    from tests.differential.torch_check import compare_sizes, compare_torch, compare_views

    KINDS["torch"] = torch_programs.program, compare_torch
    KINDS["views"] = view_programs.program, lambda s, _, engine: compare_views(s, engine)
    KINDS["sizes"] = size_programs.program, lambda s, _, engine: compare_sizes(s, engine)


def main(count: int, first: int = 0, engine: str = "ref", kind: str = "plain") -> int:
    """Run `count` programs from seed `first` on; print differences; return the exit status."""
    write, check = KINDS[kind]
    began, outcomes = time.monotonic(), Counter[str]()
    for seed in range(first, first + count):
        r = random.Random(seed)  # noqa: S311  # programs, no secrets
        inputs = [tuple(r.randint(-3, 6) for _ in "abc") for _ in range(3)]
        source = write(seed)
        try:
            outcome = check(source, inputs, engine)
        except Exception as error:  # noqa: BLE001  # a crash is the finding
            outcome = f"crash {type(error).__name__}: {error}"
        known = outcome in {"equal", "refused", "undefined"}
        outcomes[outcome if known else "different"] += 1
        if not known:
            print(f"--- seed {seed}: {outcome}\n{source}", flush=True)
    print(f"{count} {kind} programs in {time.monotonic() - began:.1f} s: {dict(outcomes)}")
    return 1 if outcomes["different"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, help="how many programs")
    parser.add_argument("first", type=int, nargs="?", default=0, help="the first seed")
    parser.add_argument("engine", nargs="?", default="ref", choices=("ref", "py"))
    parser.add_argument("kind", nargs="?", default="plain", choices=sorted(KINDS))
    sys.exit(main(**vars(parser.parse_args())))
