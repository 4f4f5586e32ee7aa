"""Uses ops that were added by their pages and kernels; run by `test_two_files` in a scratch tree.

Prints what every part of the package makes of them.
"""

from __future__ import annotations

import io
import re
import sys

import numpy as np
from click.testing import CliRunner

import tracescript as ts
from tracescript.cli.main import cli
from tracescript.errors import InvalidModelError


def doubled(x):
    return np.spacing(x) * 2


def spread(x):
    return ts.ops.ptp(x, dim=1)


def powers(x):
    return ts.ops.vander(x, n=3)


PROGRAMS = (
    ("spacing", doubled, np.array([1.0, -4.0]), "float64[N]"),
    ("ptp", spread, np.array([[1.0, 4.0, 2.0], [0.0, -1.0, 7.0]]), "float64[N, 3]"),
    ("vander", powers, np.array([2, 5]), "int64[N]"),
)


def show(op: str, model: ts.Model, x: np.ndarray) -> None:
    """Print what a model of one op gives after it went through a file, and whether it is named."""
    file = io.BytesIO()
    ts.save(model, file)
    for engine in ("py", "ref"):
        print(op, ts.load(file.getvalue(), engine=engine, verify="full")(x).tolist())
    print(
        op,
        f"ops.{op}(x" in model.code,
        re.search(rf"= {op}(\[.*\])?\(%x", str(model.graph)) is not None,
    )


def main() -> None:
    """Trace and script each program; call the ops alone, rightly and wrongly; print their pages."""
    for op, program, x, type_ in PROGRAMS:
        show(op, ts.trace(program, (x,)), x)
        show(op, ts.script(program, types={"x": type_}), x)
    print(ts.ops.cube(np.array([2, -3]), 1).tolist())
    try:
        ts.ops.vander(np.ones((1, 1), np.int64), n=2)
    except InvalidModelError as error:
        print(error.code, *error.rule.split("."))
    print("Distance from every element" in CliRunner().invoke(cli, ["ops", "spacing"]).output)


if __name__ == "__main__":
    main()
    sys.exit(0)
