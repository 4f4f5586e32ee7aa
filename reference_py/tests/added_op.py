"""Adds an op to the opset of this process by its two parts, its page and its kernel, and uses it.

Run by `test_two_files`; prints what every part of the package makes of the op.
"""

from __future__ import annotations

import io
import pkgutil
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from tools.opset_source import compile_opset

PAGE = """
name = "spacing"
since = "1.0"
profile = "core"
tier = "primitive"
effect = "none"
summary = "Distance from every element to the next one away from zero."
semantics = "It has the sign of x."
variables = [{ name = "T", set = "float" }]
inputs = [{ name = "x", kind = "tensor", type = "T" }]
outputs = [{ name = "y", kind = "tensor", type = "T" }]
constraints = [{ id = "C1", text = "x has rank 1.", predicate = "rank(x) == 1" }]
shape = { rule = "same", arguments = ["x"] }
numeric = "exact"
promotion = "same"
numpy = [{ name = "numpy.spacing", arguments = ["x"] }]
absent_because = "torch has none"

[[examples]]
title = "of one"
inputs = [{ name = "x", type = "float32", shape = [1], values = ["1"] }]
outputs = [{ name = "y", type = "float32", shape = [1], values = ["1.1920928955078125e-07"] }]
source = "by hand"
"""


def add() -> None:
    """Compile the op files with one more, and enter its kernel."""
    ops = Path(__file__).resolve().parents[2] / "spec" / "ops"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ops, folder, dirs_exist_ok=True)
        (Path(folder) / "spacing.toml").write_text(PAGE, "utf-8")
        compiled = compile_opset(Path(folder)).SerializeToString()
    read = pkgutil.get_data
    pkgutil.get_data = lambda package, name: (
        compiled if name == "opset.binpb" else read(package, name)
    )
    from tracescript.kernels import KERNELS

    KERNELS.add("spacing", np.spacing)


def doubled(x):
    return np.spacing(x) * 2


def main() -> None:
    add()
    import tracescript as ts
    from tracescript.cli.main import cli
    from tracescript.errors import InvalidModelError

    x = np.array([1.0, -4.0])
    for model in (ts.trace(doubled, (x,)), ts.script(doubled, types={"x": "float64[N]"})):
        file = io.BytesIO()
        ts.save(model, file)
        for engine in ("py", "ref"):
            print(ts.load(file.getvalue(), engine=engine, verify="full")(x).tolist())
        print("ops.spacing(x)" in model.code, "spacing(%x)" in str(model.graph))
    print(ts.ops.spacing(np.array([1.0], np.float32)).tolist())
    try:
        ts.ops.spacing(np.ones((1, 1), np.float32))
    except InvalidModelError as error:
        print(error.code, *error.rule.split("."))
    print("Distance from every element" in CliRunner().invoke(cli, ["ops", "spacing"]).output)


if __name__ == "__main__":
    main()
    sys.exit(0)
